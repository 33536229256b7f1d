package repository_test

import (
	"context"
	"fmt"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"cartograph/analytics"
	"cartograph/repository"
)

// evening is when the live events of these tests happen.
var evening = time.Date(2026, 3, 28, 20, 0, 0, 0, time.UTC)

var twoLiveEvents = []string{"live", "other"}

// drawMoment draws moments that often lie on the edges that matter: of minutes,
// of quarters of an hour, and half an hour apart.
func drawMoment(t *rapid.T, name string) time.Time {
	at := evening.Add(time.Duration(rapid.IntRange(0, 36).Draw(t, name)) * 5 * time.Minute)
	return at.Add(rapid.SampledFrom([]time.Duration{0, 0, 0, time.Millisecond, -time.Millisecond, 20 * time.Second, 75 * time.Second}).Draw(t, name+" past"))
}

// liveStreamed draws one event of two live events: of few visitors, sessions,
// carts, transactions and messages, so that they meet.
func liveStreamed(t *rapid.T, number int) analytics.Event {
	kind := rapid.SampledFrom([]string{
		"session_started", "session_started", "session_started", "session_started", "heartbeat", "heartbeat", "heartbeat", "heartbeat", "session_ended",
		"widget_viewed", "widget_clicked", "teaser_watched", "alert_opened", "sms_subscribed", "calendar_subscribed", "shared", "catalog_opened",
		"liked", "product_displayed", "product_hidden", "product_clicked", "added_to_cart", "removed_from_cart", "survey_shown", "survey_answered",
		"poll_answered", "winning_instant_played", "message_sent", "message_sent", "purchase", "purchase", "goal_reached", "viewer_identified",
	}).Draw(t, "type")
	n := rapid.IntRange(1, 5).Draw(t, "session")
	at := drawMoment(t, "at")
	more := object{"visitorId": fmt.Sprintf("v%d", (n+1)/2), "liveEventId": rapid.SampledFrom([]string{"live", "live", "live", "other"}).Draw(t, "live event")}
	data := object{}
	more["data"] = data
	switch kind {
	case "session_started", "session_ended", "heartbeat":
		more["sessionId"] = fmt.Sprintf("s%d", n)
	default:
		if rapid.IntRange(0, 3).Draw(t, "with session") > 0 {
			more["sessionId"] = fmt.Sprintf("s%d", n)
		}
	}
	pick := func(name string, values ...string) { data[name] = rapid.SampledFrom(values).Draw(t, name) }
	sku := rapid.SampledFrom([]string{"cap", "shoe-40", "shoe-41", "bag"})
	switch kind {
	case "session_started":
		pick("device", "desktop", "mobile", "tablet")
		pick("source", "mail", "ads")
	case "widget_viewed", "widget_clicked":
		pick("widget", "product", "gallery", "floating_player")
	case "teaser_watched":
		data["seconds"] = rapid.IntRange(0, 90).Draw(t, "seconds")
	case "sms_subscribed":
		data["phone"], data["commercialOptin"] = "+4670", rapid.Bool().Draw(t, "optin")
	case "liked":
		data["count"] = rapid.IntRange(1, 5).Draw(t, "count")
	case "product_displayed", "product_hidden", "product_clicked":
		data["sku"] = sku.Draw(t, "sku")
	case "added_to_cart", "removed_from_cart":
		data["sku"], data["quantity"] = sku.Draw(t, "sku"), 1
		data["cart"] = object{"id": rapid.SampledFrom([]string{"c1", "c2"}).Draw(t, "cart"), "amount": rapid.IntRange(0, 50).Draw(t, "amount"), "currency": "EUR"}
	case "survey_answered":
		data["rating"] = rapid.IntRange(1, 5).Draw(t, "rating")
		pick("comment", "nice", " ")
	case "poll_answered":
		data["interactionId"] = more["liveEventId"].(string) + "-poll"
		pick("option", "yes", "no")
	case "winning_instant_played":
		data["interactionId"], data["won"] = more["liveEventId"].(string)+"-draw", rapid.Bool().Draw(t, "won")
	case "message_sent":
		pick("messageId", "m1", "m2", "m3")
		pick("author", "viewer", "viewer", "brand")
		pick("text", "hello", "which size?")
	case "viewer_identified":
		data["firstName"], data["email"], data["optin"] = "Ada", "ada@example.org", true
	case "goal_reached":
		data["uid"], data["name"] = "g", "Goal"
	case "purchase":
		pick("transactionId", "t1", "t2", "t3", "t4")
		data["amount"], data["currency"] = rapid.IntRange(1, 90).Draw(t, "total"), rapid.SampledFrom([]string{"EUR", "SEK"}).Draw(t, "currency")
		var lines []object
		for _, sku := range rapid.SliceOfNDistinct(sku, 0, 3, rapid.ID).Draw(t, "lines") {
			lines = append(lines, object{"sku": sku, "price": 2, "quantity": 1})
		}
		data["products"] = lines
		if rapid.Bool().Draw(t, "names none") {
			delete(more, "liveEventId")
		}
		if rapid.IntRange(0, 3).Draw(t, "later") == 0 {
			at = at.AddDate(0, 0, 30)
		}
	}
	return event(t, fmt.Sprintf("l%d", number), kind, at, more)
}

