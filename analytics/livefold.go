package analytics

import (
	"math"
	"slices"
	"strings"
	"time"
)

// LiveActivity is what happened in a live event, as far as the fold of its
// buckets needs it. Each list may hold more than the span asked for, in any
// order, and the same thing several times: the fold takes what belongs to the
// bucket, once.
type LiveActivity struct {
	LiveEventID string
	Timeline    LiveTimeline
	// Events are those that name the live event. The fold needs those whose time
	// lies in the span; message_sent and purchase are not read here.
	Events []*Event
	// Messages are the chat of the live event: of two events with one message id
	// one message stands, and only all of them tell which.
	Messages []*ChatMessage
	// Sessions are those of the live event whose Span touches the bucket's.
	Sessions []*LiveSession
	// Purchases are those of the whole organization that were made in the span and
	// whose Live names the live event.
	Purchases []*Purchase
	// Visitor returns the dense number of a visitor within the live event. It is
	// asked for each visitor of the lists above and answers the same each time.
	Visitor func(visitorID string) uint32
}

// FoldLiveBucket returns the bucket of one phase and one span of time; the span
// need not be that of a stored bucket.
func FoldLiveBucket(a *LiveActivity, phase LivePhase, span Period) *LiveBucket {
	f := &liveFold{
		LiveActivity: a,
		phase:        phase,
		span:         span,
		window:       a.Timeline.Phase(phase).intersect(span),
		devices:      map[string]*LiveSessions{},
		sources:      map[string]*LiveSessions{},
		widgets:      map[string]*WidgetTally{},
		products:     map[string]*SKUTally{},
		carts:        map[string]*CartTally{},
		paid:         map[string]*AmountTally{},
		baskets:      map[string]*BasketTally{},
		interactions: map[string]*InteractionTally{},
		options:      map[string]map[string]*OptionTally{},
		minutes:      map[int64]*MinuteTally{},
	}
	f.foldEvents()
	f.foldMessages()
	f.foldSessions()
	f.foldPurchases()
	return f.bucket()
}

// liveFold is a bucket in the making: its lists by key.
type liveFold struct {
	*LiveActivity
	phase  LivePhase
	span   Period // of purchases, which are placed by their own time alone
	window Period // of everything else: the part of the span in the phase
	b      LiveBucket

	devices, sources map[string]*LiveSessions
	widgets          map[string]*WidgetTally
	products         map[string]*SKUTally
	carts            map[string]*CartTally
	paid             map[string]*AmountTally
	baskets          map[string]*BasketTally
	interactions     map[string]*InteractionTally
	options          map[string]map[string]*OptionTally // by interaction
	minutes          map[int64]*MinuteTally
	lastMinute       *MinuteTally
}

// bucket returns the finished bucket.
func (f *liveFold) bucket() *LiveBucket {
	for id, options := range f.options {
		f.interactions[id].Options = sortedValues(options)
	}
	f.b.Devices = sortedValues(f.devices)
	f.b.Sources = sortedValues(f.sources)
	f.b.Widgets = sortedValues(f.widgets)
	f.b.Products = sortedValues(f.products)
	f.b.Carts = sortedValues(f.carts)
	f.b.Paid = sortedValues(f.paid)
	f.b.Baskets = sortedValues(f.baskets)
	f.b.Interactions = sortedValues(f.interactions)
	f.b.Minutes = sortedValues(f.minutes)
	f.b.boundLists()
	return &f.b
}

// counts reports whether a moment belongs to the bucket.
func (f *liveFold) counts(at time.Time) bool {
	return f.window.Contains(at) && !f.Timeline.wipedAt(at)
}

// entryOf returns the entry of a key, new where there was none.
func entryOf[K comparable, T any](m map[K]*T, key K, fresh T) *T {
	entry := m[key]
	if entry == nil {
		entry = &fresh
		m[key] = entry
	}
	return entry
}

func (f *liveFold) product(sku string) *SKUTally {
	return entryOf(f.products, sku, SKUTally{SKU: sku})
}

// minute returns the figures of the clock minute of a moment.
func (f *liveFold) minute(at time.Time) *MinuteTally {
	key := at.Truncate(time.Minute).Unix()
	if f.lastMinute == nil || f.lastMinute.Minute != key {
		f.lastMinute = entryOf(f.minutes, key, MinuteTally{Minute: key})
	}
	return f.lastMinute
}

// foldEvents counts each event of the window once.
func (f *liveFold) foldEvents() {
	seen := make(map[string]bool, len(f.Events))
	subject := LiveEventSubject(f.LiveEventID)
	for _, e := range f.Events {
		if e.Subject != subject || !f.counts(e.At) || seen[e.EventID] {
			continue
		}
		seen[e.EventID] = true
		f.foldEvent(e)
	}
}

// maxTeaser bounds what one teaser_watched can add, so that no sender can make
// the sum overflow: a year, in milliseconds.
const maxTeaser = 366 * 24 * 60 * 60 * 1000

