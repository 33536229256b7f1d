package main

import (
	"net"
	"net/http/httptest"
	"strings"
	"testing"
)

// Who comes while a gateway starts or stops is told so in the form that they read.
func TestAClosedDoor(t *testing.T) {
	for path, want := range map[string]string{
		"/healthz":       "200 text/plain; charset=utf-8 ok",
		"/readyz":        "503 text/plain; charset=utf-8 not ready",
		"/graphql":       `503 application/json; charset=utf-8 {"errors":[{"message":"the gateway starts or stops; come again","extensions":{"code":"UNAVAILABLE"}}]}`,
		"/ingest/events": `503 application/json; charset=utf-8 {"code":"UNAVAILABLE","message":"the gateway starts or stops; come again"}`,
	} {
		answer := httptest.NewRecorder()
		new(frontDoor).ServeHTTP(answer, httptest.NewRequest("POST", path, nil))
		got := strings.TrimSpace(answer.Result().Status[:3] + " " + answer.Header().Get("Content-Type") + " " + answer.Body.String())
		if got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", path, got, want)
		}
		if again := answer.Header().Get("Retry-After"); (again == "1") != (answer.Code == 503) {
			t.Errorf("%s: Retry-After is %q", path, again)
		}
	}
}

func TestTheAddressesThatAreAnnounced(t *testing.T) {
	addr := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080}
	for name, tt := range map[string]struct {
		serve serveCommand
		open  bool
		want  string
	}{
		"a demo": {serveCommand{exposure: exposure{Playground: true}}, true, `
Cartograph is ready.
  playground   http://127.0.0.1:8080/
  dashboard    http://127.0.0.1:8080/dashboard
  agent tool   http://127.0.0.1:8080/agent
  GraphQL      http://127.0.0.1:8080/graphql
The data is a demo, a small shop with its calls, open to this machine without a token.
For data of your own make the first token, which closes the demo:
  cartograph token create --org NAME --scopes all
`},
		"no playground, and a certificate": {serveCommand{TLSCert: "cert.pem"}, false, `
Cartograph is ready.
  dashboard    https://127.0.0.1:8080/dashboard
  agent tool   https://127.0.0.1:8080/agent
  GraphQL      https://127.0.0.1:8080/graphql
`},
	} {
		var said strings.Builder
		tt.serve.announce(terminal{out: &said}, addr, tt.open)
		if said.String() != tt.want {
			t.Errorf("%s:\ngot  %q\nwant %q", name, said.String(), tt.want)
		}
	}
}
