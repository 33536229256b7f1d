package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestAudits lets the reference implementation of GraphQL over HTTP audit a
// running gateway. It needs Node.js and what `npm ci` installs in web/.
func TestAudits(t *testing.T) {
	node := nodeWith(t, "graphql-http")
	g, token := watchedGateway(t)
	command := exec.CommandContext(t.Context(), node, "test/audits.mjs", g.url+"/graphql")
	command.Dir = "web"
	command.Env = append(os.Environ(), "TOKEN="+token)
	out, err := command.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "61 of 61 audits passed") {
		t.Fatalf("%v\n%s", err, out)
	}
}
