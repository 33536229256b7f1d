package demo

import (
	"fmt"
	"strings"
	"time"
)

// broadcast is a live event: its dates, what it shows, and how many come.
type broadcast struct {
	id, name, about string
	scheduled       time.Time
	// started and ended are zero before the broadcast.
	started, ended time.Time
	currency, zone string
	host           string
	// shown are the SKUs of the products in the order of their appearance.
	shown        []string
	interactions []interaction
	videos       []data

	// reach is how many see a widget of the event and go on; the others are
	// sessions per phase.
	reach, prelive, live, replay int
	// messages is how many the viewers write during the broadcast.
	messages int
}

// interaction is a poll or a winning instant, opened some minutes into the
// broadcast.
type interaction struct {
	id, kind, question string
	options            []string
	minute             int
}

var broadcasts = []*broadcast{
	{
		id: "live-1", name: "Autumn edit: layers for every weather",
		about:     "An hour with the autumn collection: coats, knits and boots, how to layer them, and one surprise.",
		scheduled: moment(10, 15, 18, 0), started: moment(10, 15, 18, 1), ended: moment(10, 15, 19, 2),
		currency: "EUR", zone: "Europe/Paris", host: "Aldermoth Studio",
		shown: strings.Fields("COA-301 KNT-203 TRS-501 COA-303 KNT-201 ACC-252 SHO-602 DRS-105 BAG-702 KNT-202 TRS-503 COA-304"),
		interactions: []interaction{
			{"live-1-poll-1", "poll", "Which coat should come in one more colour?", []string{"Moor wool coat", "Estuary trench", "Gale parka"}, 14},
			{"live-1-winner-1", "winning_instant", "Win a Firth scarf", nil, 31},
			{"live-1-poll-2", "poll", "Roll neck or crew neck?", []string{"Roll neck", "Crew neck"}, 44},
		},
		videos: []data{
			{"kind": "replay", "url": "https://videos.shop.example/live-1.mp4", "state": "ready"},
			{"kind": "product_sequence", "sku": "COA-301", "url": "https://videos.shop.example/live-1-coa-301.mp4", "state": "ready"},
			{"kind": "product_sequence", "sku": "SHO-602", "url": "https://videos.shop.example/live-1-sho-602.mp4", "state": "ready"},
		},
		reach: 260, prelive: 430, live: 390, replay: 260, messages: 345,
	},
	{
		id: "live-2", name: "Calm skin in cold weather",
		about:     "Three steps for skin that has had enough of radiators, with time for your questions.",
		scheduled: moment(10, 27, 17, 0), started: moment(10, 27, 17, 0), ended: moment(10, 27, 17, 46),
		currency: "GBP", zone: "Europe/London", host: "Silkemai",
		shown: strings.Fields("SKN-801 SKN-804 SKN-802 SKN-803 SKN-807 SKN-808 MKP-881"),
		interactions: []interaction{
			{"live-2-poll-1", "poll", "How does your skin feel today?", []string{"Dry", "Oily", "Both", "Calm"}, 8},
		},
		videos: []data{{"kind": "replay", "state": "processing"}},
		reach:  130, prelive: 180, live: 170, replay: 70, messages: 120,
	},
	{
		id: "live-3", name: "Warm light: home for the dark months",
		about:     "Lamps, candles and throws, and how few of them a room needs.",
		scheduled: moment(12, 3, 18, 0),
		currency:  "SEK", zone: "Europe/Stockholm", host: "Hearthlune",
		reach: 60, prelive: 110,
	},
}

// moment returns a time in the year of Today.
func moment(month time.Month, date, hour, minute int) time.Time {
	return time.Date(Today.Year(), month, date, hour, minute, 0, 0, time.UTC)
}

func liveEventRecords() []data {
	var records []data
	for _, b := range broadcasts {
		records = append(records, b.record())
		for _, i := range b.interactions {
			record := data{"kind": "interaction", "id": i.id, "liveEventId": b.id, "type": i.kind, "question": i.question}
			if i.options != nil {
				record["options"] = i.options
			}
			records = append(records, record)
		}
	}
	return records
}

func (b *broadcast) record() data {
	record := data{
		"kind": "live_event", "id": b.id, "name": b.name, "description": b.about,
		"imageUrls":   []string{imageURL(b.id)},
		"teaserUrl":   fmt.Sprintf("https://videos.shop.example/%s-teaser.mp4", b.id),
		"scheduledAt": b.scheduled, "currency": b.currency, "timeZone": b.zone,
	}
	if !b.started.IsZero() {
		record["startedAt"], record["endedAt"] = b.started, b.ended
	}
	if b.videos != nil {
		record["videos"] = b.videos
	}
	return record
}

// display is the span in which a product is shown in the broadcast.
type display struct {
	sku      string
	from, to time.Time
}

// displays divide the broadcast among its products, after some words of welcome
// and with a minute left at the end.
func (b *broadcast) displays() []display {
	const welcome, goodbye = 3 * time.Minute, time.Minute
	var list []display
	for i, sku := range b.shown {
		part := (b.ended.Sub(b.started) - welcome - goodbye) / time.Duration(len(b.shown))
		from := b.started.Add(welcome + part*time.Duration(i)).Truncate(time.Second)
		list = append(list, display{sku, from, from.Add(part - 15*time.Second).Truncate(time.Second)})
	}
	return list
}
