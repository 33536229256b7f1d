package analytics

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"
)

func TestABucketIsReadAsItWasStored(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawEvening(t)
		a := activityOf(v.timeline, v.events)
		phase := rapid.SampledFrom([]LivePhase{Prelive, Live, Replay}).Draw(t, "phase")
		want := phaseBucket(a, phase, nil)
		var got LiveBucket
		stored, err := bson.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if err := bson.Unmarshal(stored, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, &got); diff != "" {
			t.Fatal(diff)
		}
		for _, s := range a.Sessions {
			var got LiveSession
			stored, err := bson.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			if err := bson.Unmarshal(stored, &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(s, &got); diff != "" {
				t.Fatal(diff)
			}
		}
		displays := v.scope(nil).Displays
		var gotDisplays LiveDisplays
		if stored, err = bson.Marshal(displays); err != nil {
			t.Fatal(err)
		}
		if err := bson.Unmarshal(stored, &gotDisplays); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(displays, gotDisplays, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestAnEmptyBucketStoresNothing(t *testing.T) {
	stored, err := bson.Marshal(&LiveBucket{})
	if err != nil {
		t.Fatal(err)
	}
	var fields bson.D
	if err := bson.Unmarshal(stored, &fields); err != nil {
		t.Fatal(err)
	}
	if len(fields) > 0 {
		t.Errorf("an empty bucket stores %v", fields)
	}
}

func TestDamagedSetsAreRefused(t *testing.T) {
	var s Ordinals
	for i := range uint32(300) {
		s.Add(i * 7)
	}
	kind, value, err := s.MarshalBSONValue()
	if err != nil {
		t.Fatal(err)
	}
	var again Ordinals
	if err := again.UnmarshalBSONValue(kind, value); err != nil || !again.Equal(s) {
		t.Fatalf("read %v, %v", again, err)
	}
	for name, read := range map[string]func() error{
		"another type": func() error { return again.UnmarshalBSONValue(0x02, value) },
		"no length":    func() error { return again.UnmarshalBSONValue(kind, value[:3]) },
		"cut short":    func() error { return again.UnmarshalBSONValue(kind, value[:len(value)-1]) },
		"no bitmap":    func() error { return again.UnmarshalBinary([]byte("no bitmap at all")) },
		"nothing":      func() error { return again.UnmarshalBinary(nil) },
	} {
		if err := read(); CodeOf(err) != Internal {
			t.Errorf("%s: %v", name, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		data, err := s.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		data[rapid.IntRange(0, len(data)-1).Draw(t, "at")] ^= byte(rapid.IntRange(1, 255).Draw(t, "flip"))
		var damaged Ordinals
		_ = damaged.UnmarshalBinary(data) // it may still be a set, but must never panic
		damaged.Merge(s)
		damaged.Count()
	})
}

func TestFiguresFitUntilASKUMeansAnotherProduct(t *testing.T) {
	timeline, events := workedExample(t)
	f := phaseBucket(activityOf(timeline, events), Live, nil).Figures(Live, nil)
	if !f.Fits(nil) || !f.Fits(func(sku string) string { return sku }) {
		t.Error("figures must fit the products they were counted for")
	}
	if f.Fits(func(sku string) string { return map[string]string{"cap": "hat"}[sku] }) {
		t.Error("a cap that means a hat must be counted again")
	}
}
