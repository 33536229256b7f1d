package analytics

import (
	"strings"
	"time"
)

// LiveBucket is everything the metrics of one phase of a live event need for one
// span of time. The zero value is the empty bucket: nothing happened. Buckets of
// spans that do not overlap merge to the bucket of all of them, in any order and
// grouping, so that every metric is a function of merged buckets.
//
// What makes each kind of quantity mergeable:
//
//   - How often something happened, sums of likes, seconds, money: they add up.
//   - Who did it: sets of ordinals, which unite. A rate among viewers is the
//     intersection of two united sets, so it is exact over any period.
//   - How many sessions: sets as well, of session ordinals. A session present in
//     many buckets is one session; one that comes back after an hour too.
//   - Watched time and concurrency: a session is cut at the edges of the bucket,
//     so watched times add up, and the peak of a longer span is the largest of
//     the peaks. That a session was there already when the bucket began is known
//     from the stretches of the session, which the fold takes as they are.
//   - Carts at their last amount: neither sums nor differences would do, as a
//     cart counts at its last amount within whatever period is asked for. Each
//     cart that changed in the span stands in the bucket with its last change;
//     of two the later one wins. Sums, extremes and means come at the end.
//   - Money of purchases: count, sum and extremes per currency. Each transaction
//     is in one bucket only, that of its own time, so no set of transactions is
//     needed, except for products that several SKUs mean: transactions of more
//     than one SKU are kept as baskets, so that one that holds two sizes of a
//     product is still one purchase of it.
//   - Series: steps are made of clock minutes whatever the time zone, so figures
//     are kept by minute within the bucket, sparsely.
type LiveBucket struct {
	Watched  int64     `bson:"watched,omitempty"`  // presence in milliseconds, over all sessions
	Peak     int       `bson:"peak,omitempty"`     // the most sessions present at once
	LastSign time.Time `bson:"lastSign,omitempty"` // of a counted session, zero for none
	// Viewers are the visitors of the sessions that were present or started.
	Viewers Ordinals       `bson:"viewers,omitempty"`
	Devices []LiveSessions `bson:"devices,omitempty"`
	Sources []LiveSessions `bson:"sources,omitempty"`

	Widgets     []WidgetTally `bson:"widgets,omitempty"`
	Teaser      Tally         `bson:"teaser,omitempty"`
	TeaserTime  int64         `bson:"teaserTime,omitempty"` // milliseconds
	AlertOpened Tally         `bson:"alertOpened,omitempty"`
	SMS         Tally         `bson:"sms,omitempty"`
	SMSOptin    Tally         `bson:"smsOptin,omitempty"` // subscriptions with the commercial opt-in
	Calendar    Tally         `bson:"calendar,omitempty"`

	Shares        int      `bson:"shares,omitempty"`
	Likes         int64    `bson:"likes,omitempty"`
	CatalogOpened int      `bson:"catalogOpened,omitempty"`
	Messages      Tally    `bson:"messages,omitempty"`  // of viewers
	Questions     Tally    `bson:"questions,omitempty"` // those with a question mark
	BrandAnswers  int      `bson:"brandAnswers,omitempty"`
	Engaged       Ordinals `bson:"engaged,omitempty"` // did anything that engagementRate counts

	Products []SKUTally  `bson:"products,omitempty"`
	Carts    []CartTally `bson:"carts,omitempty"`
	Carters  Ordinals    `bson:"carters,omitempty"` // put something into a cart
	// MoreCarts are the carts that are too many to be told apart.
	MoreCarts []AmountTally `bson:"moreCarts,omitempty"`

	Purchases Tally         `bson:"purchases,omitempty"`
	Paid      []AmountTally `bson:"paid,omitempty"`
	Baskets   []BasketTally `bson:"baskets,omitempty"`

	SurveyShown  Ordinals           `bson:"surveyShown,omitempty"`
	Attendees    Ordinals           `bson:"attendees,omitempty"` // answered the survey
	Ratings      []int              `bson:"ratings,omitempty"`   // answers by rating, 1 first; nil or five
	Comments     int                `bson:"comments,omitempty"`
	Interactions []InteractionTally `bson:"interactions,omitempty"`

	Minutes []MinuteTally `bson:"minutes,omitempty"`
}

// Tally is how often something happened and which visitors did it: n and u.
type Tally struct {
	N int      `bson:"n"`
	U Ordinals `bson:"u,omitempty"`
}

// IsZero reports whether it never happened; such a tally is not stored.
func (t Tally) IsZero() bool { return t.N == 0 && t.U.IsZero() }

func (t *Tally) add(visitor uint32) {
	t.N++
	t.U.Add(visitor)
}

func (t *Tally) merge(o *Tally) {
	t.N += o.N
	t.U.Merge(o.U)
}

// LiveSessions are the sessions with one device or from one source.
type LiveSessions struct {
	Name     string   `bson:"name"` // empty: unknown
	Sessions Ordinals `bson:"sessions"`
}

func (s *LiveSessions) key() string { return s.Name }

func (s *LiveSessions) merge(o *LiveSessions) {
	s.Name = o.Name
	s.Sessions.Merge(o.Sessions)
}

// WidgetTally is what happened with one widget.
type WidgetTally struct {
	Widget string `bson:"widget"`
	Viewed Tally  `bson:"viewed,omitempty"`
	Clicks Tally  `bson:"clicks,omitempty"`
}

