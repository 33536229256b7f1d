package resolvers

import (
	"time"

	"cartograph/limits"
)

// Options are what whoever runs the gateway may choose. DefaultOptions has what
// holds otherwise.
type Options struct {
	// MaxCost bounds what one operation may cost in points; see docs/limits.md.
	MaxCost int
	// TokenRate and OrganizationRate are what a token and all tokens of an
	// organization together may spend; without a rate they may spend anything.
	TokenRate, OrganizationRate limits.Rate
	// Accounts are what is paid from, where something else is paid from them too;
	// nil: accounts of these rates.
	Accounts *limits.Accounts
	// Timeout bounds an operation: what it has found by then is answered with an
	// error for the rest.
	Timeout time.Duration
	// DatabaseTimeout bounds what one batch asks of the database.
	DatabaseTimeout time.Duration
	// HideSchema refuses introspection, and suggests no names in errors.
	HideSchema bool
	// DraftStatuses answers with the statuses of the newer draft of GraphQL over
	// HTTP.
	DraftStatuses bool
	// Origins are the pages of elsewhere that may ask by GET.
	Origins []string
	// CompressFrom is from how many bytes on an answer to a query is compressed; 0:
	// none is.
	CompressFrom int
	// Trusted are the documents that are known; nil: nobody asks for any.
	Trusted *limits.Trusted
	// Watcher hears what the endpoint does; nil: nobody does.
	Watcher Watcher
}

const (
	// defaultMaxCost lets the largest page, 250 calls, be asked with every edge that
	// a call has: about 15,500 points.
	defaultMaxCost = 20_000
	// defaultTokenRate is what a token may spend per second in the long run, about
	// what half a core answers. burst is for how many seconds it may save that up.
	defaultTokenRate = 20_000
	burst            = 60
	// organizationShare is how much more an organization may spend than a token.
	organizationShare = 2
	// defaultTimeout is what people wait for at most.
	defaultTimeout = 10 * time.Second
	// defaultDatabaseTimeout leaves an operation the time to say what failed.
	defaultDatabaseTimeout = 8 * time.Second
)

// RateOf returns a rate of points per second, which may be saved up for a
// minute. None for 0.
func RateOf(perSecond int) limits.Rate {
	return limits.Rate{PerSecond: float64(perSecond), Capacity: float64(perSecond) * burst}
}

// DefaultOptions returns what holds where nothing else is said.
func DefaultOptions() Options {
	return Options{
		MaxCost:          defaultMaxCost,
		TokenRate:        RateOf(defaultTokenRate),
		OrganizationRate: RateOf(defaultTokenRate * organizationShare),
		Timeout:          defaultTimeout,
		DatabaseTimeout:  defaultDatabaseTimeout,
		CompressFrom:     DefaultCompressFrom,
	}
}
