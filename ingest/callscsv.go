package ingest

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"time"

	"cartograph/analytics"
	"cartograph/repository"
)

const (
	// batchRows is how many rows are written at a time: enough to make the
	// commands per batch, whose number is constant, cheap.
	batchRows = 1000
	// batchBytes bounds what a batch of very long rows holds in memory.
	batchBytes = 4 << 20
)

// CallStore takes events in.
type CallStore interface {
	Absorb(ctx context.Context, org string, events []analytics.Event) ([]repository.Outcome, error)
}

// ImportOptions say who hears of an import while it runs; both may be nil.
type ImportOptions struct {
	// Progress hears how many bytes were read so far.
	Progress func(bytes int64)
	// Report hears what is wrong, by the line of the file and, where one is at
	// fault, the column. Columns that nobody knows are reported too, once.
	Report func(line int, column string, err error)
}

// Summary says what an import came to.
type Summary struct {
	Rows      int // with anything in them
	New       int
	Unchanged int // known before, cell by cell
	Bad       int // refused and reported
	// Replaces says that rows were stored in the place of what was there: then all
	// that was stored is in New, and Unchanged is 0.
	Replaces bool
}

// String returns the summary in a sentence.
func (s Summary) String() string {
	if s.Replaces {
		return fmt.Sprintf("%d records: %d stored, %d refused", s.Rows, s.New, s.Bad)
	}
	return fmt.Sprintf("%d rows: %d new, %d known before, %d refused", s.Rows, s.New, s.Unchanged, s.Bad)
}

// ImportCalls takes in a call-stats export: CSV in UTF-8 with a header, its
// columns in any order. A bad row is reported and skipped; importing the same
// file again changes nothing. Memory does not grow with the file, but for a few
// bytes per missed call without session and browser.
//
// It fails with BadUserInput for a file that is no such export, with what
// reading fails with, and where the store cannot be reached; the summary then
// tells what was taken in before.
func ImportCalls(ctx context.Context, store CallStore, org string, in io.Reader, o ImportOptions) (Summary, error) {
	m := &callImport{store: store, org: org, now: time.Now(), report: o.Report, occurrences: map[uint64]uint32{}}
	if m.report == nil {
		m.report = func(int, string, error) {}
	}
	rows := newCSVReader(in, o.Progress)
	if err := rows.textStart(); err != nil {
		return m.summary, readError(rows, err)
	}
	if err := m.readHeader(rows); err != nil {
		return m.summary, readError(rows, err)
	}
	for {
		row, err := rows.next()
		if err == io.EOF {
			return m.summary, m.flush(ctx)
		}
		if err != nil {
			return m.summary, errors.Join(m.flush(ctx), readError(rows, err))
		}
		m.add(row)
		if len(m.batch) == batchRows || m.bytes >= batchBytes {
			err = m.flush(ctx)
		}
		if err = errors.Join(err, ctx.Err()); err != nil {
			return m.summary, err
		}
	}
}

// readError says at which line reading ended; errors of ours say it themselves.
func readError(rows *csvReader, err error) error {
	var known *analytics.Error
	if errors.As(err, &known) {
		return err
	}
	return &analytics.Error{
		Code:    analytics.BadUserInput,
		Message: fmt.Sprintf("the file cannot be read beyond line %d", rows.line),
		Err:     err,
	}
}

// callImport is one import under way.
type callImport struct {
	store   CallStore
	org     string
	now     time.Time // of the import as a whole
	report  func(line int, column string, err error)
	columns []string // of the file; "" for one that is not read
	summary Summary

	batch []analytics.Event
	lines []int // of the rows of the batch
	bytes int
	// occurrences counts rows of missed calls that no cell tells apart, by a hash
	// of the id that they share.
	occurrences map[uint64]uint32
}

// add puts a row into the batch, or reports what is wrong with it. A row without
// anything in it is none: spreadsheets leave such rows behind.
func (m *callImport) add(row *csvRow) {
	if row.fault == nil && row.blank() {
		return
	}
	m.summary.Rows++
	if row.fault != nil {
		m.refuse(row.fault.line, m.columnAt(row.fault.cell), analytics.Errorf(analytics.BadUserInput, "%s", row.fault.message))
		return
	}
	if row.width != len(m.columns) {
		m.refuse(row.line, "", analytics.Errorf(analytics.BadUserInput, "the row has %d cells, the header %d", row.width, len(m.columns)))
		return
	}
	event, err := m.read(row)
	if err != nil {
		m.refuse(row.line, columnOf(err), reasonOf(err))
		return
	}
	m.batch = append(m.batch, event)
	m.lines = append(m.lines, row.line)
	m.bytes += row.size()
}

// read returns the event that a row is.
func (m *callImport) read(row *csvRow) (analytics.Event, error) {
	cells := make(map[string]string, len(m.columns))
	for i, column := range m.columns {
		if column != "" && row.cells[i] != "" {
			cells[column] = row.cells[i]
		}
	}
	call, err := analytics.ParseCallRow(cells)
	if err != nil {
		return analytics.Event{}, err
	}
	if call.Anonymous() {
		hash := fnv.New64a()
		_, _ = io.WriteString(hash, call.CallID())
		m.occurrences[hash.Sum64()]++
		call.Occurrence = int(m.occurrences[hash.Sum64()])
	}
	return call.Event(m.now)
}

// flush writes the batch.
func (m *callImport) flush(ctx context.Context) error {
	if len(m.batch) == 0 {
		return nil
	}
	outcomes, err := m.store.Absorb(ctx, m.org, m.batch)
	if err != nil {
		return fmt.Errorf("import lines %d to %d: %w", m.lines[0], m.lines[len(m.lines)-1], err)
	}
	for i, outcome := range outcomes {
		switch {
		case outcome.Err != nil:
			m.refuse(m.lines[i], "", outcome.Err)
		case outcome.Status == repository.Duplicate:
			m.summary.Unchanged++
		default:
			m.summary.New++
		}
	}
	m.batch, m.lines, m.bytes = m.batch[:0], m.lines[:0], 0
	return nil
}

func (m *callImport) refuse(line int, column string, err error) {
	m.summary.Bad++
	m.report(line, column, err)
}

// columnAt returns the name of a column of the file by its place; "" beyond the
// header.
func (m *callImport) columnAt(i int) string {
	if i < len(m.columns) {
		return m.columns[i]
	}
	return ""
}

func columnOf(err error) string {
	var in *analytics.ColumnError
	if errors.As(err, &in) {
		return in.Column
	}
	return ""
}

// reasonOf returns what is wrong without the column's name.
func reasonOf(err error) error {
	var in *analytics.ColumnError
	if errors.As(err, &in) {
		return in.Err
	}
	return err
}
