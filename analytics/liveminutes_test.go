package analytics

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"
)

func drawMinutes(t *rapid.T) []MinuteTally {
	var minutes []MinuteTally
	at := rapid.Int64Range(-100, 2_000_000_000).Draw(t, "first")
	for range rapid.IntRange(0, 20).Draw(t, "minutes") {
		m := MinuteTally{Minute: at}
		for _, n := range m.counts() {
			*n = rapid.OneOf(rapid.Just(0), rapid.Int()).Draw(t, "count")
		}
		for range rapid.IntRange(0, 4).Draw(t, "starters") {
			m.Starters.Add(rapid.Uint32().Draw(t, "ordinal"))
		}
		minutes = append(minutes, m)
		at += rapid.Int64Range(1, 1_000_000).Draw(t, "distance")
	}
	return minutes
}

func TestMinutesAreReadAsTheyWerePacked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type document struct {
			Minutes PackedMinutes `bson:"minutes,omitempty"`
		}
		want := drawMinutes(t)
		stored, err := bson.Marshal(document{PackMinutes(want)})
		if err != nil {
			t.Fatal(err)
		}
		var read document
		if err := bson.Unmarshal(stored, &read); err != nil {
			t.Fatal(err)
		}
		got, err := read.Minutes.Unpack()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(PackMinutes(want), PackMinutes(got)); diff != "" {
			t.Fatalf("packed again:\n%s", diff)
		}
	})
}

func TestDamagedMinutesAreRefused(t *testing.T) {
	started := MinuteTally{Minute: 60, Peak: 2}
	started.Starters.Add(7)
	packed := PackMinutes([]MinuteTally{started, {Minute: 120, SMS: 300}})
	for n := 1; n < len(packed); n++ {
		if minutes, err := packed[:n].Unpack(); CodeOf(err) != Internal {
			t.Errorf("the first %d bytes are %v, %v", n, minutes, err)
		}
	}
	if minutes, err := append(packed[:len(packed):len(packed)], 0).Unpack(); CodeOf(err) != Internal {
		t.Errorf("with a byte more: %v, %v", minutes, err)
	}
	rapid.Check(t, func(t *rapid.T) {
		_, _ = PackedMinutes(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")).Unpack() // may be minutes, but must never panic
	})
}

func TestMinutesTakeFewBytes(t *testing.T) {
	var minutes []MinuteTally
	for i := range int64(100) {
		minutes = append(minutes, MinuteTally{Minute: 1_790_000_040 + 60*i, Peak: 12, Clicks: 3, Purchases: 1})
	}
	if n := len(PackMinutes(minutes)); n > 700 {
		t.Errorf("a hundred minutes take %d bytes", n)
	}
}
