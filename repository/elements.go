package repository

import (
	"errors"

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

// eachElement calls read for each element of a document until it returns false,
// without allocating. It fails for a document that is no BSON and where read
// returned false.
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
		if err != nil || !read(element.KeyBytes(), value) {
			return errMalformed
		}
	}
	return nil
}
