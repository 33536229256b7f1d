package export_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/export"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

const shopExport = `status,is_test_call,call_id,client_session_id,client_id,agent_id,agent_name,tracking_tag,queue_id,queue_name,entered_queue_time,seconds_in_queue,call_start_time,call_end_time,call_duration_seconds,number_of_messages_by_agent,number_of_messages_by_client,call_type,waiting_room_id,entered_waiting_room_time,seconds_in_waiting_room,products_added_to_cart,checked_out_products,checked_out_value,poll_rating,poll_scale,poll_free_text,first_purchase_time,purchased_products,revenue_value,revenue_currency,number_of_purchases,order_ids,blocked_time,blocked_note,shopper_first_name,shopper_last_name,shopper_email,shopper_phone,shopper_message,shopper_data,tried_on_products,customer_tags
ACCEPTED,FALSE,c-1,s-1,b-1,ada,Ada,,help,Help,2026-03-01T09:29:00Z,60,2026-03-01T09:30:00Z,2026-03-01T09:40:00.500Z,600.5,0,0,Queue,,,,hat;scarf,hat,12.50,9,10,fine,,,10.00;500,EUR;JPY,2,o-1;o-2,,,Sam,,,,"'=1+1, ""he"" said
twice","{""ip"":""::1""}",,"{""vip"":true,""n"":1.5}"
ACCEPTED,TRUE,c-2,s-2,b-2,bo,Bo,,help,Help,2026-03-02T09:29:00Z,3,2026-03-02T09:30:00Z,2026-03-02T09:30:10Z,10,0,0,Queue,,,,,,,,,,,,,,0,,,,Ола,,,,,,,
ACCEPTED,FALSE,c-3,s-3,b-3,ada,Ada,,,,,,2026-03-03T09:30:00Z,2026-03-03T09:50:00Z,1200,0,0,Booked_meeting,w-1,,,,,,,,,,,,,0,,,,,,,,,,,
MISSED,FALSE,,s-4,b-4,,,,help,Help,2026-03-04T09:30:00Z,61,,,,,,Queue,,,,,,,,,,,,,,0,,,,,,,,,,,
MISSED,FALSE,,s-5,b-5,,,,shoes,Shoes,2026-03-05T09:30:00Z,2,,,,,,Queue,,,,,,,,,,,,,,0,,,,,,,,,,,
`

