package export

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/limits"
	"cartograph/reply"
)

const (
	// reportEvery is how often the progress of a download is stored: often enough
	// for somebody who watches, seldom enough to cost nothing.
	reportEvery = time.Second
	// reportTimeout bounds the report of how a download ended, which is stored also
	// when whoever asked is gone.
	reportTimeout = 5 * time.Second
)

// ErrStopped is the cause that requests end with where the gateway stops.
var ErrStopped = errors.New("the gateway stopped")

// download answers the link of an export: writes the file with the eyes of the
// one who asked for it, and stores how far it is.
func (h *Handler) download(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet { // a look at the header is no download
		reply.Only(http.MethodGet)(w, r)
		return
	}
	room, err := h.slots.take()
	if err != nil {
		reply.Fail(w, r, h.log, err)
		return
	}
	defer room.free()
	e, err := h.store.BeginDownload(r.Context(), auth.HashToken(r.PathValue("secret")), h.now())
	if analytics.CodeOf(err) == analytics.NotFound {
		err = analytics.Errorf(analytics.NotFound, "there is no such file, or its link is no longer valid")
	}
	if err != nil {
		reply.Fail(w, r, h.log, err)
		return
	}
	ended, out := h.watcher(fileName(e), e.Format), newBody(w)
	p := &progress{store: h.store, now: h.now, log: h.log, export: e, stored: h.now()}
	var tables []Table
	err = room.belongTo(e.Org)
	if err == nil {
		var cost *limits.Charge
		if cost, err = h.chargeLink(e.Org); err == nil {
			defer func() { cost.Settle(max(filePoints, int(e.Rows))) }()
			tables, err = h.tables(r.Context(), e)
		}
	}
	if err == nil {
		announceFile(w, fileName(e), e.Format)
		for i := range tables {
			tables[i].Rows = counted(tables[i].Rows, func() { p.export.Rows++; p.report(r.Context()) })
		}
		err = buffered(p.sending(r.Context(), out), func(w io.Writer) error { return Write(w, e.Format, tables...) })
	}
	outcome := outcomeOf(r, out, err)
	p.end(r.Context(), outcome, err)
	ended(outcome, e.Rows, e.Bytes)
	out.end(r, h.log, err)
}

// fileName returns the name of an export's file without its ending.
func fileName(e *analytics.Export) string {
	if e.Kind == analytics.ExportOfCalls {
		return "calls"
	}
	return "live-event"
}

// tables returns what an export holds.
func (h *Handler) tables(ctx context.Context, e *analytics.Export) ([]Table, error) {
	if e.Kind == analytics.ExportOfLiveEvent {
		return h.liveEventTables(ctx, e)
	}
	total, err := h.store.CountCalls(ctx, e.Reach(), e.Calls())
	if err != nil {
		return nil, err
	}
	rows := int64(total)
	e.TotalRows = &rows
	return []Table{CallTable(ctx, h.store, e.Reach(), e.Calls(), e.Personal)}, nil
}

// progress counts what is read and sent of a download, and stores it now and
// then.
type progress struct {
	store  Store
	now    func() time.Time
	log    *slog.Logger
	export *analytics.Export
	stored time.Time
}

// sending returns a writer to w whose bytes are counted.
func (p *progress) sending(ctx context.Context, w io.Writer) io.Writer {
	return writer(func(b []byte) (int, error) {
		n, err := w.Write(b)
		p.export.Bytes += int64(n)
		p.report(ctx)
		return n, err
	})
}

// writer is a function that writes.
type writer func([]byte) (int, error)

// Write calls the function.
func (w writer) Write(b []byte) (int, error) { return w(b) }

// report stores how far the download is, unless it did so a moment ago. A report
// that fails is no reason to break off a download.
func (p *progress) report(ctx context.Context) {
	now := p.now()
	if now.Sub(p.stored) < reportEvery {
		return
	}
	p.stored, p.export.UpdatedAt = now, now
	if err := p.store.ReportExport(ctx, p.export); err != nil && ctx.Err() == nil {
		p.log.WarnContext(ctx, "store the progress of an export", "error", err)
	}
}

// end stores how the download ended, and why it did not succeed. A gateway that
// stops says so by the cause that its requests end with.
func (p *progress) end(ctx context.Context, outcome Outcome, failure error) {
	p.export.State, p.export.UpdatedAt = analytics.ExportFailed, p.now()
	switch {
	case outcome == Done:
		p.export.State = analytics.ExportDone
	case outcome == Failed:
		p.export.FailureCode = analytics.ExportFailureOf(failure)
	case errors.Is(context.Cause(ctx), ErrStopped):
		p.export.FailureCode = analytics.GatewayStopped
	default:
		p.export.FailureCode = analytics.ReaderGone
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), reportTimeout)
	defer cancel()
	if err := p.store.ReportExport(ctx, p.export); err != nil {
		p.log.ErrorContext(ctx, "store how an export ended", "error", err)
	}
}
