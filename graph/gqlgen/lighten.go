package main

import (
	"fmt"
	"go/format"
	"regexp"
	"strings"
)

// lighten takes out of generated code what this schema never needs and what
// every object and field of an answer would pay for:
//
//   - fields that come later: the directive @defer is not offered, so no object
//     needs a second set of fields and its path;
//   - the frame of a field around what is but a value of a struct: nothing is
//     resolved, no directive stands before it, and nothing can fail;
//   - a goroutine and a context for each element of a list of objects that
//     consist of such fields;
//   - a map of the names that an object has written: they are collected by name;
//   - all frames and closures of fields where everything has been read and nothing
//     fails (lightly, in graph);
//   - a buffer of each answer to a query, which grows by copies of the answer.
//
// It fails where it does not find what it looks for, as after an update of
// gqlgen that writes other code: a generated file is light, or not there.
func lighten(source string) (string, error) {
	for _, step := range []struct {
		name string
		do   func(string) (string, int)
	}{
		{"the set of deferred fields", remove(deferredSet)},
		{"a field that may be deferred", remove(deferredField)},
		{"the group of deferred fields", remove(deferredGroup)},
		{"the import of math", remove(mathImport)},
		{"a field that is but a value", unframe},
		{"a value that consists of values", unframeDeep},
		{"the fields of a selection", ownSelections},
		{"a set of fields", ownObjects},
		{"the text of an answer", ownText},
		{"a field that runs beside others", lightTurns},
		{"a field with a frame", lightFields},
		{"a list of plain objects", plainLists},
		{"a list of objects", ownLists},
	} {
		var found int
		if source, found = step.do(source); found == 0 {
			return "", fmt.Errorf("%s: not found in the generated code", step.name)
		}
	}
	formatted, err := format.Source([]byte(source))
	return string(formatted), err
}

var (
	deferredSet   = regexp.MustCompile(`\tdeferredFieldSet := graphql\.NewFieldSet\(nil\)\n\tdeferLabelToView := make\(map\[string\]\*graphql\.FieldSetView\)\n`)
	deferredField = regexp.MustCompile(`(?s)\t\t\tif field\.IsDeferred\(\) \{\n.*?\n\t\t\t\}\n\n`)
	deferredGroup = regexp.MustCompile(`(?s)\tatomic\.AddInt32\(&ec\.Deferred, [^\n]*\n\n\tec\.ProcessDeferredGroup\(.*?\n\t\}\)\n\n`)
	mathImport    = regexp.MustCompile(`\t"math"\n`)
)

func remove(what *regexp.Regexp) func(string) (string, int) {
	return func(source string) (string, int) {
		return what.ReplaceAllString(source, ""), len(what.FindAllStringIndex(source, -1))
	}
}

// framed is a field that is read from a struct, without a directive.
var framed = regexp.MustCompile(`(?m)^(func \(ec \*executionContext\) (_\w+)\(ctx context\.Context, field graphql\.CollectedField, obj [^)]+\) \(ret graphql\.Marshaler\) \{\n)` +
	`\treturn graphql\.ResolveField\(\n` +
	`\t\tctx,\n\t\tec\.OperationContext,\n\t\tfield,\n` +
	`\t\tfunc\(ctx context\.Context, field graphql\.CollectedField\) \(\*graphql\.FieldContext, error\) \{\n\t\t\treturn [^\n]+\n\t\t\},\n` +
	`\t\tfunc\(ctx context\.Context\) \(any, error\) \{\n\t\t\treturn (obj\.[^\n]+), nil\n\t\t\},\n` +
	`\t\tnil,\n` +
	`\t\tfunc\(ctx context\.Context, selections ast\.SelectionSet, v ([^\n]+)\) graphql\.Marshaler \{\n\t\t\treturn (ec\.marshal[^\n(]+)\(ctx, selections, v\)\n\t\t\},\n` +
	`\t\ttrue,\n\t\t(?:true|false),\n\t\)\n\}`)

// scalar is the context of a field without fields of its own.
var scalar = regexp.MustCompile(`fieldContext(_\w+)\([^{]+\{\n\treturn graphql\.NewScalarFieldContext\(`)

// unframe marshals values of structs without a context of their own. An interface
// may hold nothing where something must be, which is an error of its field.
func unframe(source string) (string, int) {
	scalars := map[string]bool{}
	for _, match := range scalar.FindAllStringSubmatch(source, -1) {
		scalars[match[1]] = true
	}
	found := 0
	source = framed.ReplaceAllStringFunc(source, func(function string) string {
		m := framed.FindStringSubmatch(function)
		if !scalars[m[2]] || m[4] == "any" || m[4] == "interface{}" {
			return function
		}
		found++
		return m[1] + "\treturn " + m[5] + "(ctx, field.Selections, " + m[3] + ")\n}"
	})
	return source, found
}

// ownObjects lets answers consist of our objects instead of gqlgen's.
func ownObjects(source string) (string, int) {
	found := strings.Count(source, "graphql.NewFieldSet(fields)")
	source = strings.ReplaceAll(source, "graphql.NewFieldSet(fields)", "newObject(ctx, fields)")
	return strings.ReplaceAll(source, "fs *graphql.FieldSet)", "fs *object)"), found
}

// answerText is how an answer to a query becomes JSON.
var answerText = regexp.MustCompile(`\t\t\tvar buf bytes\.Buffer\n\t\t\tdata\.MarshalGQL\(&buf\)\n\t\t\tresponse\.Data = buf\.Bytes\(\)\n`)

// ownText lets answers be written into buffers that are there already.
func ownText(source string) (string, int) {
	return answerText.ReplaceAllString(source, "\t\t\tresponse.Data = textOf(data)\n"), len(answerText.FindAllStringIndex(source, -1))
}

var (
	method  = regexp.MustCompile(`(?ms)^func \(ec \*executionContext\) ([\w\p{L}]+)\(.*?^\}\n`)
	calls   = regexp.MustCompile(`\bec\.((?:_|marshal)[\w\p{L}]+)\(`)
	listing = regexp.MustCompile(`graphql\.MarshalSliceConcurrently\(ctx, len\(v\), 0, false, func\(ctx context\.Context, i int\) graphql\.Marshaler \{\n\t\tfc := graphql\.GetFieldContext\(ctx\)\n\t\tfc\.Result = &v\[i\]\n`)
)

// plainLists marshals the elements of lists one after the other, without contexts,
// where nothing in or below them has a frame or a goroutine.
func plainLists(source string) (string, int) {
	heavy := methodsWith(source, "graphql.ResolveField", ".Concurrently(")
	found := 0
	source = method.ReplaceAllStringFunc(source, func(function string) string {
		if heavy[method.FindStringSubmatch(function)[1]] || !listing.MatchString(function) {
			return function
		}
		found++
		return listing.ReplaceAllString(function, "eachOf(len(v), func(i int) graphql.Marshaler {\n")
	})
	return source, found
}

// ownLists lets lists of objects be marshalled by our function.
func ownLists(source string) (string, int) {
	const theirs = "graphql.MarshalSliceConcurrently(ctx, len(v), 0, false, "
	return strings.ReplaceAll(source, theirs, "elementsOf(ctx, len(v), "), strings.Count(source, theirs)
}
