package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	// maxAttackCPU is what one hostile request may cost the whole process.
	maxAttackCPU = 200 * time.Millisecond
	// maxAttackMemory is what may be allocated for one in bytes, however large it is:
	// a body is read to its bound, and decoded.
	maxAttackMemory = 32 << 20
)

// attack is a request that shall not take the gateway down.
type attack struct {
	method, target, contentType string
	body                        string
	codes                       string // any of them; empty: any answer will do, if it is cheap
}

const (
	tooMuch = "LIMIT_EXCEEDED"
	wrong   = "BAD_USER_INPUT"
)

// attacks are the shapes that take servers down which do not bound them, by name.
func attacks() map[string]attack {
	document := func(text, codes string) attack {
		body, _ := json.Marshal(map[string]string{"query": text})
		return attack{body: string(body), codes: codes}
	}
	repeat := strings.Repeat
	var doubling, chain, unknown strings.Builder
	for i := range 26 {
		fmt.Fprintf(&doubling, " fragment F%d on Query { ...F%d ...F%d }", i, i+1, i+1)
	}
	for i := range 48 {
		fmt.Fprintf(&chain, " fragment C%d on Call { id ...C%d }", i, i+1)
	}
	for i := range 600 {
		fmt.Fprintf(&unknown, " durationSecond%d", i)
	}
	calls := "{ calls { nodes { %s } } }"
	return map[string]attack{
		"499 nested inline fragments":                 document("{ viewer "+repeat("{ ... ", 498)+"{ demo }"+repeat("}", 498)+"}", tooMuch),
		"a field 20,000 times":                        document("{"+repeat("__typename ", 20_000)+"}", tooMuch),
		"a field 1,900 times":                         document("{"+repeat("__typename ", 1_900)+"}", tooMuch),
		"a nested field 400 times":                    document("{"+repeat("viewer { demo } ", 400)+"}", tooMuch),
		"fragments that double each other":            document("{ ...F0 }"+doubling.String()+" fragment F26 on Query { __typename }", tooMuch),
		"fragments in a long row":                     document("{ call(id: 1) { ...C0 } }"+chain.String()+" fragment C48 on Call { id }", tooMuch),
		"a page of a million":                         document("{ calls(first: 1000000) { nodes { id } } }", wrong),
		"pages in pages":                              document(repeat("{ agents(first: 250) { nodes { calls(first: 250) { nodes { agent ", 1)+repeat("{ calls(first: 250) { nodes { agent ", 3)+"{ id }"+repeat("} } }", 3)+"} } } } }", tooMuch),
		"a field under 101 names":                     document("{"+names(101, "viewer { demo }")+"}", tooMuch),
		"a field under 25 names":                      document("{"+names(25, "callStats { total { calls } }")+"}", tooMuch),
		"the same directive without end":              document("{ viewer { demo "+repeat("@skip(if: false) ", 300)+"} }", tooMuch),
		"unknown directives":                          document("{ viewer { demo "+repeat("@x ", 800)+"} }", tooMuch),
		"values in values":                            document("{ nodes(ids: "+repeat("[", 900)+repeat("]", 900)+") { id } }", tooMuch),
		"values deeper than any parser goes":          document("{ nodes(ids: "+repeat("[", 7_000)+repeat("]", 7_000)+") { id } }", tooMuch),
		"introspection in introspection":              document("{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }", wrong),
		"the schema three times":                      document("{"+names(3, "__schema { types { name description fields(includeDeprecated: true) { name description args { name description } } inputFields { name } enumValues { name description } } }")+"}", ""),
		"the schema four times":                       document("{"+names(4, "__schema { types { name } }")+"}", tooMuch),
		"a cycle of fragments":                        document("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }", wrong),
		"600 unknown fields that look like one":       document(fmt.Sprintf(calls, unknown.String()), wrong),
		"600 unknown arguments":                       document("{ calls("+repeat("firs: 1 ", 600)+") { totalCount } }", wrong),
		"operations without end":                      document(repeat("query A { viewer { demo } } ", 200), wrong),
		"variables without end":                       document("query("+repeat("$a: Int ", 400)+") { viewer { demo } }", wrong),
		"a long name":                                 {body: `{"query": "query A { viewer { demo } }", "operationName": "` + repeat("A", 10_000) + `"}`, codes: tooMuch},
		"a long text":                                 document("{ viewer { demo } } #"+repeat("x", 20_000), tooMuch),
		"fifty megabytes":                             {body: `{"query": "{ viewer { demo } }", "variables": {"a": "` + repeat("x", 50<<20) + `"}}`, codes: wrong},
		"fifty megabytes of lists":                    {body: `{"variables": {"a": ` + repeat("[", 50<<20), codes: wrong},
		"JSON in JSON":                                {body: `{"query": "query($a: CallFilter) { calls(filter: $a) { totalCount } }", "variables": {"a": ` + repeat(`{"a":`, 100_000) + "1" + repeat("}", 100_000) + "}}", codes: tooMuch},
		"a mebibyte of small lists":                   {body: `{"query": "{ viewer { demo } }", "variables": {"a": [` + repeat("[],", 340_000) + "[]]}}", codes: tooMuch},
		"100,000 ids":                                 {body: `{"query": "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", "variables": {"ids": [` + repeat(`"Call:1",`, 100_000) + `"1"]}}`, codes: tooMuch},
		"a mebibyte as an id":                         {body: `{"query": "query($id: ID!) { call(id: $id) { id } }", "variables": {"id": "` + repeat("x", 1_000_000) + `"}}`},
		"text that is not UTF-8":                      {body: "{\"query\": \"{ viewer { demo } } # \xff\xfe\"}", codes: wrong},
		"text that is not UTF-8 by GET":               {method: "GET", target: "?query=%7Bviewer%7Bdemo%7D%7D%23%FF", codes: wrong},
		"a long URL":                                  {method: "GET", target: "?query=" + repeat("x", 9_000), codes: wrong},
		"half a body":                                 {body: `{"query": "{ viewer`, codes: wrong},
		"a list of queries":                           {body: "[" + repeat(`{"query": "{ viewer { demo } }"},`, 10_000) + "{}]", codes: tooMuch},
		"a form":                                      {contentType: "application/x-www-form-urlencoded", body: "query=" + url.QueryEscape("{ viewer { demo } }"), codes: wrong},
		"a file":                                      {contentType: "multipart/form-data; boundary=x", body: "--x\r\n", codes: wrong},
		"inline fragments as deep and many as may be": document(fmt.Sprintf(calls, repeat(repeat("... { ", 16)+"id"+repeat(" }", 16)+" ", 50)), ""),
		"as many fields as may be":                    document(fmt.Sprintf(calls, repeat("id callId status type time startedAt endedAt durationSeconds clientId trackingTag ", 49)), ""),
		"as many nested fields as may be":             document(fmt.Sprintf(calls, repeat("agent { id name } queue { id name } ", 49)), ""),
	}
}

