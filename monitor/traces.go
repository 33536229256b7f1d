package monitor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

const (
	// serviceName is what spans are of, unless OTEL_SERVICE_NAME says so.
	serviceName = "cartograph"
	// flushTimeout bounds how long a gateway that stops waits for the collector to
	// take the last spans: much shorter than what stops gateways has patience.
	flushTimeout = 3 * time.Second
)

// Traces follow what a gateway does, and send it to a collector of OpenTelemetry.
// No span has the text of a document, a variable, a path, an id or the text of
// an error: names are ours, or of operations and routes.
type Traces struct {
	provider *sdk.TracerProvider
	tracer   trace.Tracer
	// heedsCallers says that the trace context of a request is taken.
	heedsCallers bool
	log          *slog.Logger
}

// NewTraces returns the traces that the usual variables of the environment ask
// for; nil where they ask for none. What they set and the SDK reads by itself
// (headers, sampler, queue) is not repeated here. It fails for what cannot be
// used, as TracesProblems tells.
func NewTraces(ctx context.Context, log *slog.Logger) (*Traces, error) {
	if !tracesWanted() {
		return nil, nil
	}
	if problems := TracesProblems(); len(problems) > 0 {
		return nil, errors.New(strings.Join(problems, "; "))
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("traces", "error", err) }))
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	about, err := resource.New(ctx,
		resource.WithAttributes(semconv.ServiceName(serviceName), semconv.ServiceVersion(version())),
		resource.WithTelemetrySDK(),
		resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	log.Info("traces are sent", "to", endpointHost())
	return TracesBy(log, sdk.WithBatcher(&collector{SpanExporter: exporter, log: log}), sdk.WithResource(about)), nil
}

// TracesBy returns the traces that a provider with these options makes.
func TracesBy(log *slog.Logger, options ...sdk.TracerProviderOption) *Traces {
	provider := sdk.NewTracerProvider(options...)
	return &Traces{provider: provider, tracer: provider.Tracer("cartograph"), heedsCallers: heedsCallers(), log: log}
}

// Stop sends what is left, as far as the collector takes it within seconds.
func (t *Traces) Stop() {
	ctx, cancel := context.WithTimeout(context.Background(), flushTimeout)
	defer cancel()
	if err := t.provider.Shutdown(ctx); err != nil {
		t.log.Warn("the last traces were not sent", "error", err)
	}
}

// endpoint returns where traces are sent, and the variable that says so.
func endpoint() (variable, value string) {
	for _, variable := range []string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"} {
		if value := os.Getenv(variable); value != "" {
			return variable, value
		}
	}
	return "", ""
}

// endpointHost returns the host that traces are sent to. The rest of the address
// may hold a key.
func endpointHost() string {
	_, value := endpoint()
	if u, err := url.Parse(value); err == nil {
		return u.Host
	}
	return ""
}

// tracesWanted reports whether the environment asks for traces.
func tracesWanted() bool {
	_, value := endpoint()
	return value != "" && !strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true") && os.Getenv("OTEL_TRACES_EXPORTER") != "none"
}

// samplers are those that the SDK knows.
var samplers = []string{"", "always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio"}

// TracesProblems returns what is wrong with the variables of the environment that
// ask for traces, each with its name.
func TracesProblems() []string {
	if !tracesWanted() {
		return nil
	}
	var found []string
	variable, value := endpoint()
	if u, err := url.Parse(value); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		found = append(found, variable+": a collector reads http://HOST:4318")
	}
	protocol := cmp.Or(os.Getenv("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"), os.Getenv("OTEL_EXPORTER_OTLP_PROTOCOL"))
	if protocol != "" && protocol != "http/protobuf" && protocol != "http/json" {
		found = append(found, fmt.Sprintf("OTEL_EXPORTER_OTLP_PROTOCOL: must be http/protobuf or http/json, not %q", protocol))
	}
	if exporter := os.Getenv("OTEL_TRACES_EXPORTER"); exporter != "" && exporter != "otlp" {
		found = append(found, fmt.Sprintf("OTEL_TRACES_EXPORTER: must be otlp or none, not %q", exporter))
	}
	if sampler := os.Getenv("OTEL_TRACES_SAMPLER"); !slices.Contains(samplers, sampler) {
		found = append(found, fmt.Sprintf("OTEL_TRACES_SAMPLER: must be one of %s, not %q", strings.Join(samplers[1:], ", "), sampler))
	}
	return found
}

// heedsCallers reports whether the trace context of requests is taken, which
// OTEL_PROPAGATORS may say.
func heedsCallers() bool {
	named := os.Getenv("OTEL_PROPAGATORS")
	return named == "" || slices.Contains(strings.Split(named, ","), "tracecontext")
}

// version returns what the program was built from.
func version() string {
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, setting := range build.Settings {
		if setting.Key == "vcs.revision" {
			return setting.Value
		}
	}
	return build.Main.Version
}

var propagator propagation.TraceContext
