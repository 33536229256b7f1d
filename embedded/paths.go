package embedded

import "slices"

// node is a step in a tree of the paths that an update or a projection names: an inner one has children, the end of a path
// a leaf.
type node struct {
	name     string
	children []*node
	leaf     *leaf
}

// leaf is what an update does to the field, or what a projection shows as the field.
type leaf struct {
	// apply returns the new value, given the old one (missing when there is none); a missing result removes the field.
	apply func(old value) (value, error)
	// keeps is set on updates that never create a field ($unset, $pull).
	keeps bool
	// lenient is set on updates whose path may lead through what is no document ($unset).
	lenient bool
	// from is the path of which a computed field of a projection is a copy.
	from []string
}

// child returns the child of that name, nil when there is none.
func (n *node) child(name []byte) *node {
	for _, c := range n.children {
		if c.name == string(name) {
			return c
		}
	}

	return nil
}

// add hangs the leaf at the path. Where it meets another path, there, above or below, it adds nothing, and returns how many
// components the two share.
func (n *node) add(path []string, l leaf) (shared int) {
	for i, name := range path {
		next := n.child([]byte(name))
		if next != nil && (next.leaf != nil || i == len(path)-1) {
			return i + 1
		}
		if next == nil {
			next = &node{name: name}
			n.children = append(n.children, next)
		}
		n = next
	}
	n.leaf = &l

	return 0
}

// any tells whether a leaf at or below n is as asked.
func (n *node) any(is func(l *leaf) bool) bool {
	if n.leaf != nil {
		return is(n.leaf)
	}

	return slices.ContainsFunc(n.children, func(c *node) bool { return c.any(is) })
}
