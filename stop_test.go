package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/export"
	"cartograph/ingest"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// endless has calls without end: each batch is the same again, once somebody has
// read what came before.
type endless struct{ *repository.Repository }

func (e endless) CallBatch(ctx context.Context, reach analytics.Reach, filter analytics.CallFilter, _ string, size int) ([]*analytics.Call, string, error) {
	calls, _, err := e.Repository.CallBatch(ctx, reach, filter, "", size)
	return calls, "more", err
}

// A gateway that stops has no patience for an export that goes on: the reader sees
// that it was broken off, the export has failed at once, and its link can be
// opened again, here at a second gateway.
func TestAnExportIsCutOffWhenTheGatewayStops(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	reach := analytics.Reach{Org: "acme"}
	if _, err := ingest.ImportCalls(t.Context(), repo, "acme", strings.NewReader(oneCallCSV), ingest.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	secret, hash := auth.NewLinkSecret()
	now := time.Now()
	asked := &analytics.Export{ExportID: "x", TokenHash: hash, Kind: analytics.ExportOfCalls, Format: analytics.ExportCSV, State: analytics.ExportWaiting, RequestedAt: now, ExpiresAt: now.Add(analytics.ExportLink), UpdatedAt: now}
	if err := repo.CreateExport(t.Context(), reach, asked); err != nil {
		t.Fatal(err)
	}

	log := &lockedBuffer{}
	stop, link := exportGateway(t, endless{repo}, slog.New(slog.NewTextHandler(log, nil)), asked.LinkPath(secret))
	answer, err := http.Get(link)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if _, err := io.ReadFull(answer.Body, make([]byte, 100_000)); err != nil { // it is being written
		t.Fatal(err)
	}
	stop()
	if state, why := exportState(t, repo, reach); state != analytics.ExportFailed || why != analytics.GatewayStopped {
		t.Errorf("it is %s (%s) once the gateway has stopped", state, why)
	}
	if _, err := io.Copy(io.Discard, answer.Body); err == nil {
		t.Error("the file looks whole")
	}
	if got := log.String(); strings.Contains(got, "level=ERROR") || !strings.Contains(got, "requests were cut off") {
		t.Errorf("the log has\n%s", got)
	}

	_, link = exportGateway(t, repo, slog.New(slog.DiscardHandler), asked.LinkPath(secret))
	again, err := http.Get(link)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Body.Close()
	if _, err := io.Copy(io.Discard, again.Body); err != nil {
		t.Error(err)
	}
	until(t, "the export is done", func() bool {
		state, why := exportState(t, repo, reach)
		return state == analytics.ExportDone && why == ""
	})
}

func exportState(t *testing.T, repo *repository.Repository, reach analytics.Reach) (analytics.ExportState, analytics.ExportFailureCode) {
	t.Helper()
	found, err := repo.ExportsByID(t.Context(), reach, []string{"x"})
	if err != nil {
		t.Fatal(err)
	}
	return found["x"].State, found["x"].FailureCode
}

// exportGateway serves exports and nothing else behind a front door, and returns
// what stops it with next to no patience, and the address of a path.
func exportGateway(t *testing.T, store export.Store, log *slog.Logger, path string) (stop func(), url string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	front := &frontDoor{}
	front.open(export.NewHandler(store, time.Now, log), nil)
	server := newServer(front, readHeaderTimeout, answerTimeout, slog.New(slog.DiscardHandler))
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return func() { stopServer(server, front, time.Millisecond, log) }, "http://" + listener.Addr().String() + path
}
