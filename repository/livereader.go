package repository

import (
	"context"
	"maps"
	"slices"
	"strings"

	"cartograph/analytics"
)

// liveReader answers questions about the live events of a view, all together.
type liveReader struct {
	*liveView
	reads    []*phaseRead
	products map[string]*analytics.Product // by SKU; nil for those that are not known
	counted  []swap                        // figures that were counted of what is stored alone
}

// phaseRead reads one phase, as far as it is asked about, of live events.
type phaseRead struct {
	phase   analytics.LivePhase
	period  *analytics.Period
	without analytics.LiveParts // that no question needs
	asked   []analytics.LiveQuestion

	ids      []string // of the live events that are known
	stored   map[string]*liveFigures
	versions map[string]int64 // of the stored figures, current or not
	merged   map[string]*analytics.LiveBucket
}

// newLiveReader returns a reader that reads once what several questions need:
// those with a phase and period in common ask about each live event once.
func newLiveReader(v *liveView, questions []analytics.LiveQuestion) *liveReader {
	type kind struct {
		phase  analytics.LivePhase
		period analytics.Period
	}
	l := &liveReader{liveView: v, products: map[string]*analytics.Product{}}
	reads := map[kind]*phaseRead{}
	for _, q := range questions {
		if v.liveEvents[q.LiveEventID] == nil {
			continue
		}
		p := reads[kind{q.Phase, q.Period}]
		if p == nil {
			p = &phaseRead{phase: q.Phase, period: q.Asked(), without: q.Without, stored: map[string]*liveFigures{}, versions: map[string]int64{}}
			reads[kind{q.Phase, q.Period}] = p
			l.reads = append(l.reads, p)
		}
		p.without &= q.Without
		p.asked = append(p.asked, q)
		if !slices.Contains(p.ids, q.LiveEventID) {
			p.ids = append(p.ids, q.LiveEventID)
		}
	}
	return l
}

// whole reports whether all of the phase is asked for.
func (p *phaseRead) whole() bool { return p.period == nil || p.phase == analytics.Live }

// phases are those that buckets are read of.
func (p *phaseRead) phases() []analytics.LivePhase {
	if p.phase == allPhases {
		return livePhases
	}
	return []analytics.LivePhase{p.phase}
}

// needs reports whether any of some parts is looked at.
func (p *phaseRead) needs(parts analytics.LiveParts) bool { return parts&^p.without != 0 }

func (l *liveReader) read(ctx context.Context) (map[analytics.LiveQuestion]*analytics.LiveReading, error) {
	if err := l.findStored(ctx); err != nil {
		return nil, err
	}
	skus := map[string]bool{}
	displays := map[string]analytics.LiveDisplays{}
	for _, p := range l.reads {
		for _, id := range p.ids {
			if _, known := displays[id]; !known {
				displays[id] = l.displays(id).Without(l.timelines[id].Wiped)
			}
			if p.needs(analytics.ProductsPart) {
				for _, mark := range displays[id].Marks {
					skus[mark.SKU] = true
				}
			}
			if f := p.stored[id]; f != nil {
				for _, meant := range f.Figures.Meant {
					skus[meant.SKU] = true
				}
			}
		}
	}
	if err := l.findProducts(ctx, skus); err != nil {
		return nil, err
	}
	for _, p := range l.reads {
		for id, f := range p.stored {
			if !f.Figures.Fits(l.productOf) {
				delete(p.stored, id)
			}
		}
	}
	if err := l.mergeRest(ctx); err != nil {
		return nil, err
	}
	for _, p := range l.reads {
		if !p.whole() && !p.needs(analytics.ProductsPart) {
			continue
		}
		for _, b := range p.merged {
			for i := range b.Products {
				skus[b.Products[i].SKU] = true
			}
		}
	}
	if err := l.findProducts(ctx, skus); err != nil {
		return nil, err
	}
	readings := map[analytics.LiveQuestion]*analytics.LiveReading{}
	for _, p := range l.reads {
		figures := map[string]*analytics.LiveFigures{}
		for id, f := range p.stored {
			figures[id] = f.Figures
		}
		for id, b := range p.merged {
			figures[id] = b.Figures(p.phase, l.productOf)
			l.count(p, id, &liveFigures{Figures: figures[id]})
		}
		for _, q := range p.asked {
			readings[q] = &analytics.LiveReading{Figures: figures[q.LiveEventID], Scope: analytics.LiveScope{
				Timeline: l.timelines[q.LiveEventID], Period: p.period, Displays: displays[q.LiveEventID], ProductOf: l.productOf,
			}}
		}
	}
	return readings, nil
}

