// Package monitor tells whoever runs a gateway how it is doing, by metrics that
// Prometheus reads. It is the only package that knows of it.
//
// Nothing in it names a person or a secret: labels are names of ours, or of
// operations, and those are bounded in number.
package monitor
