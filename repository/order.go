package repository

import (
	"cmp"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
)

// listOrder is the order of a list: by a field that every document has, then by
// _id in the same direction, so that it is total and stays put under equal
// values.
type listOrder[T any] struct {
	// name says in a cursor which order it belongs to.
	name     string
	field    string
	kind     sortKind
	backward bool // largest first
	// position returns where a document stands in the order.
	position func(*T) position
}

// directed returns the order in a direction; the empty one is that of the order
// as it stands.
func (o listOrder[T]) directed(d analytics.Direction) listOrder[T] {
	if d != "" {
		o.backward = d == analytics.Descending
	}
	return o
}

// cursorName is the order's name with its direction: a cursor of the one
// direction is none of the other, where "after" means the opposite.
func (o listOrder[T]) cursorName() string {
	if o.backward {
		return o.name + " down"
	}
	return o.name + " up"
}

// position is the place of a document in a list: its sort value, and its native
// id among those with equal values.
type position struct {
	value sortValue
	id    string
}

// sortKind is the type of an order's field.
type sortKind int

const (
	sortByTime sortKind = iota
	sortByNumber
	sortByText
)

// sortValue is the value of an order's field: a text, or a number that is
// either itself or a time in milliseconds.
type sortValue struct {
	kind   sortKind
	number int64
	text   string
}

func timeValue(t time.Time) sortValue { return sortValue{kind: sortByTime, number: t.UnixMilli()} }
func numberValue(n int64) sortValue   { return sortValue{kind: sortByNumber, number: n} }
func textValue(s string) sortValue    { return sortValue{kind: sortByText, text: s} }

// compare orders two values of one kind as the database does.
func (v sortValue) compare(o sortValue) int {
	return cmp.Or(cmp.Compare(v.number, o.number), cmp.Compare(v.text, o.text))
}

// stored returns the value in the form that documents have it.
func (v sortValue) stored() any {
	switch v.kind {
	case sortByTime:
		return bson.DateTime(v.number)
	case sortByNumber:
		return v.number
	default:
		return v.text
	}
}
