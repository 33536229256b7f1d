package repository

import (
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// Part is a part of documents that may be large, and that who reads them may do
// without: its field.
type Part string

// The parts of products. The variations of one may take ten times the rest.
const (
	ProductVariations  Part = "variations"
	ProductDescription Part = "description"
)

// The parts of calls. CallCounts stand for the figures of a call that are not
// stored yet, and nobody shows CallSearchWords.
const (
	CallCounts      Part = "counts"
	CallSearchWords Part = "shopperWords"
)

// The parts of carts that only commands need: what they remember, up to hundreds of
// names, and updates that may not be in the log yet.
const (
	cartMemory Part = "state.memory"
	cartFresh  Part = "fresh"
)

// productMonths are what is stored of a SKU month by month. They grow with the
// years, and only a month that is to be counted anew needs them.
const productMonths Part = "months"

// lacking returns the options of a find that leaves parts of documents out.
func lacking(parts []Part) *options.FindOptionsBuilder {
	find := options.Find()
	if len(parts) == 0 {
		return find
	}
	projection := make(bson.D, len(parts))
	for i, part := range parts {
		projection[i] = bson.E{Key: string(part), Value: 0}
	}
	return find.SetProjection(projection)
}
