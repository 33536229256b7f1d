package resolvers

import (
	"cmp"
	"context"

	"github.com/99designs/gqlgen/graphql"

	"cartograph/analytics"
)

// connection returns a list field's page and, where it is selected, its total
// count. The two are read at the same time; what is not selected is not read.
func connection[T any](ctx context.Context, page analytics.PageArgs, list func() (*analytics.Connection[T], error), count func() (int, error)) (*analytics.Connection[T], error) {
	if _, _, err := page.Size(); err != nil {
		return nil, err
	}
	items := graphql.AnyFieldRequested(ctx, "edges", "nodes", "pageInfo")
	counted := graphql.FieldRequested(ctx, "totalCount")

	var read *analytics.Connection[T]
	var total int
	var listErr, countErr error
	listItems := func() { read, listErr = list() }
	countAll := func() { total, countErr = count() }
	switch {
	case items && counted:
		both(ctx, listItems, countAll)
	case items:
		listItems()
	case counted:
		countAll()
	}
	if err := cmp.Or(listErr, countErr); err != nil {
		return nil, err
	}
	if read == nil {
		read = &analytics.Connection[T]{}
	}
	answer := *read // of our own: a loader's page may be shared
	answer.TotalCount = total
	return &answer, nil
}

// rootConnection is connection for functions that ask the database themselves.
func rootConnection[T any](ctx context.Context, page analytics.PageArgs, list func() (*analytics.Connection[T], error), count func() (int, error)) (*analytics.Connection[T], error) {
	return connection(ctx, page, aside(ctx, list), aside(ctx, count))
}

// nullable turns NotFound into null: for fields that may be null.
func nullable[T any](found *T, err error) (*T, error) {
	if analytics.CodeOf(err) == analytics.NotFound {
		return nil, nil
	}
	return found, err
}

// or returns what stands for a thing that is not found: for fields that are
// never null.
func or[T any](missing T) func(found T, err error) (T, error) {
	return func(found T, err error) (T, error) {
		if analytics.CodeOf(err) == analytics.NotFound {
			return missing, nil
		}
		return found, err
	}
}

// orStandIn is or for what stands for a thing by its id alone. It is made only
// where nothing is found.
func orStandIn[T any](standIn func(id string) T, id string) func(found T, err error) (T, error) {
	return func(found T, err error) (T, error) {
		if analytics.CodeOf(err) == analytics.NotFound {
			return standIn(id), nil
		}
		return found, err
	}
}

// orZero returns the value of an optional argument.
func orZero[T any](v *T) (value T) {
	if v != nil {
		value = *v
	}
	return value
}
