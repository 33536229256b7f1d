package analytics

import (
	"cmp"
	"math/big"
	"slices"
	"strings"
	"time"
)

// byCurrency returns one figure of each currency's amounts.
func byCurrency(amounts []Money, figure func([]int64) int64) []Money {
	list := []Money{}
	for _, m := range amounts {
		if slices.ContainsFunc(list, func(k Money) bool { return k.Currency == m.Currency }) {
			continue
		}
		var same []int64
		for _, o := range amounts {
			if o.Currency == m.Currency {
				same = append(same, o.Minor)
			}
		}
		list = append(list, Money{figure(same), m.Currency})
	}
	slices.SortFunc(list, func(a, b Money) int { return strings.Compare(a.Currency, b.Currency) })
	return list
}

func sumOf(list []int64) int64 {
	var sum int64
	for _, v := range list {
		sum += v
	}
	return sum
}

// meanOf rounds half up: floor(mean + 1/2), with fractions as they are taught.
func meanOf(list []int64) int64 {
	mean := big.NewRat(sumOf(list), int64(len(list)))
	mean.Add(mean, big.NewRat(1, 2))
	floor := new(big.Int).Div(mean.Num(), mean.Denom()) // Euclidean: the floor for a positive denominator
	return floor.Int64()
}

func (r *recount) business(a audience) LiveBusiness {
	clicks, adds := r.of(ProductClicked), r.of(AddedToCart)
	among := func(events []*Event) Ratio { return Ratio{both(who(events), a.viewers), len(a.viewers)} }
	var carts []Money
	counted := map[string]bool{}
	for _, e := range adds {
		id := e.Data.Cart.ID
		if counted[id] {
			continue
		}
		counted[id] = true
		var last *Event
		for _, change := range r.of(AddedToCart, RemovedFromCart) {
			if change.Data.Cart.ID == id && (last == nil || change.At.After(last.At) || change.At.Equal(last.At) && change.EventID > last.EventID) {
				last = change
			}
		}
		carts = append(carts, last.Data.Cart.Amount)
	}
	bought := r.transactions()
	var totals []Money
	productSales := map[string]int64{}
	for _, e := range bought {
		totals = append(totals, *e.Data.Total)
		for _, line := range e.Data.Products {
			if r.displayed(r.productOf(line.SKU)) != nil {
				productSales[line.Sales.Currency] += line.Sales.Minor
			}
		}
	}
	sales := byCurrency(totals, sumOf)
	product, other := slices.Clone(sales), slices.Clone(sales)
	for i := range sales {
		product[i].Minor = productSales[sales[i].Currency]
		other[i].Minor -= product[i].Minor
	}
	return LiveBusiness{
		CatalogOpened: len(r.of(CatalogOpened)), ProductClicks: len(clicks),
		ViewersProductClicks: both(who(clicks), a.viewers), ProductClicksRate: among(clicks),
		AddToCarts: len(adds), CartsCreated: len(carts), CartsCreatedRate: among(adds),
		TotalCartsAmount: byCurrency(carts, sumOf), AverageCart: byCurrency(carts, meanOf),
		MaximumCart: byCurrency(carts, slices.Max[[]int64]), MinimumCart: byCurrency(carts, slices.Min[[]int64]),
		Purchases: len(bought), PurchasesRate: among(bought),
		TotalSales: sales, ProductSales: product, OtherSales: other,
		AveragePurchase: byCurrency(totals, meanOf), MaximumPurchase: byCurrency(totals, slices.Max[[]int64]),
		MinimumPurchase: byCurrency(totals, slices.Min[[]int64]),
	}
}

// shown is one product_displayed with the part of the live phase up to the next
// hiding of its SKU.
type shown struct {
	by *Event
	Period
}

// shows returns every product_displayed of a product that is seen in the live
// phase.
func (r *recount) shows(product string) []shown {
	if r.timeline.StartedAt == nil {
		return nil
	}
	live := *r
	live.phase, live.period = Live, nil
	started, end := *r.timeline.StartedAt, r.now
	if end.Before(started) {
		end = started
	}
	for _, e := range r.events {
		mark := e.Type == ProductDisplayed || e.Type == ProductHidden
		if mark && e.Subject == "live_event:"+testLiveEvent && !r.wiped(e.At) && e.At.After(end) {
			end = e.At
		}
	}
	if r.timeline.EndedAt != nil {
		end = *r.timeline.EndedAt
	}
	after := func(a, b *Event) bool {
		return a.At.After(b.At) || a.At.Equal(b.At) && a.EventID > b.EventID
	}
	var list []shown
	for _, e := range r.events {
		if e.Type != ProductDisplayed || e.Subject != "live_event:"+testLiveEvent || r.productOf(e.Data.SKU) != product || r.wiped(e.At) {
			continue
		}
		var hidden *Event
		for _, o := range r.events {
			if o.Type == ProductHidden && o.Subject == e.Subject && o.Data.SKU == e.Data.SKU && !r.wiped(o.At) && after(o, e) && (hidden == nil || after(hidden, o)) {
				hidden = o
			}
		}
		from, to := e.At, end
		if hidden != nil && hidden.At.Before(end) {
			to = hidden.At
		}
		if from.Before(started) {
			if hidden != nil && !hidden.At.After(started) {
				continue
			}
			from = started
		}
		if to.Before(from) {
			to = from
		}
		if live.in(from) {
			list = append(list, shown{e, Period{from, to}})
		}
	}
	return list
}

