package ingest

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/repository"
)

// memory is a store that keeps the cells of what it took in, by event. It holds
// no logic: what a real one makes of rows, the tests of whole exports show.
type memory struct {
	rows    map[string]map[string]string
	ids     []string // of calls, in the order they came
	batches []int
	fail    error
}

func (m *memory) Absorb(_ context.Context, org string, events []analytics.Event) ([]repository.Outcome, error) {
	if m.fail != nil {
		return nil, m.fail
	}
	m.batches = append(m.batches, len(events))
	outcomes := make([]repository.Outcome, len(events))
	for i, e := range events {
		if _, known := m.rows[e.EventID]; known {
			outcomes[i].Status = repository.Duplicate
			continue
		}
		m.rows[e.EventID] = e.Data.Row
		m.ids = append(m.ids, e.Subject)
	}
	return outcomes, nil
}

// reported is what an import says is wrong.
type reported struct {
	Line   int
	Column string
	Error  string
}

func importText(t testing.TB, store CallStore, file string) (Summary, []reported, error) {
	t.Helper()
	var problems []reported
	summary, err := ImportCalls(t.Context(), store, "acme", strings.NewReader(file), ImportOptions{
		Report: func(line int, column string, err error) {
			problems = append(problems, reported{line, column, err.Error()})
		},
	})
	return summary, problems, err
}

const (
	header = "status,call_id,client_session_id,queue_id,entered_queue_time,seconds_in_queue,call_start_time,call_end_time,shopper_message\n"
	good1  = "ACCEPTED,c-1,s-1,q-1,2026-03-01T09:29:00Z,60,2026-03-01T09:30:00Z,2026-03-01T09:40:00Z,hello\n"
	good2  = "MISSED,,s-2,q-1,2026-03-01T09:31:00Z,30,,,\n"
)

