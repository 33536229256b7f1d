package cart

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"
)

// store keeps one cart the way a database does: a head document that is replaced
// by compare and swap and carries its last update, and a log with one update per
// version, written after it.
type store struct {
	version int64
	head    []byte
	log     map[int64][]byte
}

type head struct {
	Version int64   `bson:"version"`
	State   State   `bson:"state"`
	Last    *Update `bson:"last,omitempty"`
}

// errDied is what a party hears of a gateway that died: nothing.
var errDied = errors.New("no answer")

func encode(v any) []byte {
	b, err := bson.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

func decode[T any](b []byte) (v T) {
	if b == nil {
		return v
	}
	if err := bson.Unmarshal(b, &v); err != nil {
		panic(err)
	}
	return v
}

// read returns the head, after writing its update to the log if a gateway died
// before it could.
func (s *store) read() head {
	h := decode[head](s.head)
	if h.Last != nil && s.log[h.Version] == nil {
		s.log[h.Version] = encode(h.Last)
	}
	return h
}

// swap replaces the head if it still has the version.
func (s *store) swap(version int64, next head) bool {
	if s.version != version {
		return false
	}
	s.version, s.head = next.Version, encode(next)
	return true
}

// since returns the updates after a version, in order.
func (s *store) since(version int64) []Update {
	var updates []Update
	for last := s.read().Version; version < last; version++ {
		updates = append(updates, decode[Update](s.log[version+1]))
	}
	return updates
}

// gateway runs commands on a store. It begins with what it read last, however
// old that is, and with dies set it dies between head and log.
type gateway struct {
	store *store
	seen  head
	dies  bool
}

func (g *gateway) do(c Command, call Call, now time.Time) (Result, error) {
	for {
		state, result, err := Do(g.seen.State, c, call, now)
		if g.seen.Version != g.store.version {
			g.seen = g.store.read() // what came out above is void
			continue
		}
		if err != nil || result.Update == nil {
			return result, err
		}
		g.store.read()
		next := head{Version: result.Version, State: state, Last: result.Update}
		if !g.store.swap(g.seen.Version, next) {
			continue
		}
		if g.dies {
			g.seen, g.dies = head{}, false
			return Result{}, errDied
		}
		g.seen = g.store.read()
		return result, nil
	}
}

func TestAStateComesBackFromTheDatabaseAsItWas(t *testing.T) {
	for _, steps := range [][]step{
		nil,
		{{1, AddItem{"a", jacket, 1}}},
		{{1, AddItem{"a", jacket, 1}}, {2, Acknowledge{"b", 1, false, CustomError, "Two per customer."}}},
		{{1, AddItem{"a", jacket, 1}}, {2, Acknowledge{"b", 1, true, "", ""}}, {3, CheckOut{}}, {4, ShopRemoved{"c", "jacket-m", 1}}},
		{bought(card, 1), {1, RemoveItem{"", "card"}}, {31, Expire{2}}},
	} {
		want := play(t, steps...)
		if diff := cmp.Diff(want, decode[State](encode(want))); diff != "" {
			t.Error(diff)
		}
	}
}
