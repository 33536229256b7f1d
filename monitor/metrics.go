package monitor

import (
	"net/http"
	"net/http/pprof"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// quick are the bounds of histograms in seconds: from a warm read to the longest
// an operation may take.
var quick = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

// sizes are the bounds of histograms of keys in a batch.
var sizes = []float64{1, 2, 5, 10, 25, 50, 100, 250, 1000, 10000}

// Metrics count and time what a gateway does. The zero value is not ready: use
// NewMetrics. Methods may be called at the same time.
type Metrics struct {
	registry *prometheus.Registry
	names    operationNames

	requests        *prometheus.HistogramVec
	requestsNow     prometheus.Gauge
	operations      *prometheus.HistogramVec
	operationsNow   prometheus.Gauge
	cost            *prometheus.CounterVec
	errors          *prometheus.CounterVec
	batches         *prometheus.HistogramVec
	batchKeys       *prometheus.HistogramVec
	commands        *prometheus.HistogramVec
	commandFailures *prometheus.CounterVec
	intake          *prometheus.CounterVec
	recovered       prometheus.Counter
	blanked         *prometheus.CounterVec
	webhooks        *prometheus.CounterVec
	exportsNow      prometheus.Gauge
	exports         *prometheus.HistogramVec
	exportRows      *prometheus.CounterVec
	exportBytes     *prometheus.CounterVec
}

// slow are the bounds of histograms in seconds of what takes as long as it is
// large.
var slow = []float64{.01, .1, .5, 1, 5, 10, 30, 60, 300, 1800}

// NewMetrics returns metrics that nothing was counted in yet.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry:        prometheus.NewRegistry(),
		requests:        histogram("cartograph_http_request_duration_seconds", "Requests by route, method and status, and how long they took. Sockets and event streams end when they are closed.", quick, "route", "method", "status"),
		requestsNow:     gauge("cartograph_http_requests_in_flight", "Requests that are being answered, sockets and event streams included."),
		operations:      histogram("cartograph_graphql_operation_duration_seconds", "Operations by name, type and the code of their first error (none where there is none), and how long they took. Of a subscription, until it began.", quick, "operation", "type", "code"),
		operationsNow:   gauge("cartograph_graphql_operations_in_flight", "Queries and mutations that run."),
		cost:            counters("cartograph_graphql_cost_points_total", "Points that operations cost, by name.", "operation"),
		errors:          counters("cartograph_graphql_errors_total", "Errors in answers by code, those of requests that were refused included.", "code"),
		batches:         histogram("cartograph_loader_batch_duration_seconds", "Batches of loaders by what they load, and how long they took.", quick, "kind", "failed"),
		batchKeys:       histogram("cartograph_loader_batch_keys", "How many keys a batch of loaders had.", sizes, "kind"),
		commands:        histogram("cartograph_database_command_duration_seconds", "Database commands by name and collection, and how long they took.", quick, "command", "collection"),
		commandFailures: counters("cartograph_database_command_failures_total", "Database commands that failed, by name and collection.", "command", "collection"),
		intake:          counters("cartograph_intake_things_total", "Events and records that came in, by what became of them: accepted, duplicate, echo, rejected, busy (a whole request that was told to come again).", "outcome"),
		recovered:       prometheus.NewCounter(prometheus.CounterOpts{Name: "cartograph_recovered_subjects_total", Help: "Subjects whose derivation a gateway left half done, and that were finished by this one."}),
		blanked:         counters("cartograph_personal_data_blanked_total", "Documents that old personal data was taken out of, by collection.", "collection"),
		webhooks:        counters("cartograph_webhook_attempts_total", "Attempts to deliver webhooks, by how they ended: delivered, or the cause of the failure.", "outcome"),
		exportsNow:      gauge("cartograph_exports_running", "Files of exports that are being written."),
		exports:         histogram("cartograph_export_duration_seconds", "Files of exports by what they hold, format and outcome (done, failed, broken_off), and how long they took.", slow, "of", "format", "outcome"),
		exportRows:      counters("cartograph_export_rows_total", "Rows of exports that ended, by what they hold and format.", "of", "format"),
		exportBytes:     counters("cartograph_export_bytes_total", "Bytes of exports that ended, by what they hold and format.", "of", "format"),
	}
	m.registry.MustRegister(
		m.requests, m.requestsNow, m.operations, m.operationsNow, m.cost, m.errors, m.batches, m.batchKeys,
		m.commands, m.commandFailures, m.intake, m.recovered, m.blanked, m.webhooks,
		m.exportsNow, m.exports, m.exportRows, m.exportBytes,
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

func histogram(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

func gauge(name, help string) prometheus.Gauge {
	return prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
}

// Read adds a gauge that is read when the metrics are.
func (m *Metrics) Read(name, help string, value func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value))
}

