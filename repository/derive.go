package repository

import (
	"context"
	"maps"
	"slices"
	"time"

	"cartograph/analytics"
)

// derivation derives what some subjects touch, each document from everything
// that came in about it. Every document is read at its version before what it is
// made of, and replaced only at that version; whoever is too late derives again.
// So whoever writes last has seen everything.
type derivation struct {
	r     *Repository
	reach analytics.Reach
	mark  *dirtyMark // that this derivation finishes; nil for somebody else's
	// thorough derivations finish what somebody left half done: they do not take
	// what is unchanged for done.
	thorough bool

	calls     map[string]bool // ids, to be folded
	waits     map[string]bool // subjects, of which the calls are to be folded
	purchases map[string]bool // transaction ids, to be folded
	touched   visits          // whose purchases are to be attributed
	moved     map[string]bool // call ids whose purchases are to be attributed
	figures   map[string]bool // call ids whose figures are to be derived
	callsSeen bool            // a call started or ended that was not known to
	carts     map[string]bool // call ids of which something changed that their carts know
	shop      map[string]bool // keys of events by which shoppers changed carts
	// brokenAt is when a batch began that was broken off; zero for a batch under
	// way.
	brokenAt time.Time
	// foldedAt has the versions of purchases that were folded here.
	foldedAt map[string]int64
	live     liveChanges
	// moderated are the subjects of messages and viewers that something was
	// decided about.
	moderated map[string]bool
	// workflows marks the buckets of workflows that change.
	workflows workflowMark
	// products marks the metrics of products that change.
	products productMarking
}

func newDerivation(r *Repository, org string) *derivation {
	return &derivation{
		r: r, reach: analytics.Reach{Org: org},
		calls: map[string]bool{}, waits: map[string]bool{}, purchases: map[string]bool{},
		touched: visits{visitors: map[string]bool{}}, moved: map[string]bool{}, figures: map[string]bool{}, carts: map[string]bool{}, shop: map[string]bool{},
		foldedAt: map[string]int64{}, live: newLiveChanges(), moderated: map[string]bool{},
	}
}

// isDerivedFrom reports whether anything is derived from an event by now.
func isDerivedFrom(e *analytics.Event) bool {
	switch e.Type {
	case analytics.JoinedQueue, analytics.Purchased, analytics.MessageSent, analytics.ProductDisplayed, analytics.GoalTriggered,
		analytics.MessageMark, analytics.BanMark:
		return true
	}
	_, isCall := analytics.SubjectID("call", e.Subject)
	return isCall
}

// touch notes that everything of a subject is to be derived.
func (d *derivation) touch(subject string) {
	if id, ok := analytics.SubjectID("call", subject); ok {
		d.calls[id] = true
	}
	if id, ok := analytics.SubjectID("purchase", subject); ok {
		d.purchases[id] = true
	}
	if _, ok := analytics.SubjectID("wait", subject); ok {
		d.waits[subject] = true
	}
	if analytics.IsModerationSubject(subject) {
		d.moderated[subject] = true
	}
}

// touchBy notes what an event adds to a live event or a workflow, of which there
// is too much to derive it all for one event, and to the cart of a call, which
// follows each event once.
func (d *derivation) touchBy(e *analytics.Event) {
	d.live.add(e)
	if isShopEvent(e) {
		d.shop[e.Key] = true
	}
}

// touchWhole notes that everything of a live event or a workflow is to be
// derived.
func (d *derivation) touchWhole(subject string) {
	_, isLiveEvent := analytics.SubjectID("live_event", subject)
	_, isWorkflow := analytics.SubjectID("workflow", subject)
	if isLiveEvent || isWorkflow {
		d.live.whole[subject] = true
	}
}

// deriveAtOnce is how many subjects one command asks for.
const deriveAtOnce = 1000

func (d *derivation) run(ctx context.Context) error {
	if err := d.deriveLive(ctx); err != nil {
		return err
	}
	waited, err := d.r.callsWaitedFor(ctx, d.reach, sortedKeys(d.waits))
	if err != nil {
		return err
	}
	for _, id := range waited {
		d.calls[id] = true
	}
	steps := []struct {
		of     map[string]bool
		derive func(context.Context, []string) error
	}{
		{d.calls, d.foldCalls},
		{d.calls, d.tellBrokenCheckouts},
		{d.live.whole, d.tellBrokenEnds},
		{d.purchases, d.foldPurchases},
		{d.moderated, d.foldModerations},
	}
	for _, step := range steps {
		for ids := range slices.Chunk(sortedKeys(step.of), deriveAtOnce) {
			if err := step.derive(ctx, ids); err != nil {
				return err
			}
		}
	}
	if len(d.carts) > 0 {
		if err := d.r.tellCarts(ctx, d.reach.Org, sortedKeys(d.carts)); err != nil {
			return err
		}
	}
	if err := d.attribute(ctx); err != nil {
		return err
	}
	for ids := range slices.Chunk(sortedKeys(d.figures), deriveAtOnce) {
		if err := d.deriveFigures(ctx, ids); err != nil {
			return err
		}
	}
	if err := d.finishProducts(ctx); err != nil {
		return err
	}
	return d.finishWorkflows(ctx)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// subjectsOf returns the subjects of ids.
func subjectsOf(ids []string, subject func(string) string) []string {
	subjects := make([]string, len(ids))
	for i, id := range ids {
		subjects[i] = subject(id)
	}
	return subjects
}

// eventsBySubject returns all events of some subjects.
func (d *derivation) eventsBySubject(ctx context.Context, subjects []string) (map[string][]*analytics.Event, error) {
	if len(subjects) == 0 {
		return nil, nil
	}
	events, err := find[analytics.Event](ctx, d.r.coll(collEvents), within(d.reach).in("subject", subjects).filter(), wholeResult())
	if err != nil {
		return nil, wrap(err, "find events by subject")
	}
	bySubject := make(map[string][]*analytics.Event, len(subjects))
	for _, e := range events {
		bySubject[e.Subject] = append(bySubject[e.Subject], e)
	}
	d.r.full.learn(d.reach, bySubject)
	return bySubject, nil
}
