package repository_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"cartograph/analytics"
	"cartograph/repository"
)

// derived is everything that is derived from the events of an organization, by
// native id.
type derived struct {
	Calls     map[string]*analytics.Call
	Figures   map[string]*analytics.CallMetrics
	Purchases map[string]*analytics.Purchase
	Messages  map[string]*analytics.ChatMessage
	// Moderations are by subject.
	Moderations map[string]*analytics.Moderation
	// Shown are the SKUs displayed in live events, sorted.
	Shown map[string][]string
}

// storedBy returns what the repository has derived.
func storedBy(t testing.TB, repo *repository.Repository, org string) derived {
	t.Helper()
	return derived{
		Calls:       all(t, repo, "calls", org, func(c *analytics.Call) string { return c.CallID }),
		Figures:     all(t, repo, "call_metrics", org, func(m *analytics.CallMetrics) string { return m.CallID }),
		Purchases:   all(t, repo, "purchases", org, func(p *analytics.Purchase) string { return p.TransactionID }),
		Messages:    all(t, repo, "chat_messages", org, func(m *analytics.ChatMessage) string { return m.NativeID }),
		Moderations: all(t, repo, "moderations", org, func(m *analytics.Moderation) string { return m.Subject }),
		Shown:       shown(t, repo, org),
	}
}

// shown returns the products that live events show, sorted.
func shown(t testing.TB, repo *repository.Repository, org string) map[string][]string {
	t.Helper()
	skus := map[string][]string{}
	for id, e := range all(t, repo, "live_events", org, func(e *analytics.LiveEvent) string { return e.LiveEventID }) {
		skus[id] = slices.Sorted(slices.Values(e.SKUs))
	}
	return skus
}

func all[T any](t tester, repo *repository.Repository, collection, org string, id func(*T) string) map[string]*T {
	t.Helper()
	list, err := repository.All[T](t.Context(), repo, collection, org)
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string]*T{}
	for _, item := range list {
		byID[id(item)] = item
	}
	return byID
}

// fromScratch folds everything that is stored of an organization's events, all
// at once and without the repository's help.
func fromScratch(t testing.TB, repo *repository.Repository, org string) derived {
	t.Helper()
	events, err := repository.All[analytics.Event](t.Context(), repo, "events", org)
	if err != nil {
		t.Fatal(err)
	}
	d := derived{
		Calls: map[string]*analytics.Call{}, Figures: map[string]*analytics.CallMetrics{},
		Purchases: map[string]*analytics.Purchase{}, Messages: map[string]*analytics.ChatMessage{}, Moderations: map[string]*analytics.Moderation{},
		Shown: map[string][]string{},
	}
	liveEvents := all(t, repo, "live_events", org, func(e *analytics.LiveEvent) string { return e.LiveEventID })
	for id := range liveEvents {
		d.Shown[id] = nil
	}
	bySubject := map[string][]*analytics.Event{}
	var joins []*analytics.Event
	for _, e := range events {
		bySubject[e.Subject] = append(bySubject[e.Subject], e)
		if e.Type == analytics.JoinedQueue {
			joins = append(joins, e)
		}
	}
	var touches []*analytics.Touch
	for subject, ofSubject := range bySubject {
		if id, ok := analytics.SubjectID("call", subject); ok {
			folded := analytics.FoldCall(org, id, ofSubject, joins, nil)
			if folded.Call == nil {
				continue
			}
			d.Calls[id] = folded.Call
			for _, m := range folded.Messages {
				d.Messages[m.NativeID] = m
			}
			if c := folded.Call; c.Status == analytics.Accepted {
				touches = append(touches, &analytics.Touch{CallID: id, VisitorID: string(c.ClientID), StartedAt: *c.StartedAt})
			}
		}
		if id, ok := analytics.SubjectID("purchase", subject); ok {
			d.Purchases[id] = analytics.FoldPurchase(org, ofSubject)
		}
		if id, ok := analytics.SubjectID("live_event", subject); ok {
			for _, e := range ofSubject {
				if _, wiped := liveEvents[id].WipedSpan(e.At); wiped {
					continue
				}
				if e.Type == analytics.ProductDisplayed && !slices.Contains(d.Shown[id], e.Data.SKU) {
					d.Shown[id] = append(d.Shown[id], e.Data.SKU)
					slices.Sort(d.Shown[id])
				}
				if e.Type != analytics.MessageSent {
					continue
				}
				m := analytics.NewChatMessage(org, e)
				if known := d.Messages[m.NativeID]; known == nil || m.Rank < known.Rank {
					d.Messages[m.NativeID] = m
				}
			}
		}
	}
	for subject, ofSubject := range bySubject {
		if !analytics.IsModerationSubject(subject) {
			continue
		}
		id, _ := analytics.SubjectID("live_event", ofSubject[0].About)
		moderation := analytics.FoldModeration(org, ofSubject, liveEvents[id].Wiped)
		d.Moderations[subject] = moderation
		for _, m := range d.Messages {
			moderation.ApplyTo(m)
		}
	}
	ofCall := map[string][]*analytics.Purchase{}
	for _, p := range d.Purchases {
		p.CallID = analytics.AttributePurchase(p, touches)
		ofCall[p.CallID] = append(ofCall[p.CallID], p)
	}
	for id, c := range d.Calls {
		d.Figures[id] = analytics.FoldCallMetrics(c, ofCall[id])
	}
	return d
}

// sameAsFromScratch fails the test where what is stored is not what folding
// everything from scratch gives. Versions only count writes.
func sameAsFromScratch(t testing.TB, repo *repository.Repository, org string) {
	t.Helper()
	diff := cmp.Diff(fromScratch(t, repo, org), storedBy(t, repo, org), withoutVersions...)
	if diff != "" {
		t.Fatalf("stored documents differ from folding from scratch (-want +got):\n%s", diff)
	}
}

var withoutVersions = cmp.Options{
	cmpopts.IgnoreFields(analytics.Call{}, "Version"),
	cmpopts.IgnoreFields(analytics.CallMetrics{}, "Version", "FormerTimes"),
	cmpopts.IgnoreFields(analytics.Purchase{}, "Version", "FormerCalls", "FormerTimes", "Live"),
	cmpopts.IgnoreFields(analytics.Moderation{}, "Version"),
	cmpopts.IgnoreFields(analytics.ChatMessage{}, "FormerTimes", "Decided", "BanDecided"),
	cmpopts.EquateEmpty(),
}

// nothingLeftToRecover fails the test where a mark is left.
func nothingLeftToRecover(t testing.TB, repo *repository.Repository, org string) {
	t.Helper()
	type mark struct {
		Subjects []string `bson:"subjects"`
	}
	marks, err := repository.All[mark](t.Context(), repo, "dirty_marks", org)
	if err != nil {
		t.Fatal(err)
	}
	if len(marks) > 0 {
		t.Fatalf("%d marks are left: %v", len(marks), *marks[0])
	}
}
