// Package live lets what happens be watched as it happens.
//
// A notice says only that there is something to look at under a topic. The truth
// is read from the documents, so a notice that is lost or comes twice costs time
// and nothing else: who watches a cart names the version it saw last, and gets
// every later one once, in order.
//
// Notices come from this gateway (Broker.Publish), from others over NATS where
// that is set up (Connect), and from a poll of the database, which finds what no
// notice told of (Poll).
//
// Metrics of broadcasts need no notices: they are read once per interval, for all
// who follow (Metrics).
//
// # Slow readers
//
// A Watch holds at most one notice: that there is something to look at, and the
// newest version told. Publishing never waits, and nothing is sent while a lock
// is held. A stream holds at most what it read last, at most one page of
// updates; it reads on when its reader has taken that. So a slow reader costs
// nobody anything, falls behind by versions, and catches up by them. Who writes
// to a connection decides when a reader is too slow to be kept.
package live
