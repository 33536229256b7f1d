package resolvers

import (
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cartograph/auth"
)

// timed is a recorder that notes until when an answer may be written.
type timed struct {
	*httptest.ResponseRecorder
	until time.Time
}

// SetWriteDeadline is what a connection has.
func (r *timed) SetWriteDeadline(until time.Time) error {
	r.until = until
	return nil
}

func TestAnAnswerHasADeadlineToBeTaken(t *testing.T) {
	request := httptest.NewRequest("POST", "/", strings.NewReader(`{"query": "{ viewer { demo } }"}`))
	request.Header.Set("Content-Type", "application/json")
	answer, began := &timed{ResponseRecorder: httptest.NewRecorder()}, time.Now()
	handlerWithoutDatabase(t, io.Discard).ServeHTTP(answer, request.WithContext(auth.With(request.Context(), everything)))
	if answer.until.Before(began.Add(takeTimeout)) || answer.until.After(time.Now().Add(takeTimeout)) {
		t.Errorf("it may be written until %s, that is %s", answer.until, answer.until.Sub(began))
	}
}
