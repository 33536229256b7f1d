package analytics

import (
	"math/big"
	"slices"
	"strings"
)

// Money is an amount in the minor unit of its currency (cents, öre, fils), as
// ISO 4217 has it. Amounts of different currencies are never added.
type Money struct {
	Minor    int64  `bson:"minor"`
	Currency string `bson:"currency"`
}

// Amount returns the amount in major units as a decimal with exactly the
// digits of the currency: "12.50" for 1250 EUR, "1250" for 1250 JPY.
func (m Money) Amount() string {
	digits := CurrencyDigits(m.Currency)
	sign, minor := "", new(big.Int).SetInt64(m.Minor)
	if minor.Sign() < 0 {
		sign = "-"
		minor.Abs(minor)
	}
	s := minor.String()
	if digits == 0 {
		return sign + s
	}
	if len(s) <= digits {
		s = strings.Repeat("0", digits-len(s)+1) + s
	}
	return sign + s[:len(s)-digits] + "." + s[len(s)-digits:]
}

// ParseMoney returns the Money that a decimal in major units stands for. It
// fails with BadUserInput for an unknown currency, for text that is no plain
// decimal, for more fraction digits than the currency has (trailing zeros
// aside), and for amounts beyond 15 digits.
func ParseMoney(decimal, currency string) (Money, error) {
	if !KnownCurrency(currency) {
		return Money{}, Errorf(BadUserInput, "unknown currency %q", clip(currency))
	}
	digits := CurrencyDigits(currency)
	s, negative := strings.CutPrefix(decimal, "-")
	whole, fraction, _ := strings.Cut(s, ".")
	fraction = strings.TrimRight(fraction, "0")
	if whole == "" || !allDigits(whole) || !allDigits(fraction) || strings.HasSuffix(decimal, ".") {
		return Money{}, Errorf(BadUserInput, "%q is not a decimal amount", clip(decimal))
	}
	if len(fraction) > digits {
		return Money{}, Errorf(BadUserInput, "%s has more than the %d fraction digits of %s", clip(decimal), digits, currency)
	}
	whole = strings.TrimLeft(whole, "0")
	if len(whole)+digits > 15 {
		return Money{}, Errorf(BadUserInput, "amount %s is too large", clip(decimal))
	}
	var minor int64
	for _, c := range whole + fraction + strings.Repeat("0", digits-len(fraction)) {
		minor = minor*10 + int64(c-'0')
	}
	if negative {
		minor = -minor
	}
	return Money{Minor: minor, Currency: currency}, nil
}

func allDigits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}

// clip shortens input that is quoted in a message, so that an answer never
// carries a client's megabytes back.
func clip(s string) string {
	const most = 64
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// MoneySums adds amounts per currency. The zero value is empty and ready.
type MoneySums map[string]int64

// Add adds one amount and returns the sums (a new map for nil ones).
func (s MoneySums) Add(m Money) MoneySums {
	if s == nil {
		s = MoneySums{}
	}
	s[m.Currency] += m.Minor
	return s
}

// Merge adds all amounts of another set of sums.
func (s MoneySums) Merge(o MoneySums) MoneySums {
	for currency, minor := range o {
		s = s.Add(Money{Minor: minor, Currency: currency})
	}
	return s
}

// List returns one Money per currency, sorted by currency code; never nil.
func (s MoneySums) List() []Money {
	list := make([]Money, 0, len(s))
	for currency, minor := range s {
		list = append(list, Money{Minor: minor, Currency: currency})
	}
	slices.SortFunc(list, func(a, b Money) int { return strings.Compare(a.Currency, b.Currency) })
	return list
}
