package repository

import (
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"

	"cartograph/analytics"
)

// factReader decodes the facts of calls: statistics read a hundred thousand of them
// one by one, pages hundreds, where decoding by reflection would be most of the
// work.
type factReader struct {
	fact    analytics.CallMetrics
	numbers []int64           // room for durations and waits
	texts   map[string]string // equal texts once; nil: no text is kept
}

// newFactReader returns a reader of very many facts, one after the other.
func newFactReader() *factReader { return &factReader{texts: map[string]string{}} }

// read returns the facts of a call, valid until the next read. Fields that it does
// not know are skipped. It fails for a document that is no BSON or has a field of a
// wrong type.
func (r *factReader) read(raw bson.Raw) (*analytics.CallMetrics, error) {
	r.fact = analytics.CallMetrics{Purchases: analytics.PurchaseSummary{Revenue: r.fact.Purchases.Revenue[:0]}}
	r.numbers = r.numbers[:0]
	return &r.fact, eachElement(bsoncore.Document(raw), r.readField)
}

// decodeCallMetrics decodes the facts of a call, as bson.Unmarshal does.
func decodeCallMetrics(raw bson.Raw, m *analytics.CallMetrics) error {
	var r factReader
	err := eachElement(bsoncore.Document(raw), r.readField)
	*m = r.fact
	return err
}

func (r *factReader) readField(key []byte, value bsoncore.Value) bool {
	m, ok := &r.fact, true
	switch string(key) {
	case "_id":
		m.Key, ok = value.StringValueOK()
	case "org":
		m.Org, ok = textOf[string](r, value)
	case "id":
		m.CallID, ok = value.StringValueOK()
	case "version":
		m.Version, ok = value.AsInt64OK()
	case "status":
		m.Status, ok = textOf[analytics.CallStatus](r, value)
	case "type":
		m.Type, ok = textOf[analytics.CallType](r, value)
	case "agent":
		m.AgentID, ok = textOf[string](r, value)
	case "queue":
		m.QueueID, ok = textOf[string](r, value)
	case "at":
		m.At, ok = timeOf(value)
	case "duration":
		m.Duration, ok = r.number(value)
	case "queueWait":
		m.QueueWait, ok = r.number(value)
	case "messagesByAgent":
		m.MessagesByAgent, ok = intOf(value)
	case "messagesByShopper":
		m.MessagesByShopper, ok = intOf(value)
	case "test":
		m.Test, ok = value.BooleanOK()
	case "short":
		m.Short, ok = value.BooleanOK()
	case "added":
		m.Added, ok = value.BooleanOK()
	case "checkedOut":
		m.CheckedOut, ok = value.BooleanOK()
	case "rating":
		m.Rating, ok = value.AsFloat64OK()
	case "scale":
		m.Scale, ok = intOf(value)
	case "purchases":
		ok = readDocument(value, r.readPurchases)
	case "products":
		m.Products, ok = listOf(value, readProductInCall)
	case "formerTimes":
		m.FormerTimes, ok = valuesIn(value, timeOf)
	}
	return ok
}

// number returns a number that stays where it is until the next read.
func (r *factReader) number(value bsoncore.Value) (*int64, bool) {
	n, ok := value.AsInt64OK()
	if r.numbers == nil {
		r.numbers = make([]int64, 0, 2) // a duration and a wait
	}
	r.numbers = append(r.numbers, n)
	return &r.numbers[len(r.numbers)-1], ok
}

func (r *factReader) readPurchases(key []byte, value bsoncore.Value) bool {
	p, ok := &r.fact.Purchases, true
	switch string(key) {
	case "count":
		p.Count, ok = intOf(value)
	case "revenue":
		if p.Revenue == nil {
			p.Revenue = []analytics.Money{}
		}
		ok = readDocument(value, func(_ []byte, amount bsoncore.Value) bool {
			money, ok := r.readMoney(amount)
			p.Revenue = append(p.Revenue, money)
			return ok
		})
	case "firstAt":
		var at time.Time
		at, ok = timeOf(value)
		p.FirstAt = &at
	case "skus":
		p.SKUs, ok = valuesIn(value, bsoncore.Value.StringValueOK)
	case "orders":
		p.OrderIDs, ok = valuesIn(value, bsoncore.Value.StringValueOK)
	}
	return ok
}

// readMoney reads an amount, whose currency is one text for all.
func (r *factReader) readMoney(value bsoncore.Value) (money analytics.Money, ok bool) {
	ok = readDocument(value, func(key []byte, value bsoncore.Value) (ok bool) {
		if string(key) == "currency" {
			money.Currency, ok = textOf[string](r, value)
			return ok
		}
		return readMoney(&money, key, value)
	})
	return money, ok
}

// textOf returns a string value; equal ones are one string where texts are kept.
func textOf[T ~string](r *factReader, value bsoncore.Value) (T, bool) {
	raw, ok := bytesOf(value)
	if !ok {
		return "", false
	}
	text, known := r.texts[string(raw)]
	if !known {
		text = string(raw)
		if r.texts != nil {
			r.texts[text] = text
		}
	}
	return T(text), true
}
