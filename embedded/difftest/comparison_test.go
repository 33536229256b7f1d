package difftest

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// openness says what the protocol leaves open about the reply to a command.
type openness struct {
	// order is set when documents or values may come in any order.
	order bool
	// numberType is set when a number stands for all numbers that equal it, as a group key or a distinct value does: it may
	// be of any numeric type.
	numberType bool
	// groupKey is numberType for the _id of each document.
	groupKey bool
	// choice is set when any of the matching documents may be the ones: only their number is compared.
	choice bool
	// rounded is set when doubles may be sums, whose last digits depend on the order of adding.
	rounded bool
	// indexes is set when the documents describe indexes, about which engines tell things of their own.
	indexes bool
	// unchanged is set when an update may leave a document as it is and yet, to one engine, change it.
	unchanged bool
	// lastError is set to compare all of a findAndModify's lastErrorObject: engines do not agree about an update that
	// changes nothing.
	lastError bool
}

// summary renders what a reply says, one fact a line, without what the protocol leaves open and without the texts of errors.
func summary(reply bson.Raw, open openness) string {
	if _, ok := reply.Lookup("code").AsInt64OK(); ok {
		return fmt.Sprintf("error %d\n", errorClass(reply))
	}

	var out strings.Builder
	elements, err := reply.Elements()
	if err != nil {
		return fmt.Sprintf("not a document: %v\n", err)
	}
	for _, element := range elements {
		value := element.Value()
		switch name := element.Key(); name {
		case "n", "nModified":
			if name == "nModified" && open.unchanged {
				continue
			}
			fmt.Fprintf(&out, "%s: %s\n", name, renderValue(value, openness{numberType: true}))
		case "writeErrors":
			for _, e := range values(value) {
				index, _ := e.Document().Lookup("index").AsInt64OK()
				fmt.Fprintf(&out, "error %d at %d\n", errorClass(e.Document()), index)
			}
		case "upserted":
			for _, u := range values(value) {
				fmt.Fprintf(&out, "upserted: %s\n", renderValue(u, openness{}))
			}
		case "value":
			fmt.Fprintf(&out, "value: %s\n", renderValue(value, open))
		case "values":
			out.WriteString(renderList(values(value), open))
		case "cursor":
			out.WriteString(renderList(values(value.Document().Lookup("firstBatch")), open))
		case "lastErrorObject":
			last := value.Document()
			fmt.Fprintf(&out, "upserted: %s\n", renderValue(last.Lookup("upserted"), openness{}))
			if open.lastError {
				fmt.Fprintf(&out, "n: %s\n", renderValue(last.Lookup("n"), openness{numberType: true}))
				fmt.Fprintf(&out, "updatedExisting: %s\n", renderValue(last.Lookup("updatedExisting"), openness{}))
			}
		}
	}

	return sortedLines(out.String())
}

// sortedLines puts the facts about a reply in order, except for the numbered ones: fields of a reply may come in any order.
func sortedLines(text string) string {
	lines := strings.SplitAfter(text, "\n")
	slices.SortStableFunc(lines, func(a, b string) int {
		return strings.Compare(strings.SplitN(a, " ", 2)[0], strings.SplitN(b, " ", 2)[0])
	})

	return strings.Join(lines, "")
}

// errorClass maps codes that say the same to a client onto one of them.
func errorClass(failure bson.Raw) int64 {
	code, _ := failure.Lookup("code").AsInt64OK()
	text, _ := failure.Lookup("errmsg").StringValueOK()

	switch code {
	case 9, 14, 28: // FailedToParse, TypeMismatch, PathNotViable
		return 2 // BadValue: four words for what is malformed, or does not fit the document
	case 419430429: // the full-size engine's own, for a path that an upsert's filter fixes twice
		return 54 // NotSingleValueField
	case 1: // InternalError, which the full-size engine makes of duplicates in an upsert and under a new index
		if strings.Contains(text, "duplicate key") || strings.Contains(text, "exclusion constraint") {
			return 11000 // DuplicateKey
		}
	}

	return code
}

func renderList(list []bson.RawValue, open openness) string {
	lines := []string{}
	for _, v := range list {
		lines = append(lines, renderValue(v, open)+"\n")
	}
	if open.choice {
		return fmt.Sprintf("%d of the matching\n", len(lines))
	}
	if open.order {
		slices.Sort(lines)
	}
	for i := range lines {
		lines[i] = fmt.Sprintf("#%d %s", i, lines[i])
	}

	return strings.Join(lines, "")
}

// renderValue renders a value with its types. The fields of a document come in the order of their names, since engines
// add new fields in different orders; those of a document in it come in the order in which they are.
func renderValue(v bson.RawValue, open openness) string {
	if v.Type != bson.TypeEmbeddedDocument {
		return render(v, open)
	}

	fields := []string{}
	elements, _ := bson.Raw(v.Value).Elements()
	for _, e := range elements {
		if open.indexes && !slices.Contains([]string{"key", "name", "unique"}, e.Key()) {
			continue
		}
		of := open
		of.numberType = open.numberType || open.groupKey && e.Key() == "_id"
		fields = append(fields, e.Key()+": "+render(e.Value(), of))
	}
	if open.groupKey && v.Document().Lookup("_id").Type == 0 {
		fields = append(fields, "_id: null") // as the full-size engine sometimes calls the group of nothing
	}
	slices.Sort(fields)

	return "{" + strings.Join(fields, ", ") + "}"
}

func render(v bson.RawValue, open openness) string {
	switch v.Type {
	case bson.TypeEmbeddedDocument, bson.TypeArray:
		parts := []string{}
		elements, _ := bson.Raw(v.Value).Elements()
		for _, e := range elements {
			text := render(e.Value(), open)
			if v.Type == bson.TypeEmbeddedDocument {
				text = e.Key() + ": " + text
			}
			parts = append(parts, text)
		}
		if v.Type == bson.TypeArray {
			return "[" + strings.Join(parts, ", ") + "]"
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case bson.TypeInt32, bson.TypeInt64, bson.TypeDouble:
		return renderNumber(v, open)
	case 0:
		return "missing"
	}

	return v.String()
}

func renderNumber(v bson.RawValue, open openness) string {
	switch v.Type {
	case bson.TypeInt32:
		return suffix(strconv.Itoa(int(v.Int32())), "", open)
	case bson.TypeInt64:
		return suffix(strconv.FormatInt(v.Int64(), 10), "L", open)
	}

	f := v.Double()
	if open.rounded {
		f, _ = strconv.ParseFloat(strconv.FormatFloat(f, 'g', 12, 64), 64)
	}
	if f == math.Trunc(f) && math.Abs(f) < 1<<63 {
		text := strconv.FormatInt(int64(f), 10)
		if f == 0 && math.Signbit(f) && !open.numberType {
			text = "-0"
		}
		return suffix(text, ".0", open)
	}

	return strconv.FormatFloat(f, 'g', -1, 64)
}

func suffix(number, suffix string, open openness) string {
	if open.numberType {
		return number
	}

	return number + suffix
}

func values(array bson.RawValue) []bson.RawValue {
	raw, ok := array.ArrayOK()
	if !ok {
		return nil
	}
	list, _ := raw.Values()

	return list
}