func (f *liveFold) foldEvent(e *Event) {
	b, d, visitor := &f.b, &e.Data, uint32(0)
	if e.VisitorID != "" {
		visitor = f.Visitor(e.VisitorID)
	}
	switch e.Type {
	case WidgetViewed:
		f.widget(d.Widget).Viewed.add(visitor)
	case WidgetClicked:
		f.widget(d.Widget).Clicks.add(visitor)
	case TeaserWatched:
		b.Teaser.add(visitor)
		if d.Seconds != nil {
			b.TeaserTime += int64(math.Round(min(*d.Seconds*1000, maxTeaser)))
		}
	case AlertOpened:
		b.AlertOpened.add(visitor)
	case SMSSubscribed:
		b.SMS.add(visitor)
		if d.CommercialOptin != nil && *d.CommercialOptin {
			b.SMSOptin.add(visitor)
		}
		f.minute(e.At).SMS++
	case CalendarSubscribed:
		b.Calendar.add(visitor)
		f.minute(e.At).Calendar++
	case Shared:
		b.Shares++
		b.Engaged.Add(visitor)
	case Liked:
		b.Likes += d.Count
		b.Engaged.Add(visitor)
	case CatalogOpened:
		b.CatalogOpened++
		b.Engaged.Add(visitor)
	case ProductDisplayed:
		f.product(d.SKU).Displayed++
	case ProductClicked:
		f.product(d.SKU).Clicks.add(visitor)
		f.minute(e.At).Clicks++
		b.Engaged.Add(visitor)
	case AddedToCart, RemovedFromCart:
		f.foldCartChange(e, visitor)
	case SurveyShown:
		b.SurveyShown.Add(visitor)
	case SurveyAnswered:
		f.foldSurvey(e, visitor)
	case PollAnswered:
		f.interaction(d.InteractionID).Participants.Add(visitor)
		options := f.options[d.InteractionID]
		if options == nil {
			options = map[string]*OptionTally{}
			f.options[d.InteractionID] = options
		}
		entryOf(options, d.Option, OptionTally{Option: d.Option}).Count++
		b.Engaged.Add(visitor)
	case WinningInstantPlayed:
		played := f.interaction(d.InteractionID)
		played.Participants.Add(visitor)
		if d.Won != nil && *d.Won {
			played.Winners.Add(visitor)
		}
	}
}

func (f *liveFold) widget(name string) *WidgetTally {
	return entryOf(f.widgets, name, WidgetTally{Widget: name})
}

func (f *liveFold) interaction(id string) *InteractionTally {
	return entryOf(f.interactions, id, InteractionTally{InteractionID: id})
}

// foldCartChange takes the cart as it is after the change, unless a later change
// is known.
func (f *liveFold) foldCartChange(e *Event, visitor uint32) {
	added := e.Type == AddedToCart
	if added {
		f.product(e.Data.SKU).Added++
		f.b.Carters.Add(visitor)
		f.b.Engaged.Add(visitor)
	} else {
		f.product(e.Data.SKU).Removed++
	}
	if c := e.Data.Cart; c != nil {
		change := CartTally{ID: c.ID, At: e.At, EventID: e.EventID, Amount: c.Amount, Added: added}
		entryOf(f.carts, c.ID, CartTally{}).merge(&change)
	}
}

func (f *liveFold) foldSurvey(e *Event, visitor uint32) {
	f.b.Attendees.Add(visitor)
	if e.HasComment() {
		f.b.Comments++
	}
	if e.Data.Rating == nil {
		return
	}
	if rating := int(*e.Data.Rating); rating >= 1 && rating <= ratingScale {
		if f.b.Ratings == nil {
			f.b.Ratings = make([]int, ratingScale)
		}
		f.b.Ratings[rating-1]++
	}
}

// foldMessages counts the chat.
func (f *liveFold) foldMessages() {
	subject := LiveEventSubject(f.LiveEventID)
	for _, m := range standingMessages(f.Messages) {
		switch {
		case m.Subject != subject || !f.counts(m.At):
		case m.Author == ByBrand:
			f.b.BrandAnswers++
		case m.Author == ByViewer:
			visitor := f.Visitor(m.VisitorID)
			f.b.Messages.add(visitor)
			f.b.Engaged.Add(visitor)
			if strings.Contains(m.Text, "?") {
				f.b.Questions.add(visitor)
			}
		}
	}
}

// standingMessages returns each message once: of several with one id the one
// with the smallest rank stands, as in the chat itself.
func standingMessages(messages []*ChatMessage) map[string]*ChatMessage {
	standing := make(map[string]*ChatMessage, len(messages))
	for _, m := range messages {
		if known := standing[m.NativeID]; known == nil || m.Rank < known.Rank {
			standing[m.NativeID] = m
		}
	}
	return standing
}

// belongs reports whether a purchase is attributed to a phase of the live event.
func (a *LiveActivity) belongs(p *Purchase, phase LivePhase) bool {
	return p.Live != nil && p.Live.LiveEventID == a.LiveEventID && a.Timeline.PhaseAt(p.Live.WatchedAt) == phase
}

// foldPurchases counts the transactions made in the span whose visitor last
// watched the bucket's phase before. The series show those made in the phase.
func (f *liveFold) foldPurchases() {
	seen := make(map[string]bool, len(f.Purchases))
	for _, p := range f.Purchases {
		if !f.span.Contains(p.At) || !f.belongs(p, f.phase) || seen[p.TransactionID] {
			continue
		}
		seen[p.TransactionID] = true
		f.b.Purchases.add(f.Visitor(p.VisitorID))
		entryOf(f.paid, p.Total.Currency, AmountTally{}).add(p.Total)
		if f.window.Contains(p.At) {
			f.minute(p.At).Purchases++
		}
		f.foldLines(p.Lines)
	}
}

func (f *liveFold) foldLines(lines []PurchaseLine) {
	skus := make([]string, 0, len(lines))
	for _, line := range lines {
		product := f.product(line.SKU)
		if !slices.Contains(skus, line.SKU) {
			skus = append(skus, line.SKU)
			product.Purchases++
		}
		product.Quantity += line.Quantity
		product.Sales = addMoney(product.Sales, line.Sales)
	}
	if len(skus) > 1 {
		slices.Sort(skus)
		key := strings.Join(skus, basketSeparator)
		entryOf(f.baskets, key, BasketTally{SKUs: key}).Count++
	}
}
