// Package report answers the reporting endpoints of workflows in the form that
// their integrators know.
package report

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/limits"
	"cartograph/reply"
)

// Store is where reports read.
type Store interface {
	// WorkflowsByID returns workflows by native id; an id without one has no entry.
	WorkflowsByID(ctx context.Context, reach analytics.Reach, ids []string) (map[string]*analytics.Workflow, error)
	// ReadWorkflows returns what workflows come to in a period, by native id.
	ReadWorkflows(ctx context.Context, reach analytics.Reach, period analytics.Period, zone *time.Location, ids []string) (map[string]*analytics.WorkflowReading, error)
}

// Handler answers the reporting endpoints. Who asks is in the request's context;
// they need the scope workflows:read and to belong to the organization of the
// path.
type Handler struct {
	store Store
	log   *slog.Logger
	mux   *http.ServeMux
	// accounts are what is paid from; nil: reports are free.
	accounts *limits.Accounts
}

var _ http.Handler = (*Handler)(nil)

// Prefix begins the paths of all reporting endpoints.
const Prefix = "/api/reporting/"

// sidedataPath is taken with and without its slash at the end: a redirect would
// lose the body.
const sidedataPath = Prefix + "workflow/v1/orgs/{organization}/workflows/{workflow}/sidedata"

// NewHandler returns the handler of the reporting endpoints.
func NewHandler(store Store, log *slog.Logger) *Handler {
	h := &Handler{store: store, log: log, mux: http.NewServeMux()}
	for _, path := range []string{sidedataPath, sidedataPath + "/{$}"} {
		h.mux.HandleFunc("POST "+path, h.sidedata)
		h.mux.HandleFunc(path, reply.Only(http.MethodPost))
	}
	h.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		reply.Fail(w, r, h.log, analytics.Errorf(analytics.NotFound, "there is no report at this path"))
	})
	return h
}

// ChargeTo sets what is paid from for reports; without it they are free. It must
// be called before the first request.
func (h *Handler) ChargeTo(accounts *limits.Accounts) { h.accounts = accounts }

// ServeHTTP answers a request, once it is known who asks.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	h.mux.ServeHTTP(w, r)
}

// allow fails with Unauthenticated for nobody, and with Forbidden where they lack
// the scope or belong to another organization.
func allow(p *auth.Principal, organization string) error {
	switch {
	case p == nil:
		return analytics.Errorf(analytics.Unauthenticated, "a token is needed: Authorization: Token TOKEN")
	case p.Org != organization:
		return analytics.Errorf(analytics.Forbidden, "the token has no access to this organization")
	case !p.Has(auth.WorkflowsRead):
		return analytics.Errorf(analytics.Forbidden, "the token lacks the scope %s", auth.WorkflowsRead)
	}
	return nil
}
