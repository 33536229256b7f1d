package main

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"cartograph/auth"
	"cartograph/repository/repositorytest"
)

// A gateway logs all it can, and is asked with a token, personal values in
// variables, documents and events; none of them is in the log.
func TestTheLogHasNoSecretsAndNobodysNames(t *testing.T) {
	uri, database := repositorytest.Database(t)
	settings := []string{"--log-level=debug", "--mongodb-uri=" + uri, "--mongodb-database=" + database}
	token, err := command(t, append(settings, "token", "create", "--org=acme", "--scopes=all")...)
	if err != nil {
		t.Fatal(err)
	}
	provider := newIdentityProvider(t)
	jwt := []string{"--jwt-issuer=https://id.example/", "--jwt-audience=cartograph", "--jwt-org-claim=organization", "--jwt-jwks-url=" + provider.URL}
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	log, done := &lockedBuffer{}, make(chan error, 1)
	go func() {
		done <- run(ctx, append(append(settings, jwt...), "serve", "--listen-addr=127.0.0.1:0"), terminal{out: in, err: log})
		in.Close()
	}()
	g := &gateway{}
	var said strings.Builder
	for chunk := make([]byte, 4096); g.url == ""; {
		n, err := out.Read(chunk)
		if err != nil {
			t.Fatalf("%v\n%s", err, log)
		}
		said.Write(chunk[:n])
		if found := announcement.FindStringSubmatch(said.String()); found != nil {
			g.url = found[1]
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	for _, event := range []string{
		`{"id":"e1","type":"call_started","at":"2026-03-01T10:00:00Z","visitorId":"visitor-of-note","sessionId":"s1","callId":"c1","data":{"agentId":"bo","callType":"queue","queueId":"q1"}}`,
		identified,
	} {
		if status, answer := g.post(t, "/ingest/events", token, "application/json", event); status != 202 || !strings.Contains(answer, `"accepted":1`) {
			t.Fatalf("%d %s", status, answer)
		}
	}
	g.post(t, "/graphql", token, "application/json", `{"query": "query Named($id: ID!) { call(id: $id) { callId } calls { nodes { callId agent { name } } } }", "variables": {"id": "greta@example.com"}, "operationName": "Named"}`)
	g.post(t, "/graphql", token, "application/json", `{"query": "{ call(id: \"Greta Garbo\") { nothing } }"}`)
	jwts := []string{provider.token(t, "acme", "calls:read", time.Minute), provider.token(t, "jwt-org", "calls:read", -time.Minute)}
	for _, jwt := range jwts {
		g.post(t, "/graphql", jwt, "application/json", `{"query": "{ calls { totalCount } }"}`)
	}
	g.post(t, "/graphql", "not-a-token-of-ours", "application/json", `{"query": "{ calls { totalCount } }"}`)
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if !strings.Contains(log.String(), "operation=Named type=query organization=acme token="+auth.HashToken(token)[:16]+" status=ok cost=") {
		t.Errorf("the operation is not logged:\n%s", log)
	}
	for _, secret := range []string{token, jwts[0], jwts[1], auth.HashToken(token), "jwt-org", "not-a-token-of-ours", "greta", "Greta", "visitor-of-note", "query Named", "callId"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log has %q:\n%s", secret, log)
		}
	}
}
