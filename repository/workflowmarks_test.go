package repository_test

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

func TestWorkflowsAreFoldedByWhoeverComes(t *testing.T) {
	uri, database := repositorytest.Database(t)
	gateways := []*repository.Repository{repositorytest.OpenAt(t, uri, database, nil), repositorytest.OpenAt(t, uri, database, nil)}
	for round := range 4 {
		org := freshOrg()
		putWorkflows(t, gateways[0], org)
		var events []analytics.Event
		for i, e := range slices.Concat(rapid.Custom(workflowEvents).Example(round), rapid.Custom(workflowEvents).Example(round+10), rapid.Custom(workflowEvents).Example(round+20)) {
			e.EventID = fmt.Sprintf("%s-%d", e.EventID, i/25)
			events = append(events, e)
		}
		writeAndFold(t, gateways, org, events, round, func(ctx context.Context, gateway *repository.Repository) error {
			_, err := gateway.FoldWorkflows(ctx, time.Now())
			return err
		}, func() { sameWorkflows(t, t, gateways[0], org, whole, time.UTC) })
		for n := 1; n > 0; {
			var err error
			if n, err = gateways[0].FoldWorkflows(t.Context(), time.Now()); err != nil {
				t.Fatal(err)
			}
		}
		noMarksOfWorkflows(t, gateways[0], org)
		sameWorkflows(t, t, gateways[0], org, whole, time.UTC)
	}
}

