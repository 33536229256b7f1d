package analytics

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// dataKey is one key that an event's data may have: its name, whether it can be
// left out, and how its value is read and checked.
type dataKey struct {
	name     string
	optional bool
	read     func(raw json.RawMessage, d *EventData) error
}

func optional(k dataKey) dataKey {
	k.optional = true
	return k
}

// reads makes a reader of a value into a field.
func reads[T any](read func(json.RawMessage) (T, error), field func(*EventData) *T) func(json.RawMessage, *EventData) error {
	return func(raw json.RawMessage, d *EventData) error {
		v, err := read(raw)
		if err != nil {
			return err
		}
		*field(d) = v
		return nil
	}
}

// pointed makes a reader that tells an absent value from a zero one.
func pointed[T any](read func(json.RawMessage) (T, error)) func(json.RawMessage) (*T, error) {
	return func(raw json.RawMessage) (*T, error) {
		v, err := read(raw)
		if err != nil {
			return nil, err
		}
		return &v, nil
	}
}

func ints(low, high int64) func(json.RawMessage) (int64, error) {
	return func(raw json.RawMessage) (int64, error) { return readInt(raw, low, high) }
}

// numbers reads a number that is not negative.
func numbers(raw json.RawMessage) (float64, error) {
	n, err := readNumber(raw)
	if err == nil && n < 0 {
		return 0, wrongf("must not be negative")
	}
	return n, err
}

// oneOf reads one of some words; with what each stands for.
func oneOf[T ~string](words map[string]T) func(json.RawMessage) (T, error) {
	known := strings.Join(slices.Sorted(maps.Keys(words)), ", ")
	return func(raw json.RawMessage) (T, error) {
		s, err := readString(raw)
		if err != nil {
			return "", err
		}
		v, ok := words[s]
		if !ok {
			return "", wrongf("%q is none of %s", clip(s), known)
		}
		return v, nil
	}
}

func themselves(words ...string) map[string]string {
	m := map[string]string{}
	for _, w := range words {
		m[w] = w
	}
	return m
}

const (
	// maxQuantity bounds what one line of a basket can hold.
	maxQuantity = 1_000_000
	// maxSales keeps sums of money, in minor units, far from overflowing 64 bits.
	maxSales = 1_000_000_000_000_000
)