func TestCallsAsCSV(t *testing.T) {
	repo, _ := openShop(t)
	server := gateway(t, repo)

	t.Run("all of them with all columns, in their order", func(t *testing.T) {
		status, header, body, err := get(t, server, "all", "/exports/calls.csv")
		if status != 200 || err != nil {
			t.Fatalf("%d %v %s", status, err, body)
		}
		if diff := cmp.Diff(shopExport, body); diff != "" {
			t.Errorf("file differs (-want +got):\n%s", diff)
		}
		want := map[string]string{"Content-Type": "text/csv; charset=utf-8; header=present",
			"Content-Disposition": `attachment; filename="calls.csv"`, "Cache-Control": "no-store"}
		for name, value := range want {
			if header.Get(name) != value {
				t.Errorf("%s is %q, want %q", name, header.Get(name), value)
			}
		}
	})
	t.Run("without pii:read personal cells are empty", func(t *testing.T) {
		_, _, body, _ := get(t, server, "calls", "/exports/calls.csv")
		record := records(t, body)[1]
		for i, column := range analytics.CallColumns {
			if column.Personal && record[i] != "" {
				t.Errorf("%s is %q", column.Name, record[i])
			}
		}
	})
	for _, c := range []struct {
		name, who, query string
		want             []string // the sessions of the rows
	}{
		{"an agent's token exports the own calls only", "ada", "", []string{"s-1", "s-3"}},
		{"a period is half-open", "calls", "?from=2026-03-02T09:30:00Z&to=2026-03-04T09:30:00Z", []string{"s-2", "s-3"}},
		{"a period without an end ends now", "calls", "?from=2026-03-04T10:30:00%2B01:00", []string{"s-4", "s-5"}},
		{"a period without a start has everything before", "calls", "?to=2026-03-02T00:00:00Z", []string{"s-1"}},
		{"a status", "calls", "?status=missed", []string{"s-4", "s-5"}},
		{"a type", "calls", "?type=BOOKED_MEETING", []string{"s-3"}},
		{"agents", "calls", "?agent=bo,Agent:ada", []string{"s-1", "s-2", "s-3"}},
		{"a queue", "calls", "?queue=shoes", []string{"s-5"}},
		{"no short calls", "calls", "?excludeShortCalls=true", []string{"s-1", "s-3", "s-4", "s-5"}},
		{"no short waits", "calls", "?excludeShortWaits=true", []string{"s-1", "s-2", "s-3", "s-4"}},
		{"no test calls", "calls", "?excludeTestCalls=true&excludeShortWaits=false", []string{"s-1", "s-3", "s-4", "s-5"}},
		{"an agent's token cannot ask for another agent", "ada", "?agent=bo", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, _, body, err := get(t, server, c.who, "/exports/calls.csv"+c.query)
			if status != 200 || err != nil {
				t.Fatalf("%d %v %s", status, err, body)
			}
			var got []string
			for _, record := range records(t, body)[1:] {
				got = append(got, record[3])
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("rows differ (-want +got):\n%s", diff)
			}
		})
	}
	for _, c := range []struct {
		name, who, path string
		status          int
		want            string
	}{
		{"nobody", "", "/exports/calls.csv", 401, `{"code":"UNAUTHENTICATED","message":"a token is needed: Authorization: Bearer TOKEN"}`},
		{"another scope", "events", "/exports/calls.csv", 403, `{"code":"FORBIDDEN","message":"the token lacks the scope calls:read"}`},
		{"a shopper's page", "shopper", "/exports/calls.xlsx", 403, `{"code":"FORBIDDEN","message":"the token lacks the scope calls:read"}`},
		{"a time without an offset", "calls", "/exports/calls.csv?from=2026-03-01", 400,
			`{"code":"BAD_USER_INPUT","message":"from must be a time with its offset, such as 2026-03-01T00:00:00Z","field":"from"}`},
		{"a period that ends before it starts", "calls", "/exports/calls.csv?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", 400,
			`{"code":"BAD_USER_INPUT","message":"to must lie after from","field":"to"}`},
		{"a period that has not begun", "calls", "/exports/calls.xlsx?from=2027-03-02T00:00:00Z", 400,
			`{"code":"BAD_USER_INPUT","message":"from must lie in the past where to is left out","field":"from"}`},
		{"an unknown status", "calls", "/exports/calls.csv?status=LOST", 400,
			`{"code":"BAD_USER_INPUT","message":"status must be ACCEPTED or MISSED","field":"status"}`},
		{"a switch that is neither on nor off", "calls", "/exports/calls.csv?excludeTestCalls=1", 400,
			`{"code":"BAD_USER_INPUT","message":"excludeTestCalls must be true or false","field":"excludeTestCalls"}`},
		{"a parameter that stands twice", "calls", "/exports/calls.csv?type=QUEUE&type=QUEUE", 400,
			`{"code":"BAD_USER_INPUT","message":"type stands 2 times","field":"type"}`},
		{"no agent at all", "calls", "/exports/calls.csv?agent=", 400,
			`{"code":"BAD_USER_INPUT","message":"agent is empty","field":"agent"}`},
		{"an empty time", "calls", "/exports/calls.csv?from=", 400,
			`{"code":"BAD_USER_INPUT","message":"from is empty","field":"from"}`},
		{"an empty switch", "calls", "/exports/calls.csv?excludeTestCalls=", 400,
			`{"code":"BAD_USER_INPUT","message":"excludeTestCalls is empty","field":"excludeTestCalls"}`},
		{"parameters separated by semicolons", "calls", "/exports/calls.csv?from=2026-03-01T00:00:00Z;to=2026-03-02T00:00:00Z", 400,
			`{"code":"BAD_USER_INPUT","message":"the parameters cannot be read: separate them by \u0026, and escape them"}`},
		{"a parameter that is wrongly escaped", "calls", "/exports/calls.csv?status=%zz", 400,
			`{"code":"BAD_USER_INPUT","message":"the parameters cannot be read: separate them by \u0026, and escape them"}`},
		{"a misspelt parameter", "calls", "/exports/calls.csv?excludeTestCall=true", 400,
			`{"code":"BAD_USER_INPUT","message":"excludeTestCall is no parameter; known are from, to, status, type, agent, queue, excludeShortCalls, excludeShortWaits, excludeTestCalls","field":"excludeTestCall"}`},
		{"another file", "calls", "/exports/carts.csv", 404, `{"code":"NOT_FOUND","message":"nothing is read at this path"}`},
	} {
		t.Run(c.name+" is refused", func(t *testing.T) {
			status, header, body, _ := get(t, server, c.who, c.path)
			if status != c.status || strings.TrimSpace(body) != c.want {
				t.Errorf("got %d %s\nwant %d %s", status, body, c.status, c.want)
			}
			if header.Get("Content-Disposition") != "" || header.Get("Content-Type") != "application/json" {
				t.Errorf("header %v", header)
			}
		})
	}
}

