package resolvers

import (
	"context"

	"cartograph/repository"
)

// partFields are the fields of a type that show a part of its documents, by parts
// that are left out of lists at the root where none of these is selected.
type partFields map[repository.Part][]string

var (
	callParts    = partFields{repository.CallCounts: fieldsOfFigures, repository.CallSearchWords: nil}
	productParts = partFields{repository.ProductVariations: {"variations"}, repository.ProductDescription: {"description"}}
)

// notSelected returns the parts that the list being resolved, of items of a type,
// does not show.
func notSelected(ctx context.Context, typeName string, parts partFields) (without []repository.Part) {
	selected := listedHere(ctx, typeName)
	for part, fields := range parts {
		if !selected.have(typeName, fields...) {
			without = append(without, part)
		}
	}
	return without
}
