package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/demo"
	"cartograph/live"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
	"cartograph/resolvers"
	"cartograph/transport"
)

func TestTokensAreListedAndRevoked(t *testing.T) {
	uri, database := repositorytest.Database(t)
	settings := []string{"--mongodb-uri=" + uri, "--mongodb-database=" + database}
	must := func(args ...string) string {
		t.Helper()
		out, err := command(t, append(append([]string{}, settings...), args...)...)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	secret := must("token", "create", "--org=acme", "--scopes=calls:read,pii:read", "--agent=ada", "--name=Ada's  phone", "--expires=90d")
	must("token", "create", "--org=acme", "--scopes=ingest:page", "--origins=https://shop.example")
	must("token", "create", "--org=globex", "--scopes=all")
	g := serve(t, settings...)
	if got := g.query(t, secret, `{ viewer { organization scopes } }`); got != `{"viewer":{"organization":"acme","scopes":["calls:read","pii:read"]}}` {
		t.Errorf("it opens %s", got)
	}

	list := must("token", "list", "--org=acme")
	if strings.Contains(list, secret) || !strings.Contains(list, secret[:12]) {
		t.Errorf("the list shows more or less than how the secret begins:\n%s", list)
	}
	rows := strings.Split(list, "\n")
	if len(rows) != 3 {
		t.Fatalf("the list has %d lines:\n%s", len(rows), list)
	}
	hex, moment := regexp.MustCompile(`\b[0-9a-f]{16}\b|cg[tp]_[0-9a-f]{8}`), regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`)
	blank := func(row string) string {
		return strings.Join(strings.Fields(moment.ReplaceAllString(hex.ReplaceAllString(row, "HEX"), "TIME")), " ")
	}
	want := []string{
		"ID PREFIX NAME SCOPES AGENT CREATED EXPIRES LAST USED",
		"HEX HEX Ada's phone calls:read,pii:read ada TIME TIME TIME",
		"HEX HEX - ingest:page - TIME - -",
	}
	if diff := cmp.Diff(want, []string{blank(rows[0]), blank(rows[1]), blank(rows[2])}); diff != "" {
		t.Errorf("the list (-want +got):\n%s", diff)
	}

	id := strings.Fields(rows[1])[0]
	if _, err := g.command(t, "token", "revoke", "--org=globex", id); err == nil || message(err) != "no such token" {
		t.Errorf("another organization revokes it: %v", err)
	}
	must("token", "revoke", "--org=acme", id)
	if status, answer := g.post(t, "/graphql", secret, "application/json", `{"query": "{ viewer { demo } }"}`); status != http.StatusUnauthorized {
		t.Errorf("after that: %d %s", status, answer)
	}
	if list := must("token", "list", "--org=acme"); strings.Contains(list, id) {
		t.Errorf("it is still listed:\n%s", list)
	}
	for _, expires := range []string{"soon", "-1h", "0d", "1000000d"} {
		if _, err := g.command(t, "token", "create", "--org=acme", "--scopes=all", "--expires="+expires); err == nil || !strings.Contains(message(err), "write 90d, 12h or 30m") {
			t.Errorf("--expires %s: %v", expires, err)
		}
	}
}

// watchfulGateway is a gateway that looks at the tokens of connections all the
// time.
func watchfulGateway(t *testing.T) *gateway {
	t.Helper()
	uri, name := repositorytest.Database(t)
	repo, err := repository.Open(repository.Options{URI: uri, Database: name})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = repo.Close(context.Background()) })
	if err := repo.EnsureIndexes(t.Context()); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	authenticator := auth.NewAuthenticator(repo, demo.Org, log)
	hub := transport.NewHub(transport.Options{Authenticator: authenticator, Shared: resolvers.SharedSubscriptions(), RecheckEvery: 10 * time.Millisecond})
	server := httptest.NewServer(newRouter(repo, new(live.Broker), hub, authenticator, analytics.WebhookPolicy{}, resolvers.DefaultOptions(), exposure{}, nil, log))
	t.Cleanup(server.Close)
	return &gateway{url: server.URL, args: []string{"--mongodb-uri=" + uri, "--mongodb-database=" + name}}
}

func TestWhatARevokedTokenOpenedIsClosed(t *testing.T) {
	g := watchfulGateway(t)
	create := func(scopes string) string {
		t.Helper()
		secret, err := g.command(t, "token", "create", "--org=acme", "--scopes="+scopes)
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	admin := create("all")
	for way, revoke := range map[string]func(t *testing.T, id string){
		"by the command": func(t *testing.T, id string) {
			if _, err := g.command(t, "token", "revoke", "--org=acme", id); err != nil {
				t.Fatal(err)
			}
		},
		"by the mutation": func(t *testing.T, id string) {
			got := g.query(t, admin, fmt.Sprintf(`mutation { revokeToken(input: {tokenId: %q}) { revokedId userErrors { code } } }`, id))
			if want := fmt.Sprintf(`{"revokeToken":{"revokedId":%q,"userErrors":[]}}`, id); got != want {
				t.Fatalf("it answers %s", got)
			}
		},
	} {
		t.Run(way, func(t *testing.T) {
			secret := create("calls:read")
			socket, others := openSocket(t, g, secret), openSocket(t, g, admin)
			for _, s := range []*client{socket, others} {
				s.say(`{"type":"subscribe","id":"1","payload":{"query":"subscription { callStarted { callId } }"}}`)
			}
			stream := openStream(t, g, secret, "subscription { callEnded { callId } }")

			revoke(t, auth.HashToken(secret)[:16])

			socket.expect("4403 the token is not valid")
			if got := stream(); got != "retry: 2000\n\n: the token is not valid\n\n" {
				t.Errorf("the stream said %q", got)
			}
			others.say(`{"type":"ping"}`)
			others.expect(`{"type":"pong"}`)
		})
	}
}
