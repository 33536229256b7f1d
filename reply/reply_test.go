package reply_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/reply"
)

// answer is what clients and the log see of a failure.
type answer struct {
	Status     int
	Body       string
	Challenge  string
	RetryAfter string
	Log        string
}

// early is a failure that knows when to come again.
type early struct{ error }

func (early) RetryAfter() int { return 17 }

func (e early) Unwrap() error { return e.error }

func TestFail(t *testing.T) {
	const unavailable = `{"code":"UNAVAILABLE","message":"the database cannot be reached"}`
	gone := &analytics.Error{Code: analytics.Timeout, Message: "the request was cancelled", Err: context.Canceled}
	for _, c := range []struct {
		name string
		err  error
		gone bool
		want answer
	}{
		{"bad input", analytics.Errorf(analytics.BadUserInput, "no"), false, answer{Status: 400, Body: `{"code":"BAD_USER_INPUT","message":"no"}`}},
		{"a field that is wrong", fmt.Errorf("read: %w", reply.About("limit", "is %d", 0)), false, answer{Status: 400, Body: `{"code":"BAD_USER_INPUT","message":"limit is 0","field":"limit"}`}},
		{"all fields", reply.About("", "cannot be read"), false, answer{Status: 400, Body: `{"code":"BAD_USER_INPUT","message":"cannot be read"}`}},
		{"nobody", analytics.Errorf(analytics.Unauthenticated, "no"), false, answer{Status: 401, Body: `{"code":"UNAUTHENTICATED","message":"no"}`, Challenge: `Bearer realm="cartograph"`}},
		{"somebody else", analytics.Errorf(analytics.Forbidden, "no"), false, answer{Status: 403, Body: `{"code":"FORBIDDEN","message":"no"}`}},
		{"nothing", analytics.Errorf(analytics.NotFound, "no"), false, answer{Status: 404, Body: `{"code":"NOT_FOUND","message":"no"}`}},
		{"a contradiction", analytics.Errorf(analytics.Conflict, "no"), false, answer{Status: 409, Body: `{"code":"CONFLICT","message":"no"}`}},
		{"too much at once", analytics.Errorf(analytics.LimitExceeded, "no"), false, answer{Status: 429, Body: `{"code":"LIMIT_EXCEEDED","message":"no"}`, RetryAfter: "2"}},
		{"too much over time, which says how long it lasts", fmt.Errorf("read: %w", early{analytics.Errorf(analytics.LimitExceeded, "no")}), false, answer{Status: 429, Body: `{"code":"LIMIT_EXCEEDED","message":"no"}`, RetryAfter: "17"}},
		{"a body that is too large", reply.TooLarge("over %d bytes", 9), false, answer{Status: 413, Body: `{"code":"LIMIT_EXCEEDED","message":"over 9 bytes"}`}},
		{"a slow database", analytics.Errorf(analytics.Timeout, "no"), false, answer{Status: 503, Body: `{"code":"TIMEOUT","message":"no"}`, RetryAfter: "2", Log: "no"}},
		{"a database that is away", &analytics.Error{Code: analytics.Unavailable, Message: "the database cannot be reached", Err: errors.New("dial secret-host")}, false,
			answer{Status: 503, Body: unavailable, RetryAfter: "2", Log: "the database cannot be reached: dial secret-host"}},
		{"a fault shows nothing of itself", errors.New("secret-host"), false, answer{Status: 500, Body: `{"code":"INTERNAL","message":"internal error"}`, Log: "secret-host"}},
		{"who is gone is no fault", gone, true, answer{Status: 503, Body: `{"code":"TIMEOUT","message":"the request was cancelled"}`, RetryAfter: "2"}},
		{"a fault is one also when nobody waits any more", errors.New("secret-host"), true, answer{Status: 500, Body: `{"code":"INTERNAL","message":"internal error"}`, Log: "secret-host"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, answerTo(t, c.gone, func(w http.ResponseWriter, r *http.Request, log *slog.Logger) { reply.Fail(w, r, log, c.err) })); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	t.Run("in the form of the graph", func(t *testing.T) {
		err := analytics.Errorf(analytics.Forbidden, "no")
		want := answer{Status: 403, Body: `{"errors":[{"extensions":{"code":"FORBIDDEN"},"message":"no"}]}`}
		if diff := cmp.Diff(want, answerTo(t, false, func(w http.ResponseWriter, r *http.Request, log *slog.Logger) { reply.FailGraph(w, r, log, err) })); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("it is no file, whatever was announced", func(t *testing.T) {
		w := httptest.NewRecorder()
		w.Header().Set("Content-Disposition", "attachment")
		reply.Fail(w, httptest.NewRequest("GET", "/", nil), slog.New(slog.DiscardHandler), errors.New("no"))
		if got := w.Header().Get("Content-Disposition"); got != "" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("a method that a path does not take", func(t *testing.T) {
		want := answer{Status: 405, Body: `{"code":"BAD_USER_INPUT","message":"this path takes GET and HEAD"}`}
		if diff := cmp.Diff(want, answerTo(t, false, func(w http.ResponseWriter, r *http.Request, _ *slog.Logger) { reply.Only("GET", "HEAD")(w, r) })); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// answerTo returns what a handler answers to a request whose path holds a secret,
// which the log must not have. Whoever sent it may be gone.
func answerTo(t *testing.T, gone bool, handle func(http.ResponseWriter, *http.Request, *slog.Logger)) answer {
	t.Helper()
	var text strings.Builder
	log := slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == "error" || a.Key == "path" {
			return a
		}
		return slog.Attr{}
	}}))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if gone {
		cancel()
	}
	w := httptest.NewRecorder()
	mux := http.NewServeMux()
	mux.HandleFunc("/files/{secret}", func(w http.ResponseWriter, r *http.Request) { handle(w, r, log) })
	mux.ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", "/files/cge_1", nil))
	if header := w.Header(); header.Get("Content-Type") != "application/json" || header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", header)
	}
	logged := strings.TrimSpace(text.String())
	if logged != "" {
		path, cause, _ := strings.Cut(logged, " error=")
		if path != "path=/files/{secret}" {
			t.Errorf("the log has %s", logged)
		}
		logged = strings.Trim(cause, `"`)
	}
	return answer{w.Code, strings.TrimSpace(w.Body.String()), w.Header().Get("WWW-Authenticate"), w.Header().Get("Retry-After"), logged}
}
