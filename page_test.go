package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"sync/atomic"
	"testing"

	"cartograph/repository/repositorytest"
)

// shopPage is a page with the gateway's script and a key.
const shopPage = `<!doctype html><title>Shop</title>
<script>
  window.cartograph = window.cartograph || [];
  cartograph.push(['joined_queue', { data: { queueId: 'shoes', queuePlace: 2, servingAgents: 1 } }]);
</script>
<script async src="%s/cartograph.js" data-key="%s"></script>`

// TestThePageScript lets a real browser visit a shop whose pages carry the script.
// It needs Chromium, Node.js and what `npm ci` installs in web/.
func TestThePageScript(t *testing.T) {
	t.Parallel()
	node := nodeWithBrowser(t)
	var html atomic.Value
	answerPage := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, html.Load())
	}
	shop := httptest.NewServer(http.HandlerFunc(answerPage))
	defer shop.Close()
	foreign := httptest.NewServer(http.HandlerFunc(answerPage))
	defer foreign.Close()

	uri, database := repositorytest.Database(t)
	settings := []string{"--mongodb-uri=" + uri, "--mongodb-database=" + database}
	token, err := command(t, append(settings, "token", "create", "--org=acme", "--scopes=all")...)
	if err != nil {
		t.Fatal(err)
	}
	key, err := command(t, append(settings, "token", "create", "--org=acme", "--scopes=ingest:page", "--origins="+shop.URL)...)
	if err != nil {
		t.Fatal(err)
	}
	g := serve(t, settings...)
	html.Store(fmt.Sprintf(shopPage, g.url, key))

	test := exec.CommandContext(t.Context(), node, "test/page.mjs", g.url, shop.URL, foreign.URL)
	test.Dir = "web"
	test.Env = append(os.Environ(), "TOKEN="+token)
	out, err := test.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Log(string(out))
}

func TestKeysOfPagesThatAreRefused(t *testing.T) {
	t.Parallel()
	uri, database := repositorytest.Database(t)
	for name, args := range map[string][]string{
		"without an origin":    {"--scopes=ingest:page"},
		"with what is none":    {"--scopes=ingest:page", "--origins=shop.example"},
		"with more scopes":     {"--scopes=ingest:page,calls:read", "--origins=https://shop.example"},
		"of an agent":          {"--scopes=ingest:page", "--origins=https://shop.example", "--agent=ada"},
		"a token with origins": {"--scopes=calls:read", "--origins=https://shop.example"},
	} {
		args = append([]string{"--mongodb-uri=" + uri, "--mongodb-database=" + database, "token", "create", "--org=acme"}, args...)
		if out, err := command(t, args...); err == nil {
			t.Errorf("%s: created %s", name, out)
		}
	}
}
