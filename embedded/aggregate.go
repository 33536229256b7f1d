package embedded

import (
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// pipeline is a compiled aggregation: what its first stages ask of the collection, and the stages behind them.
type pipeline struct {
	query  query
	stages []stage
}

// stage makes a stream of another one.
type stage func(in stream) stream

// stageParsers are the stages that make documents of other ones; those that choose among documents are parsed by choose.
var stageParsers map[string]func(v value) (stage, error)

func init() {
	stageParsers = map[string]func(v value) (stage, error){
		"$group": parseGroupStage, "$unwind": parseUnwindStage, "$project": parseProjectStage, "$count": parseCountStage,
	}
}

// parsePipeline compiles the stages. It fails, naming it, on a stage, operator or option outside the subset.
func parsePipeline(docs [][]byte, deadline time.Time) (*pipeline, error) {
	p := &pipeline{query: query{deadline: deadline}}
	last := &p.query // takes further choosing stages, as long as they are in the order of its parts
	for _, doc := range docs {
		w := walk(doc)
		if !w.next() || len(w.rest) > 0 {
			return p, refuse(40323, "A pipeline stage specification object must contain exactly one field.")
		}
		name := string(w.key)
		if parse, ok := stageParsers[name]; ok {
			st, err := parse(w.val)
			if err != nil {
				return p, err
			}
			p.stages = append(p.stages, st)
			last = nil
			continue
		}
		if last == nil || !last.takes(name) {
			q := &query{deadline: deadline}
			p.stages = append(p.stages, func(in stream) stream { return q.of(in) })
			last = q
		}
		if err := last.choose(name, w.val); err != nil {
			return p, err
		}
	}

	return p, nil
}

// takes tells whether the stage of that name may follow what the query does already.
func (q *query) takes(name string) bool {
	switch name {
	case "$match":
		return len(q.sort) == 0 && q.skip == 0 && q.limit == 0
	case "$sort":
		return len(q.sort) == 0 && q.skip == 0 && q.limit == 0
	case "$skip":
		return q.skip == 0 && q.limit == 0
	}

	return q.limit == 0
}

// choose adds a stage that chooses among documents, or orders them.
func (q *query) choose(name string, v value) (err error) {
	isObject := v.Type == bsoncore.TypeEmbeddedDocument
	n, isInteger := integer(v)
	switch {
	case name == "$match" && isObject:
		var filter all
		filter, err = parseFilter(v.Data)
		q.filter = append(q.filter, filter...)
	case name == "$match":
		err = refuse(15959, "the match filter must be an expression in an object")
	case name == "$sort" && isObject && len(v.Data) > len(emptyDoc):
		q.sort, err = parsePattern(v.Data, codeBadValue)
	case name == "$sort":
		err = refuse(15976, "$sort stage must have at least one sort key")
	case name == "$limit" && isInteger && n > 0:
		q.limit = n
	case name == "$limit":
		err = refuse(15958, "the limit must be a positive whole number")
	case name == "$skip" && isInteger && n >= 0:
		q.skip = n
	case name == "$skip":
		err = refuse(15956, "the skip must be a whole number of at least 0")
	default:
		err = refuse(codeUnknownStage, "Unrecognized or unsupported pipeline stage name: '%s'", name)
	}

	return err
}

// open runs the pipeline over a collection, which may be nil.
func (p *pipeline) open(c *collection) stream {
	s := c.scan(p.query)
	for _, st := range p.stages {
		s = st(s)
	}

	return s
}

func parseProjectStage(v value) (stage, error) {
	if v.Type != bsoncore.TypeEmbeddedDocument || len(v.Data) == len(emptyDoc) {
		return nil, refuse(51272, "$project stage needs an object with at least one field")
	}
	shape, err := parseProjection(v.Data, true)

	return shape.of, err
}

func parseCountStage(v value) (stage, error) {
	if v.Type != bsoncore.TypeString || stringOf(v) == "" || strings.ContainsAny(stringOf(v), "$.\x00") {
		return nil, refuse(40156, "the count field must be a nonempty string without '$' and '.'")
	}

	return func(in stream) stream {
		return gathered(func() ([]record, error) {
			n := 0
			if err := in.each(func(record) { n++ }); err != nil || n == 0 {
				return nil, err
			}
			return []record{{raw: document(stringOf(v), n)}}, nil
		})
	}, nil
}

// parseUnwindStage compiles an $unwind, which yields a document once for each element of an array in it.
func parseUnwindStage(v value) (stage, error) {
	keep := false
	if v.Type == bsoncore.TypeEmbeddedDocument {
		a := nestedArgs("$unwind", v.Data)
		v, keep = a.take("path"), a.flag("preserveNullAndEmptyArrays", false)
		if option := a.untaken(); option != "" {
			a.fail(28811, "unrecognized or unsupported option to $unwind stage: %s", option)
		}
		if a.err != nil {
			return nil, a.err
		}
	}
	if v.Type != bsoncore.TypeString || !strings.HasPrefix(stringOf(v), "$") {
		return nil, refuse(28818, "the path of $unwind must be a string that begins with '$'")
	}
	path, err := parseFieldPath(v)

	return func(in stream) stream { return (&unwinding{in: in, path: path, keep: keep}).next }, err
}

type unwinding struct {
	in   stream
	path []string
	keep bool
	doc  []byte
	rest walker // of the array in doc
}

func (u *unwinding) next() (record, error) {
	for !u.rest.next() {
		rec, err := u.in()
		if rec.raw == nil || err != nil {
			return record{}, err
		}
		v, behind := descend(docValue(rec.raw), u.path)
		if len(behind) > 0 {
			v = value{} // an array on the way
		}
		switch {
		case v.Type == bsoncore.TypeArray && (len(v.Data) > len(emptyDoc) || !u.keep):
			u.doc, u.rest = rec.raw, walk(v.Data)
		case v.Type == bsoncore.TypeArray:
			return u.with(rec.raw, value{})
		case !isMissing(v) && v.Type != bsoncore.TypeNull || u.keep:
			return rec, nil
		}
	}

	return u.with(u.doc, u.rest.val)
}

// with returns doc with v in the place of the array; a missing v removes it.
func (u *unwinding) with(doc []byte, v value) (record, error) {
	put := &node{}
	put.add(u.path, leaf{apply: func(value) (value, error) { return v, nil }, keeps: true})
	out, err := put.rewrite(make([]byte, 0, len(doc)), doc)

	return record{raw: out}, err
}
