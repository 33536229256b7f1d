package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"cartograph/repository/repositorytest"
)

// exposed are things that happen with personal data in every field that takes
// any. Each value of it says PERSONAL.
func exposed() (catalog, events, rows string) {
	at := func(minutesAgo int) string {
		return time.Now().Add(-time.Duration(minutesAgo) * time.Minute).UTC().Format(time.RFC3339)
	}
	catalog = `{"kind":"live_event","id":"live","name":"Spring","startedAt":"` + at(50) + `","endedAt":"` + at(40) + `"}
{"kind":"workflow","id":"tour","name":"Tour","type":"page_navigation"}
`
	var lines strings.Builder
	n := 0
	tell := func(kind, about string, minutesAgo int, data string) {
		n++
		fmt.Fprintf(&lines, `{"id":"e%d","type":%q,"at":%q,"visitorId":"v","sessionId":"s",%s"data":%s}`+"\n", n, kind, at(minutesAgo), about, data)
	}
	const call, live = `"callId":"c1",`, `"liveEventId":"live",`
	tell("call_started", call, 5, `{"agentId":"bo","callType":"queue","queueId":"q"}`)
	tell("shopper_identified", call, 4, `{"firstName":"PERSONAL-first","lastName":"PERSONAL-last","email":"PERSONAL@example.org","phone":"PERSONAL-phone","message":"PERSONAL-message","data":{"ip":"PERSONAL-ip"}}`)
	tell("shopper_blocked", call, 4, `{"note":"PERSONAL-note"}`)
	tell("message_sent", call, 4, `{"messageId":"m","author":"shopper","name":"PERSONAL-author","text":"hello"}`)
	tell("call_rated", call, 4, `{"scale":10,"rating":9,"text":"PERSONAL-rating"}`)
	tell("call_ended", call, 3, `{}`)
	tell("call_missed", "", 2, `{"queueId":"q","enteredQueueAt":"`+at(3)+`"}`)
	tell("session_started", live, 45, `{"device":"mobile"}`)
	tell("viewer_identified", live, 45, `{"firstName":"PERSONAL-viewer","phone":"PERSONAL-tel","email":"PERSONAL@viewer.example","optin":true}`)
	tell("sms_subscribed", live, 45, `{"phone":"PERSONAL-sms","commercialOptin":true}`)
	tell("survey_answered", live, 42, `{"rating":4,"comment":"PERSONAL-comment"}`)
	tell("message_sent", live, 44, `{"messageId":"l","author":"viewer","name":"PERSONAL-viewername","text":"hello"}`)
	tell("page_viewed", `"workflowId":"tour",`, 45, `{"url":"https://shop.example/"}`)

	rows = "status,call_id,client_session_id,client_id,agent_id,call_type,queue_id,entered_queue_time,call_start_time,call_end_time,poll_rating,poll_scale,poll_free_text,blocked_time,blocked_note," +
		"shopper_first_name,shopper_last_name,shopper_email,shopper_phone,shopper_message,shopper_data\n" +
		"ACCEPTED,row,s,v,bo,Queue,q," + at(9) + "," + at(9) + "," + at(8) + ",9,10,PERSONAL-rowtext," + at(8) + ",PERSONAL-rownote," +
		"PERSONAL-rowfirst,PERSONAL-rowlast,PERSONAL@row.example,PERSONAL-rowphone,PERSONAL-rowmessage,\"{\"\"ip\"\":\"\"PERSONAL-rowip\"\"}\"\n"
	return catalog, lines.String(), rows
}

// unzipped returns what a workbook holds, any other body as it is.
func unzipped(t *testing.T, body string) string {
	t.Helper()
	archive, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	if err != nil {
		return body
	}
	var all strings.Builder
	for _, file := range archive.File {
		content, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.Copy(&all, content)
		_ = content.Close()
		if err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}

// bodies keeps what was sent to it.
type bodies struct {
	mu   sync.Mutex
	sent bytes.Buffer
}

func (b *bodies) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, _ = io.Copy(&b.sent, r.Body)
	b.sent.WriteByte('\n')
}

func (b *bodies) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.sent.String()
}

// get reads a path with a token, or without one for "".
func (g *gateway) get(t *testing.T, path, token string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), "GET", g.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	status, body := do(t, request)
	if status != 200 {
		t.Fatalf("%s: %d %s", path, status, body)
	}
	return unzipped(t, body)
}

