package analytics

import (
	"cmp"
	"math"
	"slices"
)

// Senders choose what figures are kept by: goals, sources, SKUs, options. A bound
// keeps a document that holds them far from the 16 MB that the database takes of
// one, whatever is sent. Of a list beyond its bound the entries that most happened
// with stay, and all others become one entry: the rest. So the sum of a list stays
// what it is; what an entry comes to is exact where no bucket of the period was
// cut.
type bound struct {
	entries int
	bytes   int // as stored, roughly
}

const (
	// MaxGoals is how many goals are told apart in a bucket or a report of a
	// workflow, and how many a workflow knows as its own. Workflows are made by
	// hand: they have a handful.
	MaxGoals = 1000
	// maxSources is the same for the traffic sources of a phase, of which campaigns
	// make some hundred.
	maxSources = 1000
	// MaxSKUs is the same for what is clicked, put into carts and bought.
	MaxSKUs = 5000
	// MaxInteractions and maxOptions are the same for the polls and winning instants
	// of a live event, and for all that viewers answered to its polls.
	MaxInteractions = 1000
	maxOptions      = 2000

	// maxSKUsOfCall is how many SKUs a call lists, and how many were bought after it,
	// and maxOrdersOfCall how many transactions: the first ones. Calls have a few.
	maxSKUsOfCall   = 1000
	maxOrdersOfCall = 1000

	// maxText bounds texts that people write, in characters, and maxDetails the
	// further details of a shopper, in bytes.
	maxText    = 10_000
	maxDetails = 64 << 10

	// maxBucket is from what size on, in bytes, a bucket is cut to the sizes below
	// as well.
	maxBucket = 13 << 20
)

// The sizes that the lists of a bucket are cut to, which together with the sets of
// a million viewers fit into a document.
var (
	sourcesBound      = bound{maxSources, 1500 << 10}
	skusBound         = bound{MaxSKUs, 3500 << 10}
	cartsBound        = bound{math.MaxInt, 5500 << 10}
	basketsBound      = bound{math.MaxInt, 1 << 20}
	interactionsBound = bound{MaxInteractions, 2500 << 10}
	goalsBound        = bound{MaxGoals, math.MaxInt}
	optionsBound      = bound{maxOptions, math.MaxInt}
)

// anySize leaves the number of entries alone to count.
func (b bound) anySize() bound { return bound{b.entries, math.MaxInt} }

// The rest in lists of which the entries have names. Those that go by ids have the
// rest under an empty one, which nothing else has.
const (
	otherGoals   = "(other goals)"
	otherSources = "(other sources)"
	otherOptions = "(other options)"
)

// boundable is an entry of a list with a bound.
type boundable[T any] interface {
	keyed[string, T]
	size() int   // in bytes, as stored, roughly
	weight() int // the heavier ones stay
	isRest() bool
	becomeRest() // takes the key of the rest
}

// withRest returns a list within a bound: its heaviest entries, of equal ones the
// first by key, and the rest. The list given stays as it is, and is in the order
// of its keys, as is the one returned.
func withRest[T any, P boundable[T]](list []T, within bound) []T {
	kept, cut := divide[T, P](list, within)
	if cut == nil {
		return list
	}
	var rest T
	for i := range cut {
		P(&rest).merge(&cut[i])
	}
	P(&rest).becomeRest()
	at, _ := slices.BinarySearchFunc(kept, P(&rest).key(), func(e T, key string) int { return cmp.Compare(P(&e).key(), key) })
	return slices.Insert(kept, at, rest)
}

// divide returns what of a list stays within a bound, and what does not: nil where
// all of it does. What is the rest of others belongs to the rest.
func divide[T any, P boundable[T]](list []T, within bound) (kept, cut []T) {
	if len(list) <= within.entries && (within.bytes == math.MaxInt || sizeOf[T, P](list) <= within.bytes) {
		return list, nil
	}
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(P(&list[b]).weight(), P(&list[a]).weight()) })
	stays := make([]bool, len(list))
	n, room := 1, within.bytes // the rest is one of them
	for _, i := range order {
		entry := P(&list[i])
		if entry.isRest() {
			continue
		}
		if n++; n > within.entries {
			break
		}
		if room -= entry.size(); room < 0 {
			break
		}
		stays[i] = true
	}
	for i := range list {
		if stays[i] {
			kept = append(kept, list[i])
		} else {
			cut = append(cut, list[i])
		}
	}
	return kept, cut
}

// sizeOf returns about how many bytes a list takes when it is stored.
func sizeOf[T any, P boundable[T]](list []T) int {
	size := 0
	for i := range list {
		size += P(&list[i]).size()
	}
	return size
}

// entrySize is about what an entry of a stored list takes besides its texts and
// sets, and fieldSize what a field of it takes.
const (
	entrySize = 24
	fieldSize = 20
)

func (s Ordinals) size() int {
	if s.bits == nil {
		return 0
	}
	return fieldSize + int(s.bits.GetSerializedSizeInBytes())
}

func (t *Tally) size() int { return fieldSize + t.U.size() }

