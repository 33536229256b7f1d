package export

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"cartograph/analytics"
	"cartograph/auth"
)

// patience is how long a reader may take nothing of what is written before the
// connection is cut.
const patience = time.Minute

// statuses translate the kind of a failure to HTTP.
var statuses = map[analytics.Code]int{
	analytics.Unauthenticated: http.StatusUnauthorized,
	analytics.Forbidden:       http.StatusForbidden,
	analytics.BadUserInput:    http.StatusBadRequest,
	analytics.NotFound:        http.StatusNotFound,
	analytics.LimitExceeded:   http.StatusTooManyRequests,
	analytics.Timeout:         http.StatusServiceUnavailable,
	analytics.Unavailable:     http.StatusServiceUnavailable,
}

// failure is the body of an answer that is no success. Field is the parameter
// that is wrong, if it is one.
type failure struct {
	Code    analytics.Code `json:"code"`
	Message string         `json:"message"`
	Field   string         `json:"field,omitempty"`
}

// fail answers with a failure. What is ours is logged with its cause, and with the
// pattern of the path: the path itself may hold the secret of a link.
func fail(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error) {
	known := &analytics.Error{Code: analytics.Internal, Message: "internal error"}
	errors.As(err, &known)
	body := failure{Code: known.Code, Message: known.Message}
	var wrong *invalid
	if errors.As(err, &wrong) {
		body.Field = wrong.field
	}
	status, ok := statuses[known.Code]
	if !ok {
		status = http.StatusInternalServerError
	}
	if status >= http.StatusInternalServerError && r.Context().Err() == nil {
		log.ErrorContext(r.Context(), "export failed", "path", r.Pattern, "error", err)
	}
	switch status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="cartograph"`)
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "2")
	}
	w.Header().Del("Content-Disposition")
	write(w, status, body)
}

func write(w http.ResponseWriter, status int, body failure) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // whoever is gone hears nothing
}

// need returns who asks. It fails with Unauthenticated for nobody, and with
// Forbidden where they lack the scope.
func need(ctx context.Context, scope auth.Scope) (*auth.Principal, error) {
	principal := auth.From(ctx)
	switch {
	case principal == nil:
		return nil, analytics.Errorf(analytics.Unauthenticated, "a token is needed: Authorization: Bearer TOKEN")
	case !principal.Has(scope):
		return nil, analytics.Errorf(analytics.Forbidden, "the token lacks the scope %s", scope)
	}
	return principal, nil
}

// body is the body of an answer that is written as it is made. What fails before
// its first byte is answered as a failure, what fails after it breaks the
// connection off.
type body struct {
	w       http.ResponseWriter
	control *http.ResponseController
	written int64
}

func newBody(w http.ResponseWriter) *body {
	return &body{w: w, control: http.NewResponseController(w)}
}

var _ io.Writer = (*body)(nil)

// Write writes, and gives the reader patience to take it.
func (b *body) Write(p []byte) (int, error) {
	_ = b.control.SetWriteDeadline(time.Now().Add(patience)) // a test's recorder has none
	n, err := b.w.Write(p)
	b.written += int64(n)
	return n, err
}

// end finishes the answer to a request after err. It does not return where the
// connection has to be broken off.
func (b *body) end(r *http.Request, log *slog.Logger, err error) {
	switch {
	case err == nil:
		_ = b.control.SetWriteDeadline(time.Time{}) // the connection may be used again
	case b.written == 0:
		fail(b.w, r, log, err)
	default:
		if r.Context().Err() == nil {
			log.ErrorContext(r.Context(), "export was broken off", "path", r.Pattern, "error", err)
		}
		panic(http.ErrAbortHandler) // the server's way to cut a connection, which no one recovers from
	}
}