func names(n int, of string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "x%d: %s ", i, of)
	}
	return b.String()
}

// TestAttacks sends each attack to a running gateway. Each is refused with a code,
// and costs little CPU and memory.
func TestAttacks(t *testing.T) {
	g, token := watchedGateway(t)
	g.query(t, token, "{ viewer { demo } }")
	for name, a := range attacks() {
		t.Run(name, func(t *testing.T) {
			before := spent()
			answer := g.send(t, token, a)
			after := spent()

			cpu, memory := after.cpu-before.cpu, after.allocated-before.allocated-3*uint64(len(a.body)) // of the client
			t.Logf("%s of CPU, %d KiB allocated: %.120s", cpu, int64(memory)>>10, answer)
			if cpu > maxAttackCPU && !raced {
				t.Errorf("it took %s of CPU, at most %s are allowed", cpu, maxAttackCPU)
			}
			if int64(memory) > maxAttackMemory {
				t.Errorf("it took %d bytes of memory, at most %d are allowed", memory, maxAttackMemory)
			}
			if a.codes != "" && !strings.Contains(answer, `"code":"`+a.codes+`"`) {
				t.Errorf("want the code %s: %.300s", a.codes, answer)
			}
			for _, secret := range []string{"mongo", "127.0.0.1", "goroutine", "xxxxxxxx"} {
				if strings.Contains(answer, secret) {
					t.Errorf("the answer tells %q: %.300s", secret, answer)
				}
			}
		})
	}
}

// Documents that are none, reports and files are paid for from what the graph is
// paid from: whoever has nothing left has nothing left for any of them.
func TestAllThatIsAskedIsPaidFromOneAccount(t *testing.T) {
	g, token := watchedGateway(t, "TOKEN_RATE=1")
	ask := func(method, path, body string) string {
		request, err := http.NewRequestWithContext(t.Context(), method, g.url+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Authorization", "Bearer "+token)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode == http.StatusTooManyRequests && answer.Header.Get("Retry-After") == "" {
			t.Errorf("%s: no Retry-After", path)
		}
		return answer.Status
	}
	garbage, _ := json.Marshal(map[string]string{"query": "{ " + strings.Repeat("x", 1_000)}) // 51 of 60 points
	for _, step := range []struct{ method, path, body, status string }{
		{"POST", "/graphql", string(garbage), "200 OK"},
		{"GET", "/v1/stats/calls/accepted?from=2026-03-01T00:00:00Z&limit=60", "", "429 Too Many Requests"},
		{"GET", "/exports/calls.csv", "", "429 Too Many Requests"},
		{"POST", "/graphql", string(garbage), "429 Too Many Requests"},
		{"GET", "/v1/calls/c1", "", "200 OK"},
	} {
		if got := ask(step.method, step.path, step.body); got != step.status {
			t.Errorf("%s %s is answered %s, want %s", step.method, step.path, got, step.status)
		}
	}
}

