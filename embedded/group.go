package embedded

import (
	"math"
	"strings"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// grouping is a compiled $group.
type grouping struct {
	id     expression
	fields []accumulator
}

type accumulator struct {
	name string
	expr expression
}

func parseGroupStage(v value) (stage, error) {
	if v.Type != bsoncore.TypeEmbeddedDocument {
		return nil, refuse(15947, "a group's fields must be specified in an object")
	}
	var g grouping
	seen := false
	for w := walk(v.Data); w.next(); {
		name := string(w.key)
		if name == "_id" {
			var err error
			if g.id, err = parseExpression(w.val); err != nil {
				return nil, err
			}
			seen = true
			continue
		}
		acc, err := parseAccumulator(name, w.val)
		if err != nil {
			return nil, err
		}
		g.fields = append(g.fields, acc)
	}
	if !seen {
		return nil, refuse(15955, "a group specification must include an _id")
	}

	return func(in stream) stream { return collected(func() ([][]byte, error) { return g.run(in) }) }, nil
}

func parseAccumulator(name string, v value) (accumulator, error) {
	if strings.ContainsAny(name, ".$") || name == "" {
		return accumulator{}, refuse(40235, "The field name '%s' cannot contain '.' or '$'", name)
	}
	w := walk(v.Data)
	if v.Type != bsoncore.TypeEmbeddedDocument || !w.next() || len(w.rest) > 0 {
		return accumulator{}, refuse(40234, "The field '%s' must be an accumulator object with one operator", name)
	}

	switch string(w.key) {
	case "$sum":
		if w.val.Type == bsoncore.TypeEmbeddedDocument {
			return accumulator{}, refuse(codeBadValue, "$sum of an expression is not supported: %s", w.val)
		}
		e, err := parseExpression(w.val)
		return accumulator{name, e}, err
	case "$count":
		if w.val.Type != bsoncore.TypeEmbeddedDocument || len(w.val.Data) != 5 {
			return accumulator{}, refuse(codeTypeMismatch, "$count takes no arguments, i.e. $count:{}")
		}
		return accumulator{name, expression{constant: intValue(1, false)}}, nil
	}

	return accumulator{}, refuse(codeUnknownAccumulator, "unknown or unsupported group operator '%s'", w.key)
}

type group struct {
	id   value
	sums []sum
}

func (g *grouping) run(in stream) ([][]byte, error) {
	groups := map[string]*group{}
	var order []*group
	var key []byte
	for {
		doc, err := in.next()
		if err != nil {
			return nil, err
		}
		if doc == nil {
			break
		}
		id := g.id.eval(doc)
		key = appendKey(key[:0], id)
		if isMissing(id) {
			id = value{Type: bsoncore.TypeNull}
		}
		gr := groups[string(key)]
		if gr == nil {
			id.Data = append([]byte(nil), id.Data...)
			gr = &group{id: id, sums: make([]sum, len(g.fields))}
			groups[string(key)] = gr
			order = append(order, gr)
		}
		for i := range g.fields {
			gr.sums[i].add(g.fields[i].expr.eval(doc))
		}
	}

	out := make([][]byte, 0, len(order))
	for _, gr := range order {
		doc, start := startDoc(nil)
		doc = bsoncore.AppendValueElement(doc, "_id", gr.id)
		for i, f := range g.fields {
			doc = bsoncore.AppendValueElement(doc, f.name, gr.sums[i].result())
		}
		out = append(out, endDoc(doc, start))
	}

	return out, nil
}

// sum adds numbers up, whole ones exactly; what is no number counts as nothing. Its result has the widest type met.
type sum struct {
	whole   int64
	double  float64
	lost    float64 // the rounding that double has lost (Neumaier)
	isLong  bool
	isFloat bool
}

func (s *sum) add(v value) {
	if !isNumber(v) {
		return
	}
	i, f, double := number(v)
	if double {
		s.isFloat = true
		s.addFloat(f)
		return
	}

	s.isLong = s.isLong || v.Type == bsoncore.TypeInt64
	total := s.whole + i
	if (total > s.whole) != (i > 0) && i != 0 {
		s.isFloat = true // beyond 64 bits
		s.addFloat(float64(s.whole))
		total = i
	}
	s.whole = total
}

func (s *sum) addFloat(f float64) {
	total := s.double + f
	switch {
	case math.IsInf(total, 0) || math.IsNaN(total):
	case math.Abs(s.double) >= math.Abs(f):
		s.lost += (s.double - total) + f
	default:
		s.lost += (f - total) + s.double
	}
	s.double = total
}

func (s *sum) result() value {
	if !s.isFloat {
		return intValue(s.whole, s.isLong)
	}
	s.addFloat(float64(s.whole))

	return doubleValue(s.double + s.lost)
}
