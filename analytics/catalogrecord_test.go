package analytics

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestCatalogRecords(t *testing.T) {
	at := func(hour int) *time.Time {
		at := time.Date(2026, 3, 1, hour, 0, 0, 0, time.UTC)
		return &at
	}
	inStock := true
	for name, c := range map[string]struct {
		record string
		want   CatalogRecord
	}{
		"agent": {`{"kind":"agent","id":"a","name":"Ada L","email":"a@b.c","externalId":"7"}`,
			CatalogRecord{ID: "a", Agent: &Agent{AgentID: "a", Name: "Ada L", NameKey: "ada l", Email: "a@b.c", ExternalID: "7", Origin: FromCatalog}}},
		"queue": {`{"kind":"queue","id":"q","name":"Shoes"}`,
			CatalogRecord{ID: "q", Queue: &Queue{QueueID: "q", Name: "Shoes", NameKey: "shoes", Origin: FromCatalog}}},
		"product": {`{"kind":"product","sku":"b","name":"Boot","price":{"current":"80","original":"100","currency":"EUR"},"variations":[
				{"sku":"b-red","name":"red","attributes":{"colorName":"red","colorHexCode":"#f00"},"imageUrls":["u"],
				 "sizes":[{"sku":"b-red-42","name":"42","inStock":true,"price":{"current":79.5}},{"sku":"b"}]}]}`,
			CatalogRecord{ID: "b", Product: &Product{SKU: "b", Name: "Boot", NameKey: "boot", Origin: FromCatalog,
				Price: &Price{Money{8000, "EUR"}, &Money{10000, "EUR"}},
				Variations: []Variation{{SKU: "b-red", Name: "red", ImageURLs: []string{"u"},
					Attributes: []Attribute{{"colorName", "red"}, {"colorHexCode", "#f00"}},
					Sizes:      []Size{{SKU: "b-red-42", Name: "42", InStock: &inStock, Price: &Price{Current: Money{7950, "EUR"}}}, {SKU: "b"}}}},
				SKUs: []string{"b", "b-red", "b-red-42"}}}},
		"live event": {`{"kind":"live_event","id":"l","name":"Spring","scheduledAt":"2026-03-01T09:00:00Z","startedAt":"2026-03-01T10:00:00Z","endedAt":"2026-03-01T11:00:00Z",
				"currency":"SEK","timeZone":"Europe/Stockholm","videos":[{"kind":"product_sequence","sku":"b","state":"processing"}]}`,
			CatalogRecord{ID: "l", LiveEvent: &LiveEvent{LiveEventID: "l", Name: "Spring", At: *at(10), ScheduledAt: at(9), StartedAt: at(10), EndedAt: at(11),
				Currency: "SEK", TimeZone: "Europe/Stockholm", Videos: []Video{{Kind: ProductSequence, SKU: "b", State: VideoProcessing}}}}},
		"interaction": {`{"kind":"interaction","id":"i","liveEventId":"l","type":"poll","question":"Which?","options":["red","blue"]}`,
			CatalogRecord{ID: "i", Interaction: &Interaction{InteractionID: "i", LiveEventID: "l", Type: Poll, Question: "Which?", Options: []string{"red", "blue"}}}},
		"workflow": {`{"kind":"workflow","id":"w","name":"Greeter","type":"voice_video"}`,
			CatalogRecord{ID: "w", Workflow: &Workflow{WorkflowID: "w", Name: "Greeter", NameKey: "greeter", Type: VoiceVideo}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParseCatalogRecord([]byte(c.record))
			if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
	for name, c := range map[string]struct{ record, want string }{
		"no kind":           {`{"id":"a"}`, `kind: is required`},
		"unknown kind":      {`{"kind":"shop","id":"a"}`, `kind: "shop" is none of agent, interaction, live_event, product, queue, workflow`},
		"no name":           {`{"kind":"agent","id":"a","name":null}`, `name: is required`},
		"blank name":        {`{"kind":"agent","id":"a","name":"  "}`, `name: must not be empty`},
		"unknown key":       {`{"kind":"queue","id":"q","name":"Q","email":"x"}`, `email: unknown key; known are id, name`},
		"end without start": {`{"kind":"live_event","id":"l","name":"L","endedAt":"2026-03-01T10:00:00Z"}`, `endedAt: needs startedAt`},
		"end before start":  {`{"kind":"live_event","id":"l","name":"L","startedAt":"2026-03-01T10:00:00Z","endedAt":"2026-03-01T09:00:00Z"}`, `endedAt: lies before startedAt`},
		"price of a size":   {`{"kind":"product","sku":"b","name":"B","variations":[{"sku":"v","sizes":[{"sku":"s","price":{"current":1}}]}]}`, `variations[0].sizes[0].price.currency: is required`},
		"negative price":    {`{"kind":"product","sku":"b","name":"B","price":{"current":-1,"currency":"EUR"}}`, `price.current: must not be negative`},
		"in stock a number": {`{"kind":"product","sku":"b","name":"B","variations":[{"sku":"v","sizes":[{"sku":"s","inStock":3}]}]}`, `variations[0].sizes[0].inStock: must be true or false`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseCatalogRecord([]byte(c.record))
			if CodeOf(err) != BadUserInput || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}
