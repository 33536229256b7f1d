package ingest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"cartograph/analytics"
)

// ImportEvents takes in a file of tracking events: NDJSON, or a JSON list of
// any length. A bad event is reported by its line (in a list by its number) and
// skipped; importing the same file again changes nothing. Memory does not grow
// with the file.
//
// It fails with what reading fails with, and where the store cannot be reached;
// the summary then tells what was taken in before.
func ImportEvents(ctx context.Context, store Store, org string, in io.Reader, o ImportOptions) (Summary, error) {
	return importThings(ctx, eventsInto(store), org, in, o)
}

// ImportCatalog does the same for a file of catalog records. The records of the
// file replace those that were there.
func ImportCatalog(ctx context.Context, store Store, org string, in io.Reader, o ImportOptions) (Summary, error) {
	s, err := importThings(ctx, recordsInto(store), org, in, o)
	s.Replaces = true
	return s, err
}

func importThings[T any](ctx context.Context, k kind[T], org string, in io.Reader, o ImportOptions) (Summary, error) {
	things := &intake[T]{
		kind: k, org: org, now: time.Now,
		turn: func(context.Context) (func(), error) { return func() {}, nil },
	}
	var s Summary
	things.reject = func(r Rejection) {
		s.Bad++
		things.refused = 0 // each is told at once: there may be any number
		if o.Report != nil {
			o.Report(r.Index+1, "", &analytics.Error{Code: r.Code, Message: r.Message})
		}
	}
	file := &countedReader{in: in, progress: o.Progress}
	next := fileDocuments(file, func(line int, err error) {
		s.Rows++
		things.refuse(line, "", err)
	})
	err := things.takeAll(ctx, func() ([]byte, int, error) {
		raw, index, err := next()
		if err == nil {
			s.Rows++
		}
		return raw, index, err
	})
	s.New, s.Unchanged = things.taken.Accepted, things.taken.Duplicates+things.taken.Echoes
	return s, err
}

// fileDocuments tells a list from lines by how the file begins, and returns what
// reads its documents. tooLong hears of lines that are skipped.
func fileDocuments(in io.Reader, tooLong func(line int, err error)) func() ([]byte, int, error) {
	lines := newLines(in)
	switch start, _ := lines.in.Peek(lineBuffer); {
	case bytes.HasPrefix(bytes.TrimLeft(start, blanks), []byte("[")):
		return streamList(lines.in)
	case overSeveralLines(start):
		return streamObjects(lines.in)
	}
	return func() ([]byte, int, error) {
		for {
			raw, index, err := lines.next()
			if !errors.Is(err, errLineTooLong) {
				return raw, index, err
			}
			tooLong(lines.line-1, errLineTooLong)
		}
	}
}

const blanks = " \t\r\n"

// overSeveralLines reports whether a file begins with an object that does not
// end on its line.
func overSeveralLines(start []byte) bool {
	first, _, _ := bytes.Cut(bytes.TrimLeft(start, blanks), []byte("\n"))
	return string(bytes.TrimSpace(first)) == "{"
}

// streamObjects reads JSON documents that follow each other.
func streamObjects(in io.Reader) func() ([]byte, int, error) {
	decoder := json.NewDecoder(in)
	index := 0
	return func() ([]byte, int, error) {
		var raw json.RawMessage
		err := decoder.Decode(&raw)
		if errors.Is(err, io.EOF) {
			return nil, index, io.EOF
		}
		if err != nil {
			return nil, index, errors.Join(errNoJSON, err)
		}
		index++
		return raw, index - 1, nil
	}
}

// streamList reads a JSON list element by element.
func streamList(in io.Reader) func() ([]byte, int, error) {
	decoder := json.NewDecoder(in)
	index, opened := 0, false
	return func() ([]byte, int, error) {
		if !opened {
			opened = true
			if _, err := decoder.Token(); err != nil {
				return nil, 0, errors.Join(errNoJSON, err)
			}
		}
		if !decoder.More() {
			return nil, index, endOfList(decoder)
		}
		var raw json.RawMessage
		if err := decoder.Decode(&raw); errors.Is(err, io.EOF) {
			return nil, index, errUnreadable // io.EOF would be a good end
		} else if err != nil {
			return nil, index, errors.Join(errNoJSON, err)
		}
		index++
		return raw, index - 1, nil
	}
}

// endOfList returns io.EOF where a list is closed and nothing follows it.
func endOfList(decoder *json.Decoder) error {
	if _, err := decoder.Token(); err != nil {
		return errUnreadable
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errNoJSON
	}
	return io.EOF
}

// countedReader tells how much of a file was read.
type countedReader struct {
	in       io.Reader
	progress func(bytes int64)
	read     int64
}

func (c *countedReader) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.read += int64(n)
	if c.progress != nil {
		c.progress(c.read)
	}
	return n, err
}
