// Package reply writes the answers of plain HTTP that are JSON, and answers
// failures: everywhere with the same statuses, headers and body.
package reply

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"cartograph/analytics"
)

// retryAfter is after how many seconds to come again where too much is asked or
// something is away: most of that passes within moments.
const retryAfter = "2"

// Challenge says how to authenticate, to who did not (RFC 6750).
const Challenge = `Bearer realm="cartograph"`

// statuses translate the kind of a failure to HTTP; 500 for all others.
var statuses = map[analytics.Code]int{
	analytics.BadUserInput:    http.StatusBadRequest,
	analytics.Unauthenticated: http.StatusUnauthorized,
	analytics.Forbidden:       http.StatusForbidden,
	analytics.NotFound:        http.StatusNotFound,
	analytics.Conflict:        http.StatusConflict,
	analytics.LimitExceeded:   http.StatusTooManyRequests,
	analytics.Timeout:         http.StatusServiceUnavailable,
	analytics.Unavailable:     http.StatusServiceUnavailable,
}

// Failure is the body of an answer that is a failure. Field is the parameter or
// attribute that is wrong, if it is one.
type Failure struct {
	Code    analytics.Code `json:"code"`
	Message string         `json:"message"`
	Field   string         `json:"field,omitempty"`
}

// Error is a failure of which HTTP tells more than its code does.
type Error struct {
	Status int    // 0: that of the code
	Field  string // "": none by itself
	Err    error
}

// Error returns the failure's text.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the failure.
func (e *Error) Unwrap() error { return e.Err }

// About returns a failure by BadUserInput of a field, which its text begins with;
// without a field it is about all of them.
func About(field, format string, args ...any) error {
	text := strings.TrimSpace(field + " " + fmt.Sprintf(format, args...))
	return &Error{Field: field, Err: analytics.Errorf(analytics.BadUserInput, "%s", text)}
}

// TooLarge returns a failure by LimitExceeded of a body that is too large: to send
// it again later would not help.
func TooLarge(format string, args ...any) error {
	return &Error{Status: http.StatusRequestEntityTooLarge, Err: analytics.Errorf(analytics.LimitExceeded, format, args...)}
}

// JSON answers with a body that holds what JSON can.
func JSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // whoever is gone hears nothing
}

// Fail answers with a failure.
func Fail(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error) {
	status, body := Begin(w, r, log, err)
	JSON(w, status, body)
}

// FailGraph answers with a failure in the form that GraphQL clients read.
func FailGraph(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error) {
	status, body := Begin(w, r, log, err)
	JSON(w, status, Graph(body))
}

// Graph returns a failure in the form that GraphQL clients read.
func Graph(f Failure) any {
	return map[string]any{"errors": []any{
		map[string]any{"message": f.Message, "extensions": map[string]any{"code": f.Code}},
	}}
}

// Begin sets the headers of a failure, and returns its status and body for who has
// something to add to it. What is ours is logged with its cause, and with the
// pattern of the path: the path itself may hold a secret.
func Begin(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error) (status int, body Failure) {
	known := &analytics.Error{Code: analytics.Internal, Message: "internal error"}
	errors.As(err, &known)
	more := &Error{}
	errors.As(err, &more)
	status = more.Status
	if status == 0 {
		status = statuses[known.Code]
	}
	if status == 0 {
		status = http.StatusInternalServerError
	}
	header := w.Header()
	header.Del("Content-Disposition") // of the file that it is not
	switch status {
	case http.StatusUnauthorized:
		if header.Get("WWW-Authenticate") == "" {
			header.Set("WWW-Authenticate", Challenge)
		}
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		header.Set("Retry-After", waitOf(err))
	}
	gone := r.Context().Err() != nil && errors.Is(err, context.Canceled)
	if status >= http.StatusInternalServerError && !gone {
		log.ErrorContext(r.Context(), "request failed", "path", r.Pattern, "error", err)
	}
	return status, Failure{Code: known.Code, Message: known.Message, Field: more.Field}
}

// waitOf returns after how many seconds to come again: what the failure says, if
// it knows.
func waitOf(err error) string {
	var knows interface {
		error
		RetryAfter() int
	}
	if errors.As(err, &knows) {
		return strconv.Itoa(knows.RetryAfter())
	}
	return retryAfter
}

// Only returns what answers 405 to methods that a path does not take.
func Only(methods ...string) http.HandlerFunc {
	body := Failure{Code: analytics.BadUserInput, Message: fmt.Sprintf("this path takes %s", strings.Join(methods, " and "))}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Allow", strings.Join(methods, ", "))
		JSON(w, http.StatusMethodNotAllowed, body)
	}
}
