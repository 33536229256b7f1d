package repository

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
)

// Absorb takes in events of one organization, in the order given, and derives
// what they change: when it returns, every query sees them. It returns one
// outcome per event: accepted, a duplicate of one that came in before, an echo,
// or refused with NotFound where it names an unknown live event, interaction or
// workflow, with Conflict where it contradicts a call's known start or end, and with
// LimitExceeded where its call has all the events that it may have.
//
// It fails only where nothing can be said, because the database cannot be
// reached or ctx ended. Whatever was stored by then is finished when the events
// are sent again, or by Recover; nothing counts twice.
//
// The number of database commands does not depend on the number of events.
// Batches should hold at most about a thousand. The keys of the events, and the
// order in which imported rows arrived, are filled in.
func (r *Repository) Absorb(ctx context.Context, org string, events []analytics.Event) ([]Outcome, error) {
	a := &absorption{r: r, reach: analytics.Reach{Org: org}, events: events, outcomes: make([]Outcome, len(events))}
	for i := range events {
		e := &events[i]
		e.Org, e.Key, e.Personal = org, a.reach.Key(e.EventID), e.PersonalTime()
		if e.Type == analytics.CallImported {
			e.Arrival = r.nextArrival()
		}
	}
	if err := a.run(ctx); err != nil {
		return nil, wrap(err, "absorb %d events", len(events))
	}
	return a.outcomes, nil
}

// nextArrival numbers imported rows in the order they come in: by the clock, and
// each later than the one before.
func (r *Repository) nextArrival() int64 {
	for {
		last := r.lastArrival.Load()
		next := max(last+1, time.Now().UnixMicro())
		if r.lastArrival.CompareAndSwap(last, next) {
			return next
		}
	}
}

// absorption is one batch on its way in.
type absorption struct {
	r        *Repository
	reach    analytics.Reach
	events   []analytics.Event
	outcomes []Outcome
	known    map[string]bool // keys of events that came in before
	fresh    []int           // places of events to be stored
}

func (a *absorption) run(ctx context.Context) error {
	if err := a.findKnown(ctx); err != nil {
		return err
	}
	references, err := a.findReferences(ctx)
	if err != nil {
		return err
	}
	if err := a.admit(ctx, references); err != nil {
		return err
	}
	if err := a.r.placeholders(ctx, a.reach, a.freshEvents()); err != nil {
		return err
	}
	d := newDerivation(a.r, a.reach.Org)
	live := a.liveMark()
	if err := a.r.setLiveMark(ctx, a.reach.Org, live); err != nil {
		return err
	}
	if len(a.fresh) > 0 {
		mark, err := a.store(ctx, d)
		if err != nil {
			return err
		}
		d.mark = mark
	}
	if err := a.finishOthers(ctx, d); err != nil {
		return err
	}
	if err := d.run(ctx); err != nil {
		return err
	}
	a.r.announceEvents(a.reach.Org, a.freshEvents())
	if err := a.r.finishLiveMark(ctx, live); err != nil {
		return err
	}
	if d.mark != nil {
		if err := a.r.clearMark(ctx, d.mark); err != nil {
			return err
		}
	}
	a.r.foldProductBacklog(ctx)
	if live.empty() {
		return nil
	}
	a.r.unfolded.Add(1)
	a.r.foldBacklog(ctx, a.reach)
	return nil
}

// liveMark returns the mark of what live events are folded from, duplicates
// included: who brought them first may not have come to finish them.
func (a *absorption) liveMark() *liveMark {
	mark := new(liveMark)
	for i := range a.events {
		if status := a.outcomes[i].Status; status == Accepted || status == Duplicate {
			mark.add(&a.events[i])
		}
	}
	return mark
}

// findKnown finds out which events came in before.
func (a *absorption) findKnown(ctx context.Context) error {
	keys := make([]string, 0, len(a.events))
	for i := range a.events {
		keys = append(keys, a.events[i].Key)
	}
	found, err := find[analytics.Event](ctx, a.r.coll(collEvents), within(a.reach).in("_id", keys).filter(),
		wholeResult().SetProjection(bson.D{{Key: "_id", Value: 1}}))
	if err != nil {
		return wrap(err, "find known events")
	}
	a.known = make(map[string]bool, len(found))
	for _, e := range found {
		a.known[e.Key] = true
	}
	return nil
}

// admit decides about every event in the order they came, and writes what they
// claim of their calls. Where somebody else claims at the same time it decides
// again.
func (a *absorption) admit(ctx context.Context, references *references) error {
	for {
		claimed, err := a.claims(ctx)
		if err != nil {
			return err
		}
		swaps := a.decide(references, claimed)
		lost, err := a.r.swapAll(ctx, collCallClaims, a.reach.Org, swaps)
		if err != nil {
			return wrap(err, "write claims of calls")
		}
		if len(lost) == 0 {
			return nil
		}
	}
}