// readInteractions reads the interactions over all phases.
func (l *liveReader) readInteractions(ctx context.Context) (map[string]analytics.InteractionFigures, error) {
	if err := l.findStored(ctx); err != nil {
		return nil, err
	}
	if err := l.mergeRest(ctx); err != nil {
		return nil, err
	}
	figures := map[string]analytics.InteractionFigures{}
	for _, p := range l.reads {
		for id, f := range p.stored {
			figures[id] = f.Interactions
		}
		for id, b := range p.merged {
			figures[id] = b.InteractionFigures()
			l.count(p, id, &liveFigures{Interactions: figures[id]})
		}
	}
	return figures, nil
}

// findProducts reads the products that SKUs mean, as far as they are not known.
func (l *liveReader) findProducts(ctx context.Context, skus map[string]bool) error {
	var unknown []string
	for _, sku := range sortedKeys(skus) {
		if _, known := l.products[sku]; !known {
			unknown = append(unknown, sku)
			l.products[sku] = nil
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	found, err := l.r.productsMeant(ctx, l.reach, unknown)
	for sku, product := range found {
		l.products[sku] = product
	}
	return err
}

// productOf returns the product that a SKU means; one that means none stands for
// itself.
func (l *liveReader) productOf(sku string) string {
	if product := l.products[sku]; product != nil {
		return product.SKU
	}
	return sku
}

// findStored reads the stored figures of those whole phases that nothing is
// pending of.
func (l *liveReader) findStored(ctx context.Context) error {
	type place struct {
		read *phaseRead
		id   string
	}
	places := map[string]place{}
	needed := analytics.LiveParts(0)
	for _, p := range l.reads {
		if !p.whole() {
			continue
		}
		needed |= ^p.without
		for _, id := range p.ids {
			places[partKey(l.reach, id, string(p.phase))] = place{p, id}
		}
	}
	if len(places) == 0 {
		return nil
	}
	found, err := find[liveFigures](ctx, l.r.coll(collLiveFigures), within(l.reach).in("_id", sortedKeys(places)).filter(),
		wholeResult(), lacking(notNeeded(partsOfFigures, ^needed)))
	if err != nil {
		return wrap(err, "find figures of live events")
	}
	for _, f := range found {
		p, id := places[f.Key].read, places[f.Key].id
		timeline := l.timelines[id]
		p.versions[id] = f.Version
		if f.isCurrent() && f.Timeline.Same(&timeline) && l.isSettled(p, id) {
			p.stored[id] = f
		}
	}
	return nil
}

// isSettled reports whether nothing is pending of what is asked for.
func (l *liveReader) isSettled(p *phaseRead, id string) bool {
	return !slices.ContainsFunc(p.phases(), l.touched[id].any)
}

// count notes figures to be kept, if they are those of what is stored. They are
// whole then, as buckets of whole phases are always read whole.
func (l *liveReader) count(p *phaseRead, id string, f *liveFigures) {
	if !p.whole() || !l.isSettled(p, id) || l.heads[id] == nil {
		return
	}
	f.Key, f.Org, f.Timeline = partKey(l.reach, id, string(p.phase)), l.reach.Org, l.timelines[id]
	f.LiveEventID, f.Phase = id, p.phase
	f.Version = p.versions[id] + 1
	f.Counted = f.Version
	l.counted = append(l.counted, swap{f.Key, f.Version - 1, f})
}

// keep stores counted figures, unless their buckets began to change.
func (l *liveReader) keep(ctx context.Context) error {
	slices.SortFunc(l.counted, func(a, b swap) int { return strings.Compare(a.key, b.key) })
	_, err := l.r.swapAll(ctx, collLiveFigures, l.reach.Org, l.counted)
	return wrap(err, "keep figures of live events")
}

// partsOfFigures are fields of stored figures by the parts that need them.
var partsOfFigures = map[Part]analytics.LiveParts{
	"figures.series":   analytics.SeriesPart,
	"figures.products": analytics.ProductsPart,
	"figures.meant":    analytics.ProductsPart,
}

// partsOfBuckets are those of stored buckets.
var partsOfBuckets = map[Part]analytics.LiveParts{
	"bucket.minutes":  analytics.SeriesPart,
	"bucket.sources":  analytics.SourcesPart,
	"bucket.widgets":  analytics.WidgetsPart,
	"bucket.carts":    analytics.BusinessPart,
	"bucket.carters":  analytics.BusinessPart,
	"bucket.paid":     analytics.BusinessPart,
	"bucket.products": analytics.BusinessPart | analytics.ProductsPart,
	"bucket.baskets":  analytics.ProductsPart,
}

// notNeeded returns the fields that only some parts need.
func notNeeded(fields map[Part]analytics.LiveParts, without analytics.LiveParts) []Part {
	var parts []Part
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		if fields[field]&^without == 0 {
			parts = append(parts, field)
		}
	}
	return parts
}
