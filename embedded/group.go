package embedded

import (
	"bytes"
	"strings"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// grouping is a compiled $group.
type grouping struct {
	id   expression
	sums []namedExpression
}

func parseGroupStage(v value) (stage, error) {
	if v.Type != bsoncore.TypeEmbeddedDocument {
		return nil, refuse(15947, "a group's fields must be specified in an object")
	}
	if isMissing(lookup(v.Data, "_id")) {
		return nil, refuse(15955, "a group specification must include an _id")
	}

	var g grouping
	for w := walk(v.Data); w.next(); {
		name := string(w.key)
		if name == "_id" {
			var err error
			if g.id, err = parseExpression(w.val); err != nil {
				return nil, err
			}
			continue
		}
		sum, err := parseAccumulator(name, w.val)
		if err != nil {
			return nil, err
		}
		g.sums = append(g.sums, namedExpression{name, sum})
	}

	return func(in stream) stream { return gathered(func() ([]record, error) { return g.run(in) }) }, nil
}

// parseAccumulator returns what is to be summed up.
func parseAccumulator(name string, v value) (expression, error) {
	if strings.ContainsAny(name, ".$") || name == "" {
		return expression{}, refuse(40235, "The field name '%s' cannot contain '.' or '$'", name)
	}
	w := walk(v.Data)
	if v.Type != bsoncore.TypeEmbeddedDocument || !w.next() || len(w.rest) > 0 {
		return expression{}, refuse(40234, "The field '%s' must be an accumulator object with one operator", name)
	}

	isObject := w.val.Type == bsoncore.TypeEmbeddedDocument
	switch string(w.key) {
	case "$sum":
		if isObject {
			return expression{}, refuse(codeBadValue, "$sum of an expression is not supported: %s", w.val)
		}
		return parseExpression(w.val)
	case "$count":
		if !isObject || len(w.val.Data) > len(emptyDoc) {
			return expression{}, refuse(codeTypeMismatch, "$count takes no arguments, i.e. $count:{}")
		}
		return expression{constant: intValue(1, false)}, nil
	}

	return expression{}, refuse(codeUnknownAccumulator, "unknown or unsupported group operator '%s'", w.key)
}

type group struct {
	id   value
	sums []number
}

func (g *grouping) run(in stream) (out []record, err error) {
	groups := map[string]*group{}
	var order []*group
	var key []byte
	err = in.each(func(r record) {
		id := g.id.eval(r.raw)
		key = appendKey(key[:0], id)
		gr := groups[string(key)]
		if gr == nil {
			if isMissing(id) {
				id = value{Type: bsoncore.TypeNull}
			}
			gr = &group{id: value{Type: id.Type, Data: bytes.Clone(id.Data)}, sums: make([]number, len(g.sums))}
			groups[string(key)] = gr
			order = append(order, gr)
		}
		for i := range g.sums {
			if v := g.sums[i].expr.eval(r.raw); isNumber(v) { // all else counts as nothing
				gr.sums[i], _ = gr.sums[i].plus(numberOf(v))
			}
		}
	})

	for _, gr := range order {
		doc := bsoncore.AppendValueElement(make([]byte, 4, 64), "_id", gr.id)
		for i, f := range g.sums {
			doc = bsoncore.AppendValueElement(doc, f.name, gr.sums[i].value())
		}
		out = append(out, record{raw: endDoc(doc, 0)})
	}

	return out, err
}