// ReadTotal adds a counter that is read when the metrics are.
func (m *Metrics) ReadTotal(name, help string, value func() float64) {
	m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, value))
}

// Handler serves the metrics at /metrics and profiles at /debug/pprof/: for those
// who run the gateway, and nobody else.
func (m *Metrics) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return mux
}

// Operation counts an operation as running; ended says how it ended.
func (m *Metrics) Operation(name, kind string, trusted bool) (ended func(code string, cost int)) {
	label, began := m.names.label(name, trusted), time.Now()
	m.operationsNow.Inc()
	return func(code string, cost int) {
		m.operationsNow.Dec()
		m.operations.WithLabelValues(label, kind, orNone(code)).Observe(time.Since(began).Seconds())
		m.cost.WithLabelValues(label).Add(float64(max(0, cost)))
	}
}

// Failed counts an error of an answer.
func (m *Metrics) Failed(code string) { m.errors.WithLabelValues(code).Inc() }

// Batch counts a batch of a loader as running; ended says how it ended.
func (m *Metrics) Batch(kind string, keys int) (ended func(err error)) {
	began := time.Now()
	m.batchKeys.WithLabelValues(kind).Observe(float64(keys))
	return func(err error) {
		m.batches.WithLabelValues(kind, strconv.FormatBool(err != nil)).Observe(time.Since(began).Seconds())
	}
}

// Command counts a database command.
func (m *Metrics) Command(name, collection string, took time.Duration, failed bool) {
	collection = orNone(collection)
	m.commands.WithLabelValues(name, collection).Observe(took.Seconds())
	if failed {
		m.commandFailures.WithLabelValues(name, collection).Inc()
	}
}

// Intake counts things that came in, by what became of them.
func (m *Metrics) Intake(outcome string, n int) { m.intake.WithLabelValues(outcome).Add(float64(n)) }

// Recovered counts what another gateway left half done.
func (m *Metrics) Recovered(n int) { m.recovered.Add(float64(n)) }

// Blanked counts documents that old personal data was taken out of.
func (m *Metrics) Blanked(collection string, n int) {
	m.blanked.WithLabelValues(collection).Add(float64(n))
}

// Webhook counts an attempt to deliver.
func (m *Metrics) Webhook(outcome string) { m.webhooks.WithLabelValues(outcome).Inc() }

// Export counts a file that begins to be written; ended says how that ended.
func (m *Metrics) Export(of, format string) (ended func(outcome string, rows, bytes int64)) {
	began := time.Now()
	m.exportsNow.Inc()
	return func(outcome string, rows, bytes int64) {
		m.exportsNow.Dec()
		m.exports.WithLabelValues(of, format, outcome).Observe(time.Since(began).Seconds())
		m.exportRows.WithLabelValues(of, format).Add(float64(rows))
		m.exportBytes.WithLabelValues(of, format).Add(float64(bytes))
	}
}

func orNone(label string) string {
	if label == "" {
		return "none"
	}
	return label
}
