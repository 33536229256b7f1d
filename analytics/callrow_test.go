package analytics

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// acceptedCells and missedCells are the cells of rows that are right; withCells changes some.
func acceptedCells() map[string]string {
	return map[string]string{
		"status": "ACCEPTED", "call_id": "c-1", "client_session_id": "s-1", "queue_id": "q-1",
		"entered_queue_time": "2026-03-01T09:29:00Z", "call_start_time": "2026-03-01T09:30:00Z", "call_end_time": "2026-03-01T09:40:00Z",
	}
}

func missedCells() map[string]string {
	return map[string]string{
		"status": "MISSED", "client_session_id": "s-1", "queue_id": "q-1",
		"entered_queue_time": "2026-03-01T09:29:00Z", "seconds_in_queue": "61",
	}
}

func withCells(cells map[string]string, changes ...string) map[string]string {
	for i := 0; i < len(changes); i += 2 {
		cells[changes[i]] = changes[i+1]
	}
	return cells
}

func moment(s string) *time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return ptr(t.UTC())
}

func TestParseCallRowReadsEveryColumn(t *testing.T) {
	got, err := ParseCallRow(map[string]string{
		"status": "ACCEPTED", "is_test_call": "true", "call_id": "c-1", "client_session_id": "s-1", "client_id": "b-1",
		"agent_id": "a-1", "agent_name": "Ada", "tracking_tag": "'=desk 4",
		"queue_id": "q-1", "queue_name": "'@home", "entered_queue_time": "2026-03-01T10:29:00.25+01:00", "seconds_in_queue": "59.7499999",
		"call_start_time": "2026-03-01T09:30:00Z", "call_end_time": "2026-03-01T09:40:00.123999Z", "call_duration_seconds": "600",
		"number_of_messages_by_agent": "3", "number_of_messages_by_client": "4.0", "call_type": "booked_MEETING",
		"waiting_room_id": "w-1", "entered_waiting_room_time": "2026-03-01T09:25:00Z", "seconds_in_waiting_room": "300",
		"products_added_to_cart": "A;B;A;", "checked_out_products": "B", "checked_out_value": "12.5",
		"poll_rating": "9.0", "poll_scale": "10", "poll_free_text": "''tis fine",
		"first_purchase_time": "2026-03-02T00:00:00Z", "purchased_products": "B;C", "revenue_value": "20;7.50;0.5", "revenue_currency": "EUR;EUR;EUR",
		"number_of_purchases": "2", "order_ids": "o-1;o-2", "blocked_time": "2026-03-03T00:00:00Z", "blocked_note": "rude",
		"shopper_first_name": "Sam", "shopper_last_name": "O'Neil", "shopper_email": "sam@example.org", "shopper_phone": "'+1 555",
		"shopper_message": "two\nlines", "shopper_data": `{ "ip": "::1" }`, "tried_on_products": "D",
		"customer_tags":      `{"vip":false,"a":1,"bad":null,"vip":true,"b":"x"}`,
		"a column of theirs": "is ignored",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := &ImportedCall{
		Status: Accepted, Test: ptr(true), ID: "c-1", SessionID: "s-1", ClientID: "b-1",
		AgentID: "a-1", AgentName: "Ada", TrackingTag: "=desk 4",
		QueueID: "q-1", QueueName: "@home", EnteredQueueAt: moment("2026-03-01T09:29:00.25Z"), QueueWait: ptr[int64](59_750),
		StartedAt: moment("2026-03-01T09:30:00Z"), EndedAt: moment("2026-03-01T09:40:00.123Z"), Duration: ptr[int64](600_000),
		MessagesByAgent: ptr(3), MessagesByShopper: ptr(4), Type: BookedMeeting,
		WaitingRoomID: "w-1", EnteredWaitingRoomAt: moment("2026-03-01T09:25:00Z"), WaitingRoomWait: ptr[int64](300_000),
		AddedSKUs: []string{"A", "B"}, CheckedOutSKUs: []string{"B"}, CheckedOutValue: "12.50",
		PollRating: ptr(9.0), PollScale: ptr(10), PollText: "'tis fine",
		FirstPurchaseAt: moment("2026-03-02T00:00:00Z"), PurchasedSKUs: []string{"B", "C"}, Revenue: []Money{{2800, "EUR"}},
		NumberOfPurchases: ptr(2), OrderIDs: []string{"o-1", "o-2"}, BlockedAt: moment("2026-03-03T00:00:00Z"), BlockedNote: "rude",
		Shopper: ShopperDetails{FirstName: "Sam", LastName: "O'Neil", Email: "sam@example.org", Phone: "+1 555",
			Message: "two\nlines", Data: `{"ip":"::1"}`},
		TriedOnSKUs: []string{"D"}, CustomerTags: []CustomerTag{{"a", 1.0}, {"vip", true}, {"b", "x"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("row differs (-want +got):\n%s", diff)
	}
}

func TestParseCallRowNamesWhatIsWrong(t *testing.T) {
	for _, test := range []struct {
		name  string
		cells map[string]string
		want  string
	}{
		{"no status", withCells(acceptedCells(), "status", ""), "status: missing; it is ACCEPTED or MISSED"},
		{"unknown status", withCells(acceptedCells(), "status", "LOST"), `status: "LOST" is neither ACCEPTED nor MISSED`},
		{"status in lower case", withCells(acceptedCells(), "status", "accepted"), `status: "accepted" is neither ACCEPTED nor MISSED`},
		{"test call neither true nor false", withCells(acceptedCells(), "is_test_call", "1"), `is_test_call: "1" is neither TRUE nor FALSE`},
		{"accepted without id", withCells(acceptedCells(), "call_id", ""), "call_id: missing; an accepted call has one"},
		{"accepted under an id of missed calls", withCells(acceptedCells(), "call_id", "missed:1"), `call_id: "missed:1" is an id of missed calls`},
		{"id too long", withCells(acceptedCells(), "call_id", strings.Repeat("x", 129)),
			`call_id: "` + strings.Repeat("x", 64) + `…" has 129 characters, at most 128 are allowed`},
		{"accepted without start", withCells(acceptedCells(), "call_start_time", ""), "call_start_time: missing; an accepted call has one"},
		{"date without time", withCells(acceptedCells(), "call_start_time", "31/12"), `call_start_time: "31/12" is not an RFC 3339 time`},
		{"time without offset", withCells(acceptedCells(), "call_start_time", "2026-03-01T09:30:00"), `call_start_time: "2026-03-01T09:30:00" is not an RFC 3339 time`},
		{"day that does not exist", withCells(acceptedCells(), "call_start_time", "2026-02-30T09:30:00Z"), `call_start_time: "2026-02-30T09:30:00Z" is not an RFC 3339 time`},
		{"year that no RFC 3339 time can have in UTC", withCells(acceptedCells(), "call_start_time", "9999-12-31T23:59:59-23:00"),
			`call_start_time: "9999-12-31T23:59:59-23:00" is not an RFC 3339 time`},
		{"end before start", withCells(acceptedCells(), "call_end_time", "2026-03-01T09:29:59.999Z"),
			"call_end_time: 2026-03-01T09:29:59.999Z lies before call_start_time 2026-03-01T09:30:00Z"},
		{"end a century after start", withCells(acceptedCells(), "call_end_time", "2126-03-01T09:30:00Z"),
			"call_end_time: 2126-03-01T09:30:00Z lies a century after call_start_time 2026-03-01T09:30:00Z"},
		{"negative duration", withCells(acceptedCells(), "call_duration_seconds", "-1"), `call_duration_seconds: "-1" is not a number of seconds`},
		{"duration in words", withCells(acceptedCells(), "call_duration_seconds", "1e3"), `call_duration_seconds: "1e3" is not a number of seconds`},
		{"wait without end", withCells(acceptedCells(), "seconds_in_queue", "9999999999999999999"), `seconds_in_queue: "9999999999999999999" is too large a number of seconds`},
		{"half a message", withCells(acceptedCells(), "number_of_messages_by_agent", "1.5"), `number_of_messages_by_agent: "1.5" is not a whole number`},
		{"unknown type", withCells(acceptedCells(), "call_type", "Video"), `call_type: "Video" is neither Booked_meeting nor Queue`},
		{"cart without amount", withCells(acceptedCells(), "checked_out_value", "12,50"), `checked_out_value: "12,50" is not a decimal amount`},
		{"cart with more digits than the currency", withCells(acceptedCells(), "checked_out_value", "12.50", "revenue_currency", "JPY"),
			"checked_out_value: 12.50 has more than the 0 fraction digits of JPY"},
		{"rating off the scale", withCells(acceptedCells(), "poll_rating", "11", "poll_scale", "10"), `poll_rating: "11" is not a number from 0 to 10`},
		{"thumbs neither down nor up", withCells(acceptedCells(), "poll_rating", "1.5", "poll_scale", "2"), "poll_rating: 1.5 is neither 1 nor 2, on scale 2"},
		{"rating without scale", withCells(acceptedCells(), "poll_rating", "5"), "poll_scale: missing; the rating has one"},
		{"unknown scale", withCells(acceptedCells(), "poll_scale", "5"), `poll_scale: "5" is neither 10 nor 2`},
		{"revenue without currency", withCells(acceptedCells(), "revenue_value", "5"), "revenue_currency: the currency of revenue_value is missing"},
		{"revenue in an unknown currency", withCells(acceptedCells(), "revenue_value", "5", "revenue_currency", "EURO"), `revenue_currency: unknown currency "EURO"`},
		{"revenue with too many currencies", withCells(acceptedCells(), "revenue_value", "5", "revenue_currency", "EUR;SEK"), "revenue_currency: 2 currencies stand for 1 amounts"},
		{"currencies without revenue", withCells(acceptedCells(), "revenue_currency", "EUR;SEK"), "revenue_value: 2 currencies stand without amounts"},
		{"revenue that is no amount", withCells(acceptedCells(), "revenue_value", "5;x", "revenue_currency", "EUR"), `revenue_value: "x" is not a decimal amount`},
		{"revenue too large together", withCells(acceptedCells(), "revenue_value", "9999999999999;1", "revenue_currency", "EUR"), "revenue_value: the amounts in EUR are too large together"},
		{"too many products", withCells(acceptedCells(), "tried_on_products", numbered(1001)), "tried_on_products: the list has 1001 entries, at most 1000 are allowed"},
		{"shopper data that is not JSON", withCells(acceptedCells(), "shopper_data", "{ip}"), `shopper_data: "{ip}" is not JSON`},
		{"tags that are no object", withCells(acceptedCells(), "customer_tags", `["vip"]`), `customer_tags: "[\"vip\"]" is not a JSON object`},
		{"missed with an id", withCells(missedCells(), "call_id", "c-1"), `call_id: "c-1": a missed call has none`},
		{"missed without queue", withCells(missedCells(), "queue_id", ""), "queue_id: missing; a missed call has one"},
		{"missed without its time", withCells(missedCells(), "entered_queue_time", ""), "entered_queue_time: missing; a missed call has one"},
		{"missed with a start", withCells(missedCells(), "call_start_time", "2026-03-01T09:30:00Z"), "call_start_time: 2026-03-01T09:30:00Z: a missed call has none"},
		{"missed with an end", withCells(missedCells(), "call_end_time", "2026-03-01T09:30:00Z"), "call_end_time: 2026-03-01T09:30:00Z: a missed call has none"},
		{"missed booking", withCells(missedCells(), "call_type", "Booked_meeting"), "call_type: Booked_meeting: a missed call is from a queue"},
	} {
		t.Run(test.name, func(t *testing.T) {
			row, err := ParseCallRow(test.cells)
			if err == nil {
				t.Fatalf("the row was read as %+v", row)
			}
			if diff := cmp.Diff(test.want, err.Error()); diff != "" {
				t.Errorf("error differs (-want +got):\n%s", diff)
			}
			column, _, _ := strings.Cut(test.want, ":")
			var in *ColumnError
			if !errors.As(err, &in) || in.Column != column || CodeOf(err) != BadUserInput {
				t.Errorf("got %#v, want a ColumnError of %s with BAD_USER_INPUT", err, column)
			}
		})
	}
}

func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(string(rune('a'+i%26)) + strings.Repeat("x", i/26) + ";")
	}
	return b.String()
}

func TestParseCallRowFillsInWhatFollows(t *testing.T) {
	for _, test := range []struct {
		name     string
		cells    map[string]string
		end      *time.Time
		duration *int64
		wait     *int64
	}{
		{"duration and wait from the times", acceptedCells(), moment("2026-03-01T09:40:00Z"), ptr[int64](600_000), ptr[int64](60_000)},
		{"the end from the duration", withCells(acceptedCells(), "call_end_time", "", "call_duration_seconds", "1.5"), moment("2026-03-01T09:30:01.5Z"), ptr[int64](1500), ptr[int64](60_000)},
		{"nothing of a call that goes on", withCells(acceptedCells(), "call_end_time", ""), nil, nil, ptr[int64](60_000)},
		{"a stated wait stands, though the call begins before it ends", withCells(acceptedCells(), "entered_queue_time", "2026-03-01T09:30:01Z", "seconds_in_queue", "0"),
			moment("2026-03-01T09:40:00Z"), ptr[int64](600_000), ptr[int64](0)},
		{"no wait of a call that begins before it is queued", withCells(acceptedCells(), "entered_queue_time", "2026-03-01T09:30:01Z"),
			moment("2026-03-01T09:40:00Z"), ptr[int64](600_000), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			row, err := ParseCallRow(test.cells)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]any{test.end, test.duration, test.wait}, []any{row.EndedAt, row.Duration, row.QueueWait}); diff != "" {
				t.Errorf("end, duration and wait differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMissedCallsKeepApart(t *testing.T) {
	id := func(occurrence int, changes ...string) string {
		row, err := ParseCallRow(withCells(missedCells(), changes...))
		if err != nil {
			t.Fatal(err)
		}
		row.Occurrence = occurrence
		return row.CallID()
	}
	if got, want := id(0), MissedCallID("s-1", "q-1", *moment("2026-03-01T09:29:00Z")); got != want {
		t.Errorf("got %s, want the id that the event of the same wait has, %s", got, want)
	}
	if id(0) != id(1) || id(0) != id(0, "client_id", "b-1", "seconds_in_queue", "7", "shopper_first_name", "Sam") {
		t.Error("what else a row says of a session changes the id of its call")
	}
	ids := map[string]string{}
	for name, id := range map[string]string{
		"a session":              id(0),
		"another":                id(0, "client_session_id", "s-2"),
		"a browser":              id(0, "client_session_id", "", "client_id", "b-1"),
		"another browser":        id(0, "client_session_id", "", "client_id", "b-2"),
		"nothing but a wait":     id(0, "client_session_id", ""),
		"another wait":           id(0, "client_session_id", "", "seconds_in_queue", "62"),
		"the same once more":     id(2, "client_session_id", ""),
		"nothing at all":         id(0, "client_session_id", "", "seconds_in_queue", ""),
		"nothing at all, again":  id(2, "client_session_id", "", "seconds_in_queue", ""),
		"nothing, another queue": id(0, "client_session_id", "", "seconds_in_queue", "", "queue_id", "q-2"),
	} {
		if other, taken := ids[id]; taken {
			t.Errorf("%s and %s are one call", name, other)
		}
		ids[id] = name
	}
}

func TestAFormulaIsGuardedOnceAndTheGuardTakenOnce(t *testing.T) {
	for _, text := range []string{"=1+1", "+46 8", "-5", "@home", "'tis", "''", "'", "plain", "a=b", " =1"} {
		row, err := ParseCallRow(withCells(acceptedCells(), "shopper_message", GuardFormula(text)))
		if err != nil {
			t.Fatal(err)
		}
		cell := row.Cells()["shopper_message"]
		if strings.ContainsAny(cell[:1], "=+-@") || string(row.Shopper.Message) != text {
			t.Errorf("%q is written as %q and read as %q", text, cell, row.Shopper.Message)
		}
	}
}

func TestMergeTakesTheLaterOfTwoImports(t *testing.T) {
	first, err := ParseCallRow(withCells(acceptedCells(), "agent_id", "a-1", "poll_rating", "9", "poll_scale", "10", "poll_free_text", "fine",
		"revenue_value", "5;7", "revenue_currency", "EUR;SEK", "shopper_first_name", "Sam", "customer_tags", `{"a":1}`))
	if err != nil {
		t.Fatal(err)
	}
	later, err := ParseCallRow(withCells(acceptedCells(), "agent_id", "a-2", "poll_rating", "2", "poll_scale", "2", "call_start_time", "2026-03-01T09:45:00Z",
		"call_end_time", "", "revenue_value", "6", "revenue_currency", "EUR", "shopper_first_name", "", "customer_tags", `{"b":2}`))
	if err != nil {
		t.Fatal(err)
	}
	first.Merge(later)
	want := &ImportedCall{
		Status: Accepted, ID: "c-1", SessionID: "s-1", AgentID: "a-2", QueueID: "q-1",
		EnteredQueueAt: moment("2026-03-01T09:29:00Z"), QueueWait: ptr[int64](960_000),
		StartedAt:  moment("2026-03-01T09:45:00Z"),
		PollRating: ptr(2.0), PollScale: ptr(2), PollText: "fine", Revenue: []Money{{600, "EUR"}},
		Shopper: ShopperDetails{FirstName: "Sam"}, CustomerTags: []CustomerTag{{"b", 2.0}},
	}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Errorf("merged row differs (-want +got):\n%s", diff)
	}
}

func TestEventOfARow(t *testing.T) {
	row, err := ParseCallRow(withCells(acceptedCells(), "is_test_call", "true"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseCallRow(row.Cells())
	if err != nil {
		t.Fatal(err)
	}
	now := *moment("2026-03-01T09:25:00Z")
	one, err := row.Event(now)
	if err != nil {
		t.Fatal(err)
	}
	two, err := again.Event(now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if one.EventID != two.EventID || one.Subject != "call:c-1" || one.Type != CallImported || !one.At.Equal(*row.StartedAt) {
		t.Errorf("the row is %+v, and again %+v", one, two)
	}
	if _, err := row.Event(now.Add(-time.Millisecond)); err == nil ||
		err.Error() != "call_start_time: 2026-03-01T09:30:00Z lies more than 5 minutes ahead of now" {
		t.Errorf("a call of tomorrow: %v", err)
	}
}
