package main

import (
	"io"
	"net/http"
	"time"
)

// timedBody takes the deadline of a body away once the body has come: the answer
// may take longer, and a stream of events does.
type timedBody struct {
	io.ReadCloser
	control *http.ResponseController
}

// Read reads from the body.
func (b *timedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		_ = b.control.SetReadDeadline(time.Time{})
	}
	return n, err
}
