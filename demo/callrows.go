package demo

import (
	"iter"
	"strings"

	"cartograph/analytics"
)

// CallRows yields rows of a call-stats export, by column name: for some calls
// what no tracking event says, such as what their carts came to. All other cells
// are empty, so that an import leaves what events said as it is.
func CallRows() iter.Seq[map[string]string] {
	return func(yield func(map[string]string) bool) {
		r := newRandom("calls")
		for _, v := range visits() {
			m := tellVisit(r, v)
			if row := m.row(); row != nil && !yield(row) {
				return
			}
		}
	}
}

// row returns what the export adds to the call, nil if that is nothing.
func (m *meeting) row() map[string]string {
	if len(m.byAgent) == 0 && !m.checkedOut && !m.test {
		return nil
	}
	row := map[string]string{
		"status":          "ACCEPTED",
		"call_id":         m.call,
		"call_start_time": analytics.FormatTime(m.started),
	}
	if m.test {
		row["is_test_call"] = "TRUE"
	}
	if len(m.byAgent) > 0 {
		row["products_added_to_cart"] = strings.Join(m.byAgent, ";")
	}
	if m.checkedOut {
		var skus []string
		for _, l := range m.cart.lines {
			skus = append(skus, l.sku)
		}
		row["checked_out_products"] = strings.Join(skus, ";")
		row["checked_out_value"] = analytics.Money{Minor: m.cart.total(), Currency: m.cart.currency}.Amount()
		row["revenue_currency"] = m.cart.currency
	}
	return row
}
