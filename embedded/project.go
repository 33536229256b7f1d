package embedded

import (
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// projection shapes a document: it keeps the named fields, or all but those, and may add fields that copy another path.
type projection struct {
	exclude bool
	root    node
}

// projected is one field of a projection.
type projected struct {
	path    string
	comps   []string
	include bool
	from    []string
}

// parseProjection compiles a projection; nil for an empty one. Computed fields ("$path") are only taken in an aggregation.
// It fails on a mix of inclusion and exclusion, on colliding paths, and on every other operator.
func parseProjection(doc []byte, computed bool) (*projection, error) {
	fields, err := projectedFields(nil, doc, "", computed)
	if len(fields) == 0 || err != nil {
		return nil, err
	}

	// _id is kept unless it is excluded, whatever is said of the others.
	isID := func(f projected) bool { return f.path == "_id" && f.from == nil }
	id := slices.IndexFunc(fields, isID)
	keepID := id < 0 || fields[id].include
	others := slices.DeleteFunc(slices.Clone(fields), isID)
	p := &projection{exclude: !keepID}
	if len(others) > 0 {
		p.exclude = !others[0].include
	}
	for _, f := range others {
		if f.include && p.exclude {
			return nil, refuse(codeInclusionInExclude, "Cannot do inclusion on field %s in exclusion projection", f.path)
		}
		if !f.include && !p.exclude {
			return nil, refuse(codeExclusionInInclude, "Cannot do exclusion on field %s in inclusion projection", f.path)
		}
		if p.root.add(f.comps, leaf{from: f.from}) > 0 {
			return nil, refuse(codeProjectionCollision, "Path collision at %s", f.path)
		}
	}
	if keepID != p.exclude {
		p.root.add([]string{"_id"}, leaf{}) // unless it has a projection of its own
	}

	return p, nil
}

// projectedFields appends the fields that doc names, below the path above.
func projectedFields(out []projected, doc []byte, above string, computed bool) ([]projected, error) {
	for w := walk(doc); w.next(); {
		f := projected{path: above + string(w.key)}
		var err error
		if f.comps, err = splitPath(f.path); err != nil {
			return nil, err
		}
		switch {
		case w.val.Type == bsoncore.TypeEmbeddedDocument && !isOperatorDocument(w.val) && len(w.val.Data) > len(emptyDoc):
			if out, err = projectedFields(out, w.val.Data, f.path+".", computed); err != nil {
				return nil, err
			}
			continue
		case w.val.Type == bsoncore.TypeString && computed && strings.HasPrefix(stringOf(w.val), "$"):
			f.include = true
			if f.from, err = parseFieldPath(w.val); err != nil {
				return nil, err
			}
		case w.val.Type == bsoncore.TypeBoolean || isNumber(w.val):
			f.include = truth(w.val)
		default:
			return nil, refuse(codeBadValue, "the projection of '%s' by %s is not supported", f.path, w.val)
		}
		out = append(out, f)
	}

	return out, nil
}

// of returns the documents of a stream as the projection shows them; a nil projection shows all.
func (p *projection) of(in stream) stream {
	if p == nil {
		return in
	}

	return func() (record, error) {
		r, err := in()
		if r.raw == nil || err != nil {
			return record{}, err
		}
		return record{raw: p.shape(r.raw)}, nil
	}
}

// shape returns doc as the projection shows it.
func (p *projection) shape(doc []byte) []byte { return p.append(make([]byte, 0, 256), doc) }

// append appends doc as the projection shows it; a nil projection shows all.
func (p *projection) append(dst, doc []byte) []byte {
	if p == nil {
		return append(dst, doc...)
	}
	dst, start := startDoc(dst)

	return endDoc(p.fields(dst, doc, doc, &p.root), start)
}

// fields appends what n leaves of the fields of doc, in its order, and then the computed ones in the projection's, which copy
// from root.
func (p *projection) fields(dst, doc, root []byte, n *node) []byte {
	for w := walk(doc); w.next(); {
		c := n.child(w.key)
		switch {
		case c != nil && c.leaf == nil:
			dst = p.nested(dst, w.key, w.val, root, c)
		case c == nil && p.exclude, c != nil && !p.exclude && c.leaf.from == nil:
			dst = appendField(dst, w.key, w.val)
		}
	}

	for _, c := range n.children {
		if c.leaf != nil && c.leaf.from != nil {
			dst = appendFields(dst, c.name, fieldPath(docValue(root), c.leaf.from))
		} else if c.leaf == nil && isMissing(lookup(doc, c.name)) && c.any(func(l *leaf) bool { return l.from != nil }) {
			dst = p.nested(dst, []byte(c.name), docValue(emptyDoc), root, c)
		}
	}

	return dst
}

// nested appends what n leaves of a document, or of those in an array; an inclusion drops other values on the way.
func (p *projection) nested(dst, key []byte, v value, root []byte, n *node) []byte {
	switch v.Type {
	case bsoncore.TypeEmbeddedDocument:
		dst, start := startDoc(appendField(dst, key, value{Type: v.Type}))
		return endDoc(p.fields(dst, v.Data, root, n), start)
	case bsoncore.TypeArray:
		dst, start := startDoc(appendField(dst, key, value{Type: v.Type}))
		kept := 0
		for w := walk(v.Data); w.next(); {
			before := len(dst)
			dst = p.nested(dst, positionKey(kept), w.val, root, n)
			if len(dst) > before {
				kept++
			}
		}
		return endDoc(dst, start)
	}
	if p.exclude {
		return appendField(dst, key, v)
	}

	return dst
}
