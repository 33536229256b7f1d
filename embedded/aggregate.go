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

var stageParsers map[string]func(v value) (stage, error)

func init() {
	stageParsers = map[string]func(v value) (stage, error){
		"$match": parseMatchStage, "$group": parseGroupStage, "$sort": parseSortStage, "$limit": parseLimitStage, "$skip": parseSkipStage,
		"$unwind": parseUnwindStage, "$project": parseProjectStage, "$count": parseCountStage,
	}
}

// parsePipeline compiles the stages. It fails, naming it, on a stage, operator or option outside the subset.
func parsePipeline(docs [][]byte, deadline time.Time) (*pipeline, error) {
	p := &pipeline{query: query{deadline: deadline}}
	head := 0 // how far into match, sort, skip, limit the leading stages have come
	for _, doc := range docs {
		w := walk(doc)
		if !w.next() || len(w.rest) > 0 {
			return p, refuse(40323, "A pipeline stage specification object must contain exactly one field.")
		}
		name := string(w.key)
		parse, ok := stageParsers[name]
		if !ok {
			return p, refuse(codeUnknownStage, "Unrecognized or unsupported pipeline stage name: '%s'", name)
		}
		st, err := parse(w.val)
		if err != nil {
			return p, err
		}
		if len(p.stages) == 0 && p.absorb(name, w.val, &head) {
			continue
		}
		p.stages = append(p.stages, st)
	}

	return p, nil
}

// absorb makes a leading stage, which has been parsed without an error, part of the query.
func (p *pipeline) absorb(name string, v value, head *int) bool {
	switch {
	case name == "$match" && *head == 0:
		filter, _ := parseFilter(v.Data)
		p.query.filter = append(p.query.filter, filter...)
	case name == "$sort" && *head == 0:
		p.query.sort, _ = parsePattern(v.Data, codeBadValue)
		*head = 1
	case name == "$skip" && *head <= 1:
		p.query.skip, _ = integer(v)
		*head = 2
	case name == "$limit" && *head <= 2:
		p.query.limit, _ = integer(v)
		*head = 3
	default:
		return false
	}

	return true
}

// open runs the pipeline over a collection, which may be nil.
func (p *pipeline) open(c *collection) stream {
	s := c.scan(p.query).stream(nil)
	for _, st := range p.stages {
		s = st(s)
	}

	return s
}

// each calls do with every document of the stream.
func (s stream) each(do func(doc []byte)) error {
	for {
		doc, err := s()
		if doc == nil || err != nil {
			return err
		}
		do(doc)
	}
}

// gathered is a stage that needs all documents before it yields its first.
func gathered(run func(in stream) ([][]byte, error)) stage {
	return func(in stream) stream {
		var out stream
		return func() ([]byte, error) {
			if out == nil {
				docs, err := run(in)
				if err != nil {
					return nil, err
				}
				out = listStream(docs)
			}
			return out()
		}
	}
}

func parseMatchStage(v value) (stage, error) {
	if v.Type != bsoncore.TypeEmbeddedDocument {
		return nil, refuse(15959, "the match filter must be an expression in an object")
	}
	filter, err := parseFilter(v.Data)

	return func(in stream) stream {
		return func() ([]byte, error) {
			for {
				doc, err := in()
				if doc == nil || err != nil || filter.matches(doc) {
					return doc, err
				}
			}
		}
	}, err
}

func parseSortStage(v value) (stage, error) {
	if v.Type != bsoncore.TypeEmbeddedDocument || len(v.Data) == len(emptyDoc) {
		return nil, refuse(15976, "$sort stage must have at least one sort key")
	}
	p, err := parsePattern(v.Data, codeBadValue)

	return gathered(func(in stream) (docs [][]byte, err error) {
		s := sorter{pattern: p}
		records, err := s.sort(func() (*record, error) {
			doc, err := in()
			if doc == nil || err != nil {
				return nil, err
			}
			return &record{raw: append([]byte(nil), doc...)}, nil
		})
		for _, r := range records {
			docs = append(docs, r.raw)
		}
		return docs, err
	}), err
}

func parseLimitStage(v value) (stage, error) {
	n, ok := integer(v)
	if !ok || n < 1 {
		return nil, refuse(15958, "the limit must be a positive whole number")
	}

	return func(in stream) stream {
		left := n
		return func() ([]byte, error) {
			if left == 0 {
				return nil, nil
			}
			left--
			return in()
		}
	}, nil
}

func parseSkipStage(v value) (stage, error) {
	n, ok := integer(v)
	if !ok || n < 0 {
		return nil, refuse(15956, "the skip must be a whole number of at least 0")
	}

	return func(in stream) stream {
		left := n
		return func() ([]byte, error) {
			for ; left > 0; left-- {
				if doc, err := in(); doc == nil || err != nil {
					return nil, err
				}
			}
			return in()
		}
	}, nil
}

func parseProjectStage(v value) (stage, error) {
	if v.Type != bsoncore.TypeEmbeddedDocument || len(v.Data) == len(emptyDoc) {
		return nil, refuse(51272, "$project stage needs an object with at least one field")
	}
	shape, err := parseProjection(v.Data, true)

	return func(in stream) stream {
		var scratch []byte
		return func() ([]byte, error) {
			doc, err := in()
			if doc == nil || err != nil {
				return nil, err
			}
			scratch = shape.append(scratch[:0], doc)
			return scratch, nil
		}
	}, err
}

func parseCountStage(v value) (stage, error) {
	if v.Type != bsoncore.TypeString || stringOf(v) == "" || strings.ContainsAny(stringOf(v), "$.\x00") {
		return nil, refuse(40156, "the count field must be a nonempty string without '$' and '.'")
	}
	name := stringOf(v)

	return gathered(func(in stream) (docs [][]byte, err error) {
		n := 0
		if err := in.each(func([]byte) { n++ }); err != nil || n == 0 {
			return nil, err
		}
		return [][]byte{document(name, n)}, nil
	}), nil
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

	return func(in stream) stream {
		u := &unwinding{in: in, path: path, keep: keep, put: &node{}}
		u.put.add(path, leaf{apply: func(value) (value, error) { return u.rest.val, nil }, keeps: true})
		return u.next
	}, err
}

type unwinding struct {
	in      stream
	path    []string
	keep    bool
	put     *node // puts the element that rest is at in the place of the array
	doc     []byte
	rest    walker
	scratch []byte
}

func (u *unwinding) next() (doc []byte, err error) {
	for !u.rest.next() {
		if doc, err = u.in(); doc == nil || err != nil {
			return nil, err
		}
		v, behind := descend(docValue(doc), u.path)
		if len(behind) > 0 {
			v = value{} // an array on the way
		}
		u.doc, u.rest = doc, walker{}
		switch {
		case v.Type == bsoncore.TypeArray && (len(v.Data) > len(emptyDoc) || !u.keep):
			u.rest = walk(v.Data)
		case v.Type == bsoncore.TypeArray:
			u.scratch, err = u.put.rewrite(u.scratch[:0], doc) // without the array
			return u.scratch, err
		case !isMissing(v) && v.Type != bsoncore.TypeNull || u.keep:
			return doc, nil
		}
	}
	u.scratch, err = u.put.rewrite(u.scratch[:0], u.doc)

	return u.scratch, err
}
