package export

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/reply"
)

// patience is how long a reader may take nothing of what is written before the
// connection is cut.
const patience = time.Minute

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
	refused bool // a write failed: nobody takes it any more
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
	b.refused = b.refused || err != nil
	return n, err
}

// end finishes the answer to a request after err. It does not return where the
// connection has to be broken off.
func (b *body) end(r *http.Request, log *slog.Logger, err error) {
	switch {
	case err == nil: // what is left to be sent keeps the deadline; the next request has its own
	case b.written == 0:
		reply.Fail(b.w, r, log, err)
	default:
		if r.Context().Err() == nil {
			log.ErrorContext(r.Context(), "export was broken off", "path", r.Pattern, "error", err)
		}
		panic(http.ErrAbortHandler) // the server's way to cut a connection, which no one recovers from
	}
}