// A gateway that holds personal data in every place that takes any is asked over
// every way out, with the scope and without.
func TestPersonalDataLeavesByNoWayWithoutItsScope(t *testing.T) {
	t.Parallel()
	uri, database := repositorytest.Database(t)
	settings := []string{"--log-level=debug", "--mongodb-uri=" + uri, "--mongodb-database=" + database}
	tokenOf := func(scopes string) string {
		token, err := command(t, append(settings[:len(settings):len(settings)], "token", "create", "--org=acme", "--scopes="+scopes)...)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	may := tokenOf("all")
	mayNot := tokenOf("calls:read,events:read,workflows:read,carts:read,chat:moderate,exports:write,webhooks:write,admin")
	receivers := map[string]*bodies{may: {}, mayNot: {}}
	g := serve(t, append(settings, "--webhook-allow-private")...)
	g.args = settings
	secrets := []string{may, mayNot}
	for token, receiver := range receivers {
		server := httptest.NewServer(receiver)
		t.Cleanup(server.Close)
		header := "hidden-header-" + fmt.Sprint(token == may)
		var answer struct {
			CreateWebhookEndpoint struct{ Secret string }
		}
		g.ask(t, token, `mutation { createWebhookEndpoint(input: { url: "`+server.URL+`", topics: [CALL_STARTED, CALL_ENDED, CALL_MISSED], headers: [{ name: "X-Secret", value: "`+header+`" }] }) { secret } }`, &answer)
		if answer.CreateWebhookEndpoint.Secret == "" {
			t.Fatal("the endpoint has no secret")
		}
		secrets = append(secrets, header, answer.CreateWebhookEndpoint.Secret, strings.TrimPrefix(answer.CreateWebhookEndpoint.Secret, "whsec_"))
	}
	catalog, events, rows := exposed()
	for _, sent := range []struct{ path, body string }{{"/ingest/catalog", catalog}, {"/ingest/events", events}} {
		if status, answer := g.post(t, sent.path, may, "application/x-ndjson", sent.body); status != http.StatusAccepted || strings.Contains(answer, "message") {
			t.Fatalf("%d %s", status, answer)
		}
	}
	if out, err := g.command(t, "import", "calls", write(t, "calls.csv", rows), "--org=acme"); err != nil {
		t.Fatal(out, err)
	}

	ways := map[string]func(token string) string{}
	for _, path := range []string{"/exports/calls.csv", "/exports/calls.xlsx", "/v1/calls/c1", "/v1/calls/row", "/v1/calls/c1/transcriptions",
		"/v1/stats/calls/accepted?from=2026-01-01T00:00:00Z"} {
		ways[path] = func(token string) string { return g.get(t, path, token) }
	}
	for _, asked := range []string{"kind: CALLS, format: CSV", "kind: CALLS, format: XLSX", `kind: LIVE_EVENT, format: XLSX, liveEventId: "live"`,
		`kind: LIVE_EVENT, format: CSV, liveEventId: "live", sheets: [USERS]`, `kind: LIVE_EVENT, format: CSV, liveEventId: "live", sheets: [MESSAGES]`} {
		ways[asked] = func(token string) string {
			var answer struct{ RequestExport struct{ URL string } }
			g.ask(t, token, `mutation { requestExport(input: { `+asked+` }) { url } }`, &answer)
			link, err := url.Parse(answer.RequestExport.URL)
			if err != nil || link.Path == "" {
				t.Fatalf("%s: no link: %v", asked, answer)
			}
			secrets = append(secrets, link.Path[strings.LastIndex(link.Path, "/")+1:])
			return g.get(t, link.Path, "")
		}
	}
	ways["webhooks"] = func(token string) string {
		receiver := receivers[token]
		until(t, "webhooks come", func() bool {
			sent := receiver.String()
			return strings.Contains(sent, "call-ended") && strings.Contains(sent, "call-missed")
		})
		return receiver.String()
	}
	for way, out := range ways {
		if shown := out(may); !strings.Contains(shown, "PERSONAL") {
			t.Errorf("%s shows nothing with the scope: %.300s", way, shown)
		}
		if shown := out(mayNot); strings.Contains(shown, "PERSONAL") {
			t.Errorf("%s shows without the scope %s", way, shown)
		}
	}
	if shown := g.get(t, "/v1/stats/calls/missed?from=2026-01-01T00:00:00Z", mayNot); strings.Contains(shown, "PERSONAL") {
		t.Errorf("missed calls show without the scope %s", shown)
	}
	interval := `{"interval":{"start":"` + time.Now().Add(-time.Hour).UTC().Format(time.RFC3339) + `","end":"` + time.Now().UTC().Format(time.RFC3339) + `"}}`
	if status, shown := g.post(t, "/api/reporting/workflow/v1/orgs/acme/workflows/tour/sidedata/", mayNot, "application/json", interval); status != 200 || strings.Contains(shown, "PERSONAL") {
		t.Errorf("sidedata: %d %s", status, shown)
	}
	if err := g.stop(); err != nil {
		t.Fatal(err)
	}
	log := g.log.String()
	if !strings.Contains(log, "level=DEBUG") && !strings.Contains(log, "level=INFO") {
		t.Errorf("the log says nothing: %s", log)
	}
	for _, secret := range append(secrets, "PERSONAL") {
		if strings.Contains(log, secret) {
			t.Errorf("the log has %q:\n%s", secret, log)
		}
	}
}

// ask asks the graph, and reads its data.
func (g *gateway) ask(t *testing.T, token, query string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(g.query(t, token, query)), into); err != nil {
		t.Fatal(err)
	}
}

// Whatever is wrong with the URI of the database, its password is in no message
// and no log.
func TestThePasswordOfTheDatabaseIsNeverTold(t *testing.T) {
	t.Parallel()
	for _, uri := range []string{
		"mongodb://gateway:s3cret-word@127.0.0.1:99999/",
		"mongodb://gateway:s3cret-word/more@127.0.0.1:1/",
		"mongodb://gateway:s3cret-word@127.0.0.1:1/?authMechanism=UNKNOWN",
		"mongodb://gateway:s3cret-word@127.0.0.1:1/?directConnection=perhaps",
		"mongodb://gateway:s3cret-word%zz@127.0.0.1:1/",
		"mongodb+srv://gateway:s3cret-word@127.0.0.1:1/",
		"gateway:s3cret-word@127.0.0.1:1",
		"mongodb://gateway:s3cret-word@127.0.0.1:1/",
	} {
		for _, words := range [][]string{{"serve", "--listen-addr=127.0.0.1:0"}, {"doctor"}} {
			t.Run(words[0]+" "+uri, func(t *testing.T) {
				t.Parallel()
				var told lockedBuffer
				err := run(t.Context(), append([]string{"--log-level=debug", "--mongodb-uri=" + uri}, words...), terminal{out: &told, err: &told})
				if err == nil {
					t.Error("nothing was wrong")
				}
				if all := fmt.Sprint(told.String(), err, message(err)); strings.Contains(all, "s3cret") {
					t.Errorf("it tells %s", all)
				}
			})
		}
	}
}