// The keys of the vocabulary.
var (
	keyQueueID       = dataKey{"queueId", false, reads(readID, func(d *EventData) *string { return &d.QueueID })}
	keyQueuePlace    = dataKey{"queuePlace", true, reads(pointed(ints(0, maxQuantity)), func(d *EventData) **int64 { return &d.QueuePlace })}
	keyServingAgents = dataKey{"servingAgents", true, reads(pointed(ints(0, maxQuantity)), func(d *EventData) **int64 { return &d.ServingAgents })}

	keyAgentID  = dataKey{"agentId", false, reads(readID, func(d *EventData) *string { return &d.AgentID })}
	keyCallType = dataKey{"callType", false, reads(oneOf(map[string]CallType{"queue": QueueCall, "booked_meeting": BookedMeeting}),
		func(d *EventData) *CallType { return &d.CallType })}
	keyTrackingTag          = dataKey{"trackingTag", true, reads(readProse, func(d *EventData) *string { return &d.TrackingTag })}
	keyWaitingRoomID        = dataKey{"waitingRoomId", true, reads(readID, func(d *EventData) *string { return &d.WaitingRoomID })}
	keyEnteredWaitingRoomAt = dataKey{"enteredWaitingRoomAt", true, reads(pointed(readTime), func(d *EventData) **time.Time { return &d.EnteredWaitingRoomAt })}
	keyEnteredQueueAt       = dataKey{"enteredQueueAt", false, reads(pointed(readTime), func(d *EventData) **time.Time { return &d.EnteredQueueAt })}

	keySKU         = dataKey{"sku", false, reads(readListed, func(d *EventData) *string { return &d.SKU })}
	keyQuantity    = dataKey{"quantity", false, reads(ints(1, maxQuantity), func(d *EventData) *int64 { return &d.Quantity })}
	keyCart        = dataKey{"cart", false, reads(pointed(readCart), func(d *EventData) **CartState { return &d.Cart })}
	keyAffiliation = dataKey{"affiliation", true, reads(readProse, func(d *EventData) *string { return &d.Affiliation })}

	keyScale        = dataKey{"scale", false, readScale}
	keyRating       = dataKey{"rating", false, reads(pointed(readNumber), func(d *EventData) **float64 { return &d.Rating })}
	keySurveyRating = dataKey{"rating", false, readSurveyRating}
	keyText         = dataKey{"text", true, reads(readProse, func(d *EventData) *string { return &d.Text })}
	keyComment      = dataKey{"comment", false, reads(readProse, func(d *EventData) *string { return &d.Comment })}

	keyFirstName       = dataKey{"firstName", true, reads(readProse, func(d *EventData) *string { return &d.FirstName })}
	keyLastName        = dataKey{"lastName", true, reads(readProse, func(d *EventData) *string { return &d.LastName })}
	keyEmail           = dataKey{"email", true, reads(readProse, func(d *EventData) *string { return &d.Email })}
	keyPhone           = dataKey{"phone", true, reads(readProse, func(d *EventData) *string { return &d.Phone })}
	keyShopperMessage  = dataKey{"message", true, reads(readProse, func(d *EventData) *string { return &d.Message })}
	keyDetails         = dataKey{"data", true, reads(readDetails, func(d *EventData) *string { return &d.Details })}
	keyOptin           = dataKey{"optin", true, reads(pointed(readBool), func(d *EventData) **bool { return &d.Optin })}
	keyCommercialOptin = dataKey{"commercialOptin", false, reads(pointed(readBool), func(d *EventData) **bool { return &d.CommercialOptin })}
	keyNote            = dataKey{"note", false, reads(readProse, func(d *EventData) *string { return &d.Note })}
	keyTags            = dataKey{"tags", false, reads(readSetTags, func(d *EventData) *[]CustomerTag { return &d.Tags })}

	keyMessageID = dataKey{"messageId", false, reads(readID, func(d *EventData) *string { return &d.MessageID })}
	keyAuthor    = dataKey{"author", false, reads(oneOf(map[string]MessageAuthor{
		"agent": ByAgent, "shopper": ByShopper, "viewer": ByViewer, "brand": ByBrand}),
		func(d *EventData) *MessageAuthor { return &d.Author })}
	keyAuthorName = dataKey{"name", true, reads(readProse, func(d *EventData) *string { return &d.Name })}
	keyReplyTo    = dataKey{"replyTo", true, reads(readID, func(d *EventData) *string { return &d.ReplyTo })}

	keyDevice  = dataKey{"device", false, reads(oneOf(themselves("desktop", "mobile", "tablet")), func(d *EventData) *string { return &d.Device })}
	keySource  = dataKey{"source", true, reads(readString, func(d *EventData) *string { return &d.Source })}
	keyWidget  = dataKey{"widget", false, reads(oneOf(themselves("product", "gallery", "floating_player")), func(d *EventData) *string { return &d.Widget })}
	keySeconds = dataKey{"seconds", false, reads(pointed(numbers), func(d *EventData) **float64 { return &d.Seconds })}
	keyCount   = dataKey{"count", false, reads(ints(1, maxQuantity), func(d *EventData) *int64 { return &d.Count })}

	keyInteractionID = dataKey{"interactionId", false, reads(readID, func(d *EventData) *string { return &d.InteractionID })}
	keyOption        = dataKey{"option", false, reads(readID, func(d *EventData) *string { return &d.Option })}
	keyWon           = dataKey{"won", false, reads(pointed(readBool), func(d *EventData) **bool { return &d.Won })}

	keyURL      = dataKey{"url", false, reads(readProse, func(d *EventData) *string { return &d.URL })}
	keyUID      = dataKey{"uid", false, reads(readID, func(d *EventData) *string { return &d.UID })}
	keyGoalName = dataKey{"name", true, reads(readLabel, func(d *EventData) *string { return &d.Name })}

	keyTransactionID = dataKey{"transactionId", false, reads(readListed, func(d *EventData) *string { return &d.TransactionID })}
	keyCurrency      = dataKey{"currency", false, reads(readCurrency, func(d *EventData) *string { return &d.Currency })}
	keyAmount        = dataKey{"amount", false, readTotal}
	keyProducts      = dataKey{"products", true, readLines}
)

// readScale reads the scale of a rating: 10 or 2.
func readScale(raw json.RawMessage, d *EventData) error {
	n, err := readInt(raw, 2, 10)
	if err != nil || n != 2 && n != 10 {
		return wrongf("must be 10 or 2")
	}
	d.Scale = int(n)
	return nil
}

func readSurveyRating(raw json.RawMessage, d *EventData) error {
	n, err := readInt(raw, 1, 5)
	if err != nil {
		return err
	}
	rating := float64(n)
	d.Rating = &rating
	return nil
}

// readCart reads { id, amount, currency }.
func readCart(raw json.RawMessage) (CartState, error) {
	var c CartState
	object, err := readKeys(raw, "id", "amount", "currency")
	if err != nil {
		return c, err
	}
	if c.ID, err = readID(object["id"]); err != nil {
		return c, within("id", err)
	}
	code, err := readCurrency(object["currency"])
	if err != nil {
		return c, within("currency", err)
	}
	if c.Amount, err = readMoney(object["amount"], code); err != nil {
		return c, within("amount", err)
	}
	if c.Amount.Minor < 0 {
		return c, within("amount", wrongf("must not be negative"))
	}
	return c, nil
}

