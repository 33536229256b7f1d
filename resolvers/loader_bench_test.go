package resolvers

import (
	"context"
	"fmt"
	"testing"
)

// BenchmarkLoaders asks for 250 keys: by a batch that one waits for, and with all
// read ahead.
func BenchmarkLoaders(b *testing.B) {
	keys := make([]string, 250)
	found := make(map[string]int, len(keys))
	for i := range keys {
		keys[i] = fmt.Sprint("call-", i)
		found[keys[i]] = i
	}
	fetch := func(context.Context, []string) (map[string]int, error) { return found, nil }
	b.Run("in a batch", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			common := working(silent)
			l := newLoader(common, "number", fetch)
			waits := make([]func() (int, error), len(keys))
			for i, key := range keys {
				waits[i] = l.start(b.Context(), key)
			}
			for _, wait := range waits {
				if _, err := wait(); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("read ahead", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			l := newLoader(working(silent), "number", fetch)
			l.ahead(b.Context(), keys)
			for _, key := range keys {
				if _, err := l.load(b.Context(), key); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}
