package demo

import (
	"context"
	"fmt"
	"slices"

	"cartograph/analytics"
	"cartograph/repository"
)

// batch is how many events or records are written at once: the commands per
// batch are always as many, so larger ones load faster, until a batch no longer
// fits into a message of the database.
const batch = 1000

// Store takes in events and catalog records.
type Store interface {
	Absorb(ctx context.Context, org string, events []analytics.Event) ([]repository.Outcome, error)
	PutCatalog(ctx context.Context, org string, records []analytics.CatalogRecord) ([]repository.Outcome, error)
}

// Load sends all demo data to a store. It may be repeated, and then adds only
// what is missing. progress, which may be nil, hears after each batch how much
// of the data is done. Load fails with what the store fails with, and for
// anything that it refuses.
func Load(ctx context.Context, store Store, progress func(done, total int)) error {
	catalog, events, rows := slices.Collect(Catalog()), slices.Collect(Events()), slices.Collect(CallRows())
	done, total := 0, len(catalog)+len(events)+len(rows)
	took := func(n int) {
		done += n
		if progress != nil {
			progress(done, total)
		}
	}

	putCatalog := func(records []analytics.CatalogRecord) ([]repository.Outcome, error) {
		return store.PutCatalog(ctx, Org, records)
	}
	absorb := func(events []analytics.Event) ([]repository.Outcome, error) {
		return store.Absorb(ctx, Org, events)
	}
	if err := send(ctx, catalog, analytics.ParseCatalogRecord, putCatalog, took); err != nil {
		return fmt.Errorf("load demo catalog: %w", err)
	}
	if err := send(ctx, events, parseEvent, absorb, took); err != nil {
		return fmt.Errorf("load demo events: %w", err)
	}
	if err := send(ctx, rows, parseRow, absorb, took); err != nil {
		return fmt.Errorf("load demo calls: %w", err)
	}
	return nil
}

// parseEvent reads an event as if it came in at the end of the told time.
func parseEvent(line []byte) (analytics.Event, error) { return analytics.ParseEvent(line, Today) }

// parseRow reads a row of the export as the import of a file does.
func parseRow(row map[string]string) (analytics.Event, error) {
	call, err := analytics.ParseCallRow(row)
	if err != nil {
		return analytics.Event{}, err
	}
	return analytics.NewImportedCall(call.CallID(), row, call.At(), Today), nil
}

// send parses and writes items in batches, and tells took of each. It stops at
// the first item that is refused.
func send[Item, Parsed any](
	ctx context.Context, items []Item, parse func(Item) (Parsed, error),
	write func([]Parsed) ([]repository.Outcome, error), took func(n int),
) error {
	n := 0
	for chunk := range slices.Chunk(items, batch) {
		if err := ctx.Err(); err != nil {
			return err
		}
		parsed := make([]Parsed, len(chunk))
		for i, item := range chunk {
			var err error
			if parsed[i], err = parse(item); err != nil {
				return fmt.Errorf("item %d: %w", n+i, err)
			}
		}
		outcomes, err := write(parsed)
		if err != nil {
			return err
		}
		for i, outcome := range outcomes {
			if outcome.Err != nil {
				return fmt.Errorf("item %d: %w", n+i, outcome.Err)
			}
		}
		n += len(chunk)
		took(len(chunk))
	}
	return nil
}
