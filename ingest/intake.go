package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"cartograph/analytics"
	"cartograph/reply"
	"cartograph/repository"
)

// Store takes in what was read. It answers for every event and record in order,
// and fails only where nothing can be said.
type Store interface {
	Absorb(ctx context.Context, org string, events []analytics.Event) ([]repository.Outcome, error)
	PutCatalog(ctx context.Context, org string, records []analytics.CatalogRecord) ([]repository.Outcome, error)
}

var _ Store = (*repository.Repository)(nil)

// Result says what became of the things in a body: how many count, and each that
// was refused.
type Result struct {
	Accepted   int         `json:"accepted"`
	Duplicates int         `json:"duplicates"`
	Echoes     int         `json:"echoes"`
	Rejected   []Rejection `json:"rejected"`
}

// Rejection names one thing that was refused and changed nothing.
type Rejection struct {
	// Index is its place in the list, or the line, counted from 0.
	Index   int            `json:"index"`
	ID      string         `json:"id,omitempty"`
	Code    analytics.Code `json:"code"`
	Message string         `json:"message"`
}

// kind is a kind of things that come in: how one is read, and how some are put
// into the store.
type kind[T any] struct {
	read func(raw []byte, now time.Time) (T, error)
	put  func(ctx context.Context, org string, things []T) ([]repository.Outcome, error)
	id   func(T) string
	// idOf returns the id as far as it can be read of a thing that cannot.
	idOf func(raw []byte) string
}

func eventsInto(store Store) kind[analytics.Event] {
	return kind[analytics.Event]{
		analytics.ParseEvent, store.Absorb,
		func(e analytics.Event) string { return e.SenderID() }, analytics.EventIDOf,
	}
}

func recordsInto(store Store) kind[analytics.CatalogRecord] {
	return kind[analytics.CatalogRecord]{
		readRecord, store.PutCatalog,
		func(r analytics.CatalogRecord) string { return r.ID }, analytics.RecordIDOf,
	}
}

// readRecord reads a catalog record and looks its time zone up.
func readRecord(raw []byte, _ time.Time) (analytics.CatalogRecord, error) {
	record, err := analytics.ParseCatalogRecord(raw)
	if err != nil || record.LiveEvent == nil || record.LiveEvent.TimeZone == "" {
		return record, err
	}
	zone := string(record.LiveEvent.TimeZone)
	if _, err := time.LoadLocation(zone); err != nil || zone == "Local" {
		return record, analytics.Errorf(analytics.BadUserInput, "timeZone: %.64q is no IANA time zone, such as \"Europe/Stockholm\"", zone)
	}
	return record, nil
}

const (
	// batchThings is how many things are written at a time: enough to make the
	// commands per batch, whose number is constant, cheap.
	batchThings = 1000
	// maxRejections bounds the answer: beyond it a body is given up.
	maxRejections = 10_000
)

// errTooManyRejections ends a body of which next to nothing can be taken.
var errTooManyRejections = reply.TooLarge(
	"more than %d were refused; nothing after them was read", maxRejections)

// intake is one body on its way in: things are read one by one and put into the
// store in batches, so that memory does not grow with the body.
type intake[T any] struct {
	kind[T]
	org string
	now func() time.Time
	// turn waits until a batch may be written, and returns what ends the turn.
	turn func(context.Context) (done func(), err error)
	// reject hears of each thing that is refused.
	reject func(Rejection)

	taken    Result // but for what was refused
	refused  int
	readable bool // something was JSON
	batch    []T
	at       []int // indexes of what is in the batch
	bytes    int
}

// takeAll takes in everything that next returns until it returns io.EOF. It
// fails with what next fails with, where too much was refused, and where the
// store or the turn does; what was taken in before counts.
func (in *intake[T]) takeAll(ctx context.Context, next func() (raw []byte, index int, err error)) error {
	for {
		raw, index, err := next()
		if errors.Is(err, io.EOF) {
			return in.flush(ctx)
		}
		if err != nil {
			return errors.Join(err, in.flush(ctx))
		}
		in.take(raw, index)
		if in.refused > maxRejections {
			return errors.Join(errTooManyRejections, in.flush(ctx))
		}
		if len(in.batch) == batchThings || in.bytes >= batchBytes {
			if err := in.flush(ctx); err != nil {
				return err
			}
		}
	}
}

// take reads one thing into the batch, or refuses it.
func (in *intake[T]) take(raw []byte, index int) {
	thing, err := in.read(raw, in.now())
	switch {
	case err == nil:
		in.readable = true
		in.batch, in.at = append(in.batch, thing), append(in.at, index)
		in.bytes += len(raw)
	case !json.Valid(raw):
		in.refuse(index, "", analytics.Errorf(analytics.BadUserInput, "is no valid JSON"))
	default:
		in.readable = true
		in.refuse(index, in.idOf(raw), err)
	}
}

// flush writes the batch.
func (in *intake[T]) flush(ctx context.Context) error {
	if len(in.batch) == 0 {
		return ctx.Err()
	}
	done, err := in.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	outcomes, err := in.put(ctx, in.org, in.batch)
	if err != nil {
		return err
	}
	for i, outcome := range outcomes {
		switch {
		case outcome.Err != nil:
			in.refuse(in.at[i], in.id(in.batch[i]), outcome.Err)
		case outcome.Status == repository.Duplicate:
			in.taken.Duplicates++
		case outcome.Status == repository.Echo:
			in.taken.Echoes++
		default:
			in.taken.Accepted++
		}
	}
	clear(in.batch)
	in.batch, in.at, in.bytes = in.batch[:0], in.at[:0], 0
	return nil
}

func (in *intake[T]) refuse(index int, id string, err error) {
	in.refused++
	code, message := shown(err)
	in.reject(Rejection{Index: index, ID: id, Code: code, Message: message})
}

// shown returns what a client may read of an error.
func shown(err error) (analytics.Code, string) {
	var known *analytics.Error
	if errors.As(err, &known) {
		return known.Code, known.Message
	}
	return analytics.Internal, "internal error"
}
