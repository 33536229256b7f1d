package repository_test

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// said returns a message of the live event of the stream.
func said(t testing.TB, id, visitor, text string, minute int) analytics.Event {
	author := "viewer"
	if visitor == "" {
		author = "brand"
	}
	o := object{"liveEventId": "live", "data": object{"messageId": id, "author": author, "text": text}}
	if visitor != "" {
		o["visitorId"] = visitor
	}
	return event(t, "said-"+id, "message_sent", day.Add(time.Duration(minute)*time.Minute), o)
}

// chatOfLive returns the ids of the messages of the live event that a reach sees
// by a filter, and fails the test where their number is counted otherwise.
func chatOfLive(t testing.TB, repo *repository.Repository, reach analytics.Reach, filter analytics.ChatFilter) []string {
	t.Helper()
	const subject = "live_event:live"
	pages, err := repo.MessagesBySubject(t.Context(), reach, []string{subject}, filter, analytics.PageArgs{})
	if err != nil {
		t.Fatal(err)
	}
	counts, err := repo.CountMessagesBySubject(t.Context(), reach, []string{subject}, filter)
	if err != nil {
		t.Fatal(err)
	}
	ids := []string{}
	for _, m := range pages[subject].Nodes() {
		ids = append(ids, m.NativeID[len(subject)+1:])
	}
	if counts[subject] != len(ids) {
		t.Errorf("%s: %d messages are counted, %v are listed", filter, counts[subject], ids)
	}
	return ids
}

// chats returns what everybody and moderators see by every filter.
func chats(t testing.TB, repo *repository.Repository, org string) map[string][]string {
	t.Helper()
	seen := map[string][]string{}
	for _, filter := range []analytics.ChatFilter{analytics.AllMessages, analytics.DeletedMessages, analytics.DisplayedMessages, analytics.BannedMessages, analytics.QuestionMessages} {
		seen[string(filter)] = chatOfLive(t, repo, analytics.Reach{Org: org}, filter)
		seen["moderators: "+string(filter)] = chatOfLive(t, repo, analytics.Reach{Org: org, Moderator: true}, filter)
	}
	return seen
}

