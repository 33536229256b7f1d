package analytics

import (
	"encoding/json"
	"time"
)

// EndedCall is the payload of a call-ended webhook.
type EndedCall struct {
	StartedAt time.Time        `bson:"startedAt" json:"startedAt"`
	EndedAt   time.Time        `bson:"endedAt" json:"endedAt"`
	AgentID   string           `bson:"agentId,omitempty" json:"agentId,omitempty"`
	AgentName string           `bson:"agentName,omitempty" json:"agentName,omitempty"`
	QueueID   string           `bson:"queueId,omitempty" json:"queueId,omitempty"`
	QueueName string           `bson:"queueName,omitempty" json:"queueName,omitempty"`
	Products  []SeenProduct    `bson:"products,omitempty" json:"products,omitempty"`
	Chat      []WebhookMessage `bson:"chat" json:"chat"` // nil: the payload says nothing of chat
}

// SeenProduct is what a webhook says of a product: enough to show it until its
// catalog record comes.
type SeenProduct struct {
	SKU       string `bson:"sku" json:"sku"`
	Name      string `bson:"name,omitempty" json:"name,omitempty"`
	BrandName string `bson:"brandName,omitempty" json:"brandName,omitempty"`
	URL       string `bson:"url,omitempty" json:"url,omitempty"`
	ImageURL  string `bson:"imageUrl,omitempty" json:"imageUrl,omitempty"`
	Price     *Price `bson:"price,omitempty" json:"price,omitempty"`
}

// WebhookMessage is a chat message as a webhook has it: without an id.
type WebhookMessage struct {
	Author MessageAuthor `bson:"author" json:"author"`
	At     time.Time     `bson:"at" json:"at"`
	Text   string        `bson:"text" json:"text"`
}

// ParseCallEnded reads a call-ended webhook: its envelope { eventId, timestamp,
// payload }. Keys that are not known are passed over, so that a sender may add
// some. It fails with BadUserInput where what is known is wrong or missing, with
// the path of what it is.
func ParseCallEnded(raw []byte, now time.Time) (Event, error) {
	e, err := readCallEnded(raw, now)
	if err != nil {
		return Event{}, refusal(err)
	}
	return e, nil
}

func readCallEnded(raw []byte, now time.Time) (Event, error) {
	object, err := readObject(raw)
	if err != nil {
		return Event{}, err
	}
	for _, key := range []string{"eventId", "payload"} {
		if !object.has(key) {
			return Event{}, within(key, wrongf("is required"))
		}
	}
	id, err := readID(object["eventId"])
	if err != nil {
		return Event{}, within("eventId", err)
	}
	callID, call, err := readEndedCall(object["payload"])
	if err != nil {
		return Event{}, within("payload", err)
	}
	if call.StartedAt.After(now.Add(maxAhead)) || call.EndedAt.After(now.Add(maxAhead)) {
		return Event{}, within("payload.endedAt", wrongf("lies more than 5 minutes ahead of the server's time"))
	}
	at, err := readTimestamp(object, call.EndedAt)
	if err != nil {
		return Event{}, within("timestamp", err)
	}
	return Event{
		EventID:  webhookPrefix + id,
		Type:     CallWebhook,
		At:       at,
		Received: truncate(now),
		Subject:  CallSubject(callID),
		Data:     EventData{Webhook: call},
	}, nil
}

// readTimestamp reads when the webhook was made: RFC 3339, or milliseconds since
// 1970; without one the call's end stands in.
func readTimestamp(object jsonObject, end time.Time) (time.Time, error) {
	raw := object["timestamp"]
	switch {
	case !object.has("timestamp"):
		return end, nil
	case isNumber(raw):
		ms, err := readInt(raw, 0, maxSales)
		return time.UnixMilli(ms).UTC(), err
	default:
		return readTime(raw)
	}
}

