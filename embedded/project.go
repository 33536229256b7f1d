package embedded

import (
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// projection shapes a document: it keeps the named fields, or all but those, and may add fields that copy another path.
type projection struct {
	exclude bool
	// keepID tells what becomes of _id.
	keepID bool
	fields []projected
}

// projected is one component of a projected path: a leaf when it has neither children nor a source.
type projected struct {
	name     string
	children []projected
	// from is the path that a computed field copies.
	from []string
}

// parseProjection compiles a projection; nil for an empty one. Computed fields ("$path") are only taken in an aggregation.
// It fails on a mix of inclusion and exclusion, on colliding paths, and on every other operator.
func parseProjection(doc []byte, computed bool) (*projection, error) {
	p := &projection{keepID: true}
	decided, idSeen := false, false
	if err := p.parse(doc, "", computed, &decided, &idSeen); err != nil {
		return nil, err
	}
	if !decided {
		if !idSeen {
			return nil, nil
		}
		p.exclude = !p.keepID // only _id is named
	}

	return p, nil
}

func (p *projection) parse(doc []byte, above string, computed bool, decided, idSeen *bool) error {
	for w := walk(doc); w.next(); {
		path := above + string(w.key)
		comps, err := splitPath(path)
		if err != nil {
			return err
		}
		if w.val.Type == bsoncore.TypeEmbeddedDocument {
			if isOperatorDocument(w.val) || len(w.val.Data) == 5 {
				return refuse(codeBadValue, "the projection of '%s' by %s is not supported", path, w.val)
			}
			if err := p.parse(w.val.Data, path+".", computed, decided, idSeen); err != nil {
				return err
			}
			continue
		}

		var from []string
		include := false
		switch {
		case w.val.Type == bsoncore.TypeString && computed && strings.HasPrefix(stringOf(w.val), "$"):
			if from, err = parseFieldPath(w.val); err != nil {
				return err
			}
			include = true
		case w.val.Type == bsoncore.TypeBoolean || isNumber(w.val):
			include = truth(w.val)
		default:
			return refuse(codeBadValue, "the projection of '%s' by %s is not supported", path, w.val)
		}

		if path == "_id" && from == nil {
			p.keepID, *idSeen = include, true
			continue
		}
		if *decided && include == p.exclude {
			if include {
				return refuse(codeInclusionInExclude, "Cannot do inclusion on field %s in exclusion projection", path)
			}
			return refuse(codeExclusionInInclude, "Cannot do exclusion on field %s in inclusion projection", path)
		}
		*decided, p.exclude = true, !include
		if path == "_id" {
			p.keepID = false
		}
		if !addProjected(&p.fields, comps, from) {
			return refuse(codeProjectionCollision, "Path collision at %s", path)
		}
	}

	return nil
}

func addProjected(fields *[]projected, comps, from []string) bool {
	at := slices.IndexFunc(*fields, func(f projected) bool { return f.name == comps[0] })
	if at < 0 {
		*fields = append(*fields, projected{name: comps[0]})
		at = len(*fields) - 1
	} else if len(comps) == 1 || len((*fields)[at].children) == 0 {
		return false
	}
	if len(comps) == 1 {
		(*fields)[at].from = from
		return true
	}

	return addProjected(&(*fields)[at].children, comps[1:], from)
}

// append appends doc as the projection shows it.
func (p *projection) append(dst, doc []byte) []byte {
	dst, start := startDoc(dst)
	if p.exclude {
		return endDoc(p.excluded(dst, doc, p.fields, true), start)
	}

	return endDoc(p.included(dst, doc, doc, p.fields, true), start)
}

func (p *projection) excluded(dst, doc []byte, fields []projected, top bool) []byte {
	for w := walk(doc); w.next(); {
		if top && string(w.key) == "_id" && !p.keepID {
			continue
		}
		at := slices.IndexFunc(fields, func(f projected) bool { return f.name == string(w.key) })
		switch {
		case at < 0:
			dst = appendField(dst, w.key, w.val)
		case len(fields[at].children) > 0:
			dst = p.nested(dst, w.key, w.val, func(dst, inner []byte) []byte { return p.excluded(dst, inner, fields[at].children, false) })
		}
	}

	return dst
}

// included appends the included fields in the document's order, then the computed ones in the projection's.
func (p *projection) included(dst, doc, root []byte, fields []projected, top bool) []byte {
	var met uint64
	for w := walk(doc); w.next(); {
		if top && string(w.key) == "_id" && p.keepID {
			dst = appendField(dst, w.key, w.val)
			continue
		}
		at := slices.IndexFunc(fields, func(f projected) bool { return f.name == string(w.key) })
		switch {
		case at < 0 || fields[at].from != nil:
		case len(fields[at].children) > 0:
			met |= 1 << min(at, 63)
			dst = p.nested(dst, w.key, w.val, func(dst, inner []byte) []byte {
				return p.included(dst, inner, root, fields[at].children, false)
			})
		default:
			dst = appendField(dst, w.key, w.val)
		}
	}

	for at, f := range fields {
		switch {
		case f.from != nil:
			if v := fieldPath(docValue(root), f.from); !isMissing(v) {
				dst = bsoncore.AppendValueElement(dst, f.name, v)
			}
		case met&(1<<min(at, 63)) == 0 && slices.ContainsFunc(f.children, func(c projected) bool { return c.computes() }):
			dst = bsoncore.AppendHeader(dst, bsoncore.TypeEmbeddedDocument, f.name)
			inner, start := startDoc(dst)
			dst = endDoc(p.included(inner, emptyDoc, root, f.children, false), start)
		}
	}

	return dst
}

func (f projected) computes() bool {
	return f.from != nil || slices.ContainsFunc(f.children, func(c projected) bool { return c.computes() })
}

// nested applies shape to a document, and to the documents in an array; an inclusion drops other values on the way.
func (p *projection) nested(dst, key []byte, v value, shape func(dst, doc []byte) []byte) []byte {
	switch v.Type {
	case bsoncore.TypeEmbeddedDocument:
		dst = appendField(dst, key, value{Type: v.Type})
		inner, start := startDoc(dst)
		return endDoc(shape(inner, v.Data), start)
	case bsoncore.TypeArray:
		dst = appendField(dst, key, value{Type: v.Type})
		inner, start := startDoc(dst)
		n := 0
		for w := walk(v.Data); w.next(); {
			before := len(inner)
			inner = p.nested(inner, positionKey(n), w.val, shape)
			if len(inner) > before {
				n++
			}
		}
		return endDoc(inner, start)
	}
	if p.exclude {
		return appendField(dst, key, v)
	}

	return dst
}
