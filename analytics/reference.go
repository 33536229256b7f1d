package analytics

import "time"

// Origin says how well a reference record is known.
type Origin string

// FromCatalog: the record came from the catalog. Seen: something mentioned the
// id before its record came, so that the id stands in for the name.
const (
	FromCatalog Origin = "catalog"
	Seen        Origin = "seen"
)

// Agent is a member of the store's staff who takes calls.
type Agent struct {
	Key        string `bson:"_id"`
	Org        string `bson:"org"`
	AgentID    string `bson:"id"`
	Name       string `bson:"name"`
	NameKey    string `bson:"nameKey"` // lower case, for the order by name
	Email      Text   `bson:"email,omitempty"`
	ExternalID Text   `bson:"externalId,omitempty"`
	Origin     Origin `bson:"origin"`
}

// Queue is a line that shoppers wait in until an agent takes their call.
type Queue struct {
	Key     string `bson:"_id"`
	Org     string `bson:"org"`
	QueueID string `bson:"id"`
	Name    string `bson:"name"`
	NameKey string `bson:"nameKey"`
	Origin  Origin `bson:"origin"`
}

// Product is an article of the shop with its variations. What is sold, and what
// events name, is the SKU of a size, of a variation or of the product itself.
type Product struct {
	Key         string      `bson:"_id"`
	Org         string      `bson:"org"`
	SKU         string      `bson:"id"`
	Name        string      `bson:"name"`
	NameKey     string      `bson:"nameKey"`
	BrandName   Text        `bson:"brandName,omitempty"`
	Description Text        `bson:"description,omitempty"`
	URL         Text        `bson:"url,omitempty"`
	ImageURLs   []string    `bson:"imageUrls,omitempty"`
	Price       *Price      `bson:"price,omitempty"`
	Variations  []Variation `bson:"variations,omitempty"`
	// SKUs are all SKUs that mean this product: its own, its variations' and
	// their sizes'.
	SKUs   []string `bson:"skus"`
	Origin Origin   `bson:"origin"`
}

// Variation is a product along its first axis, such as a colour.
type Variation struct {
	SKU        string      `bson:"sku"`
	Name       Text        `bson:"name,omitempty"`
	Attributes []Attribute `bson:"attributes,omitempty"`
	ImageURLs  []string    `bson:"imageUrls,omitempty"`
	Sizes      []Size      `bson:"sizes,omitempty"`
}

// Attribute is a named property of a variation, such as a colour's hex code.
type Attribute struct {
	Name  string `bson:"name"`
	Value string `bson:"value"`
}

// Size is a variation along its second axis: what can be put into a cart.
type Size struct {
	SKU     string `bson:"sku"`
	Name    Text   `bson:"name,omitempty"`
	InStock *bool  `bson:"inStock,omitempty"` // nil: unknown
	Price   *Price `bson:"price,omitempty"`
}

// Price is what an article costs now and, where it is reduced, what it cost.
type Price struct {
	Current  Money  `bson:"current"`
	Original *Money `bson:"original,omitempty"`
}

// LiveEvent is a live shopping event: a prelive page, a broadcast, a replay.
type LiveEvent struct {
	Key         string   `bson:"_id"`
	Org         string   `bson:"org"`
	LiveEventID string   `bson:"id"`
	Name        string   `bson:"name"`
	Description Text     `bson:"description,omitempty"`
	ImageURLs   []string `bson:"imageUrls,omitempty"`
	TeaserURL   Text     `bson:"teaserUrl,omitempty"`
	// At orders lists: the start, else the scheduled start.
	At          time.Time  `bson:"at"`
	ScheduledAt *time.Time `bson:"scheduledAt,omitempty"`
	StartedAt   *time.Time `bson:"startedAt,omitempty"`
	EndedAt     *time.Time `bson:"endedAt,omitempty"`
	Currency    Text       `bson:"currency,omitempty"`
	TimeZone    Text       `bson:"timeZone,omitempty"`
	Videos      []Video    `bson:"videos,omitempty"`
	// SKUs are the products displayed in the event.
	SKUs []string `bson:"skus,omitempty"`
	// Wiped are the spans of broadcasts that were reset, in the order of the
	// resets: nothing that happened in them counts.
	Wiped []Period `bson:"wiped,omitempty"`
}

// Timeline returns what decides about the phases of the live event. A start in
// the span of a broadcast that was reset is none: a catalog may repeat it.
func (e *LiveEvent) Timeline() LiveTimeline {
	t := LiveTimeline{StartedAt: e.StartedAt, EndedAt: e.EndedAt, Wiped: e.Wiped}
	if t.StartedAt == nil || t.wipedAt(*t.StartedAt) {
		t.StartedAt, t.EndedAt = nil, nil
	}
	return t
}

