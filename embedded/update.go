package embedded

import (
	"bytes"
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
	root        *change
	insertOnly  *change
}

// change is a node of the tree of an update's paths: an inner node has children, a leaf has apply.
type change struct {
	children []namedChange
	// apply returns the new value of the field, given the old one (zero when missing); a missing result removes the field.
	apply func(old value) (value, error)
	// keeps is set on changes that never create a field ($unset, $pull).
	keeps bool
	// lenient is set on changes that may name a path which cannot be ($unset).
	lenient bool
}

type namedChange struct {
	name string
	node *change
}

// parseUpdate compiles the update document u: a replacement when its first field is not an operator. It fails, naming it,
// on an operator or modifier outside the subset, and when two paths conflict.
func parseUpdate(u []byte) (*update, error) {
	w := walk(u)
	if !w.next() || len(w.key) == 0 || w.key[0] != '$' {
		return &update{replacement: u}, storable(u)
	}

	up := &update{root: &change{}}
	onInsert := value{}
	for w := walk(u); w.next(); {
		op := string(w.key)
		if op[:min(1, len(op))] != "$" {
			return nil, refuse(codeFailedToParse, "Unknown modifier: %s. Expected a valid update modifier", op)
		}
		make, ok := updateOperators[op]
		if !ok {
			return nil, refuse(codeFailedToParse, "Unknown or unsupported update operator: %s", op)
		}
		if w.val.Type != bsoncore.TypeEmbeddedDocument {
			return nil, refuse(codeFailedToParse, "Modifiers operate on fields but we found type %s instead", typeName(w.val))
		}
		if op == "$setOnInsert" {
			onInsert = w.val
			continue
		}
		if err := up.root.addAll(w.val.Data, op, make); err != nil {
			return nil, err
		}
	}

	up.insertOnly = up.root
	if isMissing(onInsert) {
		return up, nil
	}
	up.insertOnly = up.root.clone()

	return up, up.insertOnly.addAll(onInsert.Data, "$setOnInsert", setTo)
}

func (c *change) clone() *change {
	out := &change{apply: c.apply, keeps: c.keeps, lenient: c.lenient}
	for _, child := range c.children {
		out.children = append(out.children, namedChange{child.name, child.node.clone()})
	}

	return out
}

type makeChange func(operand value) (func(old value) (value, error), error)

func (c *change) addAll(fields []byte, op string, make makeChange) error {
	w := walk(fields)
	for w.next() {
		if err := supported(w.val); err != nil {
			return err
		}
		apply, err := make(w.val)
		if err != nil {
			return err
		}
		leaf := &change{apply: apply, keeps: op == "$unset" || op == "$pull", lenient: op == "$unset"}
		if err := c.add(string(w.key), leaf); err != nil {
			return err
		}
	}

	return nil
}

// add hangs a leaf at the path; it fails when a path there, above or below is changed already.
func (c *change) add(path string, leaf *change) error {
	comps, err := splitPath(path)
	if err != nil {
		return err
	}

	for i, name := range comps {
		at, found := slices.BinarySearchFunc(c.children, name, func(n namedChange, name string) int { return compareNames(n.name, name) })
		last := i == len(comps)-1
		if found && (last || c.children[at].node.apply != nil) {
			return refuse(codeConflictingUpdate, "Updating the path '%s' would create a conflict at '%s'", path, strings.Join(comps[:i+1], "."))
		}
		if !found {
			node := &change{}
			if last {
				node = leaf
			}
			c.children = slices.Insert(c.children, at, namedChange{name, node})
		}
		c = c.children[at].node
	}

	return nil
}

// compareNames has numbers in their order before other names: the order in which new fields are added.
func compareNames(a, b string) int {
	an, bn := isPosition(a), isPosition(b)
	if an && bn {
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	}
	if an != bn {
		return boolRank(bn) - boolRank(an)
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
		if isMissing(id) {
			id = own
		}
		return replaceKeepingID(u.replacement, id), nil
	}

	root := u.root
	if inserting {
		root = u.insertOnly
	}
	out, err := root.rewrite(make([]byte, 0, len(doc)+64), doc)
	if err != nil {
		return nil, err
	}
	if now := lookup(out, "_id"); !isMissing(id) && (now.Type != id.Type || !bytes.Equal(now.Data, id.Data)) {
		return nil, refuse(codeImmutableField, "Performing an update on the path '_id' would modify the immutable field '_id'")
	}

	return out, storable(out)
}

// replaceKeepingID returns doc with id as its first field, or as it is when there is no id yet.
func replaceKeepingID(doc []byte, id value) []byte {
	if isMissing(id) {
		return doc
	}

	out := bsoncore.AppendValueElement(make([]byte, 4, len(doc)+32), "_id", id)
	for w := walk(doc); w.next(); {
		if string(w.key) != "_id" {
			out = appendField(out, w.key, w.val)
		}
	}

	return endDoc(out, 0)
}