// phasesOf returns the catalog record of a live event with drawn phases.
func phasesOf(t *rapid.T, id string) string {
	started := drawMoment(t, "started")
	phases := ""
	if rapid.IntRange(0, 4).Draw(t, "has started") > 0 {
		phases = fmt.Sprintf(`,"startedAt":%q`, started.Format(time.RFC3339Nano))
		if rapid.IntRange(0, 3).Draw(t, "has ended") > 0 {
			phases += fmt.Sprintf(`,"endedAt":%q`, started.Add(time.Duration(rapid.IntRange(1, 40).Draw(t, "lasts"))*3*time.Minute).Format(time.RFC3339Nano))
		}
	}
	return fmt.Sprintf(`{"kind":"live_event","id":%q,"name":"Spring"%s}`, id, phases)
}

// productsOf returns catalog records by which two SKUs are one product, or two.
func productsOf(one bool) []string {
	if one {
		return []string{`{"kind":"product","sku":"shoe","name":"Shoe","variations":[{"sku":"shoe-40","name":"40"},{"sku":"shoe-41","name":"41"}]}`}
	}
	return []string{`{"kind":"product","sku":"shoe","name":"Shoe","variations":[{"sku":"shoe-40","name":"40"}]}`}
}

func putLiveCatalog(t *rapid.T, repo *repository.Repository, org string) {
	records := productsOf(true)
	for _, id := range twoLiveEvents {
		records = append(records, phasesOf(t, id),
			fmt.Sprintf(`{"kind":"interaction","id":"%s-poll","liveEventId":%q,"type":"poll","options":["yes","no"]}`, id, id),
			fmt.Sprintf(`{"kind":"interaction","id":"%s-draw","liveEventId":%q,"type":"winning_instant"}`, id, id))
	}
	putCatalog(t, repo, org, records...)
}

// sameReadings compares what was read with what folding from scratch gives;
// visitors may have other numbers.
var sameReadings = cmp.Options{
	cmp.Comparer(func(a, b analytics.Ordinals) bool { return a.Count() == b.Count() }),
	cmp.FilterValues(func(a, b analytics.PackedMinutes) bool { return len(a)+len(b) > 0 }, cmp.Transformer("minutes", func(p analytics.PackedMinutes) []analytics.MinuteTally {
		minutes, err := p.Unpack()
		if err != nil {
			panic(err)
		}
		return minutes
	})),
	cmpopts.IgnoreFields(analytics.LiveScope{}, "ProductOf"),
	cmpopts.EquateEmpty(),
}

// readsAsFromScratch fails the test where reading a phase of the two live events
// is not what folding from scratch gives.
func readsAsFromScratch(t tester, repo *repository.Repository, s *liveFromScratch, phase analytics.LivePhase, period *analytics.Period) {
	t.Helper()
	got, err := repo.ReadLive(t.Context(), analytics.Reach{Org: s.org}, phase, period, twoLiveEvents)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range twoLiveEvents {
		want := s.read(id, phase, period)
		if diff := cmp.Diff(want, got[id], sameReadings); diff != "" {
			t.Fatalf("%s of %s in %v differs from folding from scratch (-want +got):\n%s", phase, id, period, diff)
		}
		now := evening.Add(2 * time.Hour)
		if diff := cmp.Diff(metricsOf(want, phase, now), metricsOf(got[id], phase, now), sameReadings); diff != "" {
			t.Fatalf("metrics of %s of %s in %v differ (-want +got):\n%s", phase, id, period, diff)
		}
	}
}

// metricsOf applies the formulas of a phase.
func metricsOf(r *analytics.LiveReading, phase analytics.LivePhase, now time.Time) any {
	scope := r.ScopeAt(now)
	switch phase {
	case analytics.Prelive:
		steps, _ := r.Figures.PreliveEvolution(scope, analytics.Hour, time.UTC)
		return []any{r.Figures.Prelive(), steps}
	case analytics.Live:
		steps, _ := r.Figures.LiveEvolution(scope, analytics.Hour, time.UTC)
		return []any{r.Figures.Live(scope), steps}
	default:
		steps, _ := r.Figures.ReplayEvolution(scope, analytics.Hour, time.UTC)
		return []any{r.Figures.Replay(scope), steps}
	}
}

// tester is a test, or one case of a property.
type tester interface {
	Helper()
	Context() context.Context
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}
