package repository

import (
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// Documents of which very many are read at once are decoded element by element:
// facts of calls and what is stored of products. What a field means stands in a
// switch there, and not in a tag: a test compares both.

var errMalformed = errors.New("malformed document")

// bytesOf returns the bytes of a string value as they are stored.
func bytesOf(value bsoncore.Value) ([]byte, bool) {
	if value.Type != bsoncore.TypeString || len(value.Data) < 5 {
		return nil, false
	}
	return value.Data[4 : len(value.Data)-1], true // between its length and its NUL
}

func timeOf(value bsoncore.Value) (time.Time, bool) {
	ms, ok := value.DateTimeOK()
	return time.UnixMilli(ms).UTC(), ok
}

func intOf(value bsoncore.Value) (int, bool) {
	n, ok := value.AsInt64OK()
	return int(n), ok
}

// readDocument reads the elements of an embedded document or array.
func readDocument(value bsoncore.Value, read func(key []byte, value bsoncore.Value) bool) bool {
	if value.Type != bsoncore.TypeEmbeddedDocument && value.Type != bsoncore.TypeArray {
		return false
	}
	return eachElement(value.Data, read) == nil
}

// valuesIn returns the values of an array.
func valuesIn[T any](value bsoncore.Value, read func(bsoncore.Value) (T, bool)) (list []T, ok bool) {
	list = []T{}
	ok = readDocument(value, func(_ []byte, element bsoncore.Value) bool {
		item, ok := read(element)
		list = append(list, item)
		return ok
	})
	return list, ok
}

// listOf returns the documents of an array, each read field by field.
func listOf[T any](value bsoncore.Value, read func(item *T, key []byte, value bsoncore.Value) bool) (list []T, ok bool) {
	return valuesIn(value, func(element bsoncore.Value) (item T, ok bool) {
		ok = readDocument(element, func(key []byte, value bsoncore.Value) bool { return read(&item, key, value) })
		return item, ok
	})
}

// eachElement calls read for each element of a document until it returns false,
// without allocating; null is nothing. It fails for a document that is no BSON and
// where read returned false.
func eachElement(document bsoncore.Document, read func(key []byte, value bsoncore.Value) bool) error {
	length, rest, ok := bsoncore.ReadLength(document)
	if !ok || int(length) > len(document) || length < 5 {
		return errMalformed
	}
	rest = rest[:length-5] // without the closing NUL
	for len(rest) > 0 {
		var element bsoncore.Element
		element, rest, ok = bsoncore.ReadElement(rest)
		if !ok {
			return errMalformed
		}
		value, err := element.ValueErr()
		if err != nil || value.Type != bsoncore.TypeNull && !read(element.KeyBytes(), value) {
			return errMalformed
		}
	}
	return nil
}
