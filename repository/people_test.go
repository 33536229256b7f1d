package repository_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cartograph/analytics"
	"cartograph/ingest"
	"cartograph/repository"
)

// people writes personal data into an organization in every way there is. What
// is to go says OLD, what is to stay says NEW, and names of staff say STAFF.
type people struct {
	t      testing.TB
	repo   *repository.Repository
	org    string
	number int
}

func (p *people) event(kind string, at time.Time, more object) analytics.Event {
	p.number++
	e := event(p.t, fmt.Sprint("e", p.number), kind, at, more)
	e.Received = at
	return e
}

// call tells of a call that begins at a moment, in which a shopper says who they
// are an hour later, under a mark; it ends at another moment, or runs on.
func (p *people) call(id, mark string, start time.Time, end *time.Time) {
	on := func(kind string, at time.Time, data object) analytics.Event {
		return p.event(kind, at, object{"visitorId": "shopper-" + id, "sessionId": "tab-" + id, "callId": id, "data": data})
	}
	at := start.Add(time.Hour)
	events := []analytics.Event{
		on("call_started", start, object{"agentId": "ada", "callType": "queue", "queueId": "q", "trackingTag": "spring"}),
		on("shopper_identified", at, identity(mark)),
		on("shopper_blocked", at, object{"note": mark + "-note"}),
		on("message_sent", at, object{"messageId": "m1", "author": "agent", "name": "STAFF", "text": "Hello?"}),
		on("message_sent", at, object{"messageId": "m2", "author": "shopper", "name": mark + "-chat", "text": "Which one?"}),
		on("call_rated", at, object{"scale": 10, "rating": 9, "text": mark + "-rating"}),
	}
	if end != nil {
		events = append(events, on("call_ended", *end, object{}))
	}
	absorb(p.t, p.repo, p.org, events...)
}

func identity(mark string) object {
	return object{"firstName": mark + "-first", "lastName": mark + "-last", "email": mark + "@example.org", "phone": mark + "-phone",
		"message": mark + "-message", "data": object{"ip": mark + "-ip"}}
}

// visit tells of a viewer of a live event.
func (p *people) visit(mark string, at time.Time) {
	on := func(kind string, data object) analytics.Event {
		return p.event(kind, at, object{"visitorId": "viewer-" + mark, "sessionId": "screen-" + mark, "liveEventId": "live", "data": data})
	}
	absorb(p.t, p.repo, p.org,
		on("session_started", object{"device": "mobile"}),
		on("viewer_identified", object{"firstName": mark + "-viewer", "phone": mark + "-tel", "email": mark + "@viewer.example", "optin": true}),
		on("sms_subscribed", object{"phone": mark + "-sms", "commercialOptin": true}),
		on("survey_answered", object{"rating": 4, "comment": mark + "-comment"}),
		on("message_sent", object{"messageId": mark, "author": "viewer", "name": mark + "-viewername", "text": "Which size?"}),
		on("message_sent", object{"messageId": mark + "-brand", "author": "brand", "name": "STAFF", "text": "All of them"}),
		on("purchase", object{"transactionId": "t-" + mark, "amount": "9.90", "currency": "EUR"}),
	)
}

// imported are the rows of a call-stats export of one accepted and one missed call.
func imported(mark string, start time.Time) string {
	at := func(minutes int) string {
		return analytics.FormatTime(start.Add(time.Duration(minutes) * time.Minute))
	}
	header := "status,call_id,client_session_id,client_id,agent_id,agent_name,queue_id,entered_queue_time,call_start_time,call_end_time,poll_rating,poll_scale,poll_free_text,blocked_time,blocked_note," +
		"shopper_first_name,shopper_last_name,shopper_email,shopper_phone,shopper_message,shopper_data"
	personal := func(rest string) string {
		return strings.ReplaceAll(rest+",X-rowtext,"+at(3)+",X-rownote,X-rowfirst,X-rowlast,X@row.example,X-rowphone,X-rowmessage,\"{\"\"ip\"\":\"\"X-rowip\"\"}\"", "X", mark)
	}
	return header + "\n" +
		personal("ACCEPTED,row-X,tab,shopper-X,grace,STAFF,q,"+at(0)+","+at(1)+","+at(5)+",8,10") + "\n" +
		personal("MISSED,,tab-missed-X,shopper-X,,,q,"+at(0)+",,,,") + "\n"
}

func (p *people) importRows(file string) ingest.Summary {
	p.t.Helper()
	summary, err := ingest.ImportCalls(p.t.Context(), p.repo, p.org, strings.NewReader(file), ingest.ImportOptions{
		Report: func(line int, column string, err error) { p.t.Errorf("line %d, %s: %v", line, column, err) },
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return summary
}

// crowd tells of all of them.
func (p *people) crowd() {
	p.t.Helper()
	startLiveEventOf(p.t, p.repo, p.org, "live", ago(41))
	p.call("old", "OLD-call", ago(40), ptr(ago(39)))
	p.call("new", "NEW-call", ago(3), ptr(ago(2)))
	p.call("runs", "NEW-runs", ago(40), nil)
	p.call("unended", "OLD-unended", ago(60), nil)
	p.call("long", "NEW-long", ago(30), ptr(ago(26)))
	p.call("rated", "OLD-rated", ago(35), ptr(ago(34)))
	absorb(p.t, p.repo, p.org,
		p.event("call_rated", ago(2), object{"visitorId": "shopper-rated", "callId": "rated", "data": object{"scale": 10, "rating": 7, "text": "NEW-ratedlater"}}),
		p.event("shopper_identified", ago(40), object{"visitorId": "w", "callId": "waits", "data": identity("OLD-waits")}),
		p.event("shopper_identified", ago(20), object{"visitorId": "w", "callId": "waits", "data": identity("NEW-waits")}),
	)
	p.visit("OLD-visit", ago(40))
	p.visit("NEW-visit", ago(3))
	p.importRows(imported("OLD", ago(40)))
	p.importRows(imported("NEW", ago(3)))
	webhook := fmt.Sprintf(`{"eventId":"w","payload":{"callId":"hook","startedAt":%q,"endedAt":%q,"agent":{"id":"ada","name":"STAFF"},
		"client":{"name":"OLD-client","email":"OLD@client.example"},"chat":[{"src":"client","date":%[1]q,"message":"hello"}]}}`,
		analytics.FormatTime(ago(40)), analytics.FormatTime(ago(40).Add(time.Minute)))
	e, err := analytics.ParseCallEnded([]byte(webhook), ago(40))
	if err != nil {
		p.t.Fatal(err)
	}
	absorb(p.t, p.repo, p.org, e)
	if _, err := p.repo.FoldLive(p.t.Context(), 0, time.Now().Add(time.Minute)); err != nil {
		p.t.Fatal(err)
	}
}
