package analytics

import "time"

// WebhookTopic is a kind of occasion that webhooks tell of.
type WebhookTopic string

// The topics.
const (
	TopicCallStarted    WebhookTopic = "CALL_STARTED"
	TopicCallEnded      WebhookTopic = "CALL_ENDED"
	TopicCallMissed     WebhookTopic = "CALL_MISSED"
	TopicCartCheckedOut WebhookTopic = "CART_CHECKED_OUT"
	TopicLiveEventEnded WebhookTopic = "LIVE_EVENT_ENDED"
)

// topicNames are the topics as the body of a webhook names them.
var topicNames = map[WebhookTopic]string{
	TopicCallStarted:    "call-started",
	TopicCallEnded:      "call-ended",
	TopicCallMissed:     "call-missed",
	TopicCartCheckedOut: "cart-checked-out",
	TopicLiveEventEnded: "live-event-ended",
}

// Name returns the topic as the body of a webhook names it: "call-ended".
func (t WebhookTopic) Name() string { return topicNames[t] }

// WebhookEndpoint is a receiver of webhooks: an address of the organization's,
// told of the topics it asked for while it is enabled.
type WebhookEndpoint struct {
	Key         string          `bson:"_id"`
	Org         string          `bson:"org"`
	EndpointID  string          `bson:"id"`
	Version     int64           `bson:"version"`
	CreatedAt   time.Time       `bson:"at"` // lists are ordered by it
	URL         string          `bson:"url"`
	Topics      []WebhookTopic  `bson:"topics"`
	Description Text            `bson:"description,omitempty"`
	Headers     []WebhookHeader `bson:"headers,omitempty"` // their values may be credentials
	Enabled     bool            `bson:"enabled"`
	// DisabledReason says why it is not enabled.
	DisabledReason *WebhookDisabledReason `bson:"disabledReason,omitempty"`
	// PersonalData: whoever created it may read personal data, so its payloads
	// hold them.
	PersonalData bool `bson:"personal"`
	// Secret signs. It is kept readable: signing takes the secret itself.
	Secret string `bson:"secret"`
	// FormerSecret signs beside it until FormerSecretUntil, after a rotation.
	FormerSecret      string     `bson:"formerSecret,omitempty"`
	FormerSecretUntil *time.Time `bson:"formerSecretUntil,omitempty"`
}

// WebhookHeader is a header that an endpoint wants to be sent.
type WebhookHeader struct {
	Name  string `bson:"name"`
	Value string `bson:"value"`
}

// WebhookDisabledReason says why an endpoint is not enabled.
type WebhookDisabledReason string

// Requested: by updateWebhookEndpoint. Gone: the receiver answered 410.
const (
	DisabledRequested WebhookDisabledReason = "REQUESTED"
	DisabledGone      WebhookDisabledReason = "GONE"
)

// HeaderNames returns the names of the headers that are sent.
func (e *WebhookEndpoint) HeaderNames() []string {
	names := make([]string, len(e.Headers))
	for i, header := range e.Headers {
		names[i] = header.Name
	}
	return names
}

// Secrets returns the secrets that sign at a moment, the present one first.
func (e *WebhookEndpoint) Secrets(now time.Time) []string {
	if e.FormerSecretUntil != nil && now.Before(*e.FormerSecretUntil) {
		return []string{e.Secret, e.FormerSecret}
	}
	return []string{e.Secret}
}

// SecretOverlap is how long the former secret signs too after a rotation: time
// for a receiver to take the new one over, as Standard Webhooks advises.
const SecretOverlap = 24 * time.Hour

// Rotate gives the endpoint a new secret.
func (e *WebhookEndpoint) Rotate(secret string, now time.Time) {
	until := now.Add(SecretOverlap)
	e.FormerSecret, e.FormerSecretUntil, e.Secret = e.Secret, &until, secret
}

