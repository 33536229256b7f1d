package export_test

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
	"cartograph/export"
	"cartograph/ingest"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

var (
	silent = slog.New(slog.DiscardHandler)
	// present is when exports are asked for.
	present = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
)

// shopCalls are the calls of the test shop, as an import brings them.
const shopCalls = `status,is_test_call,call_id,client_session_id,client_id,agent_id,agent_name,queue_id,queue_name,entered_queue_time,seconds_in_queue,call_start_time,call_end_time,call_type,waiting_room_id,products_added_to_cart,checked_out_products,checked_out_value,poll_rating,poll_scale,poll_free_text,revenue_value,revenue_currency,number_of_purchases,order_ids,shopper_first_name,shopper_message,shopper_data,customer_tags
ACCEPTED,FALSE,c-1,s-1,b-1,ada,Ada,help,Help,2026-03-01T09:29:00Z,60,2026-03-01T09:30:00Z,2026-03-01T09:40:00.5Z,Queue,,hat;scarf,hat,12.50,9,10,fine,10.00;500,EUR;JPY,2,o-1;o-2,Sam,"'=1+1, ""he"" said
twice","{""ip"":""::1""}","{""vip"":true,""n"":1.5}"
ACCEPTED,TRUE,c-2,s-2,b-2,bo,Bo,help,Help,2026-03-02T09:29:00Z,3,2026-03-02T09:30:00Z,2026-03-02T09:30:10Z,Queue,,,,,,,,,,0,,Ола,,,
ACCEPTED,FALSE,c-3,s-3,b-3,ada,Ada,,,,,2026-03-03T09:30:00Z,2026-03-03T09:50:00Z,Booked_meeting,w-1,,,,,,,,,0,,,,,
MISSED,FALSE,,s-4,b-4,,,help,Help,2026-03-04T09:30:00Z,61,,,Queue,,,,,,,,,,,,,,,
MISSED,FALSE,,s-5,b-5,,,shoes,Shoes,2026-03-05T09:30:00Z,2,,,Queue,,,,,,,,,,,,,,,
`

// openShop returns a repository with the calls of the test shop, and the number
// of commands that were sent since it was last asked.
func openShop(t *testing.T) (repo *repository.Repository, commands func() int) {
	t.Helper()
	counter := new(counter)
	repo = repositorytest.Open(t, counter.add)
	importCalls(t, repo, "acme", shopCalls)
	importCalls(t, repo, "globex", strings.ReplaceAll(shopCalls, "Sam", "Theirs"))
	counter.take()
	return repo, counter.take
}

func importCalls(t testing.TB, repo *repository.Repository, org, file string) ingest.Summary {
	t.Helper()
	summary, err := ingest.ImportCalls(t.Context(), repo, org, strings.NewReader(file), ingest.ImportOptions{
		Report: func(line int, column string, err error) { t.Errorf("line %d, %s: %v", line, column, err) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return summary
}

// principals are who asks, by the word in the Authorization header.
var principals = map[string]*auth.Principal{
	"all":     {Org: "acme", Scopes: auth.AllScopes},
	"calls":   {Org: "acme", Scopes: auth.Scopes{auth.CallsRead}},
	"ada":     {Org: "acme", Agent: "ada", Scopes: auth.Scopes{auth.CallsRead}},
	"events":  {Org: "acme", Scopes: auth.Scopes{auth.EventsRead}},
	"viewers": {Org: "acme", Scopes: auth.Scopes{auth.EventsRead}},
	"shopper": {Org: "acme", Call: "c-1", Scopes: auth.Scopes{auth.CartsAnswer, auth.CartsRead}},
	"globex":  {Org: "globex", Scopes: auth.AllScopes},
}

// gateway serves the handler to those whom the header Authorization names.
func gateway(t *testing.T, store export.Store) *httptest.Server {
	t.Helper()
	handler := export.NewHandler(store, func() time.Time { return present }, silent)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p := principals[r.Header.Get("Authorization")]; p != nil {
			r = r.WithContext(auth.With(r.Context(), p))
		}
		handler.ServeHTTP(w, r)
	}))
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	t.Cleanup(server.Close)
	return server
}

// get asks for a path and returns the status, the header and the whole body, or
// what reading it failed with.
func get(t *testing.T, server *httptest.Server, who, path string, header ...string) (int, http.Header, string, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", who)
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	answer, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return answer.StatusCode, answer.Header, string(body), err
}

// timeAt returns the moment of a Unix time.
func timeAt(seconds int64) time.Time { return time.Unix(seconds, 0) }

// moment reads a time.
func moment(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

var everything = analytics.CallFilter{}
