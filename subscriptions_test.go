package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"cartograph/repository/repositorytest"
)

// TestReferenceClients lets the reference clients of both protocols watch a cart
// of a running gateway. It needs Node.js and what `npm ci` installs in web/.
func TestReferenceClients(t *testing.T) {
	t.Parallel()
	watchByNode(t, "test/subscriptions.mjs", "graphql-sse")
}

// watchByNode lets a program of web/, which needs packages, watch a cart of a
// running gateway.
func watchByNode(t *testing.T, program string, needs ...string) {
	t.Helper()
	node := nodeWith(t, needs...)
	g, token := watchedGateway(t)
	command := exec.CommandContext(t.Context(), node, program, g.url+"/graphql")
	command.Dir = "web"
	command.Env = append(os.Environ(), "TOKEN="+token, "CALL_ID=c1", "SKUS=hat,scarf,glove,coat,bag,belt")
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Log(string(out))
}

// TestTheExamplesOfTheGuide runs the examples of docs/subscriptions.md,
// docs/queries.md and docs/carts.md as they stand. It needs Node.js, curl and what `npm ci` installs in web/.
func TestTheExamplesOfTheGuide(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl here")
	}
	watchByNode(t, "test/snippets.mjs", "@apollo/client", "@urql/core")
}

func TestTheGuideShowsTheWrapperThatIsTested(t *testing.T) {
	guide, err := os.ReadFile("docs/subscriptions.md")
	if err != nil {
		t.Fatal(err)
	}
	wrapper, err := os.ReadFile("web/test/resuming.mjs")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(guide), "```js\n"+string(wrapper)+"```") {
		t.Error("docs/subscriptions.md and web/test/resuming.mjs differ")
	}
}

func TestClientsThatTakeJSONAndEventsGetWhatFits(t *testing.T) {
	t.Parallel()
	g, token := watchedGateway(t)
	const jsonFirst = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed"
	ask := func(accept, query string, byGET bool) string {
		request, _ := http.NewRequestWithContext(t.Context(), "POST", g.url+"/graphql", strings.NewReader(fmt.Sprintf(`{"query":%q}`, query)))
		if byGET {
			request, _ = http.NewRequestWithContext(t.Context(), "GET", g.url+"/graphql?query="+url.QueryEscape(query), nil)
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Accept", accept)
		request.Header.Set("Authorization", "Bearer "+token)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		begin := make([]byte, len("retry:"))
		_, _ = io.ReadFull(answer.Body, begin)
		return fmt.Sprintf("%d %s %s", answer.StatusCode, answer.Header.Get("Content-Type"), begin)
	}
	const query, subscription = `{ viewer { demo } }`, `subscription { cartUpdated(callId: "c1") { version } }`
	const asJSON, asEvents = `200 application/graphql-response+json; charset=utf-8 {"data`, `200 text/event-stream; charset=utf-8 retry:`
	for _, byGET := range []bool{false, true} {
		for _, c := range []struct{ accept, document, want string }{
			{jsonFirst, query, asJSON},
			{jsonFirst, subscription, asEvents},
			{"text/event-stream, application/json;q=0.5", query, asEvents},
			{"text/event-stream, application/json;q=0.5", subscription, asEvents},
		} {
			if got := ask(c.accept, c.document, byGET); got != c.want {
				t.Errorf("%s, by GET %t: %s, want %s", c.document, byGET, got, c.want)
			}
		}
	}
}

func TestTheGatewayHangsUpWhenItStops(t *testing.T) {
	t.Parallel()
	g, token := watchedGateway(t)
	body := `{"query":"subscription { cartUpdated(callId: \"c1\") { version kind } }"}`
	request, err := http.NewRequestWithContext(t.Context(), "POST", g.url+"/graphql", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "text/event-stream")
	request.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	var heard []string
	for lines.Scan() {
		heard = append(heard, lines.Text())
		if strings.HasPrefix(lines.Text(), "data:") {
			go func() { _ = g.stop() }()
		}
	}
	want := "retry: 2000\n\nid: 0\nevent: next\ndata: {\"data\":{\"cartUpdated\":{\"version\":0,\"kind\":\"NO_UPDATE_YET\"}}}\n\n" +
		": the gateway restarts: connect again and resume\n"
	if got := strings.Join(heard, "\n"); got != want {
		t.Errorf("heard %q\nwant %q", got, want)
	}
}

// watchedGateway starts a gateway with six products and a call that goes on,
// and returns it with a token. It may be given an environment.
func watchedGateway(t *testing.T, environment ...string) (*gateway, string) {
	t.Helper()
	for _, variable := range environment {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
	uri, database := repositorytest.Database(t)
	settings := []string{"--mongodb-uri=" + uri, "--mongodb-database=" + database}
	token, err := command(t, append(settings, "token", "create", "--org=acme", "--scopes=all")...)
	if err != nil {
		t.Fatal(err)
	}
	g := serve(t, settings...)
	var catalog strings.Builder
	for _, sku := range []string{"hat", "scarf", "glove", "coat", "bag", "belt"} {
		catalog.WriteString(`{"kind":"product","sku":"` + sku + `","name":"` + sku + `","price":{"current":"10.00","currency":"EUR"}}` + "\n")
	}
	started := `{"id":"e1","type":"call_started","at":"` + time.Now().UTC().Format(time.RFC3339) +
		`","visitorId":"v1","sessionId":"s1","callId":"c1","data":{"agentId":"bo","callType":"queue","queueId":"q1"}}`
	for path, body := range map[string]string{"/ingest/catalog": catalog.String(), "/ingest/events": started} {
		if status, answer := g.post(t, path, token, "application/x-ndjson", body); status != http.StatusAccepted || strings.Contains(answer, "message") {
			t.Fatalf("%s: %d %s", path, status, answer)
		}
	}
	return g, token
}
