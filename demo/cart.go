package demo

import (
	"slices"

	"cartograph/analytics"
)

// cart is the shop's cart of one visitor: what is in it, in one currency.
type cart struct {
	currency string
	lines    []line
}

type line struct {
	sku      string
	quantity int
}

// takes reports whether a product may go into the cart: the first one decides
// the currency.
func (c *cart) takes(p *product) bool { return c.currency == "" || c.currency == p.category().currency }

func (c *cart) add(sku string, quantity int) {
	c.currency = productOf(sku).category().currency
	c.lines = append(c.lines, line{sku, quantity})
}

func (c *cart) remove(sku string) {
	c.lines = slices.DeleteFunc(c.lines, func(l line) bool { return l.sku == sku })
}

// total returns what the cart comes to, in minor units.
func (c *cart) total() int64 {
	var sum int64
	for _, l := range c.lines {
		sum += productOf(l.sku).priceOf(l.sku) * int64(l.quantity)
	}
	return sum
}

// change is what the page says of a change: the SKU, how many, and the cart as
// it is now.
func (c *cart) change(id, sku string, quantity int) data {
	return data{
		"sku": sku, "quantity": quantity,
		"cart": data{
			"id":       "cart-" + id,
			"amount":   analytics.Money{Minor: c.total(), Currency: c.currency}.Amount(),
			"currency": c.currency,
		},
	}
}

// holds reports whether a SKU is in the cart.
func (c *cart) holds(sku string) bool {
	return slices.ContainsFunc(c.lines, func(l line) bool { return l.sku == sku })
}