// Started returns when the broadcast started; nil before, and after a reset.
func (e *LiveEvent) Started() *time.Time { return e.Timeline().StartedAt }

// Ended returns when the broadcast ended; nil before, and after a reset.
func (e *LiveEvent) Ended() *time.Time { return e.Timeline().EndedAt }

// WipedSpan returns the span of a broadcast that was reset which a moment lies
// in; ok is false for a moment that counts.
func (e *LiveEvent) WipedSpan(at time.Time) (span Period, ok bool) {
	for _, span := range e.Wiped {
		if span.Contains(at) {
			return span, true
		}
	}
	return Period{}, false
}

// WithoutWiped returns a record of a live event as the catalog sends it without
// what it says of a broadcast that was reset: if its start lies in one, without
// its start, its end and its recordings.
func (e *LiveEvent) WithoutWiped(wiped []Period) *LiveEvent {
	stored := LiveEvent{Wiped: wiped}
	if e.StartedAt == nil {
		return e
	}
	if _, gone := stored.WipedSpan(*e.StartedAt); !gone {
		return e
	}
	rest := *e
	rest.StartedAt, rest.EndedAt, rest.Videos = nil, nil, nil
	if rest.ScheduledAt != nil {
		rest.At = *rest.ScheduledAt
	}
	return &rest
}

// LivePhase is the part of its life that a live event is in.
type LivePhase string

// The phases are half-open: prelive < start <= live < end <= replay.
const (
	Prelive LivePhase = "PRELIVE"
	Live    LivePhase = "LIVE"
	Replay  LivePhase = "REPLAY"
)

// Phase returns the phase a live event is in by what is known of it.
func (e *LiveEvent) Phase() LivePhase {
	t := e.Timeline()
	switch {
	case t.StartedAt == nil:
		return Prelive
	case t.EndedAt == nil:
		return Live
	default:
		return Replay
	}
}

// Video is a recording that can be downloaded once it is ready.
type Video struct {
	Kind  VideoKind  `bson:"kind"`
	SKU   string     `bson:"sku,omitempty"`
	URL   Text       `bson:"url,omitempty"`
	State VideoState `bson:"state"`
}

// Download returns the address of a video that is ready, none before: a feed may
// know the address of a file that is not there yet.
func (v *Video) Download() Text {
	if v.State != VideoReady {
		return ""
	}
	return v.URL
}

// VideoKind says what a video shows.
type VideoKind string

// The whole replay, or the sequence about one product.
const (
	ReplayVideo     VideoKind = "REPLAY"
	ProductSequence VideoKind = "PRODUCT_SEQUENCE"
)

// VideoState says whether a video can be downloaded.
type VideoState string

// Processing: not yet. Ready: at its URL.
const (
	VideoProcessing VideoState = "PROCESSING"
	VideoReady      VideoState = "READY"
)

// Interaction is a poll or a winning instant of a live event.
type Interaction struct {
	Key           string          `bson:"_id"`
	Org           string          `bson:"org"`
	InteractionID string          `bson:"id"`
	LiveEventID   string          `bson:"liveEvent"`
	Type          InteractionType `bson:"type"`
	Question      Text            `bson:"question,omitempty"`
	Options       []string        `bson:"options,omitempty"`
}

// InteractionType tells polls from winning instants.
type InteractionType string

// The two kinds of interactions.
const (
	Poll           InteractionType = "POLL"
	WinningInstant InteractionType = "WINNING_INSTANT"
)

// Workflow is an automated flow that visitors meet on the web shop.
type Workflow struct {
	Key        string       `bson:"_id"`
	Org        string       `bson:"org"`
	WorkflowID string       `bson:"id"`
	Name       string       `bson:"name"`
	NameKey    string       `bson:"nameKey"`
	Type       WorkflowType `bson:"type"`
	Goals      []Goal       `bson:"goals,omitempty"` // triggered ones, each once
}

// WorkflowType says what visitors do in a workflow.
type WorkflowType string

// The kinds of workflows.
const (
	PageNavigation      WorkflowType = "PAGE_NAVIGATION"
	InteractionWorkflow WorkflowType = "INTERACTION"
	VoiceVideo          WorkflowType = "VOICE_VIDEO"
	ChatWorkflow        WorkflowType = "CHAT"
	UserGenerated       WorkflowType = "USER_GENERATED"
)

// Goal is what a workflow leads to. The uid alone is no key: uid and name
// together are.
type Goal struct {
	UID  string `bson:"uid"`
	Name string `bson:"name"`
	// WorkflowID is the workflow that triggered it, whose document holds it.
	WorkflowID string `bson:"-"`
}
