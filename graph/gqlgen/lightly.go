package main

import (
	"regexp"
	"slices"
	"strings"
)

// unframeDeep takes the frame from fields that are read from a struct and consist
// of nothing but such values, down to the last: nothing below fails either. A
// pointer where something must be may be nil, which is an error of its field.
func unframeDeep(source string) (string, int) {
	found := 0
	for {
		heavy := methodsWith(source, "graphql.ResolveField", ".Concurrently(", mayBeNil)
		before := found
		source = framed.ReplaceAllStringFunc(source, func(function string) string {
			m := framed.FindStringSubmatch(function)
			if heavy[strings.TrimPrefix(m[5], "ec.")] {
				return function
			}
			found++
			return m[1] + "\treturn " + m[5] + "(ctx, field.Selections, " + m[3] + ")\n}"
		})
		if found == before {
			return source, found
		}
	}
}

// mayBeNil begins what tells that something is not there that must be.
const mayBeNil = "if v == nil {\n\t\tif !graphql.HasFieldError("

// methodsWith returns the methods that have some of the texts in them, or in one
// that they call.
func methodsWith(source string, texts ...string) map[string]bool {
	bodies := map[string]string{}
	for _, match := range method.FindAllStringSubmatch(source, -1) {
		bodies[match[1]] = match[0]
	}
	heavy := map[string]bool{}
	for name, body := range bodies {
		heavy[name] = slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(body, text) })
	}
	for changed := true; changed; {
		changed = false
		for name, body := range bodies {
			if heavy[name] {
				continue
			}
			for _, call := range calls.FindAllStringSubmatch(body, -1) {
				if heavy[call[1]] {
					heavy[name], changed = true, true
					break
				}
			}
		}
	}
	return heavy
}

// ownSelections lets our function say which fields a selection has.
func ownSelections(source string) (string, int) {
	const theirs, ours = "fields := graphql.CollectFields(ec.OperationContext, sel, ", "fields := fieldsOf(ctx, ec.OperationContext, sel, "
	return strings.ReplaceAll(source, theirs, ours), strings.Count(source, theirs)
}

// turn is a field that runs beside others of its object.
var turn = regexp.MustCompile(`\t\t\tfield := field\n\n` +
	`\t\t\tinnerFunc := func\(ctx context\.Context, fs \*object\) \(res graphql\.Marshaler\) \{\n` +
	`\t\t\t\tdefer func\(\) \{\n\t\t\t\t\tif r := recover\(\); r != nil \{\n\t\t\t\t\t\tec\.Error\(ctx, ec\.Recover\(ctx, r\)\)\n\t\t\t\t\t\}\n\t\t\t\t\}\(\)\n` +
	`\t\t\t\tres = (ec\._[^\n]+)\n` +
	`\t\t\t\tif res == (graphql\.\w+) \{\n\t\t\t\t\tatomic\.AddUint32\(&fs\.Invalids, 1\)\n\t\t\t\t\}\n` +
	`\t\t\t\treturn res\n\t\t\t\}\n\n` +
	`\t\t\tout\.Concurrently\(`)

// lightTurns resolves such fields in their turn where frames are left out.
func lightTurns(source string) (string, int) {
	found := 0
	return turn.ReplaceAllStringFunc(source, func(code string) string {
		found++
		m := turn.FindStringSubmatch(code)
		return "\t\t\tif isLight(ctx) {\n\t\t\t\tif out.Values[i] = " + m[1] + "; out.Values[i] == " + m[2] + " {\n\t\t\t\t\tout.Invalids++\n\t\t\t\t}\n\t\t\t\tcontinue\n\t\t\t}\n" + code
	}), found
}

// framedField is a field with a frame, and without a directive: what is read from
// a struct, or what a resolver returns.
var framedField = regexp.MustCompile(`(?m)^(func \(ec \*executionContext\) _\w+\(ctx context\.Context, field graphql\.CollectedField, obj [^)]+\) \(ret graphql\.Marshaler\) \{\n)` +
	`(\treturn graphql\.ResolveField\(\n` +
	`\t\tctx,\n\t\tec\.OperationContext,\n\t\tfield,\n` +
	`\t\tfunc\(ctx context\.Context, field graphql\.CollectedField\) \(\*graphql\.FieldContext, error\) \{\n\t\t\treturn [^\n]+\n\t\t\},\n` +
	`\t\tfunc\(ctx context\.Context\) \(any, error\) \{\n(?:\t\t\tfc := graphql\.GetFieldContext\(ctx\)\n)?\t\t\treturn ([^\n]+)\n\t\t\},\n` +
	`\t\tnil,\n` +
	`\t\tfunc\(ctx context\.Context, selections ast\.SelectionSet, v ([^\n]+)\) graphql\.Marshaler \{\n\t\t\treturn (ec\.marshal[^\n(]+)\(ctx, selections, v\)\n\t\t\},\n)`)

var (
	argument = regexp.MustCompile(`fc\.Args\["\w+"\]\.\(\*[\w.]+\)`)
	// interfaces are types that an object is not known by.
	interfaces = regexp.MustCompile(`^(any|interface\{\}|\w+\.Node)$`)
)

// lightFields gives fields with a frame a way without one. A resolver gets nothing
// for arguments that are not given; where it cannot, the frame stays.
func lightFields(source string) (string, int) {
	found := 0
	return framedField.ReplaceAllStringFunc(source, func(function string) string {
		m := framedField.FindStringSubmatch(function)
		call := argument.ReplaceAllString(m[3], "nil")
		if strings.Contains(call, "fc.Args") || interfaces.MatchString(m[4]) {
			return function
		}
		found++
		light := "\tif isLight(ctx) {\n"
		if call != m[3] {
			light = "\tif isLight(ctx) && bare(field) {\n"
		}
		if value, isValue := strings.CutSuffix(call, ", nil"); isValue && strings.HasPrefix(call, "obj.") {
			return m[1] + light + "\t\treturn " + m[5] + "(ctx, field.Selections, " + value + ")\n\t}\n" + m[2]
		}
		return m[1] + light + "\t\tv, err := " + call + "\n\t\tif err != nil {\n\t\t\treturn broken(ctx, err)\n\t\t}\n\t\treturn " + m[5] + "(ctx, field.Selections, v)\n\t}\n" + m[2]
	}), found
}
