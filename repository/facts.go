package repository

import (
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"

	"cartograph/analytics"
)

// factReader decodes the facts of calls, one after the other into the same
// value: statistics read a hundred thousand of them at once, where decoding by
// reflection would be most of the work. Ids and other texts of few values are
// kept once.
type factReader struct {
	fact      analytics.CallMetrics
	duration  int64
	queueWait int64
	revenue   []analytics.Money
	texts     map[string]string
}

func newFactReader() *factReader { return &factReader{texts: map[string]string{}} }

// read returns the facts that statistics are made of, valid until the next
// read. Fields that it does not know are skipped. It fails for a document that
// is no BSON or has a field of a wrong type.
func (r *factReader) read(raw bson.Raw) (*analytics.CallMetrics, error) {
	r.fact = analytics.CallMetrics{}
	r.revenue = r.revenue[:0]
	err := eachElement(bsoncore.Document(raw), r.readField)
	r.fact.Purchases.Revenue = r.revenue
	return &r.fact, err
}

func (r *factReader) readField(key []byte, value bsoncore.Value) bool {
	m, ok := &r.fact, true
	switch string(key) {
	case "status":
		m.Status, ok = textOf[analytics.CallStatus](r, value)
	case "type":
		m.Type, ok = textOf[analytics.CallType](r, value)
	case "agent":
		m.AgentID, ok = textOf[string](r, value)
	case "queue":
		m.QueueID, ok = textOf[string](r, value)
	case "at":
		var ms int64
		ms, ok = value.DateTimeOK()
		m.At = time.UnixMilli(ms).UTC()
	case "duration":
		r.duration, ok = value.AsInt64OK()
		m.Duration = &r.duration
	case "queueWait":
		r.queueWait, ok = value.AsInt64OK()
		m.QueueWait = &r.queueWait
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
	}
	return ok
}

func (r *factReader) readPurchases(key []byte, value bsoncore.Value) bool {
	ok := true
	switch string(key) {
	case "count":
		r.fact.Purchases.Count, ok = intOf(value)
	case "revenue":
		ok = readDocument(value, func(_ []byte, amount bsoncore.Value) bool {
			money, ok := r.readMoney(amount)
			r.revenue = append(r.revenue, money)
			return ok
		})
	}
	return ok
}

func (r *factReader) readMoney(value bsoncore.Value) (analytics.Money, bool) {
	var money analytics.Money
	ok := readDocument(value, func(key []byte, value bsoncore.Value) bool {
		ok := true
		switch string(key) {
		case "minor":
			money.Minor, ok = value.AsInt64OK()
		case "currency":
			money.Currency, ok = textOf[string](r, value)
		}
		return ok
	})
	return money, ok
}

// textOf returns a string value; equal ones are one string.
func textOf[T ~string](r *factReader, value bsoncore.Value) (T, bool) {
	raw, ok := bytesOf(value)
	if !ok {
		return "", false
	}
	text, known := r.texts[string(raw)]
	if !known {
		text = string(raw)
		r.texts[text] = text
	}
	return T(text), true
}