func (w *WidgetTally) key() string { return w.Widget }

func (w *WidgetTally) merge(o *WidgetTally) {
	w.Widget = o.Widget
	w.Viewed.merge(&o.Viewed)
	w.Clicks.merge(&o.Clicks)
}

// SKUTally is what happened with one SKU.
type SKUTally struct {
	SKU       string  `bson:"sku"`
	Displayed int     `bson:"displayed,omitempty"`
	Clicks    Tally   `bson:"clicks,omitempty"`
	Added     int     `bson:"added,omitempty"`
	Removed   int     `bson:"removed,omitempty"`
	Purchases int     `bson:"purchases,omitempty"` // transactions that hold it
	Quantity  int64   `bson:"quantity,omitempty"`
	Sales     []Money `bson:"sales,omitempty"` // price x quantity, by currency
}

func (s *SKUTally) key() string { return s.SKU }

func (s *SKUTally) merge(o *SKUTally) {
	s.SKU = o.SKU
	s.Displayed += o.Displayed
	s.Clicks.merge(&o.Clicks)
	s.Added += o.Added
	s.Removed += o.Removed
	s.Purchases += o.Purchases
	s.Quantity += o.Quantity
	for _, m := range o.Sales {
		s.Sales = addMoney(s.Sales, m)
	}
}

// CartTally is one cart at its last change in the span: At and EventID are the
// rank of that change.
type CartTally struct {
	ID      string    `bson:"id"`
	At      time.Time `bson:"at"`
	EventID string    `bson:"event"`
	Amount  Money     `bson:"amount"`
	Added   bool      `bson:"added,omitempty"` // something was put into it in the span
}

func (c *CartTally) key() string { return c.ID }

func (c *CartTally) merge(o *CartTally) {
	added := c.Added || o.Added
	if c.ID == "" || o.At.After(c.At) || o.At.Equal(c.At) && o.EventID > c.EventID {
		*c = *o
	}
	c.Added = added
}

// AmountTally is what amounts of one currency come to.
type AmountTally struct {
	Currency string `bson:"currency"`
	Count    int    `bson:"count"`
	Sum      int64  `bson:"sum"`
	Most     int64  `bson:"most"`
	Least    int64  `bson:"least"`
}

func (a *AmountTally) key() string { return a.Currency }

func (a *AmountTally) merge(o *AmountTally) {
	if a.Count == 0 {
		*a = *o
		return
	}
	a.Count += o.Count
	a.Sum += o.Sum
	a.Most = max(a.Most, o.Most)
	a.Least = min(a.Least, o.Least)
}

func (a *AmountTally) add(m Money) {
	a.merge(&AmountTally{Currency: m.Currency, Count: 1, Sum: m.Minor, Most: m.Minor, Least: m.Minor})
}

// BasketTally counts the transactions that hold exactly these SKUs, two or more.
type BasketTally struct {
	SKUs  string `bson:"skus"` // in order, joined by basketSeparator
	Count int    `bson:"count"`
}

// basketSeparator stands in no SKU: intake refuses it there.
const basketSeparator = ";"

func (b *BasketTally) key() string { return b.SKUs }

func (b *BasketTally) merge(o *BasketTally) {
	b.SKUs = o.SKUs
	b.Count += o.Count
}

func (b *BasketTally) list() []string { return strings.Split(b.SKUs, basketSeparator) }

// InteractionTally is what viewers did in one poll or winning instant.
type InteractionTally struct {
	InteractionID string        `bson:"id"`
	Options       []OptionTally `bson:"options,omitempty"`
	Participants  Ordinals      `bson:"participants"`
	Winners       Ordinals      `bson:"winners,omitempty"`
}

func (i *InteractionTally) key() string { return i.InteractionID }

func (i *InteractionTally) merge(o *InteractionTally) {
	i.InteractionID = o.InteractionID
	i.Options = mergeSorted[string](i.Options, o.Options)
	i.Participants.Merge(o.Participants)
	i.Winners.Merge(o.Winners)
}

// OptionTally counts the answers for one option of a poll.
type OptionTally struct {
	Option string `bson:"option"`
	Count  int    `bson:"count"`
}

func (t *OptionTally) key() string { return t.Option }

func (t *OptionTally) merge(o *OptionTally) {
	t.Option = o.Option
	t.Count += o.Count
}

// MinuteTally is what series show of one clock minute, as far as it lies in
// phase and period.
type MinuteTally struct {
	Minute    int64    `bson:"minute"` // its start in Unix seconds
	Peak      int      `bson:"peak,omitempty"`
	Starters  Ordinals `bson:"starters,omitempty"` // visitors whose session started
	Clicks    int      `bson:"clicks,omitempty"`   // on products
	Purchases int      `bson:"purchases,omitempty"`
	SMS       int      `bson:"sms,omitempty"`
	Calendar  int      `bson:"calendar,omitempty"`
}

func (m *MinuteTally) key() int64 { return m.Minute }

func (m *MinuteTally) merge(o *MinuteTally) {
	m.Minute = o.Minute
	m.Peak = max(m.Peak, o.Peak)
	m.Starters.Merge(o.Starters)
	m.Clicks += o.Clicks
	m.Purchases += o.Purchases
	m.SMS += o.SMS
	m.Calendar += o.Calendar
}
