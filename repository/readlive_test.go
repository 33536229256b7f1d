package repository_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// putCatalog stores reference records given as JSON.
func putCatalog(t tester, repo *repository.Repository, org string, records ...string) {
	t.Helper()
	parsed := make([]analytics.CatalogRecord, len(records))
	for i, record := range records {
		var err error
		if parsed[i], err = analytics.ParseCatalogRecord([]byte(record)); err != nil {
			t.Fatal(record, err)
		}
	}
	outcomes, err := repo.PutCatalog(t.Context(), org, parsed)
	if err != nil {
		t.Fatal(err)
	}
	for i, outcome := range outcomes {
		if outcome.Err != nil {
			t.Fatal(records[i], outcome.Err)
		}
	}
}

// readLive returns what a phase of the live event "live" comes to.
func readLive(t testing.TB, repo *repository.Repository, org string, phase analytics.LivePhase, period *analytics.Period) *analytics.LiveReading {
	t.Helper()
	readings, err := repo.ReadLive(t.Context(), analytics.Reach{Org: org}, phase, period, []string{"live"})
	if err != nil {
		t.Fatal(err)
	}
	return readings["live"]
}

// smallEvening is a broadcast from 10:00 to 11:00 with two viewers, a poll, a
// purchase during the replay and some prelive.
func smallEvening(t testing.TB) (catalog []string, events []analytics.Event) {
	catalog = []string{
		fmt.Sprintf(`{"kind":"live_event","id":"live","name":"Spring","startedAt":%q,"endedAt":%q}`, day.Format(time.RFC3339), day.Add(time.Hour).Format(time.RFC3339)),
		`{"kind":"interaction","id":"poll","liveEventId":"live","type":"poll","question":"Which?","options":["red","green"]}`,
		`{"kind":"product","sku":"shoe","name":"Shoe","variations":[{"sku":"shoe-40","name":"40"}]}`,
	}
	at := func(minute int) time.Time { return day.Add(time.Duration(minute) * time.Minute) }
	tell := func(minute int, visitor, kind string, data object) {
		more := object{"visitorId": visitor, "sessionId": "s-" + visitor, "liveEventId": "live"}
		if data != nil {
			more["data"] = data
		}
		events = append(events, event(t, fmt.Sprint("n", len(events)), kind, at(minute), more))
	}
	tell(-30, "ada", "session_started", object{"device": "mobile", "source": "mail"})
	tell(-29, "ada", "widget_viewed", object{"widget": "product"})
	tell(-28, "ada", "sms_subscribed", object{"phone": "+4670", "commercialOptin": true})
	tell(-5, "ada", "heartbeat", nil)
	tell(5, "ada", "heartbeat", nil)
	tell(10, "bob", "session_started", object{"device": "desktop"})
	tell(12, "bob", "poll_answered", object{"interactionId": "poll", "option": "red"})
	tell(15, "ada", "product_displayed", object{"sku": "shoe"})
	tell(16, "ada", "product_clicked", object{"sku": "shoe-40"})
	tell(20, "bob", "message_sent", object{"messageId": "m1", "author": "viewer", "text": "which size?"})
	tell(30, "bob", "session_ended", nil)
	tell(31, "ada", "session_ended", nil)
	events = append(events, event(t, "paid", "purchase", at(90), object{"visitorId": "ada", "sessionId": "other", "data": object{
		"transactionId": "t1", "amount": "20", "currency": "EUR", "products": []object{{"sku": "shoe-40", "price": "20", "quantity": 1}}}}))
	return catalog, events
}

