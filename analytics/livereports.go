package analytics

import (
	"slices"
	"time"
)

// PreliveReport is the prelive phase of a live event as it was read: its metrics
// and, by any steps, its evolution.
type PreliveReport struct {
	*PreliveMetrics
	read phaseReading
}

// LiveReport is the broadcast of a live event as it was read at a moment.
type LiveReport struct {
	*LiveMetrics
	read phaseReading
}

// ReplayReport is the replay of a live event as it was read.
type ReplayReport struct {
	*ReplayMetrics
	read phaseReading
}

// phaseReading is what the evolution of a phase is made of.
type phaseReading struct {
	figures *LiveFigures
	scope   *LiveScope
}

func (r *LiveReading) at(now time.Time) phaseReading { return phaseReading{r.Figures, r.ScopeAt(now)} }

// Prelive returns the report of a reading of the prelive phase.
func (r *LiveReading) Prelive(now time.Time) *PreliveReport {
	read := r.at(now)
	return &PreliveReport{read.figures.Prelive(), read}
}

// Live returns the report of a reading of the broadcast, which a running one has
// come to by now.
func (r *LiveReading) Live(now time.Time) *LiveReport {
	read := r.at(now)
	return &LiveReport{read.figures.Live(read.scope), read}
}

// Replay returns the report of a reading of the replay.
func (r *LiveReading) Replay(now time.Time) *ReplayReport {
	read := r.at(now)
	return &ReplayReport{read.figures.Replay(read.scope), read}
}

// NoLiveReading returns the reading of a phase in which nothing happened, of a
// live event that is not known.
func NoLiveReading(phase LivePhase) *LiveReading {
	return &LiveReading{Figures: new(LiveBucket).Figures(phase, nil)}
}

// Steps returns the phase step by step; see LiveFigures.PreliveEvolution.
func (r *PreliveReport) Steps(g Granularity, loc *time.Location) ([]PreliveStep, error) {
	return r.read.figures.PreliveEvolution(r.read.scope, g, loc)
}

// Steps returns the broadcast step by step; see LiveFigures.LiveEvolution.
func (r *LiveReport) Steps(g Granularity, loc *time.Location) ([]LiveStep, error) {
	return r.read.figures.LiveEvolution(r.read.scope, g, loc)
}

// Steps returns the replay step by step; see LiveFigures.ReplayEvolution.
func (r *ReplayReport) Steps(g Granularity, loc *time.Location) ([]LiveStep, error) {
	return r.read.figures.ReplayEvolution(r.read.scope, g, loc)
}

// ProductOf returns the metrics of one product, zeros where nothing happened
// with it.
func (r *PreliveReport) ProductOf(sku string) *LiveProductMetrics {
	return r.read.figures.productOf(sku, r.Products)
}

// ProductOf returns the metrics of one product, zeros where nothing happened
// with it.
func (r *LiveReport) ProductOf(sku string) *LiveProductMetrics {
	return r.read.figures.productOf(sku, r.Products)
}

// ProductOf returns the metrics of one product, zeros where nothing happened
// with it.
func (r *ReplayReport) ProductOf(sku string) *LiveProductMetrics {
	return r.read.figures.productOf(sku, r.Products)
}

func (f *LiveFigures) productOf(sku string, products []LiveProductMetrics) *LiveProductMetrics {
	at := slices.IndexFunc(products, func(p LiveProductMetrics) bool { return p.SKU == sku })
	if at < 0 {
		return &LiveProductMetrics{SKU: sku, Appearances: []Period{}, Sales: []Money{}, ClickRate: Ratio{Denominator: f.Viewers}}
	}
	return &products[at]
}
