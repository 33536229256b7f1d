package cart

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Articles and carts that the tests speak of. The moment 0 is the call's start.
var (
	jacket = Product{SKU: "jacket-m", Known: true, Name: "Jacket, M", Price: eur(8900), InStock: ptr(true)}
	socks  = Product{SKU: "socks-39", Known: true, Name: "Socks, 39", Price: eur(900)}
	card   = Product{SKU: "card", Known: true, Name: "Gift card"} // without a price
	kimono = Product{SKU: "kimono", Known: true, Name: "Kimono", Price: &Money{12000, "JPY"}}

	lasting = Call{}
)

func ptr[T any](v T) *T          { return &v }
func eur(cents int64) *Money     { return &Money{cents, "EUR"} }
func ended(seconds float64) Call { return Call{EndedAt: ptr(at(seconds))} }

func at(seconds float64) time.Time {
	return time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC).Add(time.Duration(seconds * float64(time.Second)))
}

func with(p Product, change func(*Product)) Product {
	change(&p)
	return p
}

func soldOut(p Product) Product {
	return with(p, func(p *Product) { p.InStock = ptr(false) })
}

// step is a command at a moment.
type step struct {
	at      float64
	command Command
}

// play returns the state after steps of a lasting call, none of which may be
// refused or be a repeat.
func play(t *testing.T, steps ...step) State {
	t.Helper()
	var s State
	for _, step := range steps {
		next, result, err := Do(s, step.command, lasting, at(step.at))
		if err != nil || result.Update == nil {
			t.Fatalf("given %+v: %+v, %v", step.command, result, err)
		}
		s = next
	}
	return s
}

// bought is the shopper putting n of a product into the shop's cart, the
// shortest way to a confirmed item.
func bought(p Product, n int) step { return step{0, ShopAdded{Product: p, Quantity: n}} }

// rule is one sentence about carts: given these steps, a command at a moment
// makes this update, or is refused so.
type rule struct {
	name    string
	given   []step
	call    Call
	at      float64
	command Command
	want    Update
	refused *Refusal
}

func (r rule) run(t *testing.T) {
	t.Run(r.name, func(t *testing.T) {
		before := play(t, r.given...)
		after, result, err := Do(before, r.command, r.call, at(r.at))

		if r.refused != nil {
			var got *Refusal
			if !errors.As(err, &got) {
				t.Fatalf("%+v, %v is no refusal", result, err)
			}
			if diff := cmp.Diff(r.refused, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(before, after); diff != "" || result != (Result{}) {
				t.Errorf("refused, but changed to %+v:\n%s", result, diff)
			}
			return
		}

		if err != nil {
			t.Fatal(err)
		}
		r.want.Version, r.want.At = before.Cart.Version+1, at(r.at)
		if diff := cmp.Diff(Result{Version: r.want.Version, Update: &r.want}, result); diff != "" {
			t.Error(diff)
		}
	})
}

// pendingRequest returns the request that the command of a version at a moment
// makes.
func pendingRequest(id int64, kind RequestKind, p Product, quantity, previous int, seconds float64) Request {
	return Request{
		ID: id, Kind: kind, SKU: p.SKU, Name: p.Name, Price: p.Price, Quantity: quantity, PreviousQuantity: previous,
		At: at(seconds), ExpiresAt: at(seconds + 30), Status: Pending,
	}
}

func settled(r Request, status RequestStatus, reason Reason, message string) *Request {
	r.Status, r.Reason, r.Message = status, reason, message
	return &r
}

func item(p Product, quantity int) *Item {
	return &Item{SKU: p.SKU, Name: p.Name, Price: p.Price, Quantity: quantity}
}
