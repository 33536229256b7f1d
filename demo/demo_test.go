package demo_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"iter"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/demo"
)

func TestTheDataIsTheSame(t *testing.T) {
	// A store that holds the data of another hash keeps that: events count once
	// by their ids. Change a hash only together with what the data says.
	for _, stream := range []struct {
		name string
		data func() iter.Seq[[]byte]
		want string
	}{
		{"catalog", demo.Catalog, "b7f002a12f8a0691"},
		{"events", demo.Events, "c35d81de573b5453"},
		{"call rows", callRows, "ca14876bd2d9da5d"},
	} {
		t.Run(stream.name+" have the same bytes every time and on every machine", func(t *testing.T) {
			first, second := hash(stream.data()), hash(stream.data())
			if first != second {
				t.Errorf("two runs differ: %s and %s", first, second)
			}
			if first != stream.want {
				t.Errorf("got %s, want %s", first, stream.want)
			}
		})
	}
}

func hash(data iter.Seq[[]byte]) string {
	h := sha256.New()
	for line := range data {
		h.Write(line)
		h.Write([]byte{'\n'})
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// callRows yields the rows as JSON.
func callRows() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for row := range demo.CallRows() {
			line, _ := json.Marshal(row) // strings only
			if !yield(line) {
				return
			}
		}
	}
}

func TestCatalog(t *testing.T) {
	got := map[string]int{}
	var skus int
	for line := range demo.Catalog() {
		record, err := analytics.ParseCatalogRecord(line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		switch {
		case record.Agent != nil:
			got["agents"]++
		case record.Queue != nil:
			got["queues"]++
		case record.Product != nil:
			got["products"]++
			skus += len(record.Product.SKUs)
			if n := len(record.Product.Variations); n < 1 || n > 4 {
				t.Errorf("product %s has %d variations, want 1 to 4", record.ID, n)
			}
		case record.LiveEvent != nil:
			got["live events"]++
		case record.Interaction != nil:
			got["interactions"]++
		case record.Workflow != nil:
			got["workflows"]++
		}
	}
	got["SKUs"] = skus
	want := map[string]int{
		"agents": 12, "queues": 5, "products": 60, "SKUs": 575,
		"live events": 3, "interactions": 4, "workflows": 2,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("records by kind (-want +got):\n%s", diff)
	}
}

func TestEvents(t *testing.T) {
	catalog := knownIDs(t)
	got := map[analytics.EventType]int{}
	ids := map[string]bool{}
	for line := range demo.Events() {
		e, err := analytics.ParseEvent(line, demo.Today)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if ids[e.EventID] {
			t.Errorf("two events have the id %s", e.EventID)
		}
		ids[e.EventID] = true
		if e.At.After(demo.Today) || e.At.Before(demo.Today.Add(-demo.History)) {
			t.Errorf("%s lies outside of the told time: %s", e.EventID, e.At)
		}
		if missing := catalog.unknown(e); missing != "" {
			t.Errorf("%s names %s, which is not in the catalog", e.EventID, missing)
		}
		got[e.Type]++
	}
	want := map[analytics.EventType]int{
		"added_to_cart":          554,
		"alert_opened":           238,
		"calendar_subscribed":    67,
		"call_ended":             1627,
		"call_missed":            372,
		"call_rated":             730,
		"call_started":           1628,
		"call_widget_opened":     1597,
		"catalog_opened":         91,
		"goal_reached":           109,
		"goal_triggered":         313,
		"heartbeat":              1218,
		"interacted":             1196,
		"joined_queue":           1597,
		"left_queue":             230,
		"liked":                  446,
		"message_sent":           7457,
		"page_viewed":            3708,
		"poll_answered":          126,
		"product_clicked":        466,
		"product_displayed":      19,
		"product_hidden":         19,
		"product_presented":      4823,
		"product_tried_on":       661,
		"purchase":               854,
		"removed_from_cart":      73,
		"session_ended":          1258,
		"session_started":        1598,
		"shared":                 51,
		"shopper_blocked":        9,
		"shopper_identified":     977,
		"sms_subscribed":         104,
		"survey_answered":        51,
		"survey_shown":           120,
		"tags_set":               443,
		"teaser_watched":         271,
		"viewer_identified":      27,
		"widget_clicked":         538,
		"widget_viewed":          2279,
		"winning_instant_played": 42,
		"workflow_started":       396,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events by type (-want +got):\n%s", diff)
	}
	if n := got[analytics.CallStarted] + got[analytics.CallMissed]; n != 2000 {
		t.Errorf("%d calls, want 2000", n)
	}
}

// catalogIDs are the ids that events may name.
type catalogIDs map[string]bool

func knownIDs(t *testing.T) catalogIDs {
	t.Helper()
	known := catalogIDs{"": true}
	for line := range demo.Catalog() {
		record, err := analytics.ParseCatalogRecord(line)
		if err != nil {
			t.Fatal(err)
		}
		known[record.ID] = true
		if record.Product != nil {
			for _, sku := range record.Product.SKUs {
				known[sku] = true
			}
		}
	}
	return known
}

// unknown returns the first id in an event that the catalog does not have.
func (k catalogIDs) unknown(e analytics.Event) string {
	named := []string{e.Data.AgentID, e.Data.QueueID, e.Data.SKU, e.Data.InteractionID}
	for _, line := range e.Data.Products {
		named = append(named, line.SKU)
	}
	for _, id := range named {
		if !k[id] {
			return id
		}
	}
	return ""
}

func TestCallRows(t *testing.T) {
	got := map[string]int{}
	for row := range demo.CallRows() {
		call, err := analytics.ParseCallRow(row)
		if err != nil {
			t.Fatalf("%v: %v", row, err)
		}
		got["rows"]++
		if call.Test != nil && *call.Test {
			got["test calls"]++
		}
		if len(call.AddedSKUs) > 0 {
			got["with added products"]++
		}
		if call.CheckedOut() != nil {
			got["with a checkout"]++
		}
	}
	want := map[string]int{"rows": 574, "test calls": 12, "with a checkout": 339, "with added products": 444}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}