// WebhookDelivery is one occasion on its way to one endpoint. It names what is to
// be told; what that is, is read when it is sent: so it holds nothing personal.
type WebhookDelivery struct {
	Key        string `bson:"_id"`
	Org        string `bson:"org"`
	DeliveryID string `bson:"id"` // the endpoint's id, a dot, the event's id
	Version    int64  `bson:"version"`
	EndpointID string `bson:"endpoint"`
	Occasion   `bson:",inline"`
	EventID    string               `bson:"event"` // the same for all endpoints
	State      WebhookDeliveryState `bson:"state"`
	CreatedAt  time.Time            `bson:"at"` // lists are ordered by it
	// Since is when trying began: at first, or by a redelivery.
	Since time.Time `bson:"since"`
	// Due is when the next attempt may begin, far away for what is finished. Of one
	// that is being sent it is when somebody else may take it over.
	Due      time.Time        `bson:"due"`
	Sending  bool             `bson:"sending"`
	Tries    int              `bson:"tries"` // since Since
	Attempts []WebhookAttempt `bson:"attempts,omitempty"`
	// Keep is until when one that is finished is kept, nil for pending ones.
	Keep *time.Time `bson:"keep,omitempty"`
}

// WebhookDeliveryState says what became of a delivery.
type WebhookDeliveryState string

// The states of a delivery.
const (
	DeliveryPending   WebhookDeliveryState = "PENDING"
	DeliveryDelivered WebhookDeliveryState = "DELIVERED"
	DeliveryFailed    WebhookDeliveryState = "FAILED"
)

// NextAttemptAt returns when the next attempt will be made; nil for what is
// finished or under way.
func (d *WebhookDelivery) NextAttemptAt() *time.Time {
	if d.State != DeliveryPending || d.Sending {
		return nil
	}
	return &d.Due
}

// WebhookAttempt is one attempt to deliver.
type WebhookAttempt struct {
	At time.Time `bson:"at"`
	// Duration is in milliseconds; nil while it goes on, and if it never ended.
	Duration *int64 `bson:"duration,omitempty"`
	// StatusCode is that of the answer, nil if there was none.
	StatusCode *int `bson:"status,omitempty"`
	// Error is nil for one that was delivered, and while it goes on.
	Error *WebhookError `bson:"error,omitempty"`
}

// DurationSeconds returns the duration in seconds, nil where unknown.
func (a *WebhookAttempt) DurationSeconds() *float64 { return secondsOf(a.Duration) }

// WebhookError says what kept a webhook from being delivered.
type WebhookError string

// The kinds of errors.
const (
	WebhookStatus         WebhookError = "STATUS"          // an answer that is neither 2xx nor a redirect
	WebhookRedirect       WebhookError = "REDIRECT"        // none is followed
	WebhookTimeout        WebhookError = "TIMEOUT"         // no answer in time
	WebhookDNS            WebhookError = "DNS"             // the name has no address
	WebhookAddressRefused WebhookError = "ADDRESS_REFUSED" // an address that webhooks must not go to
	WebhookTLS            WebhookError = "TLS"             // no trust in the receiver's certificate
	WebhookConnection     WebhookError = "CONNECTION"      // no connection, or one that broke
	WebhookDisabled       WebhookError = "ENDPOINT_DISABLED"
	WebhookSourceGone     WebhookError = "SOURCE_GONE" // what it tells of is not there any more
	WebhookInterrupted    WebhookError = "INTERRUPTED" // the gateway died meanwhile
)

func (*WebhookEndpoint) IsNode() {}
func (*WebhookDelivery) IsNode() {}

// ID returns the global id.
func (e *WebhookEndpoint) ID() string { return GlobalID("WebhookEndpoint", e.EndpointID) }

// ID returns the global id.
func (d *WebhookDelivery) ID() string { return GlobalID("WebhookDelivery", d.DeliveryID) }

// The connections and edges of webhooks, by the names they have in the graph.
type (
	WebhookEndpointConnection = Connection[WebhookEndpoint]
	WebhookEndpointEdge       = Edge[WebhookEndpoint]
	WebhookDeliveryConnection = Connection[WebhookDelivery]
	WebhookDeliveryEdge       = Edge[WebhookDelivery]
)

// WebhookDeliveryFilter says which deliveries a list shows.
type WebhookDeliveryFilter struct {
	State *WebhookDeliveryState
}

// Enable enables or disables the endpoint, as somebody asked.
func (e *WebhookEndpoint) Enable(enabled bool) {
	switch {
	case enabled:
		e.Enabled, e.DisabledReason = true, nil
	case e.Enabled:
		e.disable(DisabledRequested)
	}
}

// Leave disables the endpoint, which said that it is gone.
func (e *WebhookEndpoint) Leave() { e.disable(DisabledGone) }

func (e *WebhookEndpoint) disable(reason WebhookDisabledReason) {
	e.Enabled, e.DisabledReason = false, &reason
}
