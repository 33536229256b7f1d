package analytics

import (
	"testing"
)

func TestCarts(t *testing.T) {
	eur := func(minor int64) []Money { return []Money{{minor, "EUR"}} }
	for _, test := range []struct {
		name              string
		happen            func(c *edgeCase)
		carts             int
		sum, least, means []Money
	}{
		{"a cart emptied again counts 0", func(c *edgeCase) {
			c.adds("20:10:00", "ann", "c1", AddedToCart, 2000, "EUR")
			c.adds("20:20:00", "ann", "c1", RemovedFromCart, 0, "EUR")
			c.adds("20:30:00", "bo", "c2", AddedToCart, 1001, "EUR")
		}, 2, eur(1001), eur(0), eur(501)},
		{"a cart that something was only taken out of does not count", func(c *edgeCase) {
			c.adds("20:20:00", "ann", "c1", RemovedFromCart, 500, "EUR")
		}, 0, []Money{}, []Money{}, []Money{}},
		{"a change after the phase is not its amount", func(c *edgeCase) {
			c.adds("20:10:00", "ann", "c1", AddedToCart, 700, "EUR")
			c.adds("21:00:00", "ann", "c1", AddedToCart, 900, "EUR")
		}, 1, eur(700), eur(700), eur(700)},
		{"changes that arrive out of order count by their time", func(c *edgeCase) {
			c.adds("20:20:00", "ann", "c1", AddedToCart, 700, "EUR")
			c.adds("20:10:00", "ann", "c1", AddedToCart, 300, "EUR")
		}, 1, eur(700), eur(700), eur(700)},
		{"of two changes of one moment the larger id is the last", func(c *edgeCase) {
			c.adds("20:20:00", "ann", "c1", AddedToCart, 700, "EUR")
			c.adds("20:20:00", "ann", "c1", AddedToCart, 300, "EUR")
		}, 1, eur(300), eur(300), eur(300)},
		{"currencies are never added", func(c *edgeCase) {
			c.adds("20:10:00", "ann", "c1", AddedToCart, 700, "SEK")
			c.adds("20:20:00", "bo", "c2", AddedToCart, 300, "EUR")
		}, 2, []Money{{300, "EUR"}, {700, "SEK"}}, []Money{{300, "EUR"}, {700, "SEK"}}, []Money{{300, "EUR"}, {700, "SEK"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newEdgeCase(t)
			test.happen(c)
			b := c.live().Business
			expect(t, "carts", test.carts, b.CartsCreated)
			expect(t, "sum", test.sum, b.TotalCartsAmount)
			expect(t, "least", test.least, b.MinimumCart)
			expect(t, "mean", test.means, b.AverageCart)
		})
	}
}

func TestPurchases(t *testing.T) {
	thirtyDaysOn := func(e *Event) { e.At = e.At.AddDate(0, 0, 30) }
	for _, test := range []struct {
		name         string
		happen       func(c *edgeCase)
		live, replay []Money
	}{
		{"who watched the live phase last pays for it, also after its end", func(c *edgeCase) {
			c.watches("ann", "s1", "20:00:00", "20:10:00")
			c.pays("21:30:00", "ann", "t1", 100, "EUR")
		}, []Money{{100, "EUR"}}, []Money{}},
		{"who went on into the replay pays for the replay", func(c *edgeCase) {
			c.watches("ann", "s1", "20:50:00", "21:10:00")
			c.pays("21:30:00", "ann", "t1", 100, "EUR")
		}, []Money{}, []Money{{100, "EUR"}}},
		{"a purchase while the live phase is watched belongs to it, whatever is watched later", func(c *edgeCase) {
			c.watches("ann", "s1", "20:50:00", "21:10:00")
			c.pays("20:59:59.999", "ann", "t1", 100, "EUR")
		}, []Money{{100, "EUR"}}, []Money{}},
		{"a gap of exactly 30 days counts", func(c *edgeCase) {
			c.watches("ann", "s1", "20:00:00", "20:10:00")
			thirtyDaysOn(c.pays("20:10:00", "ann", "t1", 100, "EUR"))
		}, []Money{{100, "EUR"}}, []Money{}},
		{"a longer gap does not", func(c *edgeCase) {
			c.watches("ann", "s1", "20:00:00", "20:10:00")
			thirtyDaysOn(c.pays("20:10:00.001", "ann", "t1", 100, "EUR"))
		}, []Money{}, []Money{}},
		{"who watched later than the purchase bought nothing for it", func(c *edgeCase) {
			c.watches("ann", "s1", "20:10:00", "20:20:00")
			c.pays("20:09:59.999", "ann", "t1", 100, "EUR")
		}, []Money{}, []Money{}},
		{"a start alone is a touch", func(c *edgeCase) {
			c.at("20:10:00", "ann", "s1", SessionStarted, EventData{Device: "mobile"})
			c.pays("20:10:00", "ann", "t1", 100, "EUR")
		}, []Money{{100, "EUR"}}, []Money{}},
		{"of one transaction the earliest event counts, whichever arrives first", func(c *edgeCase) {
			c.watches("ann", "s1", "20:00:00", "20:10:00")
			c.pays("20:40:00", "ann", "t1", 900, "EUR")
			c.pays("20:30:00", "ann", "t1", 100, "EUR")
		}, []Money{{100, "EUR"}}, []Money{}},
		{"of two events at once the smaller id counts", func(c *edgeCase) {
			c.watches("ann", "s1", "20:00:00", "20:10:00")
			c.pays("20:30:00", "ann", "t1", 100, "EUR")
			c.pays("20:30:00", "ann", "t1", 900, "EUR")
		}, []Money{{100, "EUR"}}, []Money{}},
		{"the live event watched last takes the purchase, whatever it names", func(c *edgeCase) {
			c.watches("ann", "s1", "20:00:00", "20:10:00")
			c.watches("ann", "s2", "20:20:00", "20:30:00")
			for _, e := range c.list[2:] {
				e.Subject = LiveEventSubject("e2")
			}
			c.pays("20:40:00", "ann", "t1", 100, "EUR").About = LiveEventSubject(testLiveEvent)
		}, []Money{}, []Money{}},
		{"of two watched at once the one whose stretch began later", func(c *edgeCase) {
			c.watches("ann", "s1", "20:05:00", "20:25:00")
			c.watches("ann", "s2", "20:00:00", "20:25:00")
			for _, e := range c.list[2:] {
				e.Subject = LiveEventSubject("e2")
			}
			c.pays("20:20:00", "ann", "t1", 100, "EUR")
		}, []Money{{100, "EUR"}}, []Money{}},
		{"of two that began at once the larger id", func(c *edgeCase) {
			c.watches("ann", "s1", "20:00:00", "20:25:00")
			c.watches("ann", "s2", "20:00:00", "20:25:00")
			for _, e := range c.list[2:] {
				e.Subject = LiveEventSubject("e2")
			}
			c.pays("20:20:00", "ann", "t1", 100, "EUR")
		}, []Money{}, []Money{}},
		{"currencies are kept apart", func(c *edgeCase) {
			c.watches("ann", "s1", "20:00:00", "20:10:00")
			c.pays("20:30:00", "ann", "t1", 100, "SEK")
			c.pays("20:31:00", "ann", "t2", 200, "EUR")
		}, []Money{{200, "EUR"}, {100, "SEK"}}, []Money{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newEdgeCase(t)
			test.happen(c)
			expect(t, "live", test.live, c.live().Business.TotalSales)
			expect(t, "replay", test.replay, c.replay().Business.TotalSales)
		})
	}
}

func TestSalesBeyondWhatWasDisplayed(t *testing.T) {
	c := newEdgeCase(t)
	c.watches("ann", "s1", "20:00:00", "20:10:00")
	c.at("19:50:00", "", "", ProductDisplayed, EventData{SKU: "early"})
	c.at("20:00:00", "", "", ProductHidden, EventData{SKU: "early"})
	c.at("20:59:59", "", "", ProductDisplayed, EventData{SKU: "cap"})
	c.at("21:00:00", "", "", ProductDisplayed, EventData{SKU: "late"})
	bought := c.pays("20:30:00", "ann", "t1", 1000, "EUR")
	for _, sku := range []string{"cap", "early", "late"} {
		bought.Data.Products = append(bought.Data.Products, PurchaseLine{sku, 1, Money{1200, "EUR"}})
	}
	b := c.live().Business
	expect(t, "product sales", []Money{{1200, "EUR"}}, b.ProductSales)
	expect(t, "other sales are negative for a discount", []Money{{-200, "EUR"}}, b.OtherSales)
}

func TestTwoSizesOfOneProductAreOnePurchaseOfIt(t *testing.T) {
	c := newEdgeCase(t)
	c.watches("ann", "s1", "20:00:00", "20:10:00")
	c.at("20:01:00", "", "", ProductDisplayed, EventData{SKU: "shoe"})
	bought := c.pays("20:30:00", "ann", "t1", 1000, "EUR")
	bought.Data.Products = []PurchaseLine{{"shoe-40", 1, Money{400, "EUR"}}, {"shoe-41", 1, Money{600, "EUR"}}}
	s := c.scope()
	s.ProductOf = shoes
	order := 1
	expect(t, "products", []LiveProductMetrics{{
		SKU: "shoe", Order: &order, Appearances: []Period{{at(t, "2026-03-28T20:01:00Z"), at(t, "2026-03-28T21:00:00Z")}},
		Presented: 1, Purchases: 1, Quantity: 2, Sales: []Money{{1000, "EUR"}}, ClickRate: Ratio{0, 1}, PurchaseRate: Ratio{1, 0},
	}}, c.figures(Live, s).Live(s).Products)
}
