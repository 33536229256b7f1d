package repository

import (
	"context"

	"cartograph/analytics"
)

// byName returns the order by name of a kind of reference records: by the name
// in lower case.
func byName[T any](kind string, position func(*T) position) listOrder[T] {
	return listOrder[T]{name: kind + " by name", field: "nameKey", kind: sortByText, position: position}
}

// named returns the conditions for reference records of which the name begins
// with a prefix, upper or lower case; all of them for an empty one. It fails
// with BadUserInput for a prefix that is too long.
func named(reach analytics.Reach, namePrefix string) (conditions, error) {
	prefix, err := searchPrefix("namePrefix", namePrefix)
	if err != nil {
		return nil, err
	}
	c := within(reach)
	if prefix != "" {
		c = c.and("nameKey", beginning(prefix))
	}
	return c, nil
}

// listNamed returns a page of the reference records of which the name begins
// with a prefix.
func listNamed[T any](ctx context.Context, r *Repository, collection string, reach analytics.Reach, namePrefix string, order listOrder[T], page analytics.PageArgs, without ...Part) (*analytics.Connection[T], error) {
	c, err := named(reach, namePrefix)
	if err != nil {
		return nil, err
	}
	return list(ctx, r, collection, reach, c, order, page, without...)
}

// countNamed returns how many reference records have a name that begins with a
// prefix.
func countNamed(ctx context.Context, r *Repository, collection string, reach analytics.Reach, namePrefix string) (int, error) {
	c, err := named(reach, namePrefix)
	if err != nil {
		return 0, err
	}
	return count(ctx, r, collection, c)
}