func (s *LiveSessions) size() int    { return entrySize + len(s.Name) + s.Sessions.size() }
func (s *LiveSessions) weight() int  { return s.Sessions.Count() }
func (s *LiveSessions) isRest() bool { return s.Name == otherSources }
func (s *LiveSessions) becomeRest()  { s.Name = otherSources }

func (s *SKUTally) size() int {
	return entrySize + len(s.SKU) + s.Clicks.size() + 5*fieldSize + len(s.Sales)*(entrySize+2*fieldSize)
}

// weight: what was displayed stays before all else, since sales are divided by it.
func (s *SKUTally) weight() int {
	return s.Displayed<<32 + s.Clicks.N + s.Added + s.Removed + s.Purchases
}
func (s *SKUTally) isRest() bool { return s.SKU == "" }
func (s *SKUTally) becomeRest()  { s.SKU = "" }

func (c *CartTally) size() int { return entrySize + len(c.ID) + len(c.EventID) + 5*fieldSize }

// weight: all carts are alike. The first by id stay, so that it is the same ones in
// each bucket.
func (c *CartTally) weight() int  { return 0 }
func (c *CartTally) isRest() bool { return false }
func (c *CartTally) becomeRest()  {}

func (b *BasketTally) size() int    { return entrySize + len(b.SKUs) + fieldSize }
func (b *BasketTally) weight() int  { return b.Count }
func (b *BasketTally) isRest() bool { return false }
func (b *BasketTally) becomeRest()  {}

func (i *InteractionTally) size() int {
	return entrySize + len(i.InteractionID) + i.Participants.size() + i.Winners.size() + sizeOf(i.Options)
}
func (i *InteractionTally) weight() int  { return i.Participants.Count() }
func (i *InteractionTally) isRest() bool { return i.InteractionID == "" }
func (i *InteractionTally) becomeRest()  { i.InteractionID = "" }

func (t *OptionTally) size() int    { return entrySize + len(t.Option) + fieldSize }
func (t *OptionTally) weight() int  { return t.Count }
func (t *OptionTally) isRest() bool { return t.Option == otherOptions }
func (t *OptionTally) becomeRest()  { t.Option = otherOptions }

func (g *GoalTally) size() int { return entrySize + len(g.UID) + len(g.Name) + fieldSize }

// weight: the goal that purchases are reported with stays before all others.
func (g *GoalTally) weight() int {
	if g.Name == VisitorPurchased {
		return math.MaxInt
	}
	return g.Count
}
func (g *GoalTally) isRest() bool { return g.UID == "" }
func (g *GoalTally) becomeRest()  { g.UID, g.Name = "", otherGoals }

// size returns about how many bytes the lists of a bucket take that senders can
// make long.
func (b *LiveBucket) size() int {
	return sizeOf(b.Sources) + sizeOf(b.Products) + sizeOf(b.Carts) + sizeOf(b.Baskets) + sizeOf(b.Interactions)
}

// boundNumbers bounds how much a bucket tells apart.
func (b *LiveBucket) boundNumbers() {
	b.Sources = withRest(b.Sources, sourcesBound.anySize())
	b.Products = withRest(b.Products, skusBound.anySize())
	b.Interactions = boundOptions(withRest(b.Interactions, interactionsBound.anySize()))
}

// boundLists bounds how much a bucket that will be stored tells apart and, where it
// would come near what a document holds, the size of it.
//
// Carts beyond it are counted with their amounts alone: one that changes in
// several buckets then counts in each. Of baskets beyond it those are forgotten
// that were seldom bought: a transaction with two sizes of a product may then count
// twice for it.
func (b *LiveBucket) boundLists() {
	b.boundNumbers()
	if b.size() <= maxBucket {
		return
	}
	b.Sources = withRest(b.Sources, sourcesBound)
	b.Products = withRest(b.Products, skusBound)
	b.Interactions = withRest(b.Interactions, interactionsBound)
	b.Baskets, _ = divide(b.Baskets, basketsBound)
	b.boundCarts()
}

func (b *LiveBucket) boundCarts() {
	kept, cut := divide(b.Carts, cartsBound)
	amounts := map[string]*AmountTally{}
	for i := range b.MoreCarts {
		entryOf(amounts, b.MoreCarts[i].Currency, AmountTally{}).merge(&b.MoreCarts[i])
	}
	for i := range cut {
		if cut[i].Added {
			entryOf(amounts, cut[i].Amount.Currency, AmountTally{}).add(cut[i].Amount)
		}
	}
	b.Carts, b.MoreCarts = kept, sortedValues(amounts)
}

// boundOptions bounds the options of all interactions together; those given stay
// as they are.
func boundOptions(interactions []InteractionTally) []InteractionTally {
	options := 0
	for i := range interactions {
		options += len(interactions[i].Options)
	}
	if options <= maxOptions {
		return interactions
	}
	each := optionsBound
	each.entries = max(each.entries/len(interactions), 2)
	interactions = slices.Clone(interactions)
	for i := range interactions {
		interactions[i].Options = withRest(interactions[i].Options, each)
	}
	return interactions
}

// boundLists bounds how many goals a bucket tells apart.
func (b *WorkflowBucket) boundLists() {
	b.Triggered = withRest(b.Triggered, goalsBound)
	b.Affected = withRest(b.Affected, goalsBound)
}
