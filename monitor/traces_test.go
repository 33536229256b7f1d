package monitor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"cartograph/analytics"
)

var discard = slog.New(slog.DiscardHandler)

// withoutVariables takes the variables of OpenTelemetry out of the environment.
func withoutVariables(t *testing.T) {
	t.Helper()
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "OTEL_") {
			t.Setenv(name, "")
		}
	}
}

func TestTracesAreMadeWhereTheEnvironmentAsksForThem(t *testing.T) {
	for _, tt := range []struct {
		variables string
		made      bool
		problems  []string
	}{
		{variables: ""},
		{variables: "OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318", made: true},
		{variables: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=https://collector/v1/traces", made: true},
		{variables: "OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318 OTEL_SDK_DISABLED=true"},
		{variables: "OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318 OTEL_TRACES_EXPORTER=none"},
		{variables: "OTEL_EXPORTER_OTLP_ENDPOINT=collector:4318 OTEL_EXPORTER_OTLP_PROTOCOL=grpc OTEL_TRACES_SAMPLER=some OTEL_TRACES_EXPORTER=zipkin", problems: []string{
			"OTEL_EXPORTER_OTLP_ENDPOINT: a collector reads http://HOST:4318",
			`OTEL_EXPORTER_OTLP_PROTOCOL: must be http/protobuf or http/json, not "grpc"`,
			`OTEL_TRACES_EXPORTER: must be otlp or none, not "zipkin"`,
			`OTEL_TRACES_SAMPLER: must be one of always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off, parentbased_traceidratio, not "some"`,
		}},
	} {
		t.Run(tt.variables, func(t *testing.T) {
			withoutVariables(t)
			for _, variable := range strings.Fields(tt.variables) {
				name, value, _ := strings.Cut(variable, "=")
				t.Setenv(name, value)
			}
			if diff := cmp.Diff(tt.problems, TracesProblems()); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			traces, err := NewTraces(t.Context(), discard)
			if (traces != nil) != tt.made || (err != nil) != (tt.problems != nil) {
				t.Errorf("traces: %v, %v", traces != nil, err)
			}
			if traces != nil {
				traces.Stop()
			}
		})
	}
}

func TestCallersAreHeededUnlessThePropagatorsSayOtherwise(t *testing.T) {
	for propagators, want := range map[string]bool{"": true, "tracecontext,baggage": true, "none": false, "b3": false} {
		t.Setenv("OTEL_PROPAGATORS", propagators)
		if got := heedsCallers(); got != want {
			t.Errorf("%q: %t", propagators, got)
		}
	}
}

// takesNothing is a collector that takes nothing while it is away.
type takesNothing struct {
	sdk.SpanExporter
	away bool
}

func (e *takesNothing) ExportSpans(context.Context, []sdk.ReadOnlySpan) error {
	if e.away {
		return errors.New("connection refused")
	}
	return nil
}

func TestACollectorIsToldOfWhenItGoesAndComes(t *testing.T) {
	var log strings.Builder
	to := &takesNothing{}
	c := &collector{SpanExporter: to, log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))}
	for _, away := range []bool{false, true, true, true, false, false, true} {
		to.away = away
		if err := c.ExportSpans(t.Context(), nil); err != nil {
			t.Error(err)
		}
	}
	const gone = `level=WARN msg="the collector takes no traces: they are dropped until it does" error="connection refused"` + "\n"
	if diff := cmp.Diff(gone+"level=INFO msg=\"the collector takes traces again\"\n"+gone, log.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// An export of a million rows must not be thousands of spans.
func TestTheSpansBelowARequestAreBounded(t *testing.T) {
	spans := tracetest.NewInMemoryExporter()
	traces := TracesBy(discard, sdk.WithSyncer(spans))
	ctx, ended := traces.Work(t.Context(), "export")
	for range maxSpans + 20 {
		traces.Command(ctx, "find", "calls", time.Millisecond, false)
	}
	ended(nil)
	all := spans.GetSpans()
	if len(all) != maxSpans+1 {
		t.Fatalf("%d spans", len(all))
	}
	if diff := cmp.Diff([]attribute.KeyValue{spansLeftOut.Int(20)}, all[maxSpans].Attributes, cmp.AllowUnexported(attribute.Value{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOnlyFaultsOfOursAreErrors(t *testing.T) {
	spans := tracetest.NewInMemoryExporter()
	traces := TracesBy(discard, sdk.WithSyncer(spans))
	for _, code := range []analytics.Code{"", analytics.BadUserInput, analytics.NotFound, analytics.Timeout, analytics.Internal} {
		_, ended := traces.Operation(t.Context(), "", "query")
		ended(string(code), 0)
	}
	_, ended := traces.Work(t.Context(), "fold")
	ended(errors.New("greta@example.com broke it"))
	var got []string
	for _, span := range spans.GetSpans() {
		code := ""
		for _, a := range span.Attributes {
			if a.Key == "error.type" {
				code = a.Value.AsString()
			}
		}
		got = append(got, fmt.Sprintf("%s %q %s %q", span.Name, code, span.Status.Code, span.Status.Description))
	}
	want := []string{
		`query "" Unset ""`, `query "BAD_USER_INPUT" Unset ""`, `query "NOT_FOUND" Unset ""`,
		`query "TIMEOUT" Error ""`, `query "INTERNAL" Error ""`, `fold "INTERNAL" Error ""`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// endsSoon says of every request that it does not stay open.
func endsSoon(*http.Request) bool { return false }

// What an answer says, and a panic in it, is no matter of a span.
func TestARequestThatIsBrokenOff(t *testing.T) {
	spans := tracetest.NewInMemoryExporter()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /files/{secret}", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("the first row"))
		panic("greta@example.com")
	})
	func() {
		defer func() { _ = recover() }()
		TracesBy(discard, sdk.WithSyncer(spans)).Requests(mux, endsSoon).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/files/cge_1", nil))
	}()
	span := spans.GetSpans()[0]
	text := fmt.Sprintf("%s %s %v", span.Name, span.Status.Code, len(span.Events))
	for _, a := range span.Attributes {
		text += fmt.Sprintf(" %s=%s", a.Key, a.Value.String())
	}
	const want = "GET /files/{secret} Error 0 http.request.method=GET http.route=/files/{secret} http.response.status_code=200 error.type=broken_off"
	if text != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}

// Metrics and traces hear the same, each as if there were nothing else.
func TestMetricsAndTracesBesideEachOther(t *testing.T) {
	spans := tracetest.NewInMemoryExporter()
	watch := NewWatch(NewMetrics(), TracesBy(discard, sdk.WithSyncer(spans)))
	mux := http.NewServeMux()
	mux.HandleFunc("POST /graphql", func(_ http.ResponseWriter, r *http.Request) {
		ctx, ended := watch.Operation(r.Context(), "Calls", "query", true)
		ctx, loaded := watch.Batch(ctx, "agent", 3)
		watch.Command(ctx, "find", "agents", time.Millisecond, false)
		loaded(nil)
		ended("", 7)
	})
	watch.Requests(mux, endsSoon).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/graphql", nil))
	var names []string
	for _, span := range spans.GetSpans() {
		names = append(names, span.Name)
	}
	if diff := cmp.Diff([]string{"find agents", "load agent", "query", "POST /graphql"}, names); diff != "" {
		t.Errorf("spans (-want +got):\n%s", diff)
	}
	scraped := httptest.NewRecorder()
	watch.Metrics.Handler().ServeHTTP(scraped, httptest.NewRequest("GET", "/metrics", nil))
	for _, want := range []string{
		`cartograph_http_request_duration_seconds_count{method="POST",route="/graphql",status="0"} 1`,
		`cartograph_graphql_operation_duration_seconds_count{code="none",operation="Calls",type="query"} 1`,
		`cartograph_loader_batch_keys_sum{kind="agent"} 3`,
		`cartograph_database_command_duration_seconds_count{collection="agents",command="find"} 1`,
	} {
		if !strings.Contains(scraped.Body.String(), want) {
			t.Errorf("there is no %s", want)
		}
	}
	if NewWatch(nil, nil) != nil {
		t.Error("somebody hears what nobody asked for")
	}
}

func TestALineOfTheLogNamesItsTrace(t *testing.T) {
	var text strings.Builder
	log := slog.New(WithTraceIDs(slog.NewTextHandler(&text, nil))).With("a", 1)
	id := trace.TraceID{15: 1}
	ctx := trace.ContextWithSpanContext(t.Context(), trace.NewSpanContext(trace.SpanContextConfig{TraceID: id, SpanID: trace.SpanID{7: 1}}))
	log.InfoContext(ctx, "in one")
	log.InfoContext(t.Context(), "in none")
	lines := strings.Split(text.String(), "\n")
	if !strings.HasSuffix(lines[0], `msg="in one" a=1 trace=00000000000000000000000000000001`) || !strings.HasSuffix(lines[1], `msg="in none" a=1`) {
		t.Error(text.String())
	}
}

// What is not followed costs nothing: neither the batches and commands of an
// operation that is not, nor anything where there are no traces.
func TestWhatIsNotFollowedCostsNothing(t *testing.T) {
	unsampled := TracesBy(discard, sdk.WithSyncer(tracetest.NewInMemoryExporter()), sdk.WithSampler(sdk.NeverSample()))
	ctx, ended := unsampled.Operation(t.Context(), "Calls", "query")
	defer ended("", 0)
	allocations := testing.AllocsPerRun(100, func() {
		ctx, ended := unsampled.Batch(ctx, "agent", 12)
		unsampled.Command(ctx, "find", "agents", time.Millisecond, false)
		ended(nil)
	})
	if allocations != 0 {
		t.Errorf("%v allocations", allocations)
	}
}

// BenchmarkABatch has what a batch of a loader with its command costs, by whether
// it is followed.
func BenchmarkABatch(b *testing.B) {
	for name, sampler := range map[string]sdk.Sampler{"followed": sdk.AlwaysSample(), "not followed": sdk.NeverSample()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			traces := TracesBy(discard, sdk.WithSampler(sampler))
			ctx, ended := traces.tracer.Start(b.Context(), "query")
			defer ended.End()
			for b.Loop() {
				ctx, ended := traces.Batch(ctx, "agent", 12)
				traces.Command(ctx, "find", "agents", time.Millisecond, false)
				ended(nil)
			}
		})
	}
}
