package resolvers

import (
	"fmt"
	"testing"

	"cartograph/auth"
)

// The chats of live events by a filter take two commands, for their pages and for
// their numbers, however many live events they are and whoever asks.
func TestCommandsOfChatFilters(t *testing.T) {
	const rows = 30
	w, sent := openEvenings(t)
	for i := range rows {
		id := fmt.Sprintf("show-%02d", i)
		w.put(fmt.Sprintf(`{"kind":"live_event","id":%q,"name":"Show","startedAt":"2026-03-01T10:%02d:00Z"}`, id, i))
		w.absorb(
			fmt.Sprintf(`{"id":"%s-1","type":"message_sent","at":"2026-03-01T10:45:00Z","visitorId":"ann","liveEventId":%q,"data":{"messageId":"1","author":"viewer","text":"Why?"}}`, id, id),
			fmt.Sprintf(`{"id":"%s-2","type":"message_sent","at":"2026-03-01T10:46:00Z","visitorId":"bo","liveEventId":%q,"data":{"messageId":"2","author":"viewer","text":"Rude"}}`, id, id))
		if i%2 == 0 {
			w.do(everything, fmt.Sprintf(`mutation { banViewer(input: {liveEventId: %q, visitorId: "bo"}) { userErrors { code } }
				delete: moderateChatMessage(input: {messageId: "live_event:%s:2", action: DELETE}) { userErrors { code } }
				display: moderateChatMessage(input: {messageId: "live_event:%s:1", action: DISPLAY}) { userErrors { code } } }`, id, id, id))
		}
	}
	handler := newHandler(w.repo, silent, balanced(t))
	viewer := &auth.Principal{Org: "acme", Scopes: auth.Scopes{auth.EventsRead}}
	commands := func(p *auth.Principal, first int, selection string) int {
		t.Helper()
		sent.take()
		query := fmt.Sprintf(`{ liveEvents(first: %d, period: {start: "2026-03-01T00:00:00Z", end: "2026-03-02T00:00:00Z"}) { nodes { %s } } }`, first, selection)
		if answer := ask(t, handler, p, query, nil); answer["errors"] != nil {
			t.Fatalf("%s: %v", query, answer["errors"])
		}
		return len(sent.take())
	}
	for _, tt := range []struct {
		who    *auth.Principal
		filter string
	}{
		{everything, "ALL"}, {everything, "DELETED"}, {everything, "DISPLAYED"}, {everything, "BANNED"}, {everything, "QUESTIONS"},
		{viewer, "ALL"}, {viewer, "DISPLAYED"}, {viewer, "QUESTIONS"},
	} {
		for _, first := range []int{1, rows} {
			alone := commands(tt.who, first, `id`)
			if got := commands(tt.who, first, `chat(filter: `+tt.filter+`) { nodes { text deleted banned } totalCount }`); got != alone+2 {
				t.Errorf("the filter %s of %d live events takes %d commands, want %d", tt.filter, first, got, alone+2)
			}
		}
	}
}
