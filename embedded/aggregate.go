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
			return nil, refuse(40323, "A pipeline stage specification object must contain exactly one field.")
		}
		name := string(w.key)
		parse, ok := stageParsers[name]
		if !ok {
			return nil, refuse(codeUnknownStage, "Unrecognized or unsupported pipeline stage name: '%s'", name)
		}
		st, err := parse(w.val)
		if err != nil {
			return nil, err
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
	var s stream = &recordStream{scan: c.scan(p.query)}
	for _, st := range p.stages {
		s = st(s)
	}

	return s
}

// funcStream is a stream of a function that returns nil at the end.
type funcStream func() ([]byte, error)

func (f funcStream) next() ([]byte, error) { return f() }
func (f funcStream) finished() bool        { return false }

func parseMatchStage(v value) (stage, error) {
	if v.Type != bsoncore.TypeEmbeddedDocument {
		return nil, refuse(15959, "the match filter must be an expression in an object")
	}
	filter, err := parseFilter(v.Data)

	return func(in stream) stream {
		return funcStream(func() ([]byte, error) {
			for {
				doc, err := in.next()
				if doc == nil || err != nil || filter.matches(doc) {
					return doc, err
				}
			}
		})
	}, err
}

func parseSortStage(v value) (stage, error) {
	if v.Type != bsoncore.TypeEmbeddedDocument || len(v.Data) == 5 {
		return nil, refuse(15976, "$sort stage must have at least one sort key")
	}
	p, err := parsePattern(v.Data, codeBadValue)

	return func(in stream) stream {
		return collected(func() ([][]byte, error) {
			top := topSorter[[]byte]{}
			for {
				doc, err := in.next()
				if err != nil {
					return nil, err
				}
				if doc == nil {
					return top.result(), nil
				}
				doc = append([]byte(nil), doc...)
				if err := top.add(p, doc, doc); err != nil {
					return nil, err
				}
			}
		})
	}, err
}

// collected is a stream of documents that are all made at the first call.
func collected(make func() ([][]byte, error)) stream {
	var list *listStream

	return funcStream(func() ([]byte, error) {
		if list == nil {
			docs, err := make()
			if err != nil {
				return nil, err
			}
			list = &listStream{docs: docs}
		}
		return list.next()
	})
}

func parseLimitStage(v value) (stage, error) {
	n, ok := integer(v)
	if !ok || n < 1 {
		return nil, refuse(15958, "the limit must be a positive whole number")
	}

	return func(in stream) stream {
		left := n
		return funcStream(func() ([]byte, error) {
			if left == 0 {
				return nil, nil
			}
			left--
			return in.next()
		})
	}, nil
}

func parseSkipStage(v value) (stage, error) {
	n, ok := integer(v)
	if !ok || n < 0 {
		return nil, refuse(15956, "the skip must be a whole number of at least 0")
	}

	return func(in stream) stream {
		left := n
		return funcStream(func() ([]byte, error) {
			for ; left > 0; left-- {
				if doc, err := in.next(); doc == nil || err != nil {
					return nil, err
				}
			}
			return in.next()
		})
	}, nil
}

func parseProjectStage(v value) (stage, error) {
	if v.Type != bsoncore.TypeEmbeddedDocument || len(v.Data) == 5 {
		return nil, refuse(51272, "$project stage needs an object with at least one field")
	}
	shape, err := parseProjection(v.Data, true)

	return func(in stream) stream {
		var scratch []byte
		return funcStream(func() ([]byte, error) {
			doc, err := in.next()
			if doc == nil || err != nil {
				return nil, err
			}
			scratch = shape.append(scratch[:0], doc)
			return scratch, nil
		})
	}, err
}

func parseCountStage(v value) (stage, error) {
	if v.Type != bsoncore.TypeString || stringOf(v) == "" || strings.ContainsAny(stringOf(v), "$.\x00") {
		return nil, refuse(40156, "the count field must be a nonempty string without '$' and '.'")
	}
	name := stringOf(v)

	return func(in stream) stream {
		return collected(func() ([][]byte, error) {
			for n := int64(0); ; n++ {
				doc, err := in.next()
				if err != nil {
					return nil, err
				}
				if doc == nil && n == 0 {
					return nil, nil
				}
				if doc == nil {
					return [][]byte{bsoncore.BuildDocument(nil, bsoncore.AppendValueElement(nil, name, intValue(n, false)))}, nil
				}
			}
		})
	}, nil
}

func parseUnwindStage(v value) (stage, error) {
	keep := false
	if v.Type == bsoncore.TypeEmbeddedDocument {
		options := v.Data
		v = value{}
		for w := walk(options); w.next(); {
			switch string(w.key) {
			case "path":
				v = w.val
			case "preserveNullAndEmptyArrays":
				keep = truth(w.val)
			default:
				return nil, refuse(28811, "unrecognized or unsupported option to $unwind stage: %s", w.key)
			}
		}
	}
	if v.Type != bsoncore.TypeString || !strings.HasPrefix(stringOf(v), "$") {
		return nil, refuse(28818, "the path of $unwind must be a string that begins with '$'")
	}
	path, err := parseFieldPath(v)
	if err != nil {
		return nil, err
	}

	return func(in stream) stream {
		u := &unwinding{in: in, path: path, keep: keep}
		return funcStream(u.next)
	}, nil
}

// unwinding yields a document once for each element of an array in it.
type unwinding struct {
	in      stream
	path    []string
	keep    bool
	doc     []byte
	rest    walker
	scratch []byte
}

func (u *unwinding) next() ([]byte, error) {
	for {
		if u.doc != nil && u.rest.next() {
			u.scratch = putPath(u.scratch[:0], u.doc, u.path, u.rest.val)
			return u.scratch, nil
		}
		doc, err := u.in.next()
		if doc == nil || err != nil {
			return nil, err
		}
		u.doc = nil

		v := docValue(doc)
		for _, name := range u.path {
			if v.Type != bsoncore.TypeEmbeddedDocument {
				v = value{}
				break
			}
			v = lookup(v.Data, name)
		}
		switch {
		case v.Type == bsoncore.TypeArray && len(v.Data) > 5:
			u.doc, u.rest = doc, walk(v.Data)
		case v.Type == bsoncore.TypeArray:
			if u.keep {
				u.scratch = putPath(u.scratch[:0], doc, u.path, value{})
				return u.scratch, nil
			}
		case !isMissing(v) && v.Type != bsoncore.TypeNull || u.keep:
			return doc, nil
		}
	}
}

// putPath appends doc with v in the place of what the path leads to; a missing v removes it.
func putPath(dst, doc []byte, path []string, v value) []byte {
	dst, start := startDoc(dst)
	for w := walk(doc); w.next(); {
		switch {
		case string(w.key) != path[0]:
			dst = appendField(dst, w.key, w.val)
		case len(path) > 1:
			dst = putPath(appendField(dst, w.key, value{Type: w.val.Type}), w.val.Data, path[1:], v)
		case !isMissing(v):
			dst = appendField(dst, w.key, v)
		}
	}

	return endDoc(dst, start)
}