func TestImportCallsKeepsTheGoodAndNamesTheBad(t *testing.T) {
	for _, test := range []struct {
		name string
		bad  string // between two good rows
		want []reported
	}{
		{"date wrong", "ACCEPTED,c-2,s,q,,,31/12,,\n", []reported{{3, "call_start_time", `"31/12" is not an RFC 3339 time`}}},
		{"end before start", "ACCEPTED,c-2,s,q,,,2026-03-01T09:30:00Z,2026-03-01T09:29:00Z,\n",
			[]reported{{3, "call_end_time", "2026-03-01T09:29:00Z lies before call_start_time 2026-03-01T09:30:00Z"}}},
		{"unknown status", "ANSWERED,c-2,s,q,,,2026-03-01T09:30:00Z,,\n", []reported{{3, "status", `"ANSWERED" is neither ACCEPTED nor MISSED`}}},
		{"accepted without id", "ACCEPTED,,s,q,,,2026-03-01T09:30:00Z,,\n", []reported{{3, "call_id", "missing; an accepted call has one"}}},
		{"a time that has not come", "ACCEPTED,c-2,s,q,,,2999-03-01T09:30:00Z,,\n",
			[]reported{{3, "call_start_time", "2999-03-01T09:30:00Z lies more than 5 minutes ahead of now"}}},
		{"a cell too few", "ACCEPTED,c-2,s,q,,,2026-03-01T09:30:00Z,\n", []reported{{3, "", "the row has 8 cells, the header 9"}}},
		{"a cell too many", "ACCEPTED,c-2,s,q,,,2026-03-01T09:30:00Z,,,\n", []reported{{3, "", "the row has 10 cells, the header 9"}}},
		{"a quote left open", "ACCEPTED,c-2,s,q,,,2026-03-01T09:30:00Z,,\"oh\n", []reported{{3, "shopper_message", "the quote that opens here is never closed"}}},
		{"a quote left open in a cell of many lines", "ACCEPTED,c-2,s,q,,,2026-03-01T09:30:00Z,,\"oh\nno\n",
			[]reported{{3, "shopper_message", "the quote that opens here is never closed"}, {4, "", "the row has 1 cells, the header 9"}}},
		{"a quote in the middle of a cell", "ACCEPTED,c\"2,s,q,,,2026-03-01T09:30:00Z,,\n",
			[]reported{{3, "call_id", "a quote stands inside a cell that does not begin with one"}}},
		{"a cell of 10 MB", "ACCEPTED,c-2,s,q,,,2026-03-01T09:30:00Z,," + strings.Repeat("x", 10<<20) + "\n",
			[]reported{{3, "shopper_message", "the cell is larger than 1 MiB"}}},
		{"a quoted cell of 10 MB", "ACCEPTED,c-2,s,q,,,2026-03-01T09:30:00Z,,\"" + strings.Repeat("x", 10<<20) + "\"\n",
			[]reported{{3, "shopper_message", "the cell is larger than 1 MiB"}}},
		{"text of another encoding", "ACCEPTED,c-2,s,q,,,2026-03-01T09:30:00Z,,gr\xfc\xdfe\n", []reported{{3, "shopper_message", "the cell is not UTF-8 text"}}},
		{"a header once more", header, []reported{{3, "status", `"status" is neither ACCEPTED nor MISSED`}}},
		{"blank rows, which are none", "\n,,,,,,,,\n\r\n", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			store := &memory{rows: map[string]map[string]string{}}
			summary, problems, err := importText(t, store, header+good1+test.bad+good2)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, problems); diff != "" {
				t.Errorf("reports differ (-want +got):\n%s", diff)
			}
			if want := (Summary{Rows: 2 + len(test.want), New: 2, Bad: len(test.want)}); summary != want {
				t.Errorf("got %+v, want %+v", summary, want)
			}
			if diff := cmp.Diff([]string{"call:c-1", "call:" + analytics.MissedCallID("s-2", "q-1", missedAt)}, store.ids); diff != "" {
				t.Errorf("calls differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestImportCallsRefusesWhatIsNoExport(t *testing.T) {
	utf16 := func(text string, bom ...byte) string {
		for _, c := range []byte(text) {
			bom = append(bom, c, 0)
		}
		return string(bom)
	}
	for _, test := range []struct{ name, file, want string }{
		{"an empty file", "", "the file is empty"},
		{"nothing but a byte order mark", "\xef\xbb\xbf", "the file is empty"},
		{"nothing but blank lines", "\n\r\n\n", "the file is empty"},
		{"UTF-16", utf16(header+good1, 0xff, 0xfe), "the file is in UTF-16: save it as CSV in UTF-8"},
		{"UTF-16 without a mark", utf16(header + good1), "the file is in UTF-16: save it as CSV in UTF-8"},
		{"no header", good1 + good2, "line 1 is no header of call statistics: none of its columns is known"},
		{"a header without a column that is needed", strings.Replace(header, ",call_id", "", 1) + good1, "line 1, the header: missing call_id"},
		{"a header without several", "status,call_id,call_start_time\n", "line 1, the header: missing client_session_id, queue_id, entered_queue_time"},
		{"a column that stands twice", strings.Replace(header, "seconds_in_queue", "Call_ID ", 1), "line 1, the header: the column call_id stands twice"},
		{"semicolons", strings.ReplaceAll(header, ",", ";"), "line 1, the header: the columns are separated by semicolons: export with commas"},
		{"tabs", strings.ReplaceAll(header, ",", "\t"), "line 1, the header: the columns are separated by tabs: export with commas"},
		{"a quote left open in the header", "status,\"call_id\n" + good1, "line 1, the header: the quote that opens here is never closed"},
		{"a header of 10 MB", strings.Repeat("x", 10<<20), "line 1, the header: the cell is larger than 1 MiB"},
	} {
		t.Run(test.name, func(t *testing.T) {
			store := &memory{rows: map[string]map[string]string{}}
			summary, _, err := importText(t, store, test.file)
			if err == nil || err.Error() != test.want || analytics.CodeOf(err) != analytics.BadUserInput {
				t.Errorf("got %v, want BAD_USER_INPUT: %s", err, test.want)
			}
			if len(store.rows) != 0 || summary != (Summary{}) {
				t.Errorf("%d rows were taken in; %v", len(store.rows), summary)
			}
		})
	}
}

var missedAt = mustTime("2026-03-01T09:31:00Z")

func TestImportCalls(t *testing.T) {
	wantRow := map[string]string{
		"status": "ACCEPTED", "call_id": "c-1", "client_session_id": "s-1", "queue_id": "q-1", "entered_queue_time": "2026-03-01T09:29:00Z",
		"seconds_in_queue": "60", "call_start_time": "2026-03-01T09:30:00Z", "call_end_time": "2026-03-01T09:40:00Z", "call_duration_seconds": "600",
		"shopper_message": "hello",
	}
	for _, test := range []struct {
		name string
		file string
		want []reported
	}{
		{"with a byte order mark", "\xef\xbb\xbf" + header + good1, nil},
		{"with CRLF and without the last line end", strings.ReplaceAll(header+strings.TrimSuffix(good1, "\n"), "\n", "\r\n"), nil},
		{"with columns in another order and case", "Shopper_Message,CALL_END_TIME,call_start_time,seconds_in_queue,entered_queue_time,queue_id, client_session_id ,call_id,status\n" +
			"hello,2026-03-01T09:40:00Z,2026-03-01T10:30:00+01:00,60.0,2026-03-01T09:29:00Z,q-1,s-1,c-1,ACCEPTED\n", nil},
		{"with columns that nobody knows, each named once", strings.Replace(header, "status", "status,mood,", 1) +
			strings.Replace(good1, "ACCEPTED", "ACCEPTED,glad,x", 1), []reported{
			{1, "mood", "not a column of call statistics; it is left out"}, {1, "", "not a column of call statistics; it is left out"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			store := &memory{rows: map[string]map[string]string{}}
			summary, problems, err := importText(t, store, test.file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, problems); diff != "" {
				t.Errorf("reports differ (-want +got):\n%s", diff)
			}
			for _, row := range store.rows {
				if diff := cmp.Diff(wantRow, row); diff != "" {
					t.Errorf("row differs (-want +got):\n%s", diff)
				}
			}
			if want := (Summary{Rows: 1, New: 1}); summary != want {
				t.Errorf("got %+v, want %+v", summary, want)
			}
		})
	}
	t.Run("a header alone is an export of nothing", func(t *testing.T) {
		summary, problems, err := importText(t, &memory{}, header)
		if err != nil || summary != (Summary{}) || problems != nil {
			t.Errorf("got %v, %v, %v", summary, problems, err)
		}
	})
	t.Run("the same file again changes nothing, however its cells are written", func(t *testing.T) {
		store := &memory{rows: map[string]map[string]string{}}
		anonymous := "MISSED,,,q-1,2026-03-01T09:31:00Z,30,,,\n"
		file := header + good1 + good2 + anonymous + anonymous + "MISSED,,,q-1,2026-03-01T09:31:00Z,31,,,\n" + anonymous
		first, _, err := importText(t, store, file)
		if err != nil {
			t.Fatal(err)
		}
		again, _, err := importText(t, store, strings.ReplaceAll(file, "T09:31:00Z", "T11:31:00.0004+02:00"))
		if err != nil {
			t.Fatal(err)
		}
		if want := (Summary{Rows: 6, New: 6}); first != want {
			t.Errorf("first: got %+v, want %+v: callers without session and browser are callers too", first, want)
		}
		if want := (Summary{Rows: 6, Unchanged: 6}); again != want {
			t.Errorf("again: got %+v, want %+v", again, want)
		}
	})
	t.Run("rows are written in batches", func(t *testing.T) {
		store := &memory{rows: map[string]map[string]string{}}
		var file strings.Builder
		file.WriteString(header)
		for i := range 2200 {
			fmt.Fprintf(&file, "ACCEPTED,c-%d,s,q,,,2026-03-01T09:30:00Z,,\n", i)
		}
		if _, _, err := importText(t, store, file.String()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]int{1000, 1000, 200}, store.batches); diff != "" {
			t.Errorf("batches differ (-want +got):\n%s", diff)
		}
	})
	t.Run("what a store cannot take is named by its lines", func(t *testing.T) {
		gone := &analytics.Error{Code: analytics.Unavailable, Message: "the database cannot be reached"}
		_, _, err := importText(t, &memory{fail: gone}, header+good1+good2)
		if !errors.Is(err, gone) || !strings.HasPrefix(err.Error(), "import lines 2 to 3: ") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("an import ends when it is cancelled, also among bad rows", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		endlessly := io.MultiReader(strings.NewReader(header), endless{'\n'})
		if _, err := ImportCalls(ctx, &memory{}, "acme", endlessly, ImportOptions{}); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("what was read before a file breaks off is kept, whole rows only", func(t *testing.T) {
		store := &memory{rows: map[string]map[string]string{}}
		broken := io.MultiReader(strings.NewReader(header+good1+"MISSED,,s-2,q-1,2026-03-01T09:31:00Z,30,,,"), iotest.ErrReader(io.ErrUnexpectedEOF))
		summary, err := ImportCalls(t.Context(), store, "acme", broken, ImportOptions{})
		if !errors.Is(err, io.ErrUnexpectedEOF) || !strings.HasPrefix(err.Error(), "the file cannot be read beyond line 3: ") {
			t.Errorf("got %v", err)
		}
		if want := (Summary{Rows: 1, New: 1}); summary != want {
			t.Errorf("got %+v, want %+v", summary, want)
		}
	})
	t.Run("progress ends at the size of the file", func(t *testing.T) {
		file := header + strings.Repeat(good1, 2000)
		var last int64
		_, err := ImportCalls(t.Context(), &memory{rows: map[string]map[string]string{}}, "acme", strings.NewReader(file), ImportOptions{
			Progress: func(bytes int64) {
				if bytes < last {
					t.Errorf("progress goes back from %d to %d", last, bytes)
				}
				last = bytes
			},
		})
		if err != nil || last != int64(len(file)) {
			t.Errorf("progress ended at %d of %d, %v", last, len(file), err)
		}
	})
}

func TestOpenFile(t *testing.T) {
	dir := t.TempDir()
	text := strings.Repeat(header, 1000)
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	write := func(name string, content []byte) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	for name, content := range map[string][]byte{"plain.csv": []byte(text), "packed.csv.gz": packed.Bytes(), "packed without saying so.csv": packed.Bytes()} {
		t.Run("reads "+name, func(t *testing.T) {
			file, size, err := OpenFile(write(name, content))
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			got, err := io.ReadAll(file)
			if err != nil || string(got) != text {
				t.Errorf("read %d bytes, %v; want %d", len(got), err, len(text))
			}
			if size != int64(len(content)) || file.Read64() != size {
				t.Errorf("size %d, read %d, want %d", size, file.Read64(), len(content))
			}
		})
	}
	t.Run("an empty file is read as such", func(t *testing.T) {
		file, size, err := OpenFile(write("empty.csv", nil))
		if err != nil || size != 0 {
			t.Fatalf("size %d, %v", size, err)
		}
		defer file.Close()
		if got, err := io.ReadAll(file); err != nil || len(got) != 0 {
			t.Errorf("read %q, %v", got, err)
		}
	})
	for name, test := range map[string]struct {
		file string
		code analytics.Code
	}{
		"a file that is not there":        {filepath.Join(dir, "none.csv"), analytics.NotFound},
		"a folder":                        {dir, analytics.BadUserInput},
		"what begins as gzip and is none": {write("no.gz", []byte{0x1f, 0x8b, 0, 0}), analytics.BadUserInput},
	} {
		t.Run("refuses "+name, func(t *testing.T) {
			if _, _, err := OpenFile(test.file); analytics.CodeOf(err) != test.code || !strings.Contains(err.Error(), test.file) {
				t.Errorf("got %v, want %s", err, test.code)
			}
		})
	}
}

func mustTime(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

// FuzzImportCalls holds that every row is counted once, as new, known or bad, and
// that what was taken in reads the same again: a stored row that could not be read
// any more would be lost.
func FuzzImportCalls(f *testing.F) {
	var full []string
	for _, column := range analytics.CallColumns {
		full = append(full, column.Name)
	}
	head := strings.Join(full, ",") + "\n"
	f.Add("ACCEPTED,TRUE,c-1,s,b,a,Ada,'=t,q,Q,2026-03-01T09:29:00Z,59.75,2026-03-01T09:30:00Z,,600.5,1,2,Queue,w,2026-03-01T09:29:00Z,,A;B,B,12.5,2.0,2,'',2026-03-02T00:00:00Z,A,1;2,EUR;JPY,2,o;p,,,S,,,'+1,\"a\nb\",\"{}\",C,\"{\"\"a\"\":1}\"\n")
	f.Add("MISSED,FALSE,,,,,,,q,Q,2026-03-01T09:29:00Z,61,,,,,,Queue,,,,,,,,,,,,,,0,,,,,,,,,,,\n")
	f.Fuzz(func(t *testing.T, rows string) {
		store := &memory{rows: map[string]map[string]string{}}
		summary, problems, err := importText(t, store, head+rows)
		if err != nil {
			t.Fatal(err)
		}
		if summary.Rows != summary.New+summary.Unchanged+summary.Bad || summary.Bad != len(problems) || summary.New != len(store.rows) {
			t.Errorf("%+v, %d reports, %d rows kept", summary, len(problems), len(store.rows))
		}
		for _, cells := range store.rows {
			row, err := analytics.ParseCallRow(cells)
			if err != nil {
				t.Fatalf("%v cannot be read again: %v", cells, err)
			}
			if diff := cmp.Diff(cells, row.Cells()); diff != "" {
				t.Errorf("a row reads differently again (-first +again):\n%s", diff)
			}
		}
	})
}
