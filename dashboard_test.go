package main

import (
	"os"
	"os/exec"
	"testing"

	"cartograph/repository/repositorytest"
)

// TestTheDashboard lets a real browser look at a live event that is on air. It
// needs Chromium, Node.js and what `npm ci` installs in web/.
func TestTheDashboard(t *testing.T) {
	t.Parallel()
	node := nodeWithBrowser(t)

	uri, database := repositorytest.Database(t)
	settings := []string{"--mongodb-uri=" + uri, "--mongodb-database=" + database}
	environment := os.Environ()
	for name, scopes := range map[string]string{"TOKEN": "all", "READER": "events:read", "STRANGER": "calls:read"} {
		token, err := command(t, append(settings, "token", "create", "--org=acme", "--scopes="+scopes)...)
		if err != nil {
			t.Fatal(err)
		}
		environment = append(environment, name+"="+token)
	}
	g := serve(t, settings...)

	test := exec.CommandContext(t.Context(), node, "test/dashboard.mjs", g.url+"/")
	if folder := os.Getenv("SCREENSHOTS"); folder != "" {
		test.Args = append(test.Args, folder)
	}
	test.Dir, test.Env = "web", environment
	out, err := test.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Log(string(out))
}