// rewrite appends doc with the changes made: fields keep their places, new ones follow in the order of their names.
func (c *change) rewrite(dst, doc []byte) ([]byte, error) {
	dst, start := startDoc(dst)
	var done uint64 // of the first 64 children; later ones are looked up again
	var err error
	for w := walk(doc); w.next(); {
		at := slices.IndexFunc(c.children, func(n namedChange) bool { return n.name == string(w.key) })
		if at < 0 {
			dst = appendField(dst, w.key, w.val)
			continue
		}
		if at < 64 {
			done |= 1 << at
		}
		if dst, err = c.children[at].node.change(dst, c.children[at].name, w.val); err != nil {
			return nil, err
		}
	}

	for i, child := range c.children {
		if i < 64 && done&(1<<i) != 0 || i >= 64 && !isMissing(lookup(doc, child.name)) {
			continue
		}
		if dst, err = child.node.change(dst, child.name, value{}); err != nil {
			return nil, err
		}
	}

	return endDoc(dst, start), nil
}

// change appends the field of that name as the node leaves it; old is missing when there is none yet.
func (c *change) change(dst []byte, name string, old value) ([]byte, error) {
	if c.apply != nil {
		v, err := c.apply(old)
		if err != nil || isMissing(v) {
			return dst, err
		}
		return bsoncore.AppendValueElement(dst, name, v), nil
	}

	switch old.Type {
	case 0:
		if c.creates() {
			return c.rewrite(bsoncore.AppendHeader(dst, bsoncore.TypeEmbeddedDocument, name), emptyDoc)
		}
		return dst, nil
	case bsoncore.TypeEmbeddedDocument:
		return c.rewrite(bsoncore.AppendHeader(dst, bsoncore.TypeEmbeddedDocument, name), old.Data)
	case bsoncore.TypeArray:
		return c.rewriteArray(bsoncore.AppendHeader(dst, bsoncore.TypeArray, name), name, old.Data)
	}
	if !c.demands() {
		return bsoncore.AppendValueElement(dst, name, old), nil
	}

	return nil, refuse(codePathNotViable, "Cannot create field '%s' in element {%s: %s}", c.children[0].name, name, old)
}

// creates tells whether the changes under c would make a field that is not there.
func (c *change) creates() bool {
	if c.apply != nil {
		return !c.keeps
	}

	return slices.ContainsFunc(c.children, func(n namedChange) bool { return n.node.creates() })
}

// demands tells whether the changes under c fail where their path leads through a plain value, or by a name into an array.
func (c *change) demands() bool {
	if c.apply != nil {
		return !c.lenient
	}

	return slices.ContainsFunc(c.children, func(n namedChange) bool { return n.node.demands() })
}

// rewriteArray is rewrite for the elements of an array: an element that is unset becomes null, and an array may grow.
func (c *change) rewriteArray(dst []byte, name string, array []byte) ([]byte, error) {
	length := 0
	for w := walk(array); w.next(); {
		length++
	}
	grown := length
	for _, child := range c.children {
		if !isPosition(child.name) {
			if !child.node.demands() {
				continue
			}
			return nil, refuse(codePathNotViable, "Cannot create field '%s' in element {%s: <array>}", child.name, name)
		}
		if n, _ := strconv.Atoi(child.name); n >= grown && child.node.creates() {
			if n >= length+maxPadding {
				return nil, refuse(codeBadValue, "can't set the array position %d: more than %d beyond the end", n, maxPadding)
			}
			grown = n + 1
		}
	}

	dst, start := startDoc(dst)
	w := walk(array)
	for i := range grown {
		old := value{}
		if w.next() {
			old = w.val
		}
		key := strconv.Itoa(i)
		at := slices.IndexFunc(c.children, func(n namedChange) bool { return n.name == key })
		before := len(dst)
		var err error
		if at >= 0 {
			if dst, err = c.children[at].node.change(dst, key, old); err != nil {
				return nil, err
			}
		} else if !isMissing(old) {
			dst = bsoncore.AppendValueElement(dst, key, old)
		}
		if len(dst) == before {
			dst = bsoncore.AppendNullElement(dst, key)
		}
	}

	return endDoc(dst, start), nil
}

// seed returns the document that an upsert starts from: the fields that the filter holds equal to one value. A replacement
// takes only _id from it. It fails when the filter fixes a path twice.
func (u *update) seed(filter all) ([]byte, error) {
	root := &change{}
	for _, part := range filter {
		p, ok := part.(*predicate)
		if !ok || p.negate || p.nullBound || u.replacement != nil && p.path != "_id" {
			continue
		}
		operand := p.operand
		if p.op == opIn && len(p.list) == 1 {
			operand = p.list[0]
		} else if p.op != opEq || operand.Type == bsoncore.TypeRegex {
			continue
		}
		set, _ := setTo(operand)
		if err := root.add(p.path, &change{apply: set}); err != nil {
			return nil, refuse(codeNotSingleValue, "cannot infer query fields to set, path '%s' is matched twice", p.path)
		}
	}

	return root.rewrite(nil, emptyDoc)
}
