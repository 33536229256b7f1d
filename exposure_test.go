package main

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"cartograph/auth"
)

func TestEveryAnswerTellsBrowsersToTakeItForNothingElse(t *testing.T) {
	g, _ := watchedGateway(t)
	for _, path := range []string{"/graphql?query=%7B__typename%7D", "/", "/schema.graphqls", "/nowhere", "/ingest/events"} {
		answer, err := http.Get(g.url + path)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		got := []string{}
		for _, name := range []string{"X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy"} {
			got = append(got, answer.Header.Get(name))
		}
		if diff := cmp.Diff([]string{"nosniff", "DENY", "no-referrer"}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
		if policy := answer.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "frame-ancestors 'none'") {
			t.Errorf("%s: the policy is %q", path, policy)
		}
	}
}

func TestAGatewayThatTellsLittle(t *testing.T) {
	g, token := watchedGateway(t, "INTROSPECTION=false", "PLAYGROUND=false")
	for path, want := range map[string]int{"/": 404, "/schema.graphqls": 404, "/agent": 200, "/healthz": 200} {
		answer, err := http.Get(g.url + path)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("%s: status %d, want %d", path, answer.StatusCode, want)
		}
	}
	_, answer := g.post(t, "/graphql", token, "application/json", `{"query": "{ __schema { types { name } } }"}`)
	if !strings.Contains(answer, "the schema is not told here") {
		t.Errorf("the schema is told: %.200s", answer)
	}
}

func TestTrustedDocumentsOverSocketsAndStreams(t *testing.T) {
	const known = `subscription { cartUpdated(callId: "c1") { version kind } }`
	hash := auth.HashToken(known) // SHA-256 in hexadecimal
	manifest := filepath.Join(t.TempDir(), "documents.json")
	if err := os.WriteFile(manifest, []byte(`{"sha256:`+hash+`": "subscription { cartUpdated(callId: \"c1\") { version kind } }"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	g, token := watchedGateway(t, "TRUSTED_DOCUMENTS="+manifest, "TRUSTED_DOCUMENTS_MODE=enforce")
	const event = `{"data":{"cartUpdated":{"version":0,"kind":"NO_UPDATE_YET"}}}`

	t.Run("by an event stream", func(t *testing.T) {
		request, err := http.NewRequestWithContext(t.Context(), "GET", g.url+"/graphql?documentId=sha256:"+hash, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Accept", "text/event-stream")
		request.Header.Set("Authorization", "Bearer "+token)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		lines := bufio.NewScanner(answer.Body)
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				if data != event {
					t.Errorf("heard %s", data)
				}
				return
			}
		}
		t.Error("no event came")
	})
	t.Run("by a socket", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		conn, _, err := websocket.Dial(ctx, g.url+"/graphql", &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.CloseNow()
		var heard []string
		for _, say := range []string{
			`{"type":"connection_init","payload":{"Authorization":"Bearer ` + token + `"}}`,
			`{"type":"subscribe","id":"1","payload":{"documentId":"sha256:` + hash + `"}}`,
			`{"type":"subscribe","id":"2","payload":{"query":"{ viewer { demo } }"}}`,
		} {
			if err := conn.Write(ctx, websocket.MessageText, []byte(say)); err != nil {
				t.Fatal(err)
			}
			_, text, err := conn.Read(ctx)
			if err != nil {
				t.Fatal(err)
			}
			heard = append(heard, string(text))
		}
		want := []string{
			`{"type":"connection_ack"}`,
			`{"type":"next","id":"1","payload":` + event + `}`,
			`{"type":"error","id":"2","payload":[{"message":"only documents that were handed over before may be run here","extensions":{"code":"FORBIDDEN"}}]}`,
		}
		if diff := cmp.Diff(want, heard); diff != "" {
			t.Errorf("heard (-want +got):\n%s", diff)
		}
	})
}

func TestTLS(t *testing.T) {
	dir := t.TempDir()
	certificate, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	issue := func(name string, at time.Time) {
		private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour)}
		der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := x509.MarshalPKCS8PrivateKey(private)
		if err != nil {
			t.Fatal(err)
		}
		for file, block := range map[string]*pem.Block{certificate: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: raw}} {
			if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(file, at, at); err != nil {
				t.Fatal(err)
			}
		}
	}
	issue("first", time.Unix(1_000, 0))

	if _, err := listen("127.0.0.1:0", certificate, ""); err == nil {
		t.Error("a certificate without its key was taken")
	}
	if _, err := listen("127.0.0.1:0", key, certificate); err == nil {
		t.Error("a key was taken for a certificate")
	}
	listener, err := listen("127.0.0.1:0", certificate, key)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: withSafeHeaders(http.NotFoundHandler())}
	go func() { _ = server.Serve(listener) }()
	defer server.Close()

	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}}
	shown := func() string {
		answer, err := client.Get("https://" + listener.Addr().(*net.TCPAddr).String() + "/")
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.Header.Get("Strict-Transport-Security") == "" {
			t.Error("browsers are not told to come by TLS only")
		}
		return answer.TLS.PeerCertificates[0].Subject.CommonName
	}
	if name := shown(); name != "first" {
		t.Errorf("the certificate is %q", name)
	}
	issue("second", time.Unix(2_000, 0))
	if name := shown(); name != "second" {
		t.Errorf("the certificate is still %q", name)
	}
}

func TestAnAddressInUseIsNamed(t *testing.T) {
	other, err := listen("127.0.0.1:0", "", "")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()

	_, err = listen(other.Addr().String(), "", "")
	want := "something else listens on " + other.Addr().String() + ": name another address by LISTEN_ADDR, such as 127.0.0.1:8081"
	if err == nil || err.Error() != want {
		t.Errorf("the error is %v, want %q", err, want)
	}
}
