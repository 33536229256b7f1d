package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cartograph/repository/repositorytest"
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