// claims returns the claims of the calls of which a start or an end came in.
func (a *absorption) claims(ctx context.Context) (map[string]*callClaim, error) {
	ids := map[string]bool{}
	for i := range a.events {
		e := &a.events[i]
		if id, ok := analytics.SubjectID("call", e.Subject); ok && claims(e) && !a.known[e.Key] {
			ids[id] = true
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return a.r.claimsOf(ctx, a.reach, sortedKeys(ids))
}

// decide fills in the outcomes as far as they follow from what is known, and
// returns the claims to write. Of two equal ids in the batch the first that is
// not refused counts.
func (a *absorption) decide(references *references, claimed map[string]*callClaim) []swap {
	current := map[string]*callClaim{}
	changed := map[string]bool{}
	taken := map[string]bool{}
	a.fresh = a.fresh[:0]
	for i := range a.events {
		e := &a.events[i]
		if e.EchoOf(a.reach.Org) {
			a.outcomes[i] = Outcome{Status: Echo}
			continue
		}
		if a.known[e.Key] || taken[e.Key] {
			a.outcomes[i] = Outcome{Status: Duplicate}
			continue
		}
		if err := cmp.Or(references.check(e), a.r.full.check(a.reach, e)); err != nil {
			a.outcomes[i] = Outcome{Err: err}
			continue
		}
		if id, ok := analytics.SubjectID("call", e.Subject); ok && claims(e) {
			claim := current[id]
			if claim == nil {
				claim = &callClaim{Key: a.reach.Key(id), Org: a.reach.Org, CallID: id}
				if before := claimed[id]; before != nil {
					*claim = *before
				}
				current[id] = claim
			}
			news, err := claim.admit(e)
			if err != nil {
				a.outcomes[i] = Outcome{Err: err}
				continue
			}
			changed[id] = changed[id] || news
		}
		taken[e.Key] = true
		a.outcomes[i] = Outcome{Status: Accepted}
		a.fresh = append(a.fresh, i)
	}
	var swaps []swap
	for _, id := range sortedKeys(changed) {
		if changed[id] {
			claim := current[id]
			claim.Version++
			swaps = append(swaps, swap{claim.Key, claim.Version - 1, claim})
		}
	}
	return swaps
}

func (a *absorption) freshEvents() []*analytics.Event {
	events := make([]*analytics.Event, len(a.fresh))
	for i, at := range a.fresh {
		events[i] = &a.events[at]
	}
	return events
}

// store marks what the fresh events touch and writes them. One that somebody
// else wrote in between is a duplicate.
func (a *absorption) store(ctx context.Context, d *derivation) (*dirtyMark, error) {
	slices.SortFunc(a.fresh, func(i, j int) int { return strings.Compare(a.events[i].Key, a.events[j].Key) })
	fresh := a.freshEvents()
	subjects := map[string]bool{}
	documents := make([]any, len(fresh))
	for i, e := range fresh {
		documents[i] = e
		if isDerivedFrom(e) {
			subjects[e.Subject] = true
		}
	}
	var mark *dirtyMark
	if len(subjects) > 0 {
		var err error
		if mark, err = a.r.setMark(ctx, a.reach.Org, sortedKeys(subjects)); err != nil {
			return nil, err
		}
	}
	if err := d.coverWorkflows(ctx, spansOf(fresh)); err != nil {
		return nil, err
	}
	taken, err := a.r.storeEvents(ctx, a.reach, fresh, documents)
	if err != nil {
		return nil, err
	}
	for _, i := range taken {
		a.outcomes[a.fresh[i]] = Outcome{Status: Duplicate}
	}
	for i, e := range fresh {
		d.touch(e.Subject)
		if !slices.Contains(taken, i) {
			d.touchBy(e)
		}
	}
	return mark, nil
}

// finishOthers looks at duplicates: what they belong to may be half done by
// whoever brought them first, and who sent them again must find it done.
func (a *absorption) finishOthers(ctx context.Context, d *derivation) error {
	var duplicates []*analytics.Event
	for i := range a.events {
		if a.outcomes[i].Status == Duplicate && isDerivedFrom(&a.events[i]) {
			duplicates = append(duplicates, &a.events[i])
		}
	}
	if len(duplicates) == 0 {
		return nil
	}
	marks, err := a.r.marksOf(ctx, a.reach.Org)
	if err != nil {
		return err
	}
	dirty := map[string]bool{}
	for _, mark := range marks {
		if d.mark != nil && mark.Key == d.mark.Key {
			continue
		}
		for _, subject := range mark.Subjects {
			dirty[subject] = true
		}
	}
	var keys []string
	for _, e := range duplicates {
		if dirty[e.Subject] {
			keys = append(keys, e.Key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	// What counts is what was stored under their ids, not what came now.
	stored, err := find[analytics.Event](ctx, a.r.coll(collEvents), within(a.reach).in("_id", keys).filter(), wholeResult())
	if err != nil {
		return wrap(err, "find events again")
	}
	d.thorough = true
	for _, e := range stored {
		d.touch(e.Subject)
		d.touchBy(e)
	}
	return nil
}
