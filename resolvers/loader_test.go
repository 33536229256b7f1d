package resolvers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
)

// lengths is a fetch that answers each key with its length, and no key of
// length 0; it notes the batches it is asked for.
type lengths struct {
	mu      sync.Mutex
	batches [][]string
}

func (l *lengths) fetch(_ context.Context, keys []string) (map[string]int, error) {
	sorted := slices.Sorted(slices.Values(keys))
	l.mu.Lock()
	l.batches = append(l.batches, sorted)
	l.mu.Unlock()
	found := map[string]int{}
	for _, key := range keys {
		if key != "" {
			found[key] = len(key)
		}
	}
	return found, nil
}

var silent = slog.New(slog.NewTextHandler(io.Discard, nil))

// working returns what the loaders of an answer have in common, while one field
// of it is at work.
func working(log *slog.Logger) batching {
	p := &pace{}
	p.add(1)
	return batching{log, p, defaultDatabaseTimeout, nobody{}}
}

func TestLoader(t *testing.T) {
	t.Run("keys of all fields share a batch, which is sent once nothing else goes on", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			var source lengths
			common := working(silent)
			l := newLoader(common, "length", source.fetch)
			keys := []string{"a", "bb", "ccc", "bb"}
			common.pace.add(len(keys) - 1) // a field each
			values := make([]int, len(keys))
			var group sync.WaitGroup
			for i, key := range keys {
				group.Go(func() {
					time.Sleep(time.Duration(i) * 100 * time.Millisecond)
					value, err := l.load(t.Context(), key)
					if err != nil {
						t.Error(err)
					}
					values[i] = value
				})
			}
			group.Wait()
			if diff := cmp.Diff([]int{1, 2, 3, 2}, values); diff != "" {
				t.Errorf("values (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([][]string{{"a", "bb", "ccc"}}, source.batches); diff != "" {
				t.Errorf("batches (-want +got):\n%s", diff)
			}
			if waited := time.Since(start); waited != 300*time.Millisecond {
				t.Errorf("the batch was sent after %s, want 300 ms, when the last field asked", waited)
			}
			if busy := common.pace.busy.Load(); busy != int64(len(keys)) {
				t.Errorf("%d fields are at work again, want %d", busy, len(keys))
			}
		})
	})

	t.Run("batches of several loaders are sent together", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			common := working(silent)
			var first, second lengths
			waitFirst := newLoader(common, "length", first.fetch).start(t.Context(), "a")
			waitSecond := newLoader(common, "length", second.fetch).start(t.Context(), "bb")
			common.pace.add(1) // the second is another field's
			go func() { _, _ = waitSecond() }()
			synctest.Wait()
			if first.batches != nil || second.batches != nil {
				t.Error("a batch was sent while a field was at work")
			}
			_, _ = waitFirst()
			synctest.Wait()
			if diff := cmp.Diff([][][]string{{{"a"}}, {{"bb"}}}, [][][]string{first.batches, second.batches}); diff != "" {
				t.Errorf("batches (-want +got):\n%s", diff)
			}
		})
	})

	t.Run("a key is read once", func(t *testing.T) {
		var source lengths
		l := newLoader(working(silent), "length", source.fetch)
		for range 3 {
			if value, err := l.load(t.Context(), "a"); value != 1 || err != nil {
				t.Errorf("got %d, %v", value, err)
			}
		}
		if diff := cmp.Diff([][]string{{"a"}}, source.batches); diff != "" {
			t.Errorf("batches (-want +got):\n%s", diff)
		}
	})

	t.Run("a key without a value is not found", func(t *testing.T) {
		var source lengths
		_, err := newLoader(working(silent), "length", source.fetch).load(t.Context(), "")
		if diff := cmp.Diff(`NOT_FOUND: length not found`, fmt.Sprintf("%s: %v", analytics.CodeOf(err), err)); diff != "" {
			t.Errorf("error (-want +got):\n%s", diff)
		}
	})

	t.Run("a batch outlives the request that began it", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var source lengths
			l := newLoader(working(silent), "length", func(ctx context.Context, keys []string) (map[string]int, error) {
				if ctx.Err() != nil {
					return nil, ctx.Err()
				}
				return source.fetch(ctx, keys)
			})
			ctx, cancel := context.WithCancel(t.Context())
			first := l.start(ctx, "a")
			second := l.start(t.Context(), "bb")
			cancel()
			a, errA := first()
			b, errB := second()
			if diff := cmp.Diff([]any{1, 2, nil}, []any{a, b, errors.Join(errA, errB)}); diff != "" {
				t.Errorf("values and error (-want +got):\n%s", diff)
			}
		})
	})

	t.Run("a request that is over begins no batch", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		var source lengths
		_, err := newLoader(working(silent), "length", source.fetch).load(ctx, "a")
		if got := analytics.CodeOf(err); got != analytics.Timeout || source.batches != nil {
			t.Errorf("code %s and batches %v, want TIMEOUT and none", got, source.batches)
		}
	})

	t.Run("a failure reaches every key and is logged once, with the request", func(t *testing.T) {
		var log strings.Builder
		l := newLoader(working(slog.New(slog.NewTextHandler(&log, nil))), "length", func(context.Context, []string) (map[string]int, error) {
			return nil, errors.New("no ruler")
		})
		ctx := WithRequestID(t.Context(), "r1")
		first, second := l.start(ctx, "a"), l.start(ctx, "bb")
		for _, wait := range []func() (int, error){first, second} {
			_, err := wait()
			presenter{log: slog.New(slog.NewTextHandler(&log, nil)), watcher: nobody{}}.present(ctx, err)
		}
		if got := strings.Count(log.String(), "\n"); got != 1 || !strings.Contains(log.String(), `request=r1 operation="" organization="" kind=length error="no ruler"`) {
			t.Errorf("the log is %q", log.String())
		}
	})

	t.Run("a panic fails the batch and is logged", func(t *testing.T) {
		var log strings.Builder
		l := newLoader(working(slog.New(slog.NewTextHandler(&log, nil))), "length", func(context.Context, []string) (map[string]int, error) {
			panic("broken ruler")
		})
		_, err := l.load(t.Context(), "a")
		if got := analytics.CodeOf(err); got != analytics.Internal {
			t.Errorf("code %s, want INTERNAL", got)
		}
		if !strings.Contains(log.String(), `error="broken ruler"`) {
			t.Errorf("the log is %q", log.String())
		}
	})
}

