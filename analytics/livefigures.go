package analytics

import (
	"math"
	"slices"
	"time"
)

// LiveFigures is what a merged bucket of one phase comes to once its sets and
// carts are counted: plain numbers, as many however much happened, that no longer
// merge. Together with a LiveScope it decides every metric of the phase, so a
// phase that is asked for as a whole can be answered from its stored figures as
// long as its buckets stay as they are.
//
// It does not depend on the present moment, nor on what was displayed when; on
// the catalog it depends as far as Fits tells.
type LiveFigures struct {
	Watched  int64      `bson:"watched"` // milliseconds
	Peak     int        `bson:"peak"`
	LastSign time.Time  `bson:"lastSign,omitempty"`
	Sessions int        `bson:"sessions"`
	Viewers  int        `bson:"viewers"`
	Devices  NameCounts `bson:"devices"` // sessions
	Sources  NameCounts `bson:"sources"` // sessions

	AudienceReach        int           `bson:"audienceReach"`
	ProductWidget        WidgetMetrics `bson:"productWidget"`
	FloatingPlayerWidget WidgetMetrics `bson:"floatingPlayerWidget"`

	TeasingVideo       TeasingVideo `bson:"teasingVideo"`
	AlertingModal      int          `bson:"alertingModal"`
	AlertingValidation int          `bson:"alertingValidation"`
	Alerting           Alerting     `bson:"alerting"`

	General      LiveGeneral      `bson:"general"`  // without LiveDuration
	Business     LiveBusiness     `bson:"business"` // without ProductSales and OtherSales
	Satisfaction LiveSatisfaction `bson:"satisfaction"`

	// Products are by SKU, without Order and Appearances. Meant says which product
	// each SKU was taken for.
	Products []LiveProductMetrics `bson:"products"`
	Meant    []MeantSKU           `bson:"meant"`

	// Minutes are those of the bucket; only prelive needs who started.
	Minutes PackedMinutes `bson:"series,omitempty"`
}

// NameCounts are counts by name, in the order of the names.
type NameCounts []NameCount

// NameCount is how many there are of one name.
type NameCount struct {
	Name  string `bson:"name"`
	Count int    `bson:"count"`
}

// of returns the count of a name, 0 if it is not there.
func (c NameCounts) of(name string) int {
	for i := range c {
		if c[i].Name == name {
			return c[i].Count
		}
	}
	return 0
}

// MeantSKU says which product a SKU was taken for.
type MeantSKU struct {
	SKU     string `bson:"sku"`
	Product string `bson:"product"`
}

// Figures counts a merged bucket of a phase. ProductOf returns the product that a
// SKU means; nil takes each SKU for a product of its own.
func (b *LiveBucket) Figures(phase LivePhase, productOf func(sku string) string) *LiveFigures {
	if productOf == nil {
		productOf = itself
	}
	f := &LiveFigures{
		Watched:  b.Watched,
		Peak:     b.Peak,
		LastSign: b.LastSign,
		Viewers:  b.Viewers.Count(),
		Devices:  countSessions(b.Devices),
		Sources:  countSessions(b.Sources),

		AudienceReach:        b.audienceReach(),
		ProductWidget:        b.widget(productWidget),
		FloatingPlayerWidget: b.widget(floatingPlayerWidget),

		TeasingVideo:       b.teasingVideo(),
		AlertingModal:      b.AlertOpened.U.Count(),
		AlertingValidation: b.subscribers().Count(),
		Alerting:           b.alerting(),

		General:      b.general(),
		Business:     b.business(),
		Satisfaction: b.satisfaction(),

		Minutes: packWithin(b.minutes(phase), maxSeries),
	}
	for _, device := range f.Devices { // each session has one
		f.Sessions += device.Count
	}
	f.countProducts(b, productOf)
	return f
}

// countProducts fills in the products; where so much is told of them that it would
// not fit into a document, those that most happened with.
func (f *LiveFigures) countProducts(b *LiveBucket, productOf func(sku string) string) {
	told := *b
	for within := MaxSKUs; ; within /= 2 {
		told.Products = withRest(b.Products, bound{within, math.MaxInt})
		f.Products, f.Meant = told.products(productOf), make([]MeantSKU, len(told.Products))
		for i := range told.Products {
			f.Meant[i] = MeantSKU{SKU: told.Products[i].SKU, Product: productOf(told.Products[i].SKU)}
		}
		if f.sizeOfProducts() <= maxProducts {
			return
		}
	}
}

const (
	// maxProducts and maxSeries bound the parts of figures that senders can make
	// large, in bytes: together far from what a document holds.
	maxProducts = 7 << 20
	maxSeries   = 6 << 20
)

// sizeOfProducts returns about how many bytes the products take when they are
// stored.
func (f *LiveFigures) sizeOfProducts() int {
	size := 0
	for i := range f.Products {
		size += len(f.Products[i].SKU) + 25*fieldSize + len(f.Products[i].Sales)*(entrySize+2*fieldSize)
	}
	for i := range f.Meant {
		size += len(f.Meant[i].SKU) + len(f.Meant[i].Product) + entrySize
	}
	return size
}

// packWithin packs minutes into so many bytes: of more, the latest ones. Only
// events that claim to have happened over years come to that.
func packWithin(minutes []MinuteTally, bytes int) PackedMinutes {
	packed := PackMinutes(minutes)
	for len(packed) > bytes {
		minutes = minutes[len(minutes)/2:]
		packed = PackMinutes(minutes)
	}
	return packed
}

// minutes returns what the series of a phase show.
func (b *LiveBucket) minutes(phase LivePhase) []MinuteTally {
	if phase == Prelive {
		return b.Minutes
	}
	minutes := slices.Clone(b.Minutes)
	for i := range minutes {
		minutes[i].Starters = Ordinals{}
	}
	return minutes
}

// Fits reports whether the SKUs of the figures still mean the products they were
// taken for. If not, the figures have to be counted again.
func (f *LiveFigures) Fits(productOf func(sku string) string) bool {
	if productOf == nil {
		productOf = itself
	}
	for _, m := range f.Meant {
		if productOf(m.SKU) != m.Product {
			return false
		}
	}
	return true
}

func itself(sku string) string { return sku }

func countSessions(groups []LiveSessions) NameCounts {
	counts := make(NameCounts, len(groups))
	for i := range groups {
		counts[i] = NameCount{Name: groups[i].Name, Count: groups[i].Sessions.Count()}
	}
	return counts
}