func TestModeration(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	org := freshOrg()
	moderator := analytics.Reach{Org: org, Moderator: true}
	putLiveEvent(t, repo, org)
	absorb(t, repo, org,
		said(t, "1", "ada", "Is it red?", 1), said(t, "2", "bo", "Rubbish", 2), said(t, "3", "", "It is.", 3), said(t, "4", "bo", "Why?", 4))
	moderate := func(id string, action analytics.ModerationAction) *analytics.ChatMessage {
		t.Helper()
		m, err := repo.ModerateMessage(t.Context(), moderator, "live_event:live:"+id, action, received)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	ban := func(visitor string, banned bool) *analytics.Moderation {
		t.Helper()
		m, err := repo.BanViewer(t.Context(), moderator, "live", visitor, banned, received)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	wantChats := func(want map[string][]string) {
		t.Helper()
		if diff := cmp.Diff(want, chats(t, repo, org)); diff != "" {
			t.Errorf("chats (-want +got):\n%s", diff)
		}
		sameAsFromScratch(t, repo, org)
		nothingLeftToRecover(t, repo, org)
	}

	t.Run("nothing is decided", func(t *testing.T) {
		wantChats(map[string][]string{
			"ALL": {"1", "2", "3", "4"}, "DELETED": {}, "DISPLAYED": {}, "BANNED": {}, "QUESTIONS": {"1", "4"},
			"moderators: ALL": {"1", "2", "3", "4"}, "moderators: DELETED": {}, "moderators: DISPLAYED": {}, "moderators: BANNED": {}, "moderators: QUESTIONS": {"1", "4"},
		})
	})
	t.Run("messages are deleted and displayed, twice as well as once", func(t *testing.T) {
		for range 2 {
			if m := moderate("4", analytics.DeleteMessage); !m.Deleted || !m.DeletedAt.Equal(received) {
				t.Errorf("deleted: %+v", m)
			}
			if m := moderate("1", analytics.DisplayMessage); !m.Displayed {
				t.Errorf("displayed: %+v", m)
			}
		}
		moderate("3", analytics.DeleteMessage)
		wantChats(map[string][]string{
			"ALL": {"1", "2"}, "DELETED": {}, "DISPLAYED": {"1"}, "BANNED": {}, "QUESTIONS": {"1"},
			"moderators: ALL": {"1", "2", "3", "4"}, "moderators: DELETED": {"3", "4"}, "moderators: DISPLAYED": {"1"}, "moderators: BANNED": {}, "moderators: QUESTIONS": {"1", "4"},
		})
	})
	t.Run("a viewer is banned, and so is what the viewer writes next", func(t *testing.T) {
		if m := ban("bo", true); m.BannedAt == nil || !m.BannedAt.Equal(received) {
			t.Errorf("banned: %+v", m)
		}
		absorb(t, repo, org, said(t, "5", "bo", "Still here?", 5), said(t, "6", "ada", "Nice", 6))
		wantChats(map[string][]string{
			"ALL": {"1", "6"}, "DELETED": {}, "DISPLAYED": {"1"}, "BANNED": {}, "QUESTIONS": {"1"},
			"moderators: ALL": {"1", "2", "3", "4", "5", "6"}, "moderators: DELETED": {"3", "4"}, "moderators: DISPLAYED": {"1"},
			"moderators: BANNED": {"2", "4", "5"}, "moderators: QUESTIONS": {"1", "4", "5"},
		})
	})
	t.Run("one who wrote nothing yet is banned", func(t *testing.T) {
		ban("cy", true)
		absorb(t, repo, org, said(t, "7", "cy", "Hello", 7))
		ban("cy", false)
		absorb(t, repo, org, said(t, "8", "cy", "Hello again", 8))
		if diff := cmp.Diff([]string{"1", "6", "7", "8"}, chatOfLive(t, repo, analytics.Reach{Org: org}, analytics.AllMessages)); diff != "" {
			t.Errorf("chat (-want +got):\n%s", diff)
		}
	})
	t.Run("all is taken back", func(t *testing.T) {
		ban("bo", false)
		moderate("1", analytics.HideMessage)
		moderate("3", analytics.RestoreMessage)
		if m := moderate("4", analytics.RestoreMessage); m.Deleted || m.DeletedAt != nil {
			t.Errorf("restored: %+v", m)
		}
		all := []string{"1", "2", "3", "4", "5", "6", "7", "8"}
		wantChats(map[string][]string{
			"ALL": all, "DELETED": {}, "DISPLAYED": {}, "BANNED": {}, "QUESTIONS": {"1", "4", "5"},
			"moderators: ALL": all, "moderators: DELETED": {}, "moderators: DISPLAYED": {}, "moderators: BANNED": {}, "moderators: QUESTIONS": {"1", "4", "5"},
		})
	})
	t.Run("a message that an earlier one of its id replaces keeps what was decided", func(t *testing.T) {
		moderate("2", analytics.DeleteMessage)
		earlier := said(t, "2", "ada", "First?", 0)
		earlier.EventID = "e:earlier"
		absorb(t, repo, org, earlier)
		if diff := cmp.Diff([]string{"2"}, chatOfLive(t, repo, moderator, analytics.DeletedMessages)); diff != "" {
			t.Errorf("deleted messages (-want +got):\n%s", diff)
		}
		sameAsFromScratch(t, repo, org)
	})
	t.Run("is refused for what is not there", func(t *testing.T) {
		absorb(t, repo, org, importedRow(t, "c", "v", 0, "Grace"), event(t, "of-call", "message_sent", day, object{"callId": "c", "visitorId": "v", "data": object{"messageId": "m", "author": "shopper"}}))
		for name, look := range map[string]struct {
			reach analytics.Reach
			id    string
			want  analytics.Code
		}{
			"unknown":                 {moderator, "live_event:live:none", analytics.NotFound},
			"of another organization": {analytics.Reach{Org: "other", Moderator: true}, "live_event:live:1", analytics.NotFound},
			"of a call":               {moderator, "call:c:m", analytics.BadUserInput},
		} {
			if _, err := repo.ModerateMessage(t.Context(), look.reach, look.id, analytics.DeleteMessage, received); analytics.CodeOf(err) != look.want {
				t.Errorf("%s: got %v, want %s", name, err, look.want)
			}
		}
		if _, err := repo.BanViewer(t.Context(), moderator, "none", "bo", true, received); analytics.CodeOf(err) != analytics.NotFound {
			t.Errorf("a ban from an unknown live event: got %v, want NOT_FOUND", err)
		}
		for id, want := range map[string]analytics.Code{"3": analytics.BadUserInput, "none": analytics.NotFound} {
			if _, err := repo.AuthorOf(t.Context(), moderator, "live", "live_event:live:"+id); analytics.CodeOf(err) != want {
				t.Errorf("author of %s: got %v, want %s", id, err, want)
			}
		}
		if _, err := repo.AuthorOf(t.Context(), moderator, "another", "live_event:live:1"); analytics.CodeOf(err) != analytics.NotFound {
			t.Errorf("author of a message of another live event: got %v, want NOT_FOUND", err)
		}
	})
}

// Moderators at two gateways decide about the same at once, while more messages
// come in: what stands is what the decision of the highest rank says, at both.
func TestModeratorsAtOnce(t *testing.T) {
	uri, database := repositorytest.Database(t)
	gateways := []*repository.Repository{repositorytest.OpenAt(t, uri, database, nil), repositorytest.OpenAt(t, uri, database, nil)}
	for round := range 5 {
		org := freshOrg()
		moderator := analytics.Reach{Org: org, Moderator: true}
		putLiveEvent(t, gateways[0], org)
		absorb(t, gateways[0], org, said(t, "1", "bo", "Rude", 1))
		var all sync.WaitGroup
		for g, repo := range gateways {
			all.Go(func() {
				actions := []analytics.ModerationAction{analytics.DeleteMessage, analytics.RestoreMessage, analytics.DisplayMessage, analytics.HideMessage}
				for i := range 8 {
					if _, err := repo.ModerateMessage(t.Context(), moderator, "live_event:live:1", actions[(i+g+round)%4], received); err != nil {
						t.Error(err)
					}
				}
			})
			all.Go(func() {
				for i := range 8 {
					if _, err := repo.BanViewer(t.Context(), moderator, "live", "bo", (i+g+round)%2 == 0, received); err != nil {
						t.Error(err)
					}
				}
			})
			all.Go(func() {
				for i := range 8 {
					absorb(t, repo, org, said(t, fmt.Sprintf("%d-%d", g, i), "bo", "More?", 2+i))
				}
			})
		}
		all.Wait()
		sameAsFromScratch(t, gateways[0], org)
		nothingLeftToRecover(t, gateways[0], org)
		if diff := cmp.Diff(chats(t, gateways[0], org), chats(t, gateways[1], org)); diff != "" {
			t.Errorf("the gateways show other chats (-first +second):\n%s", diff)
		}
	}
}

// A decision that knows of another stands after it, also where the clock of its
// gateway is behind.
func TestALaterDecisionStandsWhateverTheClockSays(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	org := freshOrg()
	moderator := analytics.Reach{Org: org, Moderator: true}
	putLiveEvent(t, repo, org)
	absorb(t, repo, org, said(t, "1", "bo", "Rude", 1))
	for _, step := range []struct {
		action analytics.ModerationAction
		clock  time.Time
		want   bool
	}{
		{analytics.DeleteMessage, received.Add(time.Minute), true},
		{analytics.RestoreMessage, received, false},
		{analytics.DeleteMessage, received, true},
		{analytics.RestoreMessage, received.Add(time.Minute + 2*time.Millisecond), false}, // the moment of the decision before
		{analytics.DeleteMessage, received.Add(time.Minute + 3*time.Millisecond + 999*time.Microsecond), true},
		{analytics.RestoreMessage, received.Add(time.Minute + 3*time.Millisecond + 999*time.Microsecond), false},
		{analytics.DeleteMessage, received.Add(time.Minute + 4*time.Millisecond + 999*time.Microsecond), true}, // within its millisecond
		{analytics.RestoreMessage, received.Add(time.Minute + 5*time.Millisecond + 999*time.Microsecond), false},
	} {
		m, err := repo.ModerateMessage(t.Context(), moderator, "live_event:live:1", step.action, step.clock)
		if err != nil || m.Deleted != step.want {
			t.Errorf("%s at %v: %+v, %v, want deleted %v", step.action, step.clock, m, err, step.want)
		}
	}
}

// Whoever watches a chat hears of every decision about it, at every gateway.
func TestDecisionsAreAnnounced(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	org := freshOrg()
	moderator := analytics.Reach{Org: org, Moderator: true}
	putLiveEvent(t, repo, org)
	absorb(t, repo, org, said(t, "1", "bo", "Rude", 1))
	var mu sync.Mutex
	var heard []string
	repo.Announce(func(topic string, _ int64) {
		mu.Lock()
		defer mu.Unlock()
		heard = append(heard, topic)
	})
	if _, err := repo.ModerateMessage(t.Context(), moderator, "live_event:live:1", analytics.DeleteMessage, received); err != nil {
		t.Fatal(err)
	}
	if _, err := repo.BanViewer(t.Context(), moderator, "live", "bo", true, received.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	topic := analytics.ChatTopic(org, "live_event:live")
	if diff := cmp.Diff([]string{topic, topic}, heard); diff != "" {
		t.Errorf("announced (-want +got):\n%s", diff)
	}
	seen, more, err := repo.ModerationsSeen(t.Context(), moderator, "live", received, "")
	if err != nil || more || len(seen) != 2 || seen[0].NativeMessageID != "live_event:live:1" || seen[1].VisitorID != "bo" {
		t.Errorf("seen: %+v, %v, %v", seen, more, err)
	}
}

// A ban takes as many commands for a thousand messages as for one, and so does a
// batch of messages with and without banned authors.
func TestTheNumberOfCommandsOfABanIsConstant(t *testing.T) {
	var commands atomic.Int64
	repo := repositorytest.Open(t, func(string) { commands.Add(1) })
	count := func(messages int) (ban, batch int64) {
		org := freshOrg()
		putLiveEvent(t, repo, org)
		events := make([]analytics.Event, messages)
		for i := range events {
			events[i] = said(t, fmt.Sprint(i), fmt.Sprint("v", i%10), "Hello", i)
		}
		half := slices.Clone(events[messages/2:])
		absorb(t, repo, org, events[:messages/2]...)
		commands.Store(0)
		if _, err := repo.BanViewer(t.Context(), analytics.Reach{Org: org}, "live", "v1", true, received); err != nil {
			t.Fatal(err)
		}
		ban = commands.Swap(0)
		absorb(t, repo, org, half...)
		return ban, commands.Load()
	}
	fewBan, fewBatch := count(40)
	manyBan, manyBatch := count(1000)
	if fewBan != manyBan || fewBatch != manyBatch || manyBan > 15 || manyBatch > 20 {
		t.Errorf("a ban took %d and %d commands, a batch %d and %d", fewBan, manyBan, fewBatch, manyBatch)
	}
}
