package embedded

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// content returns the keys of a tree, and fails unless they are the same forwards and backwards.
func (t *tree) content(tb interface{ Fatalf(string, ...any) }) []string {
	var forwards, backwards []string
	var it iterator
	for ok := it.seek(t, nil); ok; ok = it.next() {
		forwards = append(forwards, string(it.key()))
	}
	it.end(t)
	for it.prev() {
		backwards = append(backwards, string(it.key()))
	}
	slices.Reverse(backwards)
	if !slices.Equal(forwards, backwards) {
		tb.Fatalf("forwards %q, backwards %q", forwards, backwards)
	}
	if t.count != len(forwards) {
		tb.Fatalf("counted %d keys of %d", t.count, len(forwards))
	}

	return forwards
}

// A tree has what was put into it and not taken out again, in order, and a thawed one leaves the one it comes of alone.
func TestTreesHoldWhatWasPutIntoThem(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		size := rapid.SampledFrom([]int{1, 30, 400, 3000}).Draw(t, "size of keys")
		different := rapid.SampledFrom([]int{5, 100, 3000}).Draw(t, "different keys")
		inOrder := rapid.Bool().Draw(t, "in order")
		draw := func(i int) string {
			if !inOrder {
				i = random.IntN(different)
			}
			return strings.Repeat("k", (i*7919+size)%size) + fmt.Sprintf("%06d", i%different)
		}

		var tr tree
		want := map[string]bool{}
		for round := range 4 {
			before, frozen := slices.Sorted(maps.Keys(want)), tr
			tr = tr.thaw()
			removing := []int{5, 50, 90, 30}[round]
			for i := range rapid.SampledFrom([]int{3, 300, 2000}).Draw(t, "changes") {
				key := draw(i)
				switch {
				case !want[key] && random.IntN(100) >= removing:
					tr.insert([]byte(key))
					want[key] = true
				case want[key] && random.IntN(100) < removing:
					tr.remove([]byte(key))
					delete(want, key)
				}
			}
			if got := tr.content(t); !slices.Equal(got, slices.Sorted(maps.Keys(want))) {
				t.Fatalf("got %q", got)
			}
			if got := frozen.content(t); !slices.Equal(got, before) {
				t.Fatalf("the tree it comes of has changed: got %q, want %q", got, before)
			}
		}

		all := slices.Sorted(maps.Keys(want))
		for i := range 50 {
			key := draw(i)
			at, _ := slices.BinarySearch(all, key)
			var it iterator
			found := it.seek(&tr, []byte(key))
			if found != (at < len(all)) || found && !bytes.Equal(it.key(), []byte(all[at])) {
				t.Fatalf("sought %q and found another key than that at %d", key, at)
			}
			if before := it.prev(); before != (at > 0) || before && string(it.key()) != all[at-1] {
				t.Fatalf("before %q is another key than that at %d", key, at-1)
			}
		}
		for _, key := range all {
			tr.remove([]byte(key))
		}
		if tr.root != nil || tr.count != 0 {
			t.Fatalf("%d keys are left of none", tr.count)
		}
	})
}

// What is left of a tree after most was taken out takes few nodes.
func TestTreesShrink(t *testing.T) {
	t.Parallel()
	var tr tree
	for i := range 50_000 {
		tr.insert(fmt.Appendf(nil, "%030d", i*7919%50_000))
	}
	full := tr.root.nodes()
	for i := range 50_000 {
		if i%20 != 0 {
			tr.remove(fmt.Appendf(nil, "%030d", i))
		}
	}
	if got := tr.root.nodes(); got > full/8 {
		t.Errorf("%d nodes are left of %d, with a 20th of the keys", got, full)
	}
}

func (n *treeNode) nodes() int {
	sum := 1
	for _, c := range n.children {
		sum += c.nodes()
	}

	return sum
}

func TestDocumentsHoldWhatWasPutIntoThem(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var docs documents
		want := map[uint64]string{}
		seqs := rapid.OneOf(rapid.Uint64Range(0, 100), rapid.Uint64Range(0, 1<<40))
		for range 3 {
			frozen, before := docs, maps.Clone(want)
			docs = docs.thaw()
			for range rapid.IntRange(0, 60).Draw(t, "changes") {
				seq := seqs.Draw(t, "seq")
				if want[seq] != "" {
					docs.set(seq, nil)
					delete(want, seq)
					continue
				}
				want[seq] = fmt.Sprint(seq)
				docs.set(seq, []byte(want[seq]))
			}
			for seq := range want {
				if got := docs.get(seq); string(got) != want[seq] {
					t.Fatalf("%d: got %q, want %q", seq, got, want[seq])
				}
				if got := frozen.get(seq); string(got) != before[seq] {
					t.Fatalf("%d of the documents they come of: got %q, want %q", seq, got, before[seq])
				}
			}
		}
		if docs.get(101) != nil && want[101] == "" {
			t.Fatalf("a document that was not put")
		}
		for seq := range want {
			docs.set(seq, nil)
		}
		if docs.root != nil {
			t.Fatalf("pages are left of no documents")
		}
	})
}
