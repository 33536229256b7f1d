// Package report answers the reporting endpoints of workflows in the form that
// their integrators know.
package report

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"cartograph/analytics"
	"cartograph/auth"
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
		h.mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Allow", http.MethodPost)
			write(w, http.StatusMethodNotAllowed, failure{Code: analytics.BadUserInput, Message: "sidedata takes POST"})
		})
	}
	h.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		h.fail(w, r, analytics.Errorf(analytics.NotFound, "there is no report at this path"))
	})
	return h
}

// ServeHTTP answers a request, once it is known who asks.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	h.mux.ServeHTTP(w, r)
}

// statuses translate the kind of a failure to HTTP.
var statuses = map[analytics.Code]int{
	analytics.BadUserInput:    http.StatusBadRequest,
	analytics.Unauthenticated: http.StatusUnauthorized,
	analytics.Forbidden:       http.StatusForbidden,
	analytics.NotFound:        http.StatusNotFound,
	analytics.LimitExceeded:   http.StatusRequestEntityTooLarge,
	analytics.Timeout:         http.StatusServiceUnavailable,
	analytics.Unavailable:     http.StatusServiceUnavailable,
}

// failure is the body of an answer that is no report. Field is the attribute of
// the payload that is wrong, if it is one.
type failure struct {
	Code    analytics.Code `json:"code"`
	Message string         `json:"message"`
	Field   string         `json:"field,omitempty"`
}

// fail answers with a failure. What is ours is logged with its cause.
func (h *Handler) fail(w http.ResponseWriter, r *http.Request, err error) {
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
		h.log.ErrorContext(r.Context(), "report failed", "path", r.URL.Path, "error", err)
	}
	switch status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="cartograph"`)
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "2")
	}
	write(w, status, body)
}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // whoever is gone hears nothing
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
