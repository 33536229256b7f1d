package export_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/repository"
)

var update = flag.Bool("update", false, "write the golden files")

// chatter adds a chat to a call.
func chatter(t *testing.T, repo *repository.Repository) {
	t.Helper()
	var events []analytics.Event
	for _, text := range []string{
		`{"id":"e1","type":"message_sent","at":"2026-03-01T09:31:00Z","callId":"c-1","data":{"messageId":"m1","author":"agent","name":"Ada","text":"Hello"}}`,
		`{"id":"e2","type":"message_sent","at":"2026-03-01T09:31:10.5Z","visitorId":"b-1","callId":"c-1","data":{"messageId":"m2","author":"shopper","name":"Sam","text":"=Hi \"there\"","replyTo":"m1"}}`,
		`{"id":"e3","type":"message_sent","at":"2026-03-01T09:31:20Z","callId":"c-1","data":{"messageId":"m3","author":"agent","text":"Bye"}}`,
	} {
		e, err := analytics.ParseEvent([]byte(text), present)
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	outcomes, err := repo.Absorb(t.Context(), "acme", events)
	if err != nil {
		t.Fatal(err)
	}
	for _, outcome := range outcomes {
		if outcome.Err != nil {
			t.Fatal(outcome.Err)
		}
	}
}

const march = "from=2026-03-01T00:00:00Z"

// The shapes of the answers, each in a golden file.
func TestCallStatistics(t *testing.T) {
	repo, _ := openShop(t)
	chatter(t, repo)
	server := gateway(t, repo)
	for _, c := range []struct {
		name, who, path string
		status          int
	}{
		{"accepted", "all", "/v1/stats/calls/accepted?" + march, 200},
		{"accepted without personal data", "calls", "/v1/stats/calls/accepted?" + march + "&to=2026-03-02T00:00:00Z", 200},
		{"accepted but short and test calls", "calls", "/v1/stats/calls/accepted?" + march + "&excludeShortCalls=true&excludeTestCalls=true", 200},
		{"accepted of an agent's token", "ada", "/v1/stats/calls/accepted?" + march, 200},
		{"accepted of an empty period", "calls", "/v1/stats/calls/accepted?from=2025-01-01T00:00:00Z&to=2025-01-02T00:00:00Z", 200},
		{"missed", "calls", "/v1/stats/calls/missed?" + march, 200},
		{"missed but short waits", "calls", "/v1/stats/calls/missed?" + march + "&excludeShortQueueTime=true", 200},
		{"a call", "all", "/v1/calls/c-1", 200},
		{"a call by its global id without personal data", "calls", "/v1/calls/Call:c-1", 200},
		{"a transcript", "all", "/v1/calls/c-1/transcriptions", 200},
		{"a transcript without personal data", "calls", "/v1/calls/c-1/transcriptions", 200},
		{"a transcript of a silent call", "calls", "/v1/calls/c-3/transcriptions", 200},
		{"without from", "calls", "/v1/stats/calls/accepted?to=2026-03-01T00:00:00Z", 400},
		{"with a wrong limit", "calls", "/v1/stats/calls/missed?" + march + "&limit=0", 400},
		{"with a wrong cursor", "calls", "/v1/stats/calls/missed?" + march + "&cursor=x", 400},
		{"with an unknown parameter", "calls", "/v1/stats/calls/missed?" + march + "&excludeShortWaits=true", 400},
		{"by nobody", "", "/v1/stats/calls/accepted?" + march, 401},
		{"without the scope", "events", "/v1/stats/calls/accepted?" + march, 403},
		{"an unknown call", "all", "/v1/calls/c-9", 404},
		{"a call of another agent", "ada", "/v1/calls/c-2", 404},
		{"a transcript of another agent's call", "ada", "/v1/calls/c-2/transcriptions", 404},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, header, body, err := get(t, server, c.who, c.path)
			if status != c.status || err != nil || header.Get("Content-Type") != "application/json" {
				t.Fatalf("%d %s %v %v", status, body, header, err)
			}
			golden(t, strings.ReplaceAll(c.name, " ", "_"), body)
		})
	}
	t.Run("with another method", func(t *testing.T) {
		answer, err := server.Client().Post(server.URL+"/v1/calls/c-1", "application/json", nil)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if answer.StatusCode != 405 || answer.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%d %v", answer.StatusCode, answer.Header)
		}
	})
}

// golden compares a JSON document with a golden file, keys in the order they
// have.
func golden(t *testing.T, name, body string) {
	t.Helper()
	var got bytes.Buffer
	if err := json.Indent(&got, []byte(body), "", "  "); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	file := filepath.Join("testdata", name+".golden.json")
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// page is the body of a page.
type page struct {
	Data       []json.RawMessage
	NextCursor *string
}

// TestPagesAndLinesHaveTheSameRows holds for every size of pages, over several
// batches.
func TestPagesAndLinesHaveTheSameRows(t *testing.T) {
	repo, _ := openShop(t)
	importCalls(t, repo, "acme", manyCalls(2_100))
	server := gateway(t, repo)
	path := "/v1/stats/calls/accepted?" + march

	status, header, body, err := get(t, server, "all", path, "Accept", "application/json;q=0.5, application/x-ndjson")
	if status != 200 || err != nil || header.Get("Content-Type") != "application/x-ndjson" {
		t.Fatalf("%d %v %v", status, header, err)
	}
	lines := strings.Split(strings.TrimSuffix(body, "\n"), "\n")
	if len(lines) != 2_103 {
		t.Fatalf("%d lines", len(lines))
	}
	for _, limit := range []string{"", "7", "1000"} {
		var got []string
		for cursor := ""; ; {
			status, _, body, err := get(t, server, "all", path+"&limit="+limit+"&cursor="+url.QueryEscape(cursor))
			if status != 200 || err != nil {
				t.Fatalf("%d %s %v", status, body, err)
			}
			var p page
			if err := json.Unmarshal([]byte(body), &p); err != nil {
				t.Fatal(err)
			}
			for _, row := range p.Data {
				got = append(got, string(row))
			}
			if p.NextCursor == nil {
				break
			}
			cursor = *p.NextCursor
		}
		if diff := cmp.Diff(lines, got); diff != "" {
			t.Errorf("pages of %s differ (-lines +pages):\n%.2000s", limit, diff)
		}
	}
	t.Run("lines go on behind a cursor too", func(t *testing.T) {
		_, _, body, _ := get(t, server, "all", path+"&limit=1000")
		var p page
		if err := json.Unmarshal([]byte(body), &p); err != nil {
			t.Fatal(err)
		}
		_, _, rest, _ := get(t, server, "all", path+"&cursor="+*p.NextCursor, "Accept", "application/x-ndjson")
		if diff := cmp.Diff(strings.Join(lines[1000:], "\n")+"\n", rest); diff != "" {
			t.Errorf("lines differ (-want +got):\n%.2000s", diff)
		}
	})
	t.Run("a failure in the middle breaks the connection off", func(t *testing.T) {
		status, _, body, err := get(t, gateway(t, &failing{Repository: repo, at: 3}), "all", path, "Accept", "application/x-ndjson")
		if status != 200 || err == nil || len(body) == 0 {
			t.Errorf("got %d, %d bytes, %v", status, len(body), err)
		}
	})
	t.Run("a limit is for pages", func(t *testing.T) {
		status, _, body, _ := get(t, server, "all", path+"&limit=10", "Accept", "application/x-ndjson")
		if status != 400 || !strings.Contains(body, `"field":"limit"`) {
			t.Errorf("got %d %s", status, body)
		}
	})
}
