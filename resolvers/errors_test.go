package resolvers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"cartograph/analytics"
)

func TestPresenter(t *testing.T) {
	parse := gqlerror.Errorf("Expected Name, found }")
	errcode.Set(parse, errcode.ParseFailed)
	secret := errors.New("dial mongodb://user:secret@db.internal")

	for _, tt := range []struct {
		name, message, code string
		err                 error
		logs                string // part of the log, "" for no log at all
	}{
		{name: "an error of ours has its message and code", err: analytics.Errorf(analytics.NotFound, "no such thing"), message: "no such thing", code: "NOT_FOUND"},
		{name: "so has one that is wrapped", err: gqlerror.WrapPath(nil, fmt.Errorf("find: %w", analytics.Errorf(analytics.Conflict, "too late"))), message: "too late", code: "CONFLICT"},
		{name: "its cause is for the log", err: &analytics.Error{Code: analytics.Unavailable, Message: "the database cannot be reached", Err: secret}, message: "the database cannot be reached", code: "UNAVAILABLE", logs: "user:secret"},
		{name: "the cause of what a client did wrong is not", err: &analytics.Error{Code: analytics.BadUserInput, Message: "bad cursor", Err: secret}, message: "bad cursor", code: "BAD_USER_INPUT"},
		{name: "what cannot be parsed is bad input", err: parse, message: "Expected Name, found }", code: "BAD_USER_INPUT"},
		{name: "anything else is internal", err: secret, message: "internal error", code: "INTERNAL", logs: "user:secret"},
		{name: "so is an internal error of ours, whatever its message", err: analytics.Errorf(analytics.Internal, "secret"), message: "internal error", code: "INTERNAL", logs: "secret"},
		{name: "so is what gqlgen says of our own mistakes", err: gqlerror.WrapPath(nil, errors.New("must not be null")), message: "internal error", code: "INTERNAL", logs: "must not be null"},
		{name: "what is logged is not logged again", err: logged{secret}, message: "internal error", code: "INTERNAL"},
		{name: "long messages are cut", err: analytics.Errorf(analytics.BadUserInput, "%s", strings.Repeat("é", 600)), message: strings.Repeat("é", 250) + "…", code: "BAD_USER_INPUT"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var log strings.Builder
			shown := presenter{log: slog.New(slog.NewTextHandler(&log, nil)), watcher: nobody{}}.present(WithRequestID(context.Background(), "r1"), tt.err)

			want := map[string]any{"code": tt.code}
			if tt.code == "INTERNAL" {
				want["requestId"] = "r1"
			}
			if diff := cmp.Diff(want, shown.Extensions); diff != "" {
				t.Errorf("extensions (-want +got):\n%s", diff)
			}
			if shown.Message != tt.message {
				t.Errorf("message is %q, want %q", shown.Message, tt.message)
			}
			if (tt.logs == "") != (log.Len() == 0) || !strings.Contains(log.String(), tt.logs) {
				t.Errorf("the log is %q, want it to hold %q", log.String(), tt.logs)
			}
		})
	}

	t.Run("what nobody waits for any more is not logged", func(t *testing.T) {
		var log strings.Builder
		ctx, hangUp := context.WithCancel(t.Context())
		hangUp()
		err := &analytics.Error{Code: analytics.Timeout, Message: "the request was cancelled", Err: ctx.Err()}
		presenter{log: slog.New(slog.NewTextHandler(&log, nil)), watcher: nobody{}}.present(ctx, err)
		if log.Len() > 0 {
			t.Errorf("the log is %q", log.String())
		}
	})

	t.Run("what was cancelled while somebody waits is", func(t *testing.T) {
		var log strings.Builder
		err := &analytics.Error{Code: analytics.Timeout, Message: "the request was cancelled", Err: context.Canceled}
		presenter{log: slog.New(slog.NewTextHandler(&log, nil)), watcher: nobody{}}.present(t.Context(), err)
		if !strings.Contains(log.String(), "context canceled") {
			t.Errorf("the log is %q", log.String())
		}
	})

	t.Run("a panic is internal, and logged once with its stack", func(t *testing.T) {
		var log strings.Builder
		p := presenter{log: slog.New(slog.NewTextHandler(&log, nil)), watcher: nobody{}}
		shown := p.present(t.Context(), p.recovered(t.Context(), "index out of range"))
		if shown.Message != "internal error" {
			t.Errorf("message is %q", shown.Message)
		}
		if strings.Count(log.String(), "\n") != 1 || !strings.Contains(log.String(), "errors_test.go") {
			t.Errorf("the log is %q", log.String())
		}
	})
}
