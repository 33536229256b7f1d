package analytics

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A value comes to the place where sorting would put it, whatever order the values
// had and however many are equal.
func TestToRank(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.OneOf(rapid.Int64Range(0, 5), rapid.Int64()), 1, 200).Draw(t, "values")
		switch rapid.IntRange(0, 3).Draw(t, "order") {
		case 0:
			slices.Sort(values)
		case 1:
			slices.Sort(values)
			slices.Reverse(values)
		}
		want := slices.Sorted(slices.Values(values))
		place := rapid.IntRange(0, len(values)-1).Draw(t, "place")
		toRank(values, place)
		if values[place] != want[place] || slices.Max(values[:place+1]) != want[place] || slices.Min(values[place:]) != want[place] {
			t.Fatalf("%v around place %d, sorted %v", values, place, want)
		}
		slices.Sort(values)
		if !slices.Equal(values, want) {
			t.Fatalf("values changed: %v, before %v", values, want)
		}
	})
}
