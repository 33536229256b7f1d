package export

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"cartograph/analytics"
)

// usersHeader names the columns of the sheet USERS. From first_name on they say
// who a visitor is, and are empty without pii:read.
var usersHeader = []string{"visitor_id", "visits", "watched_seconds", "messages", "product_clicks", "add_to_carts", "purchases", "sales_value", "sales_currency",
	"first_name", "phone", "email", "optin"}

// userFact is something that a visitor did, as it waits for the visitor's turn.
type userFact struct {
	VisitorID, SessionID string
	ID                   string // of the event or of the transaction
	Type                 analytics.EventType
	At                   time.Time
	MessageID            string
	Paid                 *analytics.Money
	FirstName            string
	Phone, Email         string
	Optin                string // TRUE, FALSE, or nothing said
}

// users returns a row for each visitor of a live event, in no order that means
// anything. What visitors did is spread over temporary files by who they are, and
// then added up file by file.
func (h *Handler) users(ctx context.Context, e *analytics.Export, liveEvent *analytics.LiveEvent) iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		parts, err := newParts()
		if err != nil {
			yield(nil, err)
			return
		}
		defer parts.close()
		if err := h.spread(ctx, e, parts); err != nil {
			yield(nil, err)
			return
		}
		counting := &userCount{liveEvent: liveEvent, period: e.Period}
		for part := range parts {
			facts, err := parts[part].read()
			if err != nil {
				yield(nil, err)
				return
			}
			for _, u := range counting.users(facts) {
				if !yield(u.cells(e.Personal), nil) {
					return
				}
			}
		}
	}
}

// spread reads everything that names the live event, and the purchases that
// belong to it.
func (h *Handler) spread(ctx context.Context, e *analytics.Export, parts *parts) error {
	events := func(ctx context.Context, after string, size int) ([]*analytics.Event, string, error) {
		return h.store.LiveEventBatch(ctx, e.Reach(), e.LiveEventID, after, size)
	}
	for event, err := range all(ctx, events) {
		if err != nil {
			return err
		}
		if err := parts.add(factOf(event)); err != nil {
			return err
		}
	}
	purchases, err := h.store.LivePurchases(ctx, e.Reach(), e.LiveEventID)
	if err != nil {
		return err
	}
	for _, purchase := range purchases {
		fact := userFact{VisitorID: purchase.VisitorID, ID: purchase.TransactionID, At: purchase.At, Paid: &purchase.Total}
		if err := parts.add(fact); err != nil {
			return err
		}
	}
	return nil
}

// factOf returns what an event says of its visitor.
func factOf(event *analytics.Event) userFact {
	d := &event.Data
	fact := userFact{VisitorID: event.VisitorID, SessionID: event.SessionID, ID: event.EventID, Type: event.Type, At: event.At}
	switch event.Type {
	case analytics.ViewerIdentified:
		fact.FirstName, fact.Phone, fact.Email, fact.Optin = d.FirstName, d.Phone, d.Email, answered(d.Optin)
	case analytics.SMSSubscribed:
		fact.Phone, fact.Optin = d.Phone, answered(d.CommercialOptin)
	case analytics.ProductDisplayed, analytics.ProductHidden:
		fact.VisitorID = "" // whoever directs the broadcast is no visitor
	case analytics.MessageSent:
		fact.MessageID = d.MessageID
		if d.Author != analytics.ByViewer { // the brand is no visitor
			fact.VisitorID = ""
		}
	}
	return fact
}

// answered returns a yes or a no as the file shows it, "" for neither.
func answered(yes *bool) string {
	if yes == nil {
		return ""
	}
	return flag(*yes).text
}

// user is a visitor in the making.
type user struct {
	id                                 string
	seen                               bool // did anything in the period
	visits                             int
	watched                            time.Duration
	messages, clicks, carts, purchases int
	paid                               analytics.MoneySums
	firstName, phone, email, optin     string
}

// userCount adds up what visitors did in a live event and a period.
type userCount struct {
	liveEvent *analytics.LiveEvent
	period    *analytics.Period
}

