package embedded

import (
	"bytes"
	"slices"
)

const (
	nodeKeys = 48   // keys in a node at most
	nodeFull = 2048 // bytes of keys in a node at most, unless it has few: a write copies a node or two of each index
	nodeStep = 256  // bytes by which the room for a node's keys grows
)

// tree is an ordered set of keys, a B+ tree. Trees share their nodes: a tree changes those of its own epoch in place, and
// copies others first. So it may be read by many, or changed by one.
type tree struct {
	root  *treeNode // nil in an empty tree
	count int       // of keys
	epoch uint64
}

// treeNode has keys in order, one behind the other in one block: the garbage collector follows no pointers to them. An inner
// node has a child for each key, with the keys from there up to the next one; what lies below all goes to the first child,
// whose key says nothing.
type treeNode struct {
	epoch    uint64
	n        int
	ends     [nodeKeys]uint32 // where in keys each ends
	keys     []byte
	children []*treeNode // nil in a leaf
}

// thaw returns a tree with the same keys that may be changed; t must not be changed any more.
func (t *tree) thaw() tree { return tree{t.root, t.count, t.epoch + 1} }

// insert adds a key that the tree does not have.
func (t *tree) insert(key []byte) {
	t.count++
	if t.root == nil {
		t.root = &treeNode{epoch: t.epoch}
	}
	root := t.own(&t.root)
	if right, from := t.put(root, key); right != nil {
		t.root = &treeNode{epoch: t.epoch}
		t.root.insert(0, nil, root)
		t.root.insert(1, from, right)
	}
}

// put adds a key below n, a node of the tree's own. When n had no room it returns the new node to the right of it, and a key
// that lies between the two.
func (t *tree) put(n *treeNode, key []byte) (right *treeNode, from []byte) {
	at := n.find(key)
	if n.children == nil {
		return t.add(n, at, key, nil)
	}
	if right, from = t.put(t.own(&n.children[at]), key); right == nil {
		return nil, nil
	}

	return t.add(n, at+1, from, right)
}

// add puts a key, and a child in an inner node, at that place of n, which is split when it is full: in the middle, or behind
// the last key, so that keys that come in order leave full nodes behind.
func (t *tree) add(n *treeNode, at int, key []byte, child *treeNode) (right *treeNode, from []byte) {
	if n.n < nodeKeys && (len(n.keys)+len(key) <= nodeFull || n.n < 4) {
		n.insert(at, key, child)
		return nil, nil
	}

	half := n.n / 2
	if at == n.n {
		half = at
	}
	right = &treeNode{epoch: t.epoch}
	right.move(len(n.keys) - n.start(half) + len(key))
	for i := half; i < n.n; i++ {
		right.insert(right.n, n.key(i), n.child(i))
	}
	n.cut(half, n.n)
	n.move(len(n.keys) + len(key))
	if at >= half {
		right.insert(at-half, key, child)
	} else {
		n.insert(at, key, child)
	}

	from = right.key(0)
	if child == nil { // no longer than need be
		last := n.key(n.n - 1)
		same := 0
		for same < len(last) && last[same] == from[same] {
			same++
		}
		from = from[:same+1]
	}

	return right, from
}

// remove takes out a key that the tree has.
func (t *tree) remove(key []byte) {
	t.count--
	t.take(t.own(&t.root), key)
	for t.root.children != nil && t.root.n == 1 {
		t.root = t.root.children[0]
	}
	if t.root.n == 0 {
		t.root = nil
	}
}

// take takes out a key below n, a node of the tree's own.
func (t *tree) take(n *treeNode, key []byte) {
	at := n.find(key)
	if n.children == nil {
		n.cut(at, at+1)
		return
	}

	t.take(t.own(&n.children[at]), key)
	if child := n.children[at]; child.n == 0 {
		n.cut(at, at+1)
	} else if child.fits(nodeKeys/4, nodeFull/4) {
		t.join(n, max(at, 1))
	}
}

// join makes one node of the child at that place and the one before it, if they fill no more than three quarters of it.
func (t *tree) join(n *treeNode, at int) {
	if at >= n.n {
		return
	}
	left, right := n.children[at-1], n.children[at]
	if !left.fits(nodeKeys*3/4-right.n, nodeFull*3/4-len(right.keys)) {
		return
	}

	left = t.own(&n.children[at-1])
	for i := range right.n {
		key := right.key(i)
		if i == 0 && right.children != nil {
			key = n.key(at)
		}
		left.insert(left.n, key, right.child(i))
	}
	n.cut(at, at+1)
}

// own returns the node at p, which is copied first unless it is the tree's own.
func (t *tree) own(p **treeNode) *treeNode {
	if n := *p; n.epoch != t.epoch {
		c := *n
		c.epoch = t.epoch
		c.move(len(n.keys) + commonKey)
		c.children = slices.Clone(n.children)
		*p = &c
	}

	return *p
}

