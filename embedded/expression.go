package embedded

import (
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// positionKeys are the field names of the first array elements, made once.
var positionKeys = func() (keys [1024][]byte) {
	for i := range keys {
		keys[i] = strconv.AppendInt(nil, int64(i), 10)
	}
	return keys
}()

func positionKey(i int) []byte {
	if i < len(positionKeys) {
		return positionKeys[i]
	}

	return strconv.AppendInt(nil, int64(i), 10)
}

// expression is what an aggregation computes from a document: a path, a document of expressions, or a constant.
type expression struct {
	path     []string
	fields   []namedExpression
	constant value
}

type namedExpression struct {
	name string
	expr expression
}

// parseExpression compiles v. It fails, naming it, on every operator.
func parseExpression(v value) (expression, error) {
	switch {
	case v.Type == bsoncore.TypeString && strings.HasPrefix(stringOf(v), "$"):
		path, err := parseFieldPath(v)
		return expression{path: path}, err
	case v.Type == bsoncore.TypeArray:
		return expression{}, refuse(codeBadValue, "an array expression is not supported")
	case v.Type != bsoncore.TypeEmbeddedDocument:
		return expression{constant: v}, supported(v)
	}

	e := expression{fields: []namedExpression{}}
	for w := walk(v.Data); w.next(); {
		name := string(w.key)
		if name == "" || name[0] == '$' || strings.Contains(name, ".") {
			return e, refuse(codeBadValue, "unknown or unsupported expression '%s'", name)
		}
		inner, err := parseExpression(w.val)
		if err != nil {
			return e, err
		}
		e.fields = append(e.fields, namedExpression{name, inner})
	}

	return e, nil
}

// parseFieldPath reads "$a.b"; it fails on variables ("$$x") and array positions.
func parseFieldPath(v value) ([]string, error) {
	text := stringOf(v)
	if strings.HasPrefix(text, "$$") {
		return nil, refuse(codeBadValue, "the variable '%s' is not supported", text)
	}

	return splitPath(text[1:])
}

// eval returns the value of the expression for doc; a path that leads nowhere is missing.
func (e *expression) eval(doc []byte) value {
	switch {
	case e.path != nil:
		return fieldPath(docValue(doc), e.path)
	case e.fields == nil:
		return e.constant
	}

	out, start := startDoc(nil)
	for _, f := range e.fields {
		if v := f.expr.eval(doc); !isMissing(v) {
			out = bsoncore.AppendValueElement(out, f.name, v)
		}
	}

	return docValue(endDoc(out, start))
}

// fieldPath follows a path as expressions do: through an array it gathers what each element that is a document holds.
func fieldPath(v value, path []string) value {
	for i, name := range path {
		switch v.Type {
		case bsoncore.TypeEmbeddedDocument:
			v = lookup(v.Data, name)
		case bsoncore.TypeArray:
			var found []value
			for w := walk(v.Data); w.next(); {
				if w.val.Type != bsoncore.TypeEmbeddedDocument {
					continue
				}
				if e := fieldPath(w.val, path[i:]); !isMissing(e) {
					found = append(found, e)
				}
			}
			return arrayOf(found)
		default:
			return value{}
		}
	}

	return v
}
