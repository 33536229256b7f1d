package repository

import (
	"context"
	"errors"
	"fmt"

	"cartograph/analytics"
)

// inHalves does something with many things together. Where that fails it does it
// with each half, and so on, until it is known which of them fail by themselves:
// failed hears of each of these, and the others are done. What fails before may be
// done in part, so it must do no harm to do it again.
//
// It fails only where nothing more would go well: where ctx ended or the database
// cannot be reached.
func inHalves[T any](ctx context.Context, things []T, do func(context.Context, []T) error, failed func(T, error)) error {
	err := do(ctx, things)
	switch {
	case err == nil:
		return nil
	case allWouldFail(ctx, err):
		return err
	case len(things) == 0:
		return err
	case len(things) == 1:
		failed(things[0], err)
		return nil
	}
	half := len(things) / 2
	if err := inHalves(ctx, things[:half], do, failed); err != nil {
		return err
	}
	return inHalves(ctx, things[half:], do, failed)
}

// allWouldFail reports whether something failed for a reason that has nothing to do
// with what it is: what comes after it would fail too.
func allWouldFail(ctx context.Context, err error) bool {
	return ctx.Err() != nil || analytics.CodeOf(err) == analytics.Unavailable
}

// failures are what went wrong with some of many things.
type failures struct {
	count int
	first []error
}

// toldFailures is how many of them are told one by one: enough to see what they
// have in common.
const toldFailures = 20

func (f *failures) add(err error) {
	if f.count++; len(f.first) < toldFailures {
		f.first = append(f.first, err)
	}
}

// err returns all of them as one error, nil for none.
func (f *failures) err() error {
	if more := f.count - len(f.first); more > 0 {
		return errors.Join(append(f.first[:len(f.first):len(f.first)], fmt.Errorf("and %d more", more))...)
	}
	return errors.Join(f.first...)
}
