package analytics

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// MergeLiveBuckets returns the bucket of all spans together, the empty bucket for
// none. The buckets given stay as they are and share nothing with the result.
func MergeLiveBuckets(buckets ...*LiveBucket) *LiveBucket {
	// Halves are merged, rather than one bucket after the other into a growing
	// one: a list of carts is then copied log n times and not n times.
	if len(buckets) > 2 {
		half := len(buckets) / 2
		merged := MergeLiveBuckets(buckets[:half]...)
		merged.Merge(MergeLiveBuckets(buckets[half:]...))
		return merged
	}
	merged := &LiveBucket{}
	for _, b := range buckets {
		merged.Merge(b)
	}
	return merged
}

// Merge adds everything of o, the bucket of a span that does not overlap; o stays
// as it is and shares nothing with b.
func (b *LiveBucket) Merge(o *LiveBucket) {
	b.Watched += o.Watched
	b.Peak = max(b.Peak, o.Peak)
	b.LastSign = later(b.LastSign, o.LastSign)
	b.Viewers.Merge(o.Viewers)
	b.Devices = mergeSorted[string](b.Devices, o.Devices)
	b.Sources = mergeSorted[string](b.Sources, o.Sources)

	b.Widgets = mergeSorted[string](b.Widgets, o.Widgets)
	b.Teaser.merge(&o.Teaser)
	b.TeaserTime += o.TeaserTime
	b.AlertOpened.merge(&o.AlertOpened)
	b.SMS.merge(&o.SMS)
	b.SMSOptin.merge(&o.SMSOptin)
	b.Calendar.merge(&o.Calendar)

	b.Shares += o.Shares
	b.Likes += o.Likes
	b.CatalogOpened += o.CatalogOpened
	b.Messages.merge(&o.Messages)
	b.Questions.merge(&o.Questions)
	b.BrandAnswers += o.BrandAnswers
	b.Engaged.Merge(o.Engaged)

	b.Products = mergeSorted[string](b.Products, o.Products)
	b.Carts = mergeSorted[string](b.Carts, o.Carts)
	b.Carters.Merge(o.Carters)
	b.MoreCarts = mergeSorted[string](b.MoreCarts, o.MoreCarts)

	b.Purchases.merge(&o.Purchases)
	b.Paid = mergeSorted[string](b.Paid, o.Paid)
	b.Baskets = mergeSorted[string](b.Baskets, o.Baskets)

	b.SurveyShown.Merge(o.SurveyShown)
	b.Attendees.Merge(o.Attendees)
	b.Ratings = addRatings(b.Ratings, o.Ratings)
	b.Comments += o.Comments
	b.Interactions = mergeSorted[string](b.Interactions, o.Interactions)

	b.Minutes = mergeSorted[int64](b.Minutes, o.Minutes)
	b.boundNumbers()
}

// keyed is a part of a bucket that is found by its key: a value of type T whose
// zero value takes over all of the first one merged into it.
type keyed[K cmp.Ordered, T any] interface {
	*T
	key() K
	merge(o *T)
}

// mergeSorted merges two lists in the order of their keys: what both have becomes
// one, what only one has is taken as it is. Nothing of b is shared with the
// result; a belongs to the result.
func mergeSorted[K cmp.Ordered, T any, P keyed[K, T]](a, b []T) []T {
	if len(b) == 0 {
		return a
	}
	taken := func(into []T, from *T) []T {
		var zero T
		into = append(into, zero)
		P(&into[len(into)-1]).merge(from)
		return into
	}
	if len(a) == 0 || P(&a[len(a)-1]).key() < P(&b[0]).key() {
		a = slices.Grow(a, len(b))
		for i := range b {
			a = taken(a, &b[i])
		}
		return a
	}
	merged := make([]T, 0, len(a)+len(b))
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch cmp.Compare(P(&a[i]).key(), P(&b[j]).key()) {
		case -1:
			merged = append(merged, a[i])
			i++
		case 1:
			merged = taken(merged, &b[j])
			j++
		default:
			P(&a[i]).merge(&b[j])
			merged = append(merged, a[i])
			i, j = i+1, j+1
		}
	}
	merged = append(merged, a[i:]...)
	for ; j < len(b); j++ {
		merged = taken(merged, &b[j])
	}
	return merged
}

// sortedValues returns the values of a map in the order of the keys, nil for
// none.
func sortedValues[K cmp.Ordered, T any](m map[K]*T) []T {
	if len(m) == 0 {
		return nil
	}
	list := make([]T, 0, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		list = append(list, *m[key])
	}
	return list
}

// addMoney adds an amount to a list of one amount per currency, in the order of
// the codes.
func addMoney(list []Money, m Money) []Money {
	at, found := slices.BinarySearchFunc(list, m.Currency, func(known Money, code string) int { return strings.Compare(known.Currency, code) })
	if !found {
		return slices.Insert(list, at, m)
	}
	list[at].Minor += m.Minor
	return list
}

// ratingScale is the best rating of the survey; the worst is 1.
const ratingScale = 5

func addRatings(a, b []int) []int {
	if b == nil {
		return a
	}
	if a == nil {
		return slices.Clone(b)
	}
	for i := range min(len(a), len(b)) {
		a[i] += b[i]
	}
	return a
}