// readKeys reads an object that has exactly the keys named.
func readKeys(raw json.RawMessage, names ...string) (jsonObject, error) {
	object, err := readObject(raw)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if !object.has(name) {
			return nil, within(name, wrongf("is required"))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if !slices.Contains(names, name) {
			return nil, within(clip(name), wrongf("unknown key; known are %s", strings.Join(names, ", ")))
		}
	}
	return object, nil
}

// readTotal reads the amount of a purchase, which is above 0.
func readTotal(raw json.RawMessage, d *EventData) error {
	total, err := readMoney(raw, d.Currency)
	if err != nil {
		return err
	}
	if total.Minor <= 0 {
		return wrongf("must be above 0")
	}
	d.Total = &total
	return nil
}

// readLines reads the products of a purchase: [{ sku, price, quantity }]. Lines
// with one SKU become one, at the place of the first.
func readLines(raw json.RawMessage, d *EventData) error {
	at := map[string]int{}
	return readList(raw, func(element json.RawMessage) error {
		line, err := readLine(element, d.Currency)
		if err != nil {
			return err
		}
		i, ok := at[line.SKU]
		if !ok {
			at[line.SKU] = len(d.Products)
			d.Products = append(d.Products, line)
			return nil
		}
		known := &d.Products[i]
		known.Quantity += line.Quantity
		known.Sales.Minor += line.Sales.Minor
		if known.Quantity > maxQuantity || known.Sales.Minor > maxSales {
			return within("quantity", wrongf("the lines of SKU %q come to too much", clip(line.SKU)))
		}
		return nil
	})
}

func readLine(raw json.RawMessage, code string) (PurchaseLine, error) {
	var line PurchaseLine
	object, err := readKeys(raw, "sku", "price", "quantity")
	if err != nil {
		return line, err
	}
	if line.SKU, err = readListed(object["sku"]); err != nil {
		return line, within("sku", err)
	}
	if line.Quantity, err = readInt(object["quantity"], 1, maxQuantity); err != nil {
		return line, within("quantity", err)
	}
	price, err := readMoney(object["price"], code)
	if err != nil {
		return line, within("price", err)
	}
	if price.Minor < 0 {
		return line, within("price", wrongf("must not be negative"))
	}
	if price.Minor > maxSales/line.Quantity {
		return line, within("price", wrongf("price x quantity is too large"))
	}
	line.Sales = Money{Minor: price.Minor * line.Quantity, Currency: code}
	return line, nil
}

// readDetails reads further details of a shopper: a JSON object, or a string
// that holds a JSON document. It returns the document as compact text.
func readDetails(raw json.RawMessage) (string, error) {
	if kindOf(raw) == '"' {
		s, err := readString(raw)
		if err != nil || s == "" {
			return s, err
		}
		raw = json.RawMessage(s)
	} else if kindOf(raw) != '{' {
		return "", wrongf("must be an object, or a string that holds a JSON document")
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, raw); err != nil {
		return "", wrongf("the string does not hold a JSON document")
	}
	if compact.Len() > maxDetails {
		return "", wrongf("%d bytes are more than the %d allowed", compact.Len(), maxDetails)
	}
	return compact.String(), nil
}

// readSetTags reads the tags that an event sets, of which 20 will be kept.
func readSetTags(raw json.RawMessage) ([]CustomerTag, error) {
	tags, err := readTags(raw)
	if err == nil && len(tags) > maxElements {
		return nil, wrongf("%d tags are more than the %d allowed", len(tags), maxElements)
	}
	return tags, err
}

// readTags reads the tags of a visitor: an object of strings, numbers and
// booleans. What is no valid tag is dropped, as a page's mistake should not cost
// the others.
func readTags(raw json.RawMessage) ([]CustomerTag, error) {
	if kindOf(raw) != '{' {
		return nil, wrongf("must be an object")
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if _, err := decoder.Token(); err != nil {
		return nil, wrongf("is no valid JSON")
	}
	var list []CustomerTag
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, wrongf("is no valid JSON")
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, wrongf("is no valid JSON")
		}
		var tag CustomerTag
		tag.Name, _ = name.(string)
		if err := json.Unmarshal(value, &tag.Value); err == nil && tag.valid() {
			list = append(list, tag)
		}
	}
	return list, nil
}

// maxTag bounds a tag's name and its text, each in bytes of UTF-8.
const maxTag = 1024

// valid: a tag is a string, a number or a boolean under a name.
func (t *CustomerTag) valid() bool {
	if t.Name == "" || len(t.Name) > maxTag {
		return false
	}
	switch v := t.Value.(type) {
	case string:
		return len(v) <= maxTag
	case float64, bool:
		return true
	default:
		return false
	}
}
