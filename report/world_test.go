package report_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/report"
	"cartograph/repository"
)

var silent = slog.New(slog.DiscardHandler)

// present is when everything came in.
var present = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)

// takeIn takes in catalog records and events, one JSON object a line.
func takeIn(t *testing.T, repo *repository.Repository, org, records, events string) {
	t.Helper()
	var catalog []analytics.CatalogRecord
	for line := range strings.Lines(records) {
		record, err := analytics.ParseCatalogRecord([]byte(line))
		if err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		catalog = append(catalog, record)
	}
	outcomes, err := repo.PutCatalog(t.Context(), org, catalog)
	accepted(t, outcomes, err)
	var batch []analytics.Event
	absorb := func() {
		outcomes, err := repo.Absorb(t.Context(), org, batch)
		accepted(t, outcomes, err)
		batch = batch[:0]
	}
	for line := range strings.Lines(events) {
		event, err := analytics.ParseEvent([]byte(line), present)
		if err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if batch = append(batch, event); len(batch) == 1000 {
			absorb()
		}
	}
	absorb()
}

func accepted(t *testing.T, outcomes []repository.Outcome, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for i, outcome := range outcomes {
		if outcome.Err != nil {
			t.Fatalf("%d: %v", i, outcome.Err)
		}
	}
}

// gateway serves the reports behind the check of tokens, and returns a token of
// an organization with scopes.
func gateway(t *testing.T, repo *repository.Repository) (server *httptest.Server, tokenOf func(org string, scopes ...auth.Scope) string) {
	t.Helper()
	authenticator := auth.NewAuthenticator(repo, "demo", silent)
	server = httptest.NewServer(authenticator.Middleware(report.NewHandler(repo, silent)))
	t.Cleanup(server.Close)
	return server, func(org string, scopes ...auth.Scope) string {
		token, secret, err := auth.NewToken(org, "", scopes, time.Now())
		if err == nil {
			err = repo.CreateToken(t.Context(), token)
		}
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
}

// send sends a request and returns the answer with its whole body.
func send(t *testing.T, server *httptest.Server, method, path, authorization, body string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(text)
}
