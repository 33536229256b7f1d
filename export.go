package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"cartograph/analytics"
	"cartograph/export"
)

// exportCommand writes files.
type exportCommand struct {
	Calls exportCalls `cmd:"" help:"The call-stats export, in the form that import reads."`
}

// exportCalls writes calls to a file.
type exportCalls struct {
	File       string    `arg:"" optional:"" default:"-" help:"The file to write; - or nothing for the standard output."`
	Org        string    `required:"" help:"Organization whose calls to export."`
	From       time.Time `help:"Only calls from this time on (RFC 3339)." placeholder:"TIME"`
	To         time.Time `help:"Only calls before this time (RFC 3339)." placeholder:"TIME"`
	Format     string    `help:"csv or xlsx; by the name of the file if left out." enum:"csv,xlsx," default:""`
	NoPersonal bool      `help:"Leave the cells with personal data empty."`
}

// Run writes the calls, with progress in the terminal. The file gets its name
// once it is whole.
func (c *exportCalls) Run(ctx context.Context, s *Settings, t terminal, log *slog.Logger) (err error) {
	filter, err := c.filter()
	if err != nil {
		return err
	}
	db, err := openDatabase(ctx, s, false, log)
	if err != nil {
		return err
	}
	defer closing(db, &err)
	reach := analytics.Reach{Org: c.Org}
	total, err := db.CountCalls(ctx, reach, filter)
	if err != nil {
		return err
	}
	bar := newBar(t, int64(total), "exporting calls", false)
	rows := 0
	table := export.CallTable(ctx, db, reach, filter, !c.NoPersonal)
	table.Rows = counted(table.Rows, func() { rows++; _ = bar.Add(1) })
	err = c.write(t, func(w io.Writer) error { return export.Write(w, c.format(), table) })
	_ = bar.Finish()
	if err != nil {
		return err
	}
	fmt.Fprintf(t.err, "%d calls exported\n", rows)
	return nil
}

// filter returns which calls to export. It fails with BadUserInput for a period
// that ends before it begins.
func (c *exportCalls) filter() (analytics.CallFilter, error) {
	if c.From.IsZero() && c.To.IsZero() {
		return analytics.CallFilter{}, nil
	}
	period := analytics.Period{Start: c.From, End: c.To}
	if c.To.IsZero() {
		period.End = time.Now()
	}
	if !period.End.After(period.Start) {
		return analytics.CallFilter{}, analytics.Errorf(analytics.BadUserInput, "--to must lie after --from")
	}
	return analytics.CallFilter{Period: &period}, nil
}

// format returns the format asked for, else the one that the file's name tells.
func (c *exportCalls) format() analytics.ExportFormat {
	if c.Format == "xlsx" || c.Format == "" && strings.EqualFold(filepath.Ext(c.File), ".xlsx") {
		return analytics.ExportXLSX
	}
	return analytics.ExportCSV
}

// write writes to the standard output, or to a file beside the one that was named,
// which takes its place once it is whole.
func (c *exportCalls) write(t terminal, to func(io.Writer) error) (err error) {
	if c.File == "-" {
		return buffered(t.out, to)
	}
	file, err := os.CreateTemp(filepath.Dir(c.File), filepath.Base(c.File)+".part-")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name())
		}
	}()
	if err := buffered(file, to); err != nil {
		_ = file.Close()
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	return os.Rename(file.Name(), c.File)
}

// buffered writes in large pieces.
func buffered(w io.Writer, to func(io.Writer) error) error {
	buffer := bufio.NewWriterSize(w, 1<<20)
	if err := to(buffer); err != nil {
		return err
	}
	return buffer.Flush()
}

// counted returns rows of which each is told.
func counted(rows iter.Seq2[[]export.Cell, error], tell func()) iter.Seq2[[]export.Cell, error] {
	return func(yield func([]export.Cell, error) bool) {
		for row, err := range rows {
			if err == nil {
				tell()
			}
			if !yield(row, err) {
				return
			}
		}
	}
}
