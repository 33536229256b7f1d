package transport

import "testing"

func TestPreferred(t *testing.T) {
	const json, graphql, events = "application/json", "application/graphql-response+json", "text/event-stream"
	for accept, want := range map[string]string{
		"":                                      json,
		" ":                                     json,
		"*/*":                                   json,
		"application/*":                         json,
		"text/*":                                events,
		"text/html":                             "",
		"nonsense":                              "",
		"APPLICATION/JSON":                      json,
		events:                                  events,
		"*/*, " + events:                        events,
		events + ", */*":                        events,
		"text/html, */*;q=.8":                   json,
		json + ";charset=utf-8, " + graphql:     json,
		graphql + ", " + json:                   graphql,
		json + ";q=0.5, " + graphql:             graphql,
		graphql + ";q=0.5, " + json + ";q=0.50": graphql,
		graphql + ";q=0, " + json:               json,
		graphql + ";q=0":                        "",
		"*/*, " + json + ";q=0":                 graphql,
		"*/*;q=0.1, text/*;q=0.2, " + events + ";q=0.05": json,
		json + ";q=high, " + events + ";q=0.1":           events,
		// What urql sends with queries, and with subscriptions.
		graphql + ", application/graphql+json, " + json + ", " + events + ", multipart/mixed": graphql,
		events + ", multipart/mixed": events,
	} {
		if got := Preferred(accept, json, graphql, events); got != want {
			t.Errorf("%q: %q, want %q", accept, got, want)
		}
	}
}
