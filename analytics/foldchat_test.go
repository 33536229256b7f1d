package analytics_test

import (
	"testing"

	"cartograph/analytics"
)

// Messages of two live events are never one, whatever colons their ids have.
func TestMessageIDs(t *testing.T) {
	for _, c := range []struct{ liveEvent, message, replyTo, wantID, wantParent string }{
		{"spring", "m-1", "", "live_event:spring:m-1", ""},
		{"spring", "m:2", "m-1", "live_event:spring:m:2", "live_event:spring:m-1"},
		{"a", "b:c", "b:d", "live_event:a:b:c", "live_event:a:b:d"},
		{"a:b", "c", "d", "live_event:a%3Ab:c", "live_event:a%3Ab:d"},
		{"a%3Ab", "c", "", "live_event:a%253Ab:c", ""},
	} {
		m := analytics.NewChatMessage("acme", &analytics.Event{
			Subject: analytics.LiveEventSubject(c.liveEvent),
			Data:    analytics.EventData{MessageID: c.message, ReplyTo: c.replyTo},
		})
		if m.MessageID() != c.message || m.RepliesTo() != c.replyTo {
			t.Errorf("%s is told as %q in reply to %q", m.NativeID, m.MessageID(), m.RepliesTo())
		}
		if m.NativeID != c.wantID || m.ReplyTo != c.wantParent {
			t.Errorf("%s of %s is %s in reply to %q, want %s in reply to %q", c.message, c.liveEvent, m.NativeID, m.ReplyTo, c.wantID, c.wantParent)
		}
	}
}