func TestReadLive(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	catalog, events := smallEvening(t)
	putCatalog(t, repo, "acme", catalog...)
	absorb(t, repo, "acme", events...)

	t.Run("the live phase with what was bought after it", func(t *testing.T) {
		reading := readLive(t, repo, "acme", analytics.Live, nil)
		got := reading.Figures.Live(reading.ScopeAt(day.Add(2 * time.Hour)))
		if got.Audience.TotalViewers != 2 || got.Audience.MaxViewers != 2 || got.General.Questions != 1 || *got.Audience.AverageSession != (31+20)*60/2 {
			t.Errorf("audience is %+v, general %+v", got.Audience, got.General)
		}
		sales := []analytics.Money{{Minor: 2000, Currency: "EUR"}}
		want := []analytics.LiveProductMetrics{{
			SKU: "shoe", Order: ptr(1), Appearances: []analytics.Period{{Start: day.Add(15 * time.Minute), End: day.Add(time.Hour)}},
			Presented: 1, Clicks: 1, Purchases: 1, Quantity: 1, Sales: sales,
			ClickRate: analytics.Ratio{Numerator: 1, Denominator: 2}, AddToCartRate: analytics.Ratio{Denominator: 1}, PurchaseRate: analytics.Ratio{Numerator: 1},
		}}
		if diff := cmp.Diff(want, got.Products); diff != "" {
			t.Errorf("products (-want +got):\n%s", diff)
		}
	})
	t.Run("a period of the prelive phase that cuts a bucket", func(t *testing.T) {
		reading := readLive(t, repo, "acme", analytics.Prelive, &analytics.Period{Start: day.Add(-29 * time.Minute), End: day.Add(-28 * time.Minute)})
		got := reading.Figures.Prelive()
		if got.ProductWidget.TotalViews != 1 || got.Alerting.SMSAlerts != 0 || got.Audience.UniqueVisitors != 1 || *got.Audience.AverageSession != 60 {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("interactions over all phases", func(t *testing.T) {
		figures, err := repo.ReadInteractions(t.Context(), analytics.Reach{Org: "acme"}, []string{"live", "other"})
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]analytics.InteractionFigures{"live": {{InteractionID: "poll", Options: []analytics.OptionTally{{Option: "red", Count: 1}}, Participants: 1}}}
		if diff := cmp.Diff(want, figures); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("a live event of another organization is not known", func(t *testing.T) {
		if reading := readLive(t, repo, "zeta", analytics.Live, nil); reading != nil {
			t.Errorf("got %+v", reading)
		}
	})
	t.Run("a period that ends before it starts is refused", func(t *testing.T) {
		_, err := repo.ReadLive(t.Context(), analytics.Reach{Org: "acme"}, analytics.Replay, &analytics.Period{Start: noon, End: noon}, []string{"live"})
		if analytics.CodeOf(err) != analytics.BadUserInput {
			t.Errorf("got %v", err)
		}
	})
}

// TestFiguresOfEarlierVersionsAreCountedAnew holds that gateways before packed
// minutes and this one never take each other's figures for current.
func TestFiguresOfEarlierVersionsAreCountedAnew(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	catalog, events := smallEvening(t)
	putCatalog(t, repo, "acme", catalog...)
	absorb(t, repo, "acme", events...)
	foldLive(t, repo)
	want := readLive(t, repo, "acme", analytics.Live, nil)
	stored := func() bson.Raw {
		t.Helper()
		all, err := repo.Raw(t.Context(), "live_figures")
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range all {
			if one.Lookup("phase").StringValue() == string(analytics.Live) {
				return one
			}
		}
		t.Fatal("no figures are stored")
		return nil
	}
	counted := stored()
	if value, err := counted.LookupErr("fresh"); err == nil {
		t.Errorf("an earlier version would take figures for current: fresh is %v", value)
	}
	if len(counted.Lookup("figures", "series").Value) == 0 {
		t.Errorf("no minutes are stored in %v", counted)
	}

	if _, err := repo.Run(t.Context(), bson.D{{Key: "update", Value: "live_figures"}, {Key: "updates", Value: bson.A{bson.D{
		{Key: "q", Value: bson.D{{Key: "_id", Value: counted.Lookup("_id")}}},
		{Key: "u", Value: bson.D{
			{Key: "$set", Value: bson.D{{Key: "fresh", Value: true}, {Key: "figures.peak", Value: 77}, {Key: "figures.minutes", Value: bson.A{bson.D{{Key: "minute", Value: int64(60)}, {Key: "peak", Value: 77}}}}}},
			{Key: "$unset", Value: bson.D{{Key: "counted", Value: ""}, {Key: "figures.series", Value: ""}}},
		}},
	}}}}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, readLive(t, repo, "acme", analytics.Live, nil), sameReadings); diff != "" {
		t.Errorf("read of what an earlier version stored (-want +got):\n%s", diff)
	}
	if again := stored(); !counted.Lookup("figures").Equal(again.Lookup("figures")) {
		t.Errorf("what is stored then is %v, want the figures of %v", again, counted)
	}
}
