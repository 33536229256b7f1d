// Package monitor tells whoever runs a gateway how it is doing: by metrics that
// Prometheus reads, and by traces that a collector of OpenTelemetry takes. It is
// the only package that knows of either.
//
// Nothing in it names a person or a secret: labels and attributes are names of
// ours, or of operations, and where they cost memory those are bounded in number.
package monitor
