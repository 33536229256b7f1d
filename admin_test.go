package main

import (
	"net"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// freeAddress returns an address that nobody listens on at the moment.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// fetch returns the body of an address, which must be there.
func fetch(t *testing.T, url string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	status, body := do(t, request)
	if status != 200 {
		t.Fatalf("%s: %d %s", url, status, body)
	}
	return body
}

func TestMetricsTellWhatAGatewayDoes(t *testing.T) {
	nats := startNATS(t, -1)
	defer nats.Shutdown()
	admin := freeAddress(t)
	g, token := watchedGateway(t, "ADMIN_ADDR="+admin, "NATS_URL="+nats.ClientURL())
	g.query(t, token, `query Calls { calls { nodes { callId agent { name } } } }`)
	g.post(t, "/graphql", token, "application/json", `{"query": "query Wrong { nothing }"}`)
	g.post(t, "/graphql", token, "application/json", `{"query": "{ calls { totalCount } }"}`)
	g.post(t, "/ingest/events", token, "application/json", `[{"id":"e1"},{"type":"call_started"}]`)
	export, _ := http.NewRequestWithContext(t.Context(), "GET", g.url+"/exports/calls.csv", nil)
	export.Header.Set("Authorization", "Bearer "+token)
	if status, file := do(t, export); status != 200 || strings.Count(file, "\n") != 2 {
		t.Errorf("%d %s", status, file)
	}
	scraped := fetch(t, "http://"+admin+"/metrics")

	t.Run("operations, loaders, commands, requests and intake are counted", func(t *testing.T) {
		for _, want := range []string{
			`cartograph_graphql_operation_duration_seconds_count{code="none",operation="Calls",type="query"} 1`,
			`cartograph_graphql_operation_duration_seconds_count{code="none",operation="anonymous",type="query"} 1`,
			`cartograph_graphql_operations_in_flight 0`,
			`cartograph_graphql_cost_points_total{operation="Calls"} `,
			`cartograph_graphql_errors_total{code="BAD_USER_INPUT"} 1`,
			`cartograph_loader_batch_duration_seconds_count{failed="false",kind="agent"} 1`,
			`cartograph_loader_batch_keys_sum{kind="agent"} 1`,
			`cartograph_database_command_duration_seconds_count{collection="agents",command="find"} `,
			`cartograph_http_request_duration_seconds_count{method="POST",route="/graphql",status="200"} 3`,
			`cartograph_intake_things_total{outcome="accepted"} 7`,
			`cartograph_intake_things_total{outcome="rejected"} 2`,
			`cartograph_exports_running 0`,
			`cartograph_export_duration_seconds_count{format="csv",of="calls",outcome="done"} 1`,
			`cartograph_export_rows_total{format="csv",of="calls"} 1`,
			`cartograph_export_bytes_total{format="csv",of="calls"} `,
			`cartograph_nats_up 1`,
			`cartograph_connections 0`,
		} {
			if !strings.Contains(scraped, want) {
				t.Errorf("there is no %s in\n%s", want, onlyOf(scraped, want))
			}
		}
	})
	t.Run("profiles are there, and neither is at the address for everybody", func(t *testing.T) {
		if heap := fetch(t, "http://"+admin+"/debug/pprof/heap?debug=1"); !strings.HasPrefix(heap, "heap profile") {
			t.Errorf("the profile is %.40q", heap)
		}
		for _, path := range []string{"/metrics", "/debug/pprof/"} {
			request, _ := http.NewRequestWithContext(t.Context(), "GET", g.url+path, nil)
			if status, body := do(t, request); status != 404 {
				t.Errorf("%s: %d %.100s", path, status, body)
			}
		}
	})
	t.Run("no metric names a person, an organization or a secret", func(t *testing.T) {
		for _, secret := range []string{token, "acme", "bo\"", "v1\""} {
			if strings.Contains(scraped, secret) {
				t.Errorf("the metrics have %q", secret)
			}
		}
	})
}

// onlyOf returns the lines of a metric.
func onlyOf(scraped, metric string) string {
	name, _, _ := strings.Cut(metric, "{")
	lines := slices.DeleteFunc(strings.Split(scraped, "\n"), func(line string) bool { return !strings.HasPrefix(line, name) })
	return strings.Join(lines, "\n")
}

var (
	scrapedName    = regexp.MustCompile(`(?m)^# TYPE (cartograph_\w+) `)
	documentedName = regexp.MustCompile("(?m)^\\| `(cartograph_\\w+)` \\|")
)

func TestEveryMetricIsDocumented(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	nats := startNATS(t, -1)
	defer nats.Shutdown()
	admin := freeAddress(t)
	g := serve(t, "--data-dir="+t.TempDir(), "--admin-addr="+admin, "--nats-url="+nats.ClientURL())
	g.query(t, "", `query Calls { calls { nodes { agent { name } } } }`)
	g.post(t, "/graphql", "", "application/json", `{"query": "{ nothing }"}`)
	for _, found := range scrapedName.FindAllStringSubmatch(fetch(t, "http://"+admin+"/metrics"), -1) {
		names[found[1]] = true
	}
	// Those with labels show once something was counted, and one shows where there
	// is an identity provider.
	for _, name := range []string{"cartograph_database_command_failures_total", "cartograph_intake_things_total", "cartograph_personal_data_blanked_total", "cartograph_webhook_attempts_total",
		"cartograph_export_duration_seconds", "cartograph_export_rows_total", "cartograph_export_bytes_total", "cartograph_jwt_keys_up"} {
		names[name] = true
	}
	page, err := os.ReadFile("docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]bool{}
	for _, found := range documentedName.FindAllStringSubmatch(string(page), -1) {
		documented[found[1]] = true
	}
	if diff := cmp.Diff(documented, names); diff != "" {
		t.Errorf("docs/operations.md lists (-documented +told):\n%s", diff)
	}
}