// Whatever breaks off, at any command: a batch or a fold.
func TestWorkflowsOfABatchThatIsBrokenOff(t *testing.T) {
	uri, database := repositorytest.Database(t)
	healthy := repositorytest.OpenAt(t, uri, database, nil)
	frail := openFrail(t, uri, database)
	on := func(id, kind string, minute int, visitor string, more object) analytics.Event {
		o := object{"visitorId": visitor, "sessionId": "s-" + visitor}
		for key, value := range more {
			o[key] = value
		}
		return event(t, id, kind, day.Add(time.Duration(minute)*time.Minute), o)
	}
	paid := func(transaction string) object {
		return object{"data": object{"transactionId": transaction, "amount": "10", "currency": "EUR"}}
	}
	goal := object{"data": object{"uid": "g", "name": analytics.VisitorPurchased}}
	before := []analytics.Event{
		on("b1", "interacted", 0, "v", object{"workflowId": "adviser"}),
		on("b2", "page_viewed", 1, "v", object{"workflowId": "pages", "data": object{"url": "/"}}),
		on("b3", "purchase", 60, "v", paid("t1")),
		on("b4", "goal_reached", 60, "v", goal),
		on("b5", "goal_reached", 90, "w", goal),
	}
	batch := []analytics.Event{
		on("n1", "page_viewed", 1, "w", object{"workflowId": "pages", "data": object{"url": "/"}}),
		on("n2", "interacted", 10, "w", object{"workflowId": "adviser"}),
		on("n3", "purchase", 40, "u", paid("t1")), // earlier, and somebody else's
		on("n4", "purchase", 95, "w", paid("t2")),
		on("n5", "goal_reached", 100, "v", goal),
	}
	breakOff := func(n int64, do func(ctx context.Context) error) bool {
		_, err := frail.until(t, n, do)
		return err != nil
	}
	prepared := func(org string) {
		putWorkflows(t, healthy, org)
		absorb(t, healthy, org, slices.Clone(before)...)
		if _, err := healthy.FoldWorkflows(t.Context(), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	foldAll := func(org string) {
		if _, err := healthy.FoldWorkflows(t.Context(), time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		noMarksOfWorkflows(t, healthy, org)
		sameWorkflows(t, t, healthy, org, whole, time.UTC)
	}

	t.Run("a batch, sent again", func(t *testing.T) {
		for n, broke := int64(1), true; broke; n += stride() {
			org := freshOrg()
			prepared(org)
			broke = breakOff(n, func(ctx context.Context) error {
				_, err := frail.Absorb(ctx, org, slices.Clone(batch))
				return err
			})
			absorb(t, healthy, org, slices.Clone(batch)...)
			sameWorkflows(t, t, healthy, org, whole, time.UTC)
			foldAll(org)
		}
	})
	t.Run("a batch, found by those who keep house", func(t *testing.T) {
		for n, broke := int64(1), true; broke; n += stride() {
			org := freshOrg()
			prepared(org)
			broke = breakOff(n, func(ctx context.Context) error {
				_, err := frail.Absorb(ctx, org, slices.Clone(batch))
				return err
			})
			if n%2 == 0 { // in either order
				foldAnyway(t, healthy)
			}
			if _, err := healthy.Recover(t.Context(), 0, time.Now().Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			sameWorkflows(t, t, healthy, org, whole, time.UTC)
			foldAll(org)
		}
	})
	t.Run("a fold", func(t *testing.T) {
		for n, broke := int64(1), true; broke; n += stride() {
			org := freshOrg()
			prepared(org)
			absorb(t, healthy, org, slices.Clone(batch)...)
			broke = breakOff(n, func(ctx context.Context) error {
				_, err := frail.FoldWorkflows(ctx, time.Now())
				return err
			})
			sameWorkflows(t, t, healthy, org, whole, time.UTC)
			foldAll(org)
		}
	})
}

// overtaken returns a repository that, at the n-th of its commands from now on,
// lets something else happen first, and whether it came to that.
func overtaken(t *testing.T, uri, database string) (slow *repository.Repository, at func(n int64, happens func()) (came func() bool)) {
	var commands atomic.Int64
	var overtakeAt int64
	var overtake atomic.Pointer[func()]
	slow = repositorytest.OpenAt(t, uri, database, func(string) {
		if f := overtake.Load(); f != nil && commands.Add(1) == overtakeAt {
			overtake.Store(nil)
			(*f)()
		}
	})
	return slow, func(n int64, happens func()) func() bool {
		commands.Store(0)
		overtakeAt = n
		overtake.Store(&happens)
		return func() bool { return overtake.Swap(nil) == nil }
	}
}

// A slow fold that others overtake at any of its commands stores nothing that
// was true before them; a slow batch that was taken for broken off loses nothing.
func TestWorkflowsOfWhomOthersOvertake(t *testing.T) {
	uri, database := repositorytest.Database(t)
	quick := repositorytest.OpenAt(t, uri, database, nil)
	slow, at := overtaken(t, uri, database)
	bought := func(id string, minute int, visitor string) analytics.Event {
		return event(t, id, "purchase", day.Add(time.Duration(minute)*time.Minute), object{"visitorId": visitor,
			"data": object{"transactionId": "t", "amount": "10", "currency": "EUR"}})
	}
	goal := func(id string, minute int) analytics.Event {
		return event(t, id, "goal_reached", day.Add(time.Duration(minute)*time.Minute), object{"visitorId": "v", "data": object{"uid": "g", "name": analytics.VisitorPurchased}})
	}
	first := []analytics.Event{
		event(t, "1", "interacted", day.Add(-8*time.Hour), object{"visitorId": "v", "workflowId": "adviser"}),
		bought("2", 60, "v"), goal("3", 300),
	}
	second := []analytics.Event{bought("4", 20, "somebody else"), goal("5", 400)}
	check := func(t *testing.T, org string) {
		t.Helper()
		sameWorkflows(t, t, quick, org, whole, time.UTC)
		foldAnyway(t, quick)
		noMarksOfWorkflows(t, quick, org)
		sameWorkflows(t, t, quick, org, whole, time.UTC)
	}

	t.Run("a fold", func(t *testing.T) {
		n, came := int64(1), true
		for ; came; n += stride() {
			org := freshOrg()
			putWorkflows(t, quick, org)
			absorb(t, quick, org, slices.Clone(first)...)
			overtook := at(n, func() {
				absorb(t, quick, org, slices.Clone(second)...)
				foldAnyway(t, quick)
			})
			if _, err := slow.FoldWorkflows(t.Context(), time.Now()); err != nil {
				t.Fatal(err)
			}
			came = overtook()
			check(t, org)
		}
		if n < 15 {
			t.Errorf("the fold was overtaken at %d commands only", n-2)
		}
	})
	t.Run("a batch", func(t *testing.T) {
		n, came := int64(1), true
		for ; came; n += stride() {
			org := freshOrg()
			putWorkflows(t, quick, org)
			absorb(t, quick, org, slices.Clone(first)...)
			overtook := at(n, func() { foldAnyway(t, quick) })
			if _, err := slow.Absorb(t.Context(), org, slices.Clone(second)); err != nil {
				t.Fatal(err)
			}
			came = overtook()
			check(t, org)
		}
		if n < 10 {
			t.Errorf("the batch was overtaken at %d commands only", n-2)
		}
	})
}

// What lies far apart is folded apart: a batch of old and new events costs a fold
// no more than they are many, whatever lies between them.
func TestTheFoldOfWorkflowsOverCenturies(t *testing.T) {
	var commands atomic.Int64
	repo := repositorytest.Open(t, func(string) { commands.Add(1) })
	org := freshOrg()
	putWorkflows(t, repo, org)
	var events []analytics.Event
	for year := range 40 {
		events = append(events, event(t, fmt.Sprint(year), "page_viewed", day.AddDate(-50*year, 0, 0), object{
			"visitorId": "v", "sessionId": fmt.Sprint(year), "workflowId": "pages", "data": object{"url": "/"}}))
	}
	absorb(t, repo, org, events...)
	commands.Store(0)
	foldAnyway(t, repo)
	if n := commands.Load(); n > 40*12 {
		t.Errorf("the fold of 40 events took %d commands", n)
	}
	noMarksOfWorkflows(t, repo, org)
	ever := analytics.Period{Start: day.AddDate(-2020, 0, 0), End: day.AddDate(1, 0, 0)}
	sameWorkflows(t, t, repo, org, ever, time.UTC)
}

// foldAnyway folds what was broken off too.
func foldAnyway(t *testing.T, repo *repository.Repository) {
	t.Helper()
	if _, err := repo.FoldWorkflows(t.Context(), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
}

// A store from before days were stored has them once a gateway has started.
func TestDaysOfWorkflowsOfAnOlderStore(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	org := freshOrg()
	putWorkflows(t, repo, org)
	var events []analytics.Event
	for n := range 40 {
		events = append(events, event(t, fmt.Sprint(n), "page_viewed", day.Add(time.Duration(n)*7*time.Hour), object{
			"visitorId": fmt.Sprint("v", n%7), "sessionId": fmt.Sprint(n), "workflowId": "pages", "data": object{"url": "/"}}))
	}
	absorb(t, repo, org, events...)
	foldAnyway(t, repo)
	forget := func() {
		command := bson.D{{Key: "delete", Value: "workflow_days"}, {Key: "deletes", Value: bson.A{bson.D{{Key: "q", Value: bson.D{}}, {Key: "limit", Value: 0}}}}}
		if _, err := repo.Run(t.Context(), command); err != nil {
			t.Fatal(err)
		}
	}
	forget()
	for range 2 { // the second time there is nothing to do
		if err := repo.CompleteWorkflowDays(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	sameWorkflows(t, t, repo, org, whole, time.UTC)
	forget()
	if err := repo.CompleteWorkflowDays(t.Context()); err != nil {
		t.Fatal(err)
	}
	if days, err := repository.All[bson.M](t.Context(), repo, "workflow_days", org); err != nil || len(days) != 0 {
		t.Errorf("%d days, %v: what is complete was completed again", len(days), err)
	}
}
