package repository

import (
	"bytes"

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

func readProductMark(mark *productMark, key []byte, value bsoncore.Value) bool {
	ok := true
	switch string(key) {
	case "token":
		mark.Token, ok = value.StringValueOK()
	case "at":
		mark.At, ok = timeOf(value)
	case "months":
		mark.Months, ok = valuesIn(value, func(value bsoncore.Value) (analytics.CalendarMonth, bool) {
			month, ok := intOf(value)
			return analytics.CalendarMonth(month), ok
		})
	}
	return ok
}

func readProductPart(part *analytics.ProductPart, key []byte, value bsoncore.Value) (ok bool) {
	if string(key) == "again" {
		part.Again, ok = listOf(value, readAgain)
		return ok
	}
	return readProductCounts(&part.ProductCounts, key, value)
}

func readProductInCall(p *analytics.ProductInCall, key []byte, value bsoncore.Value) (ok bool) {
	if string(key) == "sku" {
		p.SKU, ok = value.StringValueOK()
		return ok
	}
	return readProductCounts(&p.ProductCounts, key, value)
}

func readProductCounts(c *analytics.ProductCounts, key []byte, value bsoncore.Value) bool {
	ok := true
	switch string(key) {
	case "presented":
		c.Presented, ok = intOf(value)
	case "triedOn":
		c.TriedOn, ok = intOf(value)
	case "clicks":
		c.Clicks, ok = intOf(value)
	case "added":
		c.Added, ok = intOf(value)
	case "removed":
		c.Removed, ok = intOf(value)
	case "checkedOut":
		c.CheckedOut, ok = intOf(value)
	case "purchases":
		c.Purchases, ok = intOf(value)
	case "quantity":
		c.Quantity, ok = value.AsInt64OK()
	case "sales":
		c.Sales, ok = listOf(value, readMoney)
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
