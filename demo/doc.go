// Package demo makes up the data of a small shop: its agents, queues, products,
// live events and workflows, and what forty days of visitors did with them.
//
// It sends what any sender would send, catalog records and tracking events as
// JSON, through the same validation and the same writes. The bytes are the same
// every time and on every machine, so that a second load changes nothing and an
// example can be quoted: all chance comes from a generator with a fixed seed,
// and all arithmetic is on whole numbers.
//
// Nobody in it is real. Hosts and mail domains end in .example, telephone
// numbers are of the 555-01 range kept for fiction.
package demo

import "time"

// Org is the organization that all demo data belongs to.
const Org = "demo"

// Today is the moment at which the demo data ends: nothing is later, but for
// the announced start of the next live event. It is a Sunday, 00:00 UTC.
//
// It is fixed so that the data is always the same. Hours of the day are hours
// of UTC, so that it depends on no time zone database either.
var Today = time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC)

// Running is the one call that nobody has ended: its cart can be played with, as
// agent and as shopper, for as long as one likes.
const Running = "call-1625"

const (
	day = 24 * time.Hour

	// History is how far the demo data reaches back: the days of calls, and
	// purchases before them that belong to no call.
	History = 40 * day
	// callDays is how many days of calls there are, up to Today.
	callDays = 30
	// visitsToCalls is how many rows of call statistics there are, accepted and
	// missed together: enough to page through, few enough to load in seconds.
	visitsToCalls = 2000
)