// move gives the keys a block of their own that has room for so many bytes.
func (n *treeNode) move(size int) {
	n.keys = append(make([]byte, 0, (size+nodeStep-1)/nodeStep*nodeStep), n.keys...)
}

func (n *treeNode) start(i int) int {
	if i == 0 {
		return 0
	}

	return int(n.ends[i-1])
}

func (n *treeNode) key(i int) []byte { return n.keys[n.start(i):n.ends[i]:n.ends[i]] }

func (n *treeNode) child(i int) *treeNode {
	if n.children == nil {
		return nil
	}

	return n.children[i]
}

func (n *treeNode) fits(keys, size int) bool { return n.n <= keys && len(n.keys) <= size }

// find returns the place of the first key that is not below key, in an inner node that of the child where it belongs.
func (n *treeNode) find(key []byte) int {
	at := n.n
	if at > 0 && bytes.Compare(n.key(at-1), key) >= 0 { // else the key is the greatest: they often come in order
		low := 0
		for low < at {
			if mid := (low + at) / 2; bytes.Compare(n.key(mid), key) < 0 {
				low = mid + 1
			} else {
				at = mid
			}
		}
	}
	if n.children != nil && at > 0 && (at == n.n || !bytes.Equal(n.key(at), key)) {
		at--
	}

	return at
}

// insert puts a key, and a child in an inner node, at that place.
func (n *treeNode) insert(at int, key []byte, child *treeNode) {
	from, size := n.start(at), len(n.keys)+len(key)
	if size > cap(n.keys) {
		n.move(max(size, min(size*3/2, nodeFull))) // more will follow
	}
	n.keys = n.keys[:size]
	copy(n.keys[from+len(key):], n.keys[from:])
	copy(n.keys[from:], key)
	copy(n.ends[at+1:], n.ends[at:n.n])
	n.ends[at] = uint32(from)
	n.n++
	for i := at; i < n.n; i++ {
		n.ends[i] += uint32(len(key))
	}
	if child != nil {
		n.children = slices.Insert(n.children, at, child)
	}
}

// cut removes the keys from one place up to another one, with their children.
func (n *treeNode) cut(from, to int) {
	size := n.start(to) - n.start(from)
	n.keys = slices.Delete(n.keys, n.start(from), n.start(to))
	copy(n.ends[from:], n.ends[to:n.n])
	n.n -= to - from
	for i := from; i < n.n; i++ {
		n.ends[i] -= uint32(size)
	}
	if n.children != nil {
		n.children = slices.Delete(n.children, from, to)
	}
}

// iterator is a place in a tree that does not change meanwhile: at a key, or beside the first or the last.
type iterator struct {
	path []step // from the root to a leaf
}

type step struct {
	node *treeNode
	at   int
}

// seek moves to the first key that is not below key; false when there is none: then it is behind the last.
func (it *iterator) seek(t *tree, key []byte) bool {
	it.path = slices.Grow(it.path[:0], 4) // levels: enough for most
	for n := t.root; n != nil; {
		at := n.find(key)
		it.path = append(it.path, step{n, at})
		n = n.child(at)
	}

	return it.settle()
}

// end moves behind the last key.
func (it *iterator) end(t *tree) {
	it.path = slices.Grow(it.path[:0], 4)
	for n := t.root; n != nil; n = n.child(n.n - 1) {
		it.path = append(it.path, step{n, n.n - 1})
	}
	if leaf := len(it.path) - 1; leaf >= 0 {
		it.path[leaf].at++
	}
}

// next moves to the next key, from a key; false when there is none.
func (it *iterator) next() bool {
	it.path[len(it.path)-1].at++

	return it.settle()
}

// settle moves from behind the last key of a leaf to the first one of the next leaf; false when there is none.
func (it *iterator) settle() bool {
	leaf := len(it.path) - 1
	if leaf < 0 {
		return false
	}
	if last := &it.path[leaf]; last.at < last.node.n {
		return true
	}

	for up := leaf - 1; up >= 0; up-- {
		if s := &it.path[up]; s.at+1 < s.node.n {
			s.at++
			for n := s.node.children[s.at]; up < leaf; n = n.child(0) {
				up++
				it.path[up] = step{n, 0}
			}
			return true
		}
	}

	return false
}

// prev moves to the key before; false when there is none.
func (it *iterator) prev() bool {
	for up := len(it.path) - 1; up >= 0; up-- {
		s := &it.path[up]
		if s.at--; s.at >= 0 {
			for n := s.node.child(s.at); n != nil; n = n.child(n.n - 1) {
				up++
				it.path[up] = step{n, n.n - 1}
			}
			return true
		}
	}

	return false
}

// key returns the key, which stays as it is as long as the tree is not changed.
func (it *iterator) key() []byte {
	s := it.path[len(it.path)-1]

	return s.node.key(s.at)
}