// send sends an attack and returns the answer's body. The gateway may hang up
// before all is sent; what it answered until then counts.
func (g *gateway) send(t *testing.T, token string, a attack) string {
	t.Helper()
	method, contentType := a.method, a.contentType
	if method == "" {
		method = http.MethodPost
	}
	if contentType == "" {
		contentType = "application/json"
	}
	request, err := http.NewRequestWithContext(t.Context(), method, g.url+"/graphql"+a.target, strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	return string(text)
}

// expense is what a process has spent so far.
type expense struct {
	cpu       time.Duration
	allocated uint64
}

func spent() expense {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return expense{time.Duration(usage.Utime.Nano() + usage.Stime.Nano()), memory.TotalAlloc}
}

// Whoever sends a byte now and then holds a connection for as long as the server
// waits for headers, or for a body, and no longer.
func TestAConnectionThatDripsIsClosed(t *testing.T) {
	front := &frontDoor{}
	front.open(withReadDeadline(50*time.Millisecond, time.Hour, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			http.Error(w, "the body ended too early", http.StatusBadRequest)
		}
	})), nil)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := newServer(front, 50*time.Millisecond, time.Hour, slog.New(slog.DiscardHandler))
	go func() { _ = server.Serve(listener) }()
	defer server.Close()
	for name, atOnce := range map[string]string{
		"headers": "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Drip: ",
		"a body":  "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("tcp", listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			closed := make(chan string)
			go func() {
				said, _ := io.ReadAll(conn)
				closed <- string(said)
			}()
			_, _ = conn.Write([]byte(atOnce))
			drip := time.NewTicker(5 * time.Millisecond) // the attack itself
			defer drip.Stop()
			for drops := 0; ; drops++ {
				select {
				case said := <-closed:
					if drops == 0 || strings.Contains(said, "200 OK") {
						t.Errorf("after %d bytes: %q", drops, said)
					}
					return
				case <-drip.C:
					_, _ = conn.Write([]byte("x"))
				case <-t.Context().Done():
					t.Fatal("it is still open")
				}
			}
		})
	}
}

func TestABodyThatDripsIsGivenUp(t *testing.T) {
	read := make(chan error, 1)
	server := httptest.NewServer(withReadDeadline(50*time.Millisecond, time.Hour, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := io.ReadAll(r.Body)
		read <- err
	})))
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
	if err := <-read; err == nil {
		t.Error("a body that never comes was read")
	}
}

func TestAnAnswerMayTakeLongerThanItsBody(t *testing.T) {
	over := make(chan struct{})
	server := httptest.NewServer(withReadDeadline(50*time.Millisecond, time.Hour, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		select {
		case <-r.Context().Done():
		case <-over:
		}
		_, _ = fmt.Fprint(w, r.Context().Err())
	})))
	defer server.Close()
	time.AfterFunc(200*time.Millisecond, func() { close(over) })
	answer, err := http.Post(server.URL+"/graphql", "application/json", bytes.NewReader([]byte("{}")))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	if string(text) != "<nil>" {
		t.Errorf("the request was broken off: %s", text)
	}
}

func TestAnAnswerThatNobodyTakesIsGivenUp(t *testing.T) {
	written := make(chan error, 1)
	front := &frontDoor{}
	front.open(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := w.Write(make([]byte, 64<<20)) // more than any socket holds
		written <- err
	}), nil)
	server := newServer(front, time.Hour, 50*time.Millisecond, slog.New(slog.DiscardHandler))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	defer server.Close()
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	select {
	case err := <-written:
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("writing ended with %v", err)
		}
	case <-t.Context().Done():
		t.Fatal("it is still being written")
	}
}

func TestHeadersThatDripAreGivenUp(t *testing.T) {
	if readHeaderTimeout > 10*time.Second || maxHeader > 64<<10 {
		t.Errorf("headers may take %s and %d bytes", readHeaderTimeout, maxHeader)
	}
}
