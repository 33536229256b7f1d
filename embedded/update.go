package embedded

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// maxPadding is how far beyond its end an update may extend an array with nulls.
const maxPadding = 1000

// update is a compiled update: either a replacement document or a tree of changes.
type update struct {
	replacement []byte
	root        *node
	insertion   *node // root, and what is set on insert
}

// change is one field of an update operator.
type change struct {
	comps []string
	leaf
}

// parseUpdate compiles the update document u: a replacement when its first field is not an operator. It fails, naming it,
// on an operator or modifier outside the subset, and when two paths conflict.
func parseUpdate(u []byte) (*update, error) {
	if !isOperatorDocument(docValue(u)) {
		return &update{replacement: u}, storable(u)
	}

	var always, onInsert []change
	for w := walk(u); w.next(); {
		op := string(w.key)
		operator, ok := updateOperators[op]
		if !ok {
			return nil, refuse(codeFailedToParse, "Unknown or unsupported update operator: %s", op)
		}
		if w.val.Type != bsoncore.TypeEmbeddedDocument {
			return nil, refuse(codeFailedToParse, "Modifiers operate on fields but we found type %s instead", typeName(w.val))
		}
		list, err := operator.changes(w.val.Data)
		if err != nil {
			return nil, err
		}
		onInsert = append(onInsert, list...)
		if op != "$setOnInsert" {
			always = append(always, list...)
		}
	}

	insertion, err := changeTree(onInsert)
	if err != nil {
		return nil, err
	}
	root, err := changeTree(always)

	return &update{root: root, insertion: insertion}, err
}

// changes reads the fields of the operator.
func (o updateOperator) changes(fields []byte) (list []change, err error) {
	for w := walk(fields); w.next(); {
		c := change{leaf: leaf{keeps: o.keeps, lenient: o.lenient}}
		if c.comps, err = splitPath(string(w.key)); err != nil {
			return nil, err
		}
		if err := supported(w.val); err != nil {
			return nil, err
		}
		if c.apply, err = o.compile(w.val); err != nil {
			return nil, err
		}
		list = append(list, c)
	}

	return list, nil
}

// changeTree makes a tree of changes, in the order in which new fields are made: that of their names. It fails on
// conflicting paths.
func changeTree(list []change) (*node, error) {
	slices.SortStableFunc(list, func(a, b change) int { return slices.CompareFunc(a.comps, b.comps, compareNames) })
	root := &node{}
	for _, c := range list {
		if shared := root.add(c.comps, c.leaf); shared > 0 {
			return nil, refuse(codeConflictingUpdate, "Updating the path '%s' would create a conflict at '%s'",
				strings.Join(c.comps, "."), strings.Join(c.comps[:shared], "."))
		}
	}

	return root, nil
}

// compareNames has numbers in their order before other names.
func compareNames(a, b string) int {
	an, bn := isPosition(a), isPosition(b)
	switch {
	case an && bn:
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	case an:
		return -1
	case bn:
		return 1
	}

	return strings.Compare(a, b)
}

// apply returns doc as the update leaves it, its _id unchanged; inserting chooses whether $setOnInsert takes part.
// It fails when the update does not fit the document, or would change _id.
func (u *update) apply(doc []byte, inserting bool) ([]byte, error) {
	id := lookup(doc, "_id")
	if u.replacement != nil {
		own := lookup(u.replacement, "_id")
		if !isMissing(own) && !isMissing(id) && compare(own, id) != 0 {
			return nil, refuse(codeImmutableField, "After applying the update, the (immutable) field '_id' was found to have been altered to _id: %s", own)
		}
		return withID(u.replacement, id), nil
	}

	root := u.root
	if inserting {
		root = u.insertion
	}
	out, err := root.rewrite(make([]byte, 0, len(doc)+64), doc)
	if err != nil {
		return nil, err
	}
	if now := lookup(out, "_id"); !isMissing(id) && !now.Equal(id) {
		return nil, refuse(codeImmutableField, "Performing an update on the path '_id' would modify the immutable field '_id'")
	}

	return out, storable(out)
}