// displayed returns the times that a product was displayed in the live phase,
// nil if it was not.
func (r *recount) displayed(product string) []Period {
	var times []Period
	for _, s := range r.shows(product) {
		times = append(times, s.Period)
	}
	slices.SortFunc(times, func(a, b Period) int { return a.Start.Compare(b.Start) })
	for i := 0; i+1 < len(times); {
		if times[i+1].Start.After(times[i].End) {
			i++
			continue
		}
		if times[i+1].End.After(times[i].End) {
			times[i].End = times[i+1].End
		}
		times = slices.Delete(times, i+1, i+2)
	}
	return times
}

// products returns the metrics of each product that something happened with, or
// that was displayed in the live phase, in no order.
func (r *recount) products(a audience, displayed bool) []LiveProductMetrics {
	var names []string
	note := func(sku string) {
		if product := r.productOf(sku); !slices.Contains(names, product) {
			names = append(names, product)
		}
	}
	touched := r.of(ProductDisplayed, ProductClicked, AddedToCart, RemovedFromCart)
	for _, e := range touched {
		note(e.Data.SKU)
	}
	bought := r.transactions()
	for _, e := range bought {
		for _, line := range e.Data.Products {
			note(line.SKU)
		}
	}
	if displayed {
		for _, e := range r.events {
			if e.Type == ProductDisplayed && e.Subject == "live_event:"+testLiveEvent && r.displayed(r.productOf(e.Data.SKU)) != nil {
				note(e.Data.SKU)
			}
		}
	}
	list := []LiveProductMetrics{}
	for _, name := range names {
		of := func(t EventType) []*Event {
			var some []*Event
			for _, e := range touched {
				if e.Type == t && r.productOf(e.Data.SKU) == name {
					some = append(some, e)
				}
			}
			return some
		}
		m := LiveProductMetrics{SKU: name, Appearances: []Period{}}
		var sales []Money
		for _, e := range bought {
			holds := false
			for _, line := range e.Data.Products {
				if r.productOf(line.SKU) == name {
					holds = true
					m.Quantity += line.Quantity
					sales = append(sales, line.Sales)
				}
			}
			if holds {
				m.Purchases++
			}
		}
		clicks := of(ProductClicked)
		m.Presented, m.Clicks, m.Added, m.Removed = len(of(ProductDisplayed)), len(clicks), len(of(AddedToCart)), len(of(RemovedFromCart))
		m.Sales = byCurrency(sales, sumOf)
		m.ClickRate = Ratio{both(who(clicks), a.viewers), len(a.viewers)}
		m.AddToCartRate, m.PurchaseRate = Ratio{m.Added, m.Clicks}, Ratio{m.Purchases, m.Added}
		list = append(list, m)
	}
	return list
}

// displayedFirst returns the products in the order of their first appearance in
// the live phase, the others by name.
func (r *recount) displayedFirst(a audience) []LiveProductMetrics {
	var displayed, others []LiveProductMetrics
	for _, m := range r.products(a, true) {
		if times := r.displayed(m.SKU); times != nil {
			m.Appearances = times
			displayed = append(displayed, m)
		} else {
			others = append(others, m)
		}
	}
	byRank := func(a, b *Event) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(a.EventID, b.EventID)) }
	cause := func(product string) *Event {
		return slices.MinFunc(r.shows(product), func(a, b shown) int { return byRank(a.by, b.by) }).by
	}
	slices.SortFunc(displayed, func(a, b LiveProductMetrics) int { return byRank(cause(a.SKU), cause(b.SKU)) })
	for i := range displayed {
		order := i + 1
		displayed[i].Order = &order
	}
	slices.SortFunc(others, func(a, b LiveProductMetrics) int { return strings.Compare(a.SKU, b.SKU) })
	return append(append([]LiveProductMetrics{}, displayed...), others...)
}

// steps recounts a series over given steps.
func (r *recount) steps(periods []Period) (prelive []PreliveStep, watched []LiveStep) {
	for _, step := range periods {
		inStep := func(at time.Time) bool { return !at.Before(step.Start) && at.Before(step.End) }
		count := func(events []*Event) int {
			n := 0
			for _, e := range events {
				if inStep(e.At) {
					n++
				}
			}
			return n
		}
		starters := map[string]bool{}
		for _, s := range r.sessionsOf(testLiveEvent) {
			if first := r.first(testLiveEvent, s); inStep(first.At) && r.in(first.At) {
				starters[first.VisitorID] = true
			}
		}
		prelive = append(prelive, PreliveStep{step, len(starters), count(r.of(SMSSubscribed)), count(r.of(CalendarSubscribed))})
		watched = append(watched, LiveStep{
			step, r.peakIn(inStep, []time.Time{step.Start}), count(r.of(ProductClicked)), count(r.transactions()),
		})
	}
	return prelive, watched
}