func TestFamilyReadsTogetherWhatHasItsArgumentsInCommon(t *testing.T) {
	two, three := 2, 3
	var built []int
	f := newFamily(func(page analytics.PageArgs) *loader[string, int] {
		built = append(built, *page.First)
		return newLoader(working(silent), "length", new(lengths).fetch)
	})
	alsoTwo := 2
	first := f.with(analytics.PageArgs{First: &two})
	second := f.with(analytics.PageArgs{First: &alsoTwo})
	third := f.with(analytics.PageArgs{First: &three})
	if first != second || first == third {
		t.Error("equal arguments must share a loader, others must not")
	}
	if diff := cmp.Diff([]int{2, 3}, built); diff != "" {
		t.Errorf("loaders built (-want +got):\n%s", diff)
	}
}

func TestWhatIsReadAheadIsNotReadAgain(t *testing.T) {
	var source lengths
	common := working(silent)
	l := newLoader(common, "length", source.fetch)
	if diff := cmp.Diff(map[string]int{"a": 1, "bb": 2}, l.ahead(t.Context(), []string{"a", "bb", "", "a"})); diff != "" {
		t.Errorf("read ahead (-want +got):\n%s", diff)
	}
	for key, want := range map[string]int{"a": 1, "bb": 2} {
		if n, err := l.load(t.Context(), key); n != want || err != nil {
			t.Errorf("%q: %d, %v", key, n, err)
		}
	}
	if _, err := l.load(t.Context(), ""); analytics.CodeOf(err) != analytics.NotFound {
		t.Errorf("a key that was not found: error %v", err)
	}
	if n, err := l.load(t.Context(), "ccc"); n != 3 || err != nil {
		t.Errorf("a key that was not read ahead: %d, %v", n, err)
	}
	if diff := cmp.Diff([][]string{{"", "a", "bb"}, {"ccc"}}, source.batches); diff != "" {
		t.Errorf("batches (-want +got):\n%s", diff)
	}
}
