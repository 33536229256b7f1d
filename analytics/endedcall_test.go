package analytics

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const goodWebhook = `{"eventId":"w1","timestamp":"2026-03-01T10:10:01.5Z","collection":"call","action":"add","payload":{
	"callId":"c","startedAt":"2026-03-01T11:00:00+01:00","endedAt":"2026-03-01T10:10:00Z",
	"agent":{"id":"a","name":"Ada","team":"shoes"},"queue":"q","note":"sent by the test",
	"products":[{"sku":"x","name":"Boot","brandName":"Good","publicUrl":"https://shop.example/x","imageUrl":"https://shop.example/x.jpg",
		"price":{"current":"80","origin":100,"currency":"EUR"}},"y"],
	"chat":[{"src":"agent","date":"2026-03-01T10:01:00Z","message":"hi"},{"src":"client","date":"2026-03-01T10:02:00Z","message":"@you"}]}}`

func TestReadingACallEndedWebhook(t *testing.T) {
	start, end := noon.Add(-2*time.Hour), noon.Add(-110*time.Minute)
	want := Event{
		EventID: "w:w1", Type: CallWebhook, At: end.Add(1500 * time.Millisecond), Received: noon, Subject: "call:c",
		Data: EventData{Webhook: &EndedCall{
			StartedAt: start, EndedAt: end, AgentID: "a", AgentName: "Ada", QueueID: "q",
			Products: []SeenProduct{
				{SKU: "x", Name: "Boot", BrandName: "Good", URL: "https://shop.example/x", ImageURL: "https://shop.example/x.jpg",
					Price: &Price{Current: Money{8000, "EUR"}, Original: &Money{10000, "EUR"}}},
				{SKU: "y"},
			},
			Chat: []WebhookMessage{{ByAgent, start.Add(time.Minute), "hi"}, {ByShopper, start.Add(2 * time.Minute), "@you"}},
		}},
	}
	for name, raw := range map[string]string{
		"as it is":                      goodWebhook,
		"with the older word for price": strings.Replace(goodWebhook, `"origin"`, `"original"`, 1),
	} {
		got, err := ParseCallEnded([]byte(raw), noon)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
}

func TestWrongWebhooks(t *testing.T) {
	for name, c := range map[string]struct{ old, now, want string }{
		"no event id":           {`"eventId":"w1",`, ``, `eventId: is required`},
		"no payload":            {`"payload":{`, `"load":{`, `payload: is required`},
		"no call id":            {`"callId":"c",`, ``, `payload.callId: is required`},
		"no start":              {`"startedAt"`, `"begun"`, `payload.startedAt: is required`},
		"end before start":      {`"endedAt":"2026-03-01T10:10:00Z"`, `"endedAt":"2026-03-01T09:10:00Z"`, `payload.endedAt: lies before startedAt`},
		"end tomorrow":          {`"endedAt":"2026-03-01T10:10:00Z"`, `"endedAt":"2026-03-02T10:10:00Z"`, `payload.endedAt: lies more than 5 minutes ahead of the server's time`},
		"time that is none":     {`"2026-03-01T10:10:00Z"`, `"yesterday"`, `payload.endedAt: "yesterday" is no RFC 3339 time with an offset, such as "2026-03-01T09:30:00+01:00"`},
		"agent without id":      {`"id":"a",`, ``, `payload.agent.id: is required`},
		"queue a number":        {`"queue":"q"`, `"queue":7`, `payload.queue: must be an id, or an object with id and name`},
		"products no list":      {`"products":[`, `"products":{},"x":[`, `payload.products: must be a list`},
		"SKU with a semicolon":  {`"y"]`, `"y;z"]`, `payload.products[1]: "y;z" holds a semicolon, which separates ids in exports`},
		"price of a currency":   {`"EUR"`, `"euro"`, `payload.products[0].price.currency: unknown currency "euro"`},
		"chat by nobody known":  {`"src":"client"`, `"src":"bot"`, `payload.chat[1].src: "bot" is none of agent, client`},
		"chat without its time": {`"src":"client","date"`, `"src":"client","when"`, `payload.chat[1].date: is required`},
		"timestamp":             {`"2026-03-01T10:10:01.5Z"`, `true`, `timestamp: must be a string`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseCallEnded([]byte(strings.Replace(goodWebhook, c.old, c.now, 1)), noon)
			if CodeOf(err) != BadUserInput || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}
