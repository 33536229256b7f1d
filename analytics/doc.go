// Package analytics is the core of Cartograph: the vocabulary of live commerce
// and the mathematics of its metrics, as values and functions of values.
//
// It knows calls between shoppers and store agents, live shopping events,
// products, chat and workflows; what comes in about them (events, imported
// rows, webhook payloads); how these fold into the documents that are read; and
// every formula over them. It imports the standard library only (and bitmaps
// where sets of visitors need them): no database, no context, no clock. Where a
// function needs the present moment, it is an argument.
//
// The struct tags name the fields of the stored documents; reading and writing
// them is the repository's business.
package analytics
