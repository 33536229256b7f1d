package cart

import "math/big"

// Money is an amount in the minor unit of its currency.
type Money struct {
	Minor    int64  `bson:"minor"`
	Currency string `bson:"currency"`
}

// value returns what items come to in one currency: the sum of price times
// quantity, 0 for no items. It is nil where that is not known: no currency, an
// item without a price, or more than 64 bits hold.
func value(items []Item, currency string) *Money {
	if currency == "" {
		return nil
	}

	sum := new(big.Int)
	for _, i := range items {
		if i.Price == nil {
			return nil
		}
		line := big.NewInt(i.Price.Minor)
		sum.Add(sum, line.Mul(line, big.NewInt(int64(i.Quantity))))
	}
	if !sum.IsInt64() {
		return nil
	}
	return &Money{Minor: sum.Int64(), Currency: currency}
}
