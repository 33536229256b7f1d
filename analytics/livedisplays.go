package analytics

import (
	"cmp"
	"slices"
	"time"
)

// LiveDisplays is when products were displayed in a live event: every
// product_displayed and product_hidden of it, by rank. They are few, and what is
// displayed at a moment follows from everything before it, so they are kept
// beside the buckets: displays that come in late change no bucket of purchases.
type LiveDisplays struct {
	Marks []DisplayMark `bson:"marks,omitempty"`
}

// DisplayMark is one change of what is displayed.
type DisplayMark struct {
	At      time.Time `bson:"at"`
	EventID string    `bson:"event"`
	SKU     string    `bson:"sku"`
	Shown   bool      `bson:"shown"` // else hidden
}

// FoldLiveDisplays returns the displays among events, in any order; those in
// wiped spans are left out.
func FoldLiveDisplays(liveEventID string, wiped []Period, events []*Event) LiveDisplays {
	subject, timeline := LiveEventSubject(liveEventID), LiveTimeline{Wiped: wiped}
	var d LiveDisplays
	for _, e := range events {
		if e.Subject == subject && (e.Type == ProductDisplayed || e.Type == ProductHidden) && !timeline.wipedAt(e.At) {
			d.Marks = append(d.Marks, DisplayMark{At: e.At, EventID: e.EventID, SKU: e.Data.SKU, Shown: e.Type == ProductDisplayed})
		}
	}
	return d.Merge(LiveDisplays{})
}

// maxDisplays is how many marks are kept of a live event, the first ones: a show
// displays some hundred products, each a few times.
const maxDisplays = 10_000

// Merge returns the displays of both, each mark once, the first of them where there
// are too many.
func (d LiveDisplays) Merge(o LiveDisplays) LiveDisplays {
	marks := slices.Concat(d.Marks, o.Marks)
	slices.SortFunc(marks, func(a, b DisplayMark) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.EventID, b.EventID))
	})
	marks = slices.CompactFunc(marks, func(a, b DisplayMark) bool { return a.EventID == b.EventID })
	return LiveDisplays{Marks: slices.Clip(marks[:min(len(marks), maxDisplays)])}
}

// ProductDisplay is when one product was displayed in the live phase.
type ProductDisplay struct {
	SKU   string // the product's
	Order int    // of its first appearance among the products, from 1
	Times []Period
}

// LiveDisplays returns the products displayed in the live phase in the order of
// their first appearance. A product is displayed from product_displayed to
// product_hidden, or to the end of the phase; one that is displayed already when
// the phase begins appears then. Of a product with several SKUs the times unite.
func (s *LiveScope) LiveDisplays() []ProductDisplay {
	phase := s.Timeline.Phase(Live)
	if phase.empty() {
		return nil
	}
	end := phase.End
	if end.Equal(everEnd) {
		end = later(s.Now, phase.Start)
		if n := len(s.Displays.Marks); n > 0 {
			end = later(end, s.Displays.Marks[n-1].At) // a clock may run ahead
		}
	}
	var list []ProductDisplay
	at := map[string]int{} // by product
	appear := func(sku string, from, to time.Time) {
		product := s.productOf(sku)
		i, known := at[product]
		if !known {
			i = len(list)
			at[product] = i
			list = append(list, ProductDisplay{SKU: product, Order: i + 1})
		}
		list[i].Times = append(list[i].Times, Period{Start: from, End: to})
	}
	for _, d := range s.Displays.intervals() {
		from, to := later(d.Start, phase.Start), earlier(d.End, end)
		if !phase.Contains(from) || d.Start.Before(phase.Start) && !d.End.After(phase.Start) {
			continue // over before the phase, or after it
		}
		appear(d.sku, from, later(from, to))
	}
	for i := range list {
		list[i].Times = union(list[i].Times)
	}
	return list
}

// display is one time that one SKU was displayed; it ends at everEnd if it was
// not hidden.
type display struct {
	sku string
	Period
}

// intervals returns the times that SKUs were displayed, in the order of their
// beginning. What is displayed already and displayed again goes on.
func (d LiveDisplays) intervals() []display {
	var list []display
	open := map[string]int{}
	for _, mark := range d.Marks {
		i, shown := open[mark.SKU]
		switch {
		case mark.Shown && !shown:
			open[mark.SKU] = len(list)
			list = append(list, display{mark.SKU, Period{Start: mark.At, End: everEnd}})
		case !mark.Shown && shown:
			list[i].End = mark.At
			delete(open, mark.SKU)
		}
	}
	return list
}

// union joins periods that overlap or touch, given by their start.
func union(periods []Period) []Period {
	slices.SortStableFunc(periods, func(a, b Period) int { return a.Start.Compare(b.Start) })
	joined := periods[:0:0]
	for _, p := range periods {
		if last := len(joined) - 1; last >= 0 && !p.Start.After(joined[last].End) {
			joined[last].End = later(joined[last].End, p.End)
			continue
		}
		joined = append(joined, p)
	}
	return joined
}