// users returns the visitors that facts are of, by id. Of facts about who they
// are the later ones win.
func (c *userCount) users(facts []userFact) []*user {
	slices.SortFunc(facts, func(a, b userFact) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.ID, b.ID))
	})
	users := map[string]*user{}
	of := func(id string) *user {
		if users[id] == nil {
			users[id] = &user{id: id, paid: analytics.MoneySums{}}
		}
		return users[id]
	}
	messages := map[string]bool{}
	sessions := map[string][]*analytics.Event{}
	for i := range facts {
		fact := &facts[i]
		if fact.SessionID != "" {
			sessions[fact.SessionID] = append(sessions[fact.SessionID], c.sign(fact))
		}
		if c.counts(fact.At) || fact.Paid != nil && c.within(fact.At) {
			of(fact.VisitorID).take(fact, messages)
		}
	}
	for id, signs := range sessions {
		s := analytics.FoldLiveSession(c.liveEvent.LiveEventID, id, c.liveEvent.Wiped, signs)
		if s == nil || s.Start == nil {
			continue
		}
		if watched, visited := c.presence(s); visited {
			u := of(s.Start.VisitorID)
			u.seen = true
			u.visits++
			u.watched += watched
		}
	}
	return slices.SortedFunc(seen(maps.Values(users)), func(a, b *user) int { return strings.Compare(a.id, b.id) })
}

// seen returns the visitors who did anything.
func seen(users iter.Seq[*user]) iter.Seq[*user] {
	return func(yield func(*user) bool) {
		for u := range users {
			if u.seen && !yield(u) {
				return
			}
		}
	}
}

// sign returns a fact as the sign of life of a session.
func (c *userCount) sign(fact *userFact) *analytics.Event {
	return &analytics.Event{
		EventID: fact.ID, Type: fact.Type, At: fact.At, VisitorID: fact.VisitorID, SessionID: fact.SessionID,
		Subject: analytics.LiveEventSubject(c.liveEvent.LiveEventID),
	}
}

// within reports whether a moment lies in the period.
func (c *userCount) within(at time.Time) bool { return c.period == nil || c.period.Contains(at) }

// counts reports whether what happened at a moment counts: in the period, and in
// no broadcast that was reset.
func (c *userCount) counts(at time.Time) bool {
	return c.within(at) && !slices.ContainsFunc(c.liveEvent.Wiped, func(p analytics.Period) bool { return p.Contains(at) })
}

// presence returns how long a session was present in the period, and whether it
// was or started in it.
func (c *userCount) presence(s *analytics.LiveSession) (watched time.Duration, visited bool) {
	visited = c.counts(s.Start.At)
	for _, stretch := range s.Stretches {
		from, to := stretch.From, stretch.To
		if c.period != nil {
			from, to = latest(from, c.period.Start), earliest(to, c.period.End)
		}
		if !to.After(from) {
			continue
		}
		visited = true
		watched += to.Sub(from)
		for _, wiped := range c.liveEvent.Wiped {
			if cut := earliest(to, wiped.End).Sub(latest(from, wiped.Start)); cut > 0 {
				watched -= cut
			}
		}
	}
	return watched, visited
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// take adds something that the visitor did.
func (u *user) take(fact *userFact, messages map[string]bool) {
	u.seen = true
	switch {
	case fact.Paid != nil:
		u.purchases++
		u.paid = u.paid.Add(*fact.Paid)
	case fact.Type == analytics.MessageSent && !messages[fact.MessageID]:
		messages[fact.MessageID] = true
		u.messages++
	case fact.Type == analytics.ProductClicked:
		u.clicks++
	case fact.Type == analytics.AddedToCart:
		u.carts++
	}
	u.firstName = cmp.Or(fact.FirstName, u.firstName)
	u.phone = cmp.Or(fact.Phone, u.phone)
	u.email = cmp.Or(fact.Email, u.email)
	u.optin = cmp.Or(fact.Optin, u.optin)
}

// cells returns the row of the visitor.
func (u *user) cells(personal bool) []Cell {
	var values, currencies []string
	for _, money := range u.paid.List() {
		values, currencies = append(values, money.Amount()), append(currencies, money.Currency)
	}
	sales := Text(strings.Join(values, ";"))
	if len(values) == 1 {
		sales = Decimal(values[0])
	}
	seconds := u.watched.Seconds()
	row := []Cell{Text(u.id), Int(u.visits), Float(&seconds), Int(u.messages), Int(u.clicks), Int(u.carts), Int(u.purchases),
		sales, Text(strings.Join(currencies, ";")), {}, {}, {}, {}}
	if personal {
		row[9], row[10], row[11], row[12] = Text(u.firstName), Text(u.phone), Text(u.email), Text(u.optin)
	}
	return row
}
