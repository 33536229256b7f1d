package ingest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"cartograph/analytics"
	"cartograph/reply"
)

const (
	// maxBody bounds a JSON body, unpacked: it is read whole.
	maxBody = 8 << 20
	// maxLine bounds one line of NDJSON; the stream itself may be of any length.
	maxLine = analytics.MaxThing
	// lineBuffer is what reading lines holds for most of them.
	lineBuffer = 64 << 10
)

var (
	errBodyTooLarge = reply.TooLarge("the body is larger than %d MiB; send application/x-ndjson, or less at a time", maxBody>>20)
	errLineTooLong  = reply.TooLarge("the line is longer than %d MiB", maxLine>>20)
	errNoJSON       = analytics.Errorf(analytics.BadUserInput, "the body is no valid JSON: one object, or a list of objects")
	errEmpty        = analytics.Errorf(analytics.BadUserInput, "the body is empty")
	errUnreadable   = analytics.Errorf(analytics.BadUserInput, "the body cannot be read to its end")
)

var byteOrderMark = []byte("\xef\xbb\xbf")

// lines reads NDJSON: one document a line. Blank lines hold none, but count.
type lines struct {
	in   *bufio.Reader
	line int    // how many were read
	long []byte // of a line longer than the buffer
}

func newLines(in io.Reader) *lines {
	l := &lines{in: bufio.NewReaderSize(in, lineBuffer)}
	if start, err := l.in.Peek(len(byteOrderMark)); err == nil && bytes.Equal(start, byteOrderMark) {
		_, _ = l.in.Discard(len(byteOrderMark))
	}
	return l
}

// next returns the next line that is not blank and its index, io.EOF at the end.
// It fails with LimitExceeded for a line that is too long, and goes on after it
// when called again. The line is good until the next call.
func (l *lines) next() (raw []byte, index int, err error) {
	for {
		raw, err := l.readLine()
		if errors.Is(err, io.EOF) && len(raw) == 0 {
			return nil, l.line, io.EOF
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, l.line, err
		}
		l.line++
		if raw = bytes.TrimSpace(raw); len(raw) > 0 {
			return raw, l.line - 1, nil
		}
	}
}

func (l *lines) readLine() ([]byte, error) {
	piece, err := l.in.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return piece, readFailure(err)
	}
	l.long = append(l.long[:0], piece...)
	for {
		piece, err = l.in.ReadSlice('\n')
		if len(l.long) <= maxLine {
			l.long = append(l.long, piece...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if len(l.long) > maxLine {
			l.line++
			return nil, errLineTooLong
		}
		return l.long, readFailure(err)
	}
}

// readFailure says that a body broke off, with the cause for the log, or that a
// page sent too much.
func readFailure(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return errPageBodyTooLarge
	}
	return &analytics.Error{Code: analytics.BadUserInput, Message: errUnreadable.Message, Err: err}
}

// list reads a JSON body whole: one document, or a list of them.
type list struct {
	documents []json.RawMessage
	at        int
}

// newList reads the body. It fails with LimitExceeded where it is too large and
// with BadUserInput where it is no JSON.
func newList(in io.Reader) (*list, error) {
	body, err := io.ReadAll(io.LimitReader(in, maxBody+1))
	if err != nil {
		return nil, readFailure(err)
	}
	if len(body) > maxBody {
		return nil, errBodyTooLarge
	}
	body = bytes.TrimSpace(bytes.TrimPrefix(body, byteOrderMark))
	switch {
	case len(body) == 0:
		return nil, errEmpty
	case !json.Valid(body):
		return nil, errNoJSON
	case body[0] != '[':
		return &list{documents: []json.RawMessage{body}}, nil
	}
	l := &list{}
	if err := json.Unmarshal(body, &l.documents); err != nil {
		return nil, errNoJSON
	}
	return l, nil
}

// next returns the next document and its index, io.EOF at the end.
func (l *list) next() (raw []byte, index int, err error) {
	if l.at == len(l.documents) {
		return nil, l.at, io.EOF
	}
	raw, l.documents[l.at] = l.documents[l.at], nil
	l.at++
	return raw, l.at - 1, nil
}
