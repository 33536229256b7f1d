package export_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/export"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// request stores an export and returns the path of its link.
func request(t *testing.T, repo *repository.Repository, who string, e analytics.Export) string {
	t.Helper()
	secret, hash := auth.NewLinkSecret()
	e.ExportID, e.TokenHash = "x-"+hash[:8], hash
	e.RequestedAt, e.ExpiresAt, e.UpdatedAt, e.State = present, present.Add(analytics.ExportLink), present, analytics.ExportWaiting
	p := principals[who]
	e.Personal = p.Has(auth.PIIRead)
	if _, err := e.Check(); err != nil {
		t.Fatal(err)
	}
	if err := repo.CreateExport(t.Context(), p.Reach(), &e); err != nil {
		t.Fatal(err)
	}
	return e.LinkPath(secret)
}

// stored returns the export whose link has a path, as it is stored.
func stored(t *testing.T, repo *repository.Repository, path string) *analytics.Export {
	t.Helper()
	id := "x-" + auth.HashToken(path[strings.LastIndex(path, "/")+1:])[:8]
	found, err := repo.ExportsByID(t.Context(), analytics.Reach{Org: "acme"}, []string{id})
	if err != nil || found[id] == nil {
		t.Fatal(found, err)
	}
	return found[id]
}

func TestALinkNeedsNobodyAndReadsWithTheEyesOfWhoAsked(t *testing.T) {
	repo, _ := openShop(t)
	server := gateway(t, repo)
	calls := analytics.Export{Kind: analytics.ExportOfCalls, Format: analytics.ExportCSV}
	t.Run("all calls", func(t *testing.T) {
		path := request(t, repo, "all", calls)
		status, header, body, err := get(t, server, "", path)
		if status != 200 || err != nil || header.Get("Content-Disposition") != `attachment; filename="calls.csv"` {
			t.Fatalf("%d %v %v", status, header, err)
		}
		if diff := cmp.Diff(shopExport, body); diff != "" {
			t.Errorf("file differs (-want +got):\n%s", diff)
		}
		total := int64(5)
		want := &analytics.Export{Download: 1, State: analytics.ExportDone, Rows: 5, Bytes: int64(len(shopExport)), TotalRows: &total, UpdatedAt: present}
		compared := cmpopts.IgnoreFields(analytics.Export{}, "Key", "Org", "ExportID", "TokenHash", "Moderator", "Personal", "Kind", "Format", "RequestedAt", "ExpiresAt")
		if diff := cmp.Diff(want, stored(t, repo, path), compared); diff != "" {
			t.Errorf("export differs (-want +got):\n%s", diff)
		}
		t.Run("once more, while the link is good", func(t *testing.T) {
			if _, _, again, _ := get(t, server, "", path); again != body {
				t.Error("another file")
			}
			if got := stored(t, repo, path).Download; got != 2 {
				t.Errorf("download %d", got)
			}
		})
	})
	t.Run("filtered, by an agent without pii:read", func(t *testing.T) {
		filtered := calls
		filtered.Period = &analytics.Period{Start: moment("2026-03-01T00:00:00Z"), End: moment("2026-03-03T00:00:00Z")}
		_, _, body, _ := get(t, server, "", request(t, repo, "ada", filtered))
		all := records(t, body)
		if len(all) != 2 || all[1][3] != "s-1" || strings.Contains(body, "Sam") {
			t.Errorf("got %s", body)
		}
	})
	t.Run("a spreadsheet", func(t *testing.T) {
		sheet := calls
		sheet.Format = analytics.ExportXLSX
		path := request(t, repo, "all", sheet)
		_, _, body, _ := get(t, server, "", path)
		if rows := cells(t, reopen(t, []byte(body)), "Calls"); len(rows) != 6 {
			t.Errorf("%d rows", len(rows))
		}
		if got := stored(t, repo, path); got.State != analytics.ExportDone || got.Rows != 5 || got.Bytes != int64(len(body)) {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("another gateway", func(t *testing.T) {
		path := request(t, repo, "all", calls)
		if _, _, body, _ := get(t, gateway(t, repo), "", path); body != shopExport {
			t.Error("another file")
		}
	})
	for name, path := range map[string]string{"a wrong secret": "/exports/files/cge_00", "no secret": "/exports/files/"} {
		t.Run(name+" is not found", func(t *testing.T) {
			if status, _, body, _ := get(t, server, "all", path); status != 404 {
				t.Errorf("%d %s", status, body)
			}
		})
	}
	t.Run("a look at the header is no download", func(t *testing.T) {
		path := request(t, repo, "all", calls)
		answer, err := server.Client().Head(server.URL + path)
		if err != nil || answer.StatusCode != 405 {
			t.Fatal(answer.StatusCode, err)
		}
		if got := stored(t, repo, path); got.Download != 0 || got.State != analytics.ExportWaiting {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("a broken download has failed", func(t *testing.T) {
		path := request(t, repo, "all", calls)
		status, _, body, _ := get(t, gateway(t, &failing{Repository: repo, at: 1}), "", path)
		if got := stored(t, repo, path); status != 503 || got.State != analytics.ExportFailed || got.FailureCode != analytics.ExportUnavailable {
			t.Errorf("%d %s %+v", status, body, got)
		}
		if get(t, server, "", path); stored(t, repo, path).FailureCode != "" {
			t.Error("it failed for a reason, and then did not")
		}
	})
}

func TestALinkIsGoodForTenMinutes(t *testing.T) {
	repo, _ := openShop(t)
	var later atomic.Int64
	handler := export.NewHandler(repo, func() time.Time { return present.Add(time.Duration(later.Load())) }, silent)
	path := request(t, repo, "all", analytics.Export{Kind: analytics.ExportOfCalls, Format: analytics.ExportCSV})
	answer := func() int {
		w := &discarding{header: http.Header{}}
		r, err := http.NewRequestWithContext(t.Context(), "GET", path, nil)
		if err != nil {
			t.Fatal(err)
		}
		handler.ServeHTTP(w, r)
		return w.status
	}
	later.Store(int64(10*time.Minute - time.Millisecond))
	if got := answer(); got != 0 { // 200 where nothing else is said
		t.Errorf("just before: %d", got)
	}
	later.Store(int64(10 * time.Minute))
	if got := answer(); got != 404 {
		t.Errorf("after: %d", got)
	}
	waiting := &analytics.Export{State: analytics.ExportWaiting, ExpiresAt: present}
	if got := waiting.At(present).State; got != analytics.ExportExpired {
		t.Errorf("never opened: %s", got)
	}
	lost := &analytics.Export{State: analytics.ExportRunning, UpdatedAt: present}
	if got := lost.At(present.Add(3 * time.Minute)).State; got != analytics.ExportFailed {
		t.Errorf("silent for three minutes: %s", got)
	}
}

// broken writes no more than its beginning.
type broken struct{ discarding }

func (b *broken) Write(p []byte) (int, error) {
	_, _ = b.discarding.Write(p)
	return 0, os.ErrDeadlineExceeded
}

func TestADownloadThatIsBrokenOffSaysWhy(t *testing.T) {
	repo, _ := openShop(t)
	slow := func() error {
		return &analytics.Error{Code: analytics.Timeout, Message: "the database took too long", Err: context.DeadlineExceeded}
	}
	calls := analytics.Export{Kind: analytics.ExportOfCalls, Format: analytics.ExportCSV}
	gone := analytics.Export{Kind: analytics.ExportOfLiveEvent, Format: analytics.ExportCSV, LiveEventID: "gone", Sheets: []analytics.ExportSheet{analytics.UsersSheet}}
	reading := func(err error) export.Store { return &refusing{Repository: repo, err: err} }
	for _, c := range []struct {
		name    string
		file    analytics.Export
		store   export.Store
		w       http.ResponseWriter
		stopped bool
		want    analytics.ExportFailureCode
		outcome export.Outcome
	}{
		{"by a reader that takes nothing", calls, repo, &broken{discarding{header: http.Header{}}}, false, analytics.ReaderGone, export.BrokenOff},
		{"by a gateway that stops", calls, reading(context.Canceled), &discarding{header: http.Header{}}, true, analytics.GatewayStopped, export.BrokenOff},
		{"by a database that is slow", calls, reading(slow()), &discarding{header: http.Header{}}, false, analytics.ExportTimeout, export.Failed},
		{"by a fault", calls, reading(errors.New("secret-host")), &discarding{header: http.Header{}}, false, analytics.ExportFault, export.Failed},
		{"for want of the live event", gone, repo, &discarding{header: http.Header{}}, false, analytics.ExportNotFound, export.Failed},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := request(t, repo, "all", c.file)
			handler := export.NewHandler(c.store, func() time.Time { return present }, silent)
			var outcome export.Outcome
			handler.Hear(func(string, analytics.ExportFormat) func(export.Outcome, int64, int64) {
				return func(o export.Outcome, _, _ int64) { outcome = o }
			})
			ctx, stop := context.WithCancelCause(t.Context())
			defer stop(nil)
			if r, ok := c.store.(*refusing); ok && c.stopped {
				r.before = func() { stop(export.ErrStopped) }
			}
			r, err := http.NewRequestWithContext(ctx, "GET", path, nil)
			if err != nil {
				t.Fatal(err)
			}
			handler.ServeHTTP(c.w, r)
			if got := stored(t, repo, path); got.State != analytics.ExportFailed || got.FailureCode != c.want || outcome != c.outcome {
				t.Errorf("%s %s, %s; want %s, %s", got.State, got.FailureCode, outcome, c.want, c.outcome)
			}
		})
	}
}

// refusing is a repository whose batches of calls fail.
type refusing struct {
	*repository.Repository
	err    error
	before func()
}

func (r *refusing) CallBatch(context.Context, analytics.Reach, analytics.CallFilter, string, int) ([]*analytics.Call, string, error) {
	if r.before != nil {
		r.before()
	}
	return nil, "", r.err
}

// discarding is an answer nobody reads.
type discarding struct {
	header http.Header
	status int
	bytes  int64
	look   func() // at each write
}

func (d *discarding) Header() http.Header    { return d.header }
func (d *discarding) WriteHeader(status int) { d.status = status }
func (d *discarding) Write(p []byte) (int, error) {
	if d.look != nil {
		d.look()
	}
	d.bytes += int64(len(p))
	return len(p), nil
}

func TestTheProgressIsStoredNowAndThen(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	importCalls(t, repo, "acme", manyCalls(2_500))
	var ticks atomic.Int64 // every look at the clock is 10 ms later
	store := &reports{Repository: repo}
	handler := export.NewHandler(store, func() time.Time { return present.Add(time.Duration(ticks.Add(1)) * 10 * time.Millisecond) }, silent)
	path := request(t, repo, "all", analytics.Export{Kind: analytics.ExportOfCalls, Format: analytics.ExportCSV})
	r, err := http.NewRequestWithContext(t.Context(), "GET", path, nil)
	if err != nil {
		t.Fatal(err)
	}
	handler.ServeHTTP(&discarding{header: http.Header{}}, r)
	if len(store.rows) < 20 || len(store.rows) > 30 { // a second of that clock are 100 rows
		t.Errorf("%d reports: %v", len(store.rows), store.rows)
	}
	if last := store.rows[len(store.rows)-1]; last != 2_500 {
		t.Errorf("the last one tells of %d rows", last)
	}
}

// reports hears how far downloads are.
type reports struct {
	*repository.Repository
	rows []int64
}

func (r *reports) ReportExport(_ context.Context, e *analytics.Export) error {
	r.rows = append(r.rows, e.Rows)
	return nil
}