// rewrite appends doc with the changes below n made: fields keep their places, new ones follow in the order of the tree.
func (n *node) rewrite(dst, doc []byte) ([]byte, error) {
	dst, start := startDoc(dst)
	var err error
	for w := walk(doc); w.next(); {
		if c := n.child(w.key); c == nil {
			dst = appendField(dst, w.key, w.val)
		} else if dst, err = c.change(dst, w.key, w.val); err != nil {
			return nil, err
		}
	}
	for _, c := range n.children {
		if !isMissing(lookup(doc, c.name)) {
			continue
		}
		if dst, err = c.change(dst, []byte(c.name), value{}); err != nil {
			return nil, err
		}
	}

	return endDoc(dst, start), nil
}

// change appends the field of that name as n leaves it; old is missing when there is none yet.
func (n *node) change(dst, name []byte, old value) ([]byte, error) {
	if n.leaf != nil {
		v, err := n.leaf.apply(old)
		if err != nil || isMissing(v) {
			return dst, err
		}
		return appendField(dst, name, v), nil
	}

	switch {
	case old.Type == bsoncore.TypeArray:
		return n.rewriteArray(appendField(dst, name, value{Type: old.Type}), old.Data)
	case old.Type == bsoncore.TypeEmbeddedDocument:
		return n.rewrite(appendField(dst, name, value{Type: old.Type}), old.Data)
	case isMissing(old) && !n.creates():
		return dst, nil
	case !isMissing(old) && !n.demands():
		return appendField(dst, name, old), nil
	case isMissing(old):
		return n.rewrite(appendField(dst, name, value{Type: bsoncore.TypeEmbeddedDocument}), emptyDoc)
	}

	return nil, refuse(codePathNotViable, "Cannot create field '%s' in element {%s: %s}", n.children[0].name, name, old)
}

// creates tells whether the changes at and below n would make a field that is not there.
func (n *node) creates() bool { return n.any(func(l *leaf) bool { return !l.keeps }) }

// demands tells whether the changes at and below n fail where their path leads through a plain value, or by a name into an
// array.
func (n *node) demands() bool { return n.any(func(l *leaf) bool { return !l.lenient }) }

// rewriteArray is rewrite for the elements of an array: an element that is unset becomes null, and an array may grow.
func (n *node) rewriteArray(dst, array []byte) ([]byte, error) {
	list := elements(array)
	longest := len(list) + maxPadding
	for _, c := range n.children {
		if !isPosition(c.name) && c.demands() {
			return nil, refuse(codePathNotViable, "Cannot create field '%s' in element {%s: <array>}", c.name, n.name)
		}
		if !isPosition(c.name) || !c.creates() {
			continue
		}
		at, _ := strconv.Atoi(c.name)
		if at >= longest {
			return nil, refuse(codeBadValue, "can't set the array position %d: more than %d beyond the end", at, maxPadding)
		}
		for len(list) <= at {
			list = append(list, value{})
		}
	}

	dst, start := startDoc(dst)
	for i, old := range list {
		key, before := positionKey(i), len(dst)
		var err error
		if c := n.child(key); c != nil {
			if dst, err = c.change(dst, key, old); err != nil {
				return nil, err
			}
		} else if !isMissing(old) {
			dst = appendField(dst, key, old)
		}
		if len(dst) == before {
			dst = bsoncore.AppendNullElement(dst, string(key))
		}
	}

	return endDoc(dst, start), nil
}

// seed returns the document that an upsert starts from: the fields that the filter holds equal to one value. A replacement
// takes only _id from it. It fails when the filter fixes a path twice.
func (u *update) seed(filter all) ([]byte, error) {
	root := &node{}
	for _, part := range filter {
		p, ok := part.(*predicate)
		if !ok || p.negate || u.replacement != nil && p.path != "_id" || p.op != "$eq" && p.op != "$in" || len(p.values) != 1 {
			continue
		}
		if p.values[0].Type == bsoncore.TypeRegex {
			continue
		}
		apply, _ := setTo(p.values[0])
		if root.add(p.comps, leaf{apply: apply}) > 0 {
			return nil, refuse(codeNotSingleValue, "cannot infer query fields to set, path '%s' is matched twice", p.path)
		}
	}

	return root.rewrite(nil, emptyDoc)
}
