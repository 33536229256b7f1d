package live

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// woken reports whether a watch has something to look at, and takes the notice.
func woken(w *Watch) bool {
	select {
	case <-w.C:
		return true
	default:
		return false
	}
}

func TestBroker(t *testing.T) {
	t.Run("who watches a topic hears of it, and of no other", func(t *testing.T) {
		var b Broker
		one, other := b.Subscribe("cart/a"), b.Subscribe("cart/b")
		b.Publish("cart/a", 3)
		if !woken(one) || woken(other) || one.Version() != 3 {
			t.Errorf("version %d", one.Version())
		}
	})
	t.Run("many notices are one until it is looked, with the newest version", func(t *testing.T) {
		var b Broker
		w := b.Subscribe("cart/a")
		for _, version := range []int64{1, 3, 2} {
			b.Publish("cart/a", version)
		}
		if !woken(w) || woken(w) || w.Version() != 3 {
			t.Errorf("version %d", w.Version())
		}
	})
	t.Run("a version that was told before is no news; none is", func(t *testing.T) {
		var b Broker
		w := b.Subscribe("cart/a")
		b.Publish("cart/a", 3)
		woken(w)
		b.Publish("cart/a", 3)
		if woken(w) {
			t.Error("told twice")
		}
		b.Publish("cart/a", 0)
		if !woken(w) {
			t.Error("not told to look")
		}
	})
	t.Run("who left hears nothing and leaves nothing behind", func(t *testing.T) {
		var b Broker
		w, stays := b.Subscribe("cart/a"), b.Subscribe("cart/a")
		w.Close()
		w.Close()
		b.Publish("cart/a", 1)
		if woken(w) || !woken(stays) {
			t.Error("the wrong one was told")
		}
		stays.Close()
		if topics := b.Topics(); len(topics) > 0 {
			t.Errorf("topics %v", topics)
		}
	})
	t.Run("notices are read as they were written", func(t *testing.T) {
		for _, topic := range []string{"cart/acme/a b/c", ""} {
			got, version, ok := parseNotice(formatNotice(topic, 42))
			if got != topic || version != 42 || !ok {
				t.Errorf("%q: %q, %d, %v", topic, got, version, ok)
			}
		}
		for _, text := range []string{"", "1", "x y"} {
			if _, _, ok := parseNotice([]byte(text)); ok {
				t.Errorf("%q is no notice", text)
			}
		}
	})
}

func TestPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b Broker
		cart, chat := b.Subscribe("cart/acme/c"), b.Subscribe("chat/acme/call:c")
		var asked [][]string
		var failing atomic.Bool
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go Poll(ctx, &b, time.Second, func(_ context.Context, topics []string) (map[string]int64, error) {
			asked = append(asked, slices.Clone(topics))
			if failing.Load() {
				return nil, errors.New("the database is away")
			}
			return map[string]int64{"cart/acme/c": 7}, nil
		}, slog.New(slog.DiscardHandler))

		time.Sleep(1500 * time.Millisecond)
		synctest.Wait()
		if !woken(cart) || cart.Version() != 7 || !woken(chat) {
			t.Error("the first look told nothing")
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if woken(cart) || !woken(chat) {
			t.Error("a cart is told when it has a new version, a chat each time")
		}
		failing.Store(true)
		time.Sleep(time.Second)
		synctest.Wait()
		failing.Store(false)
		time.Sleep(time.Second)
		synctest.Wait()
		if diff := cmp.Diff([][]string{{"cart/acme/c"}, {"cart/acme/c"}, {"cart/acme/c"}, {"cart/acme/c"}}, asked); diff != "" {
			t.Error(diff)
		}
	})
}
