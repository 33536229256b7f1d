package analytics

import (
	"reflect"
	"slices"
	"time"
)

// ExportLink is how long the link of an export may be opened: long enough for
// somebody to click it, short enough that one which leaks is worth little.
const ExportLink = 10 * time.Minute

// exportSilence is how long a download may say nothing before it counts as lost:
// longer than a reader may take nothing, so that the gateway that wrote it died.
const exportSilence = 2 * time.Minute

// Export is a file that somebody asked for: what is in it, with whose eyes it
// is read, and how far its last download is.
type Export struct {
	Key      string `bson:"_id"`
	Org      string `bson:"org"`
	ExportID string `bson:"id"`
	// TokenHash is the hash of the secret in the link.
	TokenHash string `bson:"token"`
	// Agent, Moderator and Personal are what the one who asked may see.
	Agent     string `bson:"agent,omitempty"`
	Moderator bool   `bson:"moderator,omitempty"`
	Personal  bool   `bson:"personal"`

	Kind        ExportKind    `bson:"kind"`
	Format      ExportFormat  `bson:"format"`
	Period      *Period       `bson:"period,omitempty"`
	Filter      CallFilter    `bson:"filter"` // of calls
	LiveEventID string        `bson:"liveEvent,omitempty"`
	Sheets      []ExportSheet `bson:"sheets,omitempty"` // of a live event

	RequestedAt time.Time `bson:"at"`
	ExpiresAt   time.Time `bson:"expiresAt"` // until when the link may be opened

	// Download is the number of the last download, 0 before the first.
	Download int         `bson:"download"`
	State    ExportState `bson:"state"`
	// FailureCode is why it failed, "" where it did not.
	FailureCode ExportFailureCode `bson:"failure,omitempty"`
	Rows        int64             `bson:"rows"`
	Bytes       int64             `bson:"bytes"`
	// TotalRows is how many rows there will be, nil where that is not known.
	TotalRows *int64    `bson:"total,omitempty"`
	UpdatedAt time.Time `bson:"updatedAt"`
}

// ExportKind is what an export is of.
type ExportKind string

// The kinds of exports.
const (
	ExportOfCalls     ExportKind = "CALLS"
	ExportOfLiveEvent ExportKind = "LIVE_EVENT"
)

// ExportFormat is the form of a file.
type ExportFormat string

// The formats of exports.
const (
	ExportCSV  ExportFormat = "CSV"
	ExportXLSX ExportFormat = "XLSX"
)

// Extension returns what the names of files of the format end in.
func (f ExportFormat) Extension() string {
	if f == ExportXLSX {
		return "xlsx"
	}
	return "csv"
}

// ContentType returns the media type of files of the format.
func (f ExportFormat) ContentType() string {
	if f == ExportXLSX {
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "text/csv; charset=utf-8; header=present"
}

// ExportSheet is a part of the export of a live event.
type ExportSheet string

// The sheets, in the order they stand in a file.
const (
	AnalyticsSheet ExportSheet = "ANALYTICS"
	UsersSheet     ExportSheet = "USERS"
	MessagesSheet  ExportSheet = "MESSAGES"
)

// ExportSheets are all sheets.
var ExportSheets = []ExportSheet{AnalyticsSheet, UsersSheet, MessagesSheet}

// ExportState says how far an export is.
type ExportState string

// The states: not opened yet, being written, written as a whole, broken off, and
// never opened in time.
const (
	ExportWaiting ExportState = "WAITING"
	ExportRunning ExportState = "RUNNING"
	ExportDone    ExportState = "DONE"
	ExportFailed  ExportState = "FAILED"
	ExportExpired ExportState = "EXPIRED"
)

// Reach returns whose documents the export reads.
func (e *Export) Reach() Reach { return Reach{Org: e.Org, Agent: e.Agent, Moderator: e.Moderator} }

// LinkPath returns the path of the link with a secret.
func (e *Export) LinkPath(secret string) string { return "/exports/files/" + secret }

// At returns the export as it stands at a moment: one that nobody opened in time
// has expired, and one that says nothing any more has failed.
func (e *Export) At(now time.Time) *Export {
	seen := *e
	switch {
	case e.State == ExportWaiting && !now.Before(e.ExpiresAt):
		seen.State = ExportExpired
	case e.State == ExportRunning && now.Sub(e.UpdatedAt) > exportSilence:
		seen.State, seen.FailureCode = ExportFailed, GatewayStopped
	}
	return &seen
}

// Ended reports whether nothing more happens to the export, unless it is opened
// again.
func (e *Export) Ended() bool { return e.State != ExportWaiting && e.State != ExportRunning }

// Check fails with BadUserInput for an export that there cannot be, and names the
// input field that is wrong. It fills in the sheets where none are named.
func (e *Export) Check() (field string, err error) {
	if e.Period != nil {
		if e.Filter.Period != nil {
			return "filter", Errorf(BadUserInput, "give the period once: beside the filter or in it")
		}
		if err := e.Period.Validate(); err != nil {
			return "period", err
		}
	}
	if e.Kind == ExportOfCalls {
		return e.checkCalls()
	}
	return e.checkLiveEvent()
}

func (e *Export) checkCalls() (field string, err error) {
	if e.LiveEventID != "" {
		return "liveEventId", Errorf(BadUserInput, "an export of calls is of no live event")
	}
	if e.Sheets != nil {
		return "sheets", Errorf(BadUserInput, "an export of calls has no sheets to choose")
	}
	return "filter", e.Filter.Validate()
}

func (e *Export) checkLiveEvent() (field string, err error) {
	if e.LiveEventID == "" {
		return "liveEventId", Errorf(BadUserInput, "say which live event")
	}
	if !reflect.DeepEqual(e.Filter, CallFilter{}) {
		return "filter", Errorf(BadUserInput, "the filter is for calls")
	}
	if len(e.Sheets) == 0 {
		e.Sheets = ExportSheets
	}
	e.Sheets = slices.DeleteFunc(slices.Clone(ExportSheets), func(s ExportSheet) bool { return !slices.Contains(e.Sheets, s) })
	if e.Format == ExportCSV && len(e.Sheets) > 1 {
		return "sheets", Errorf(BadUserInput, "a CSV has one sheet: name one of ANALYTICS, USERS and MESSAGES")
	}
	return "", nil
}

// Calls returns which calls the export is of.
func (e *Export) Calls() CallFilter {
	filter := e.Filter
	if e.Period != nil {
		filter.Period = e.Period
	}
	return filter
}

// Progress is how far a download is, to tell whether anything changed.
type Progress struct {
	Download    int
	State       ExportState
	Rows, Bytes int64
}

// Progress returns how far the last download is.
func (e *Export) Progress() Progress { return Progress{e.Download, e.State, e.Rows, e.Bytes} }
