package analytics

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParseMoney(t *testing.T) {
	for _, c := range []struct {
		decimal, currency string
		want              Money
		amount            string
	}{
		{"12.50", "EUR", Money{1250, "EUR"}, "12.50"},
		{"12.5", "EUR", Money{1250, "EUR"}, "12.50"},
		{"-0.05", "EUR", Money{-5, "EUR"}, "-0.05"},
		{"1250", "JPY", Money{1250, "JPY"}, "1250"},
		{"1250.00", "JPY", Money{1250, "JPY"}, "1250"},
		{"0.001", "KWD", Money{1, "KWD"}, "0.001"},
		{"007", "SEK", Money{700, "SEK"}, "7.00"},
	} {
		got, err := ParseMoney(c.decimal, c.currency)
		if err != nil || got != c.want {
			t.Errorf("ParseMoney(%q, %q) = %v, %v, want %v", c.decimal, c.currency, got, err, c.want)
		}
		if got.Amount() != c.amount {
			t.Errorf("%v.Amount() = %q, want %q", got, got.Amount(), c.amount)
		}
	}
}

func TestParseMoneyNamesWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ decimal, currency, want string }{
		{"1.234", "EUR", "1.234 has more than the 2 fraction digits of EUR"},
		{"1.5", "JPY", "1.5 has more than the 0 fraction digits of JPY"},
		{"1", "XYZ", `unknown currency "XYZ"`},
		{"", "EUR", `"" is not a decimal amount`},
		{"1.", "EUR", `"1." is not a decimal amount`},
		{".5", "EUR", `".5" is not a decimal amount`},
		{"1e3", "EUR", `"1e3" is not a decimal amount`},
		{"1,5", "EUR", `"1,5" is not a decimal amount`},
		{"--1", "EUR", `"--1" is not a decimal amount`},
		{"99999999999999.00", "EUR", "amount 99999999999999.00 is too large"},
	} {
		_, err := ParseMoney(c.decimal, c.currency)
		if err == nil || err.Error() != c.want || CodeOf(err) != BadUserInput {
			t.Errorf("ParseMoney(%q, %q): %v (%s), want %q", c.decimal, c.currency, err, CodeOf(err), c.want)
		}
	}
}

func TestAmountsReadBackAsTheyWere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Money{
			Minor:    rapid.Int64Range(-999_999_999_999, 999_999_999_999).Draw(t, "minor"),
			Currency: rapid.SampledFrom([]string{"EUR", "JPY", "KWD"}).Draw(t, "currency"),
		}
		got, err := ParseMoney(m.Amount(), m.Currency)
		if err != nil || got != m {
			t.Fatalf("ParseMoney(%q) = %v, %v, want %v", m.Amount(), got, err, m)
		}
	})
}

func TestSumsStayApartByCurrency(t *testing.T) {
	var sums MoneySums
	for _, m := range []Money{{100, "SEK"}, {5, "EUR"}, {23, "SEK"}} {
		sums = sums.Add(m)
	}
	sums = sums.Merge(MoneySums{"EUR": 1, "USD": 7})
	want := []Money{{6, "EUR"}, {123, "SEK"}, {7, "USD"}}
	if diff := cmp.Diff(want, sums.List()); diff != "" {
		t.Error(diff)
	}
	if got := MoneySums(nil).List(); got == nil || len(got) != 0 {
		t.Errorf("the list of nothing is %v, want an empty one", got)
	}
}