func readEndedCall(raw json.RawMessage) (id string, call *EndedCall, err error) {
	object, err := readObject(raw)
	if err != nil {
		return "", nil, err
	}
	for _, key := range []string{"callId", "startedAt", "endedAt"} {
		if !object.has(key) {
			return "", nil, within(key, wrongf("is required"))
		}
	}
	call = &EndedCall{}
	if id, err = readCallID(object["callId"]); err != nil {
		return "", nil, within("callId", err)
	}
	if call.StartedAt, err = readTime(object["startedAt"]); err != nil {
		return "", nil, within("startedAt", err)
	}
	if call.EndedAt, err = readTime(object["endedAt"]); err != nil {
		return "", nil, within("endedAt", err)
	}
	if call.EndedAt.Before(call.StartedAt) {
		return "", nil, within("endedAt", wrongf("lies before startedAt"))
	}
	if call.AgentID, call.AgentName, err = readNamed(object, "agent"); err != nil {
		return "", nil, within("agent", err)
	}
	if call.QueueID, call.QueueName, err = readNamed(object, "queue"); err != nil {
		return "", nil, within("queue", err)
	}
	if object.has("products") {
		err := readList(object["products"], func(element json.RawMessage) error {
			p, err := readSeenProduct(element)
			call.Products = append(call.Products, p)
			return err
		})
		if err != nil {
			return "", nil, within("products", err)
		}
	}
	if object.has("chat") {
		call.Chat = []WebhookMessage{}
		err := readUpTo(maxChat, object["chat"], func(element json.RawMessage) error {
			m, err := readWebhookMessage(element)
			call.Chat = append(call.Chat, m)
			return err
		})
		if err != nil {
			return "", nil, within("chat", err)
		}
	}
	return id, call, nil
}

func readCallID(raw json.RawMessage) (string, error) {
	id, err := readID(raw)
	if err == nil && len(id) >= len(missedPrefix) && id[:len(missedPrefix)] == missedPrefix {
		return "", wrongf("ids that begin with %q are those of missed calls", missedPrefix)
	}
	return id, err
}

// readNamed reads an agent or a queue: an id, or an object with id and name.
func readNamed(object jsonObject, key string) (id, name string, err error) {
	raw := object[key]
	if !object.has(key) {
		return "", "", nil
	}
	if kindOf(raw) == '"' {
		id, err = readID(raw)
		return id, "", err
	}
	named, err := readObject(raw)
	if err != nil {
		return "", "", wrongf("must be an id, or an object with id and name")
	}
	if !named.has("id") {
		return "", "", within("id", wrongf("is required"))
	}
	if id, err = readID(named["id"]); err != nil {
		return "", "", within("id", err)
	}
	if named.has("name") {
		name, err = readLabel(named["name"])
	}
	return id, name, within("name", err)
}

// readOptional reads a string that may be missing.
func readOptional(object jsonObject, key string) (string, error) {
	if !object.has(key) {
		return "", nil
	}
	s, err := readProse(object[key])
	return s, within(key, err)
}

// readSeenProduct reads a product of a webhook: a SKU, or an object with it.
func readSeenProduct(raw json.RawMessage) (p SeenProduct, err error) {
	if kindOf(raw) == '"' {
		p.SKU, err = readListed(raw)
		return p, err
	}
	object, err := readObject(raw)
	if err != nil {
		return p, err
	}
	if !object.has("sku") {
		return p, within("sku", wrongf("is required"))
	}
	if p.SKU, err = readListed(object["sku"]); err != nil {
		return p, within("sku", err)
	}
	for _, field := range []struct {
		key string
		to  *string
	}{{"name", &p.Name}, {"brandName", &p.BrandName}, {"publicUrl", &p.URL}, {"imageUrl", &p.ImageURL}} {
		if *field.to, err = readOptional(object, field.key); err != nil {
			return p, err
		}
	}
	if object.has("price") {
		price, err := readPrice(object["price"])
		if err != nil {
			return p, within("price", err)
		}
		p.Price = price
	}
	return p, nil
}

// readPrice reads { current, original, currency }; origin is another word for
// original. It is nil where the price says no current amount or no currency.
func readPrice(raw json.RawMessage) (*Price, error) {
	object, err := readObject(raw)
	if err != nil {
		return nil, err
	}
	if !object.has("current") || !object.has("currency") {
		return nil, nil
	}
	code, err := readCurrency(object["currency"])
	if err != nil {
		return nil, within("currency", err)
	}
	price := &Price{}
	if price.Current, err = readMoney(object["current"], code); err != nil {
		return nil, within("current", err)
	}
	for _, key := range []string{"original", "origin"} {
		if price.Original != nil || !object.has(key) {
			continue
		}
		original, err := readMoney(object[key], code)
		if err != nil {
			return nil, within(key, err)
		}
		price.Original = &original
	}
	return price, nil
}

var webhookAuthors = oneOf(map[string]MessageAuthor{"agent": ByAgent, "client": ByShopper})

func readWebhookMessage(raw json.RawMessage) (m WebhookMessage, err error) {
	object, err := readObject(raw)
	if err != nil {
		return m, err
	}
	for _, key := range []string{"src", "date"} {
		if !object.has(key) {
			return m, within(key, wrongf("is required"))
		}
	}
	if m.Author, err = webhookAuthors(object["src"]); err != nil {
		return m, within("src", err)
	}
	if m.At, err = readTime(object["date"]); err != nil {
		return m, within("date", err)
	}
	m.Text, err = readOptional(object, "message")
	return m, err
}
