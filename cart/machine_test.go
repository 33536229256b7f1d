package cart

import (
	"flag"
	"testing"

	"pgregory.net/rapid"
)

// partiesAgree is the property: whatever three parties do, and however it
// reaches the gateways, they end up with one cart, and it is the shop's.
func partiesAgree(t *rapid.T) {
	w := newWorld(t)
	t.Repeat(map[string]func(*rapid.T){
		"":                  w.check,
		"agent speaks":      w.agentSpeaks,
		"agent speaks more": w.agentSpeaks,
		"page answers":      w.pageAnswers,
		"page answers more": w.pageAnswers,
		"shopper acts":      w.shopperActs,
		"arrive":            w.arrive,
		"expire":            w.expire,
		"time passes":       w.timePasses,
		"call ends":         w.callEnds,
		"watch":             w.watch,
	})
	w.settle(t)
}

// TestMain makes runs long enough for a cart to fill and change; a flag on the
// command line still decides.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.steps", "100"); err != nil {
		panic(err)
	}
	m.Run()
}

func TestAllPartiesAgree(t *testing.T) {
	rapid.Check(t, partiesAgree)
	if testing.Short() {
		return // a fifth of the runs need not meet everything
	}
	for _, what := range []string{
		string(ItemRequested), string(ItemAdded), string(ItemUpdated), string(ItemRemoved), string(RequestRefused),
		string(RequestExpired), string(CheckedOut), string(BadUserInput), string(NotFound), string(Conflict),
		string(LimitExceeded), "repeated", "died",
	} {
		if seen[what] == 0 {
			t.Errorf("no run met %s", what)
		}
	}
	t.Log(seen)
}

func FuzzAllPartiesAgree(f *testing.F) { f.Fuzz(rapid.MakeFuzz(partiesAgree)) }
