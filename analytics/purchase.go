package analytics

import "time"

// AttributionWindow is how long after a call (or a watched live event phase) a
// purchase still belongs to it; a gap of exactly this length counts.
const AttributionWindow = 30 * 24 * time.Hour

// Purchase is one transaction of the shop. It belongs to at most one call: the
// last one its visitor had before it, within the attribution window.
type Purchase struct {
	Key           string         `bson:"_id"`
	Org           string         `bson:"org"`
	TransactionID string         `bson:"id"`
	EventID       string         `bson:"event"`
	Version       int64          `bson:"version"`
	At            time.Time      `bson:"at"`
	VisitorID     string         `bson:"client,omitempty"`
	Total         Money          `bson:"total"`
	Lines         []PurchaseLine `bson:"lines"`
	CallID        string         `bson:"call,omitempty"`
	// Live is when the visitor last watched a live event before it, apart from the
	// call; nil where that is more than the attribution window ago.
	Live *LiveTouch `bson:"live,omitempty"`
	// FormerCalls are those it belonged to before: their figures are derived
	// again with it.
	FormerCalls []string `bson:"formerCalls,omitempty"`
	// FormerLiveEvents are those that it belonged to by what was known before, for
	// the buckets that may count it there.
	FormerLiveEvents []string `bson:"formerLiveEvents,omitempty"`
	// FormerTimes are those at which it was made by what was known before, for the
	// same reason.
	FormerTimes []time.Time `bson:"formerTimes,omitempty"`
}

// PurchaseLine is what one transaction says of one SKU; lines of the same SKU
// are added up on the way in.
type PurchaseLine struct {
	SKU      string `bson:"sku"`
	Quantity int64  `bson:"quantity"`
	Sales    Money  `bson:"sales"` // price x quantity
}

// PurchaseSummary is what the purchases of one call come to.
type PurchaseSummary struct {
	FirstAt  *time.Time `bson:"firstAt,omitempty"`
	SKUs     []string   `bson:"skus,omitempty"`
	Revenue  []Money    `bson:"revenue,omitempty"` // one per currency, by code
	Count    int        `bson:"count"`
	OrderIDs []string   `bson:"orders,omitempty"`
}

// bounded returns the summary with as many SKUs and order ids as a call lists; nil
// for nil.
func (s *PurchaseSummary) bounded() *PurchaseSummary {
	if s == nil {
		return nil
	}
	s.SKUs = s.SKUs[:min(len(s.SKUs), maxSKUsOfCall)]
	s.OrderIDs = s.OrderIDs[:min(len(s.OrderIDs), maxOrdersOfCall)]
	return s
}