func TestCallsAsXLSX(t *testing.T) {
	repo, _ := openShop(t)
	status, header, body, err := get(t, gateway(t, repo), "all", "/exports/calls.xlsx")
	if status != 200 || err != nil {
		t.Fatalf("%d %v %s", status, err, body)
	}
	if got := header.Get("Content-Disposition"); got != `attachment; filename="calls.xlsx"` {
		t.Errorf("Content-Disposition is %s", got)
	}
	got := cells(t, reopen(t, []byte(body)), "Calls")
	want := records(t, shopExport)
	want[1][slices.Index(want[0], "checked_out_value")] = "12.5" // a number there
	for i := range want {                                        // rows of a sheet end with their last cell
		for len(want[i]) > 0 && want[i][len(want[i])-1] == "" {
			want[i] = want[i][:len(want[i])-1]
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("cells differ (-want +got):\n%s", diff)
	}
}

func records(t *testing.T, file string) [][]string {
	t.Helper()
	all, err := csv.NewReader(strings.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// failing is a store that fails at a batch.
type failing struct {
	*repository.Repository
	at, batch int
}

func (f *failing) CallBatch(ctx context.Context, reach analytics.Reach, filter analytics.CallFilter, after string, size int) ([]*analytics.Call, string, error) {
	f.batch++
	if f.batch == f.at {
		return nil, "", &analytics.Error{Code: analytics.Unavailable, Message: "the database cannot be reached", Err: errors.New("dial secret-host")}
	}
	return f.Repository.CallBatch(ctx, reach, filter, after, size)
}

func TestAFailureIsNoticed(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	importCalls(t, repo, "acme", manyCalls(2_500))
	unavailable := `{"code":"UNAVAILABLE","message":"the database cannot be reached"}`
	t.Run("at the beginning by the status", func(t *testing.T) {
		status, header, body, err := get(t, gateway(t, &failing{Repository: repo, at: 1}), "all", "/exports/calls.csv")
		if status != 503 || strings.TrimSpace(body) != unavailable || err != nil || header.Get("Retry-After") == "" {
			t.Errorf("got %d %s, %v", status, body, err)
		}
	})
	t.Run("in the middle by a connection that breaks off", func(t *testing.T) {
		status, _, body, err := get(t, gateway(t, &failing{Repository: repo, at: 3}), "all", "/exports/calls.csv")
		if status != 200 || err == nil || len(body) == 0 {
			t.Errorf("got %d, %d bytes, %v", status, len(body), err)
		}
	})
	t.Run("of a workbook by the status, for nothing was sent", func(t *testing.T) {
		status, _, body, _ := get(t, gateway(t, &failing{Repository: repo, at: 3}), "all", "/exports/calls.xlsx")
		if status != 503 || strings.TrimSpace(body) != unavailable {
			t.Errorf("got %d %s", status, body)
		}
	})
}

// manyCalls returns an export of accepted calls, one a second, of 7 agents.
func manyCalls(n int) string {
	var file bytes.Buffer
	file.WriteString("status,call_id,client_session_id,agent_id,agent_name,queue_id,queue_name,entered_queue_time,call_start_time\n")
	start := moment("2026-03-01T00:00:00Z").Unix()
	for i := range n {
		at := analytics.FormatTime(timeAt(start + int64(i)))
		fmt.Fprintf(&file, "ACCEPTED,c-%06d,s-%d,a-%d,Agent %d,q-%d,Queue %d,%s,%s\n", i, i, i%7, i%7, i%3, i%3, at, at)
	}
	return file.String()
}

func TestTheNumberOfCommands(t *testing.T) {
	commands := new(counter)
	repo := repositorytest.Open(t, commands.add)
	importCalls(t, repo, "acme", manyCalls(3_000))
	count := func(filter analytics.CallFilter) (rows, sent int) {
		commands.take()
		table := export.CallTable(t.Context(), repo, analytics.Reach{Org: "acme"}, filter, true)
		for _, err := range table.Rows {
			if err != nil {
				t.Fatal(err)
			}
			rows++
		}
		return rows, commands.take()
	}
	// Calls and figures of each batch, and once the names of agents and queues.
	if rows, sent := count(everything); rows != 3_000 || sent != 2*3+2 {
		t.Errorf("%d commands for %d rows", sent, rows)
	}
	period := analytics.Period{Start: moment("2026-03-01T00:00:00Z"), End: moment("2026-03-01T00:16:40Z")}
	if rows, sent := count(analytics.CallFilter{Period: &period}); rows != 1_000 || sent != 2+2 {
		t.Errorf("%d commands for %d rows", sent, rows)
	}
}

func TestNothingIsReadForOneWhoIsGone(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	importCalls(t, repo, "acme", manyCalls(2_500))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	table := export.CallTable(ctx, repo, analytics.Reach{Org: "acme"}, everything, true)
	rows := 0
	var failed error
	for _, err := range table.Rows {
		if err != nil {
			failed = err
			break
		}
		rows++
		cancel()
	}
	if rows != 1_000 || !errors.Is(failed, context.Canceled) {
		t.Errorf("%d rows were read, then %v", rows, failed)
	}
}

func TestHEADReadsNothing(t *testing.T) {
	repo, commands := openShop(t)
	server := gateway(t, repo)
	for path, contentType := range map[string]string{
		"/exports/calls.csv":                "text/csv; charset=utf-8; header=present",
		"/v1/stats/calls/accepted?" + march: "application/x-ndjson",
	} {
		request, err := http.NewRequestWithContext(t.Context(), "HEAD", server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "calls")
		request.Header.Set("Accept", "application/x-ndjson")
		answer, err := server.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != 200 || commands() != 0 || answer.Header.Get("Content-Type") != contentType {
			t.Errorf("%s: %d %v", path, answer.StatusCode, answer.Header)
		}
	}
}
