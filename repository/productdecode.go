package repository

import (
	"bytes"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"

	"cartograph/analytics"
)

// decodeProduct decodes what is stored of a SKU, as bson.Unmarshal does. A page
// reads hundreds of them, and by reflection that would be a fifth of its work.
func decodeProduct(raw bson.Raw, p *productDocument) error {
	return eachElement(bsoncore.Document(raw), func(key []byte, value bsoncore.Value) bool {
		ok := true
		switch string(key) {
		case "_id":
			p.Key, ok = value.StringValueOK()
		case "org":
			p.Org, ok = value.StringValueOK()
		case "sku":
			p.SKU, ok = value.StringValueOK()
		case "version":
			p.Version, ok = value.AsInt64OK()
		case "open":
			p.Open, ok = listOf(value, readProductMark)
		case "done":
			p.Done, ok = listOf(value, readProductMark)
		case "total":
			ok = readDocument(value, func(key []byte, value bsoncore.Value) bool { return readProductPart(&p.Total, key, value) })
		case "months":
			p.Months = bson.RawValue{Type: bson.Type(value.Type), Value: bytes.Clone(value.Data)}
		case "complete":
			p.Complete, ok = value.BooleanOK()
		}
		return ok
	})
}

// listOf returns the documents of an array, nil for null.
func listOf[T any](value bsoncore.Value, read func(item *T, key []byte, value bsoncore.Value) bool) (list []T, ok bool) {
	if value.Type == bsoncore.TypeNull {
		return nil, true
	}
	list = []T{}
	ok = readDocument(value, func(_ []byte, element bsoncore.Value) bool {
		var item T
		ok := readDocument(element, func(key []byte, value bsoncore.Value) bool { return read(&item, key, value) })
		list = append(list, item)
		return ok
	})
	return list, ok
}

func readProductMark(mark *productMark, key []byte, value bsoncore.Value) bool {
	ok := true
	switch string(key) {
	case "token":
		mark.Token, ok = value.StringValueOK()
	case "at":
		var ms int64
		ms, ok = value.DateTimeOK()
		mark.At = time.UnixMilli(ms).UTC()
	case "months":
		mark.Months = []analytics.CalendarMonth{}
		ok = readDocument(value, func(_ []byte, value bsoncore.Value) bool {
			month, ok := value.AsInt64OK()
			mark.Months = append(mark.Months, analytics.CalendarMonth(month))
			return ok
		})
	}
	return ok
}

func readProductPart(part *analytics.ProductPart, key []byte, value bsoncore.Value) bool {
	ok := true
	switch string(key) {
	case "presented":
		part.Presented, ok = intOf(value)
	case "triedOn":
		part.TriedOn, ok = intOf(value)
	case "clicks":
		part.Clicks, ok = intOf(value)
	case "added":
		part.Added, ok = intOf(value)
	case "removed":
		part.Removed, ok = intOf(value)
	case "checkedOut":
		part.CheckedOut, ok = intOf(value)
	case "purchases":
		part.Purchases, ok = intOf(value)
	case "quantity":
		part.Quantity, ok = value.AsInt64OK()
	case "sales":
		part.Sales, ok = listOf(value, readMoney)
	case "again":
		part.Again, ok = listOf(value, readAgain)
	}
	return ok
}

func readMoney(money *analytics.Money, key []byte, value bsoncore.Value) bool {
	ok := true
	switch string(key) {
	case "minor":
		money.Minor, ok = value.AsInt64OK()
	case "currency":
		money.Currency, ok = value.StringValueOK()
	}
	return ok
}

func readAgain(again *analytics.PurchasedAgain, key []byte, value bsoncore.Value) bool {
	ok := true
	switch string(key) {
	case "family":
		again.Family, ok = value.StringValueOK()
	case "count":
		again.Count, ok = intOf(value)
	}
	return ok
}
