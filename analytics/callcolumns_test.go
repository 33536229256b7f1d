package analytics

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestCallColumnsStandInTheOrderOfTheExport(t *testing.T) {
	want := strings.Fields(`status is_test_call call_id client_session_id client_id agent_id agent_name tracking_tag queue_id
		queue_name entered_queue_time seconds_in_queue call_start_time call_end_time call_duration_seconds
		number_of_messages_by_agent number_of_messages_by_client call_type waiting_room_id entered_waiting_room_time
		seconds_in_waiting_room products_added_to_cart checked_out_products checked_out_value poll_rating poll_scale
		poll_free_text first_purchase_time purchased_products revenue_value revenue_currency number_of_purchases order_ids
		blocked_time blocked_note shopper_first_name shopper_last_name shopper_email shopper_phone shopper_message
		shopper_data tried_on_products customer_tags`)
	var got []string
	for _, column := range CallColumns {
		got = append(got, column.Name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("columns differ (-want +got):\n%s", diff)
	}
}

func TestCallRecord(t *testing.T) {
	call := &Call{
		CallID: "c-1", Status: Accepted, Type: BookedMeeting, Test: true,
		StartedAt: moment("2026-03-01T09:30:00Z"), EndedAt: moment("2026-03-01T09:40:00.5Z"), Duration: ptr[int64](600_500),
		ClientID: "b-1", SessionID: "-s-1", AgentID: "a-1", TrackingTag: "@desk",
		WaitingRoomID: "w-1", EnteredWaitingRoomAt: moment("2026-03-01T09:25:00Z"), WaitingRoomWait: ptr[int64](300_000),
		MessagesByAgent: 3, AddedSKUs: []string{"A", "B"}, CheckedOutSKUs: []string{"B"}, CheckedOutValue: &Money{1250, "EUR"},
		Poll: &PollAnswer{Rating: 9, Scale: 10, Text: "fine"}, BlockedAt: moment("2026-03-03T00:00:00Z"), BlockedNote: "rude",
		Shopper:     ShopperDetails{FirstName: "Sam", LastName: "O'Neil", Email: "s@example.org", Phone: "+1 555", Message: "hi", Data: `{"ip":"::1"}`},
		TriedOnSKUs: []string{"D"}, CustomerTags: []CustomerTag{{"vip", true}, {"n", 1.5}, {"<b>", "x"}},
	}
	metrics := &CallMetrics{Purchases: PurchaseSummary{
		FirstAt: moment("2026-03-02T00:00:00Z"), SKUs: []string{"B"}, Revenue: []Money{{1000, "EUR"}, {500, "JPY"}}, Count: 2, OrderIDs: []string{"o-1", "o-2"},
	}}
	names := CallNames{Agent: "Ada"}
	missed := &Call{
		CallID: "missed:1", Status: Missed, Type: QueueCall, SessionID: "s-2",
		QueueID: "q-1", EnteredQueueAt: moment("2026-03-01T09:30:00Z"), QueueWait: ptr[int64](61_000),
	}
	for _, test := range []struct {
		name     string
		row      *ImportedCall
		personal bool
		want     string
	}{
		{"an accepted call with everything", CallRow(call, metrics, names), true,
			`ACCEPTED|TRUE|c-1|'-s-1|b-1|a-1|Ada|'@desk|||||2026-03-01T09:30:00Z|2026-03-01T09:40:00.500Z|600.5|3|0|Booked_meeting|w-1|2026-03-01T09:25:00Z|300|` +
				`A;B|B|12.50|9|10|fine|2026-03-02T00:00:00Z|B|10.00;500|EUR;JPY|2|o-1;o-2|2026-03-03T00:00:00Z|rude|` +
				`Sam|O'Neil|s@example.org|'+1 555|hi|{"ip":"::1"}|D|{"vip":true,"n":1.5,"<b>":"x"}`},
		{"the same without personal data", CallRow(call, metrics, names), false,
			`ACCEPTED|TRUE|c-1|'-s-1|b-1|a-1|Ada|'@desk|||||2026-03-01T09:30:00Z|2026-03-01T09:40:00.500Z|600.5|3|0|Booked_meeting|w-1|2026-03-01T09:25:00Z|300|` +
				`A;B|B|12.50|9|10||2026-03-02T00:00:00Z|B|10.00;500|EUR;JPY|2|o-1;o-2|2026-03-03T00:00:00Z||||||||D|{"vip":true,"n":1.5,"<b>":"x"}`},
		{"a missed call has no id and no messages", CallRow(missed, &CallMetrics{}, CallNames{Queue: "Help"}), true,
			`MISSED|FALSE||s-2|||||q-1|Help|2026-03-01T09:30:00Z|61||||||Queue||||||||||||||0|||||||||||`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(strings.Split(test.want, "|"), CallRecord(test.row, test.personal)); diff != "" {
				t.Errorf("record differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestARowNamesTheCurrencyOfItsCart(t *testing.T) {
	for _, test := range []struct {
		name    string
		revenue []Money
		amount  string // of an import without a currency, instead of the cart's 12.50 EUR
		want    string // checked_out_value|revenue_value|revenue_currency
	}{
		{"alone where there is no revenue", nil, "", "12.50||EUR"},
		{"by the revenue in the same currency", []Money{{1000, "EUR"}}, "", "12.50|10.00|EUR"},
		{"beside the revenue in another one", []Money{{500, "JPY"}}, "", "12.50|0.00;500|EUR;JPY"},
		{"not at all beside several", []Money{{1000, "GBP"}, {500, "JPY"}}, "", "12.50|10.00;500|GBP;JPY"},
		{"not at all where nobody knows it", nil, "7", "7||"},
	} {
		t.Run(test.name, func(t *testing.T) {
			call := &Call{CallID: "c-1", Status: Accepted, CheckedOutValue: &Money{1250, "EUR"}}
			if test.amount != "" {
				call.CheckedOutValue, call.CheckedOutAmount = nil, test.amount
			}
			row := CallRow(call, &CallMetrics{Purchases: PurchaseSummary{Revenue: test.revenue}}, CallNames{})
			var got []string
			for i := range CallColumns {
				switch CallColumns[i].Name {
				case "checked_out_value", "revenue_value", "revenue_currency":
					got = append(got, CallColumns[i].Format(row))
				}
			}
			if strings.Join(got, "|") != test.want {
				t.Errorf("got %v, want %s", got, test.want)
			}
		})
	}
}

// TestARowIsReadAsItWasWritten holds for rows of any content: what ParseCallRow
// reads of the cells of a row is that row.
func TestARowIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawRow(t)
		got, err := ParseCallRow(want.Cells())
		if err != nil {
			t.Fatalf("%v in %v", err, want.Cells())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("row differs (-written +read):\n%s", diff)
		}
	})
}

// drawRow draws a row that is right, with every field left out now and then.
func drawRow(t *rapid.T) *ImportedCall {
	text := rapid.OneOf(
		rapid.Just(""),
		rapid.StringOfN(rapid.RuneFrom([]rune(`=+-@'";,{}\ é`+"\n\r\t")), 1, 8, -1),
		rapid.StringN(1, 20, 60),
	)
	draw := func(name string) string {
		return strings.ReplaceAll(strings.ToValidUTF8(text.Draw(t, name), ""), "\x00", "")
	}
	id := func(name string) string { return strings.ReplaceAll(draw(name), ";", "") }
	list := func(name string) []string {
		var list []string
		for range rapid.IntRange(0, 4).Draw(t, name+"s") {
			if entry := id(name); entry != "" && !slices.Contains(list, entry) {
				list = append(list, entry)
			}
		}
		return list
	}
	moment := func(name string) *time.Time {
		if rapid.Bool().Draw(t, "no "+name) {
			return nil
		}
		return ptr(time.UnixMilli(rapid.Int64Range(-1e13, 1e14).Draw(t, name)).UTC())
	}
	number := func(name string, least, most int64) *int64 {
		if rapid.Bool().Draw(t, "no "+name) {
			return nil
		}
		return ptr(rapid.Int64Range(least, most).Draw(t, name))
	}
	count := func(name string) *int {
		if n := number(name, 0, maxCount); n != nil {
			return ptr(int(*n))
		}
		return nil
	}
	c := &ImportedCall{
		Status: Missed, SessionID: id("session"), ClientID: id("client"), AgentID: id("agent"), AgentName: draw("agent name"),
		TrackingTag: draw("tag"), QueueID: "q" + id("queue"), QueueName: draw("queue name"),
		EnteredQueueAt: moment("entered"), QueueWait: number("wait", 0, 1e12),
		MessagesByAgent: count("by agent"), MessagesByShopper: count("by shopper"),
		WaitingRoomID: id("room"), EnteredWaitingRoomAt: moment("entered room"), WaitingRoomWait: number("room wait", 0, 1e12),
		AddedSKUs: list("added"), CheckedOutSKUs: list("checked out"), PollText: draw("poll text"),
		FirstPurchaseAt: moment("purchase"), PurchasedSKUs: list("purchased"), NumberOfPurchases: count("purchases"), OrderIDs: list("order"),
		BlockedAt: moment("blocked"), BlockedNote: draw("note"),
		Shopper: ShopperDetails{FirstName: Text(draw("first")), LastName: Text(draw("last")), Email: Text(draw("mail")),
			Phone: Text(draw("phone")), Message: Text(draw("message"))},
		TriedOnSKUs: list("tried on"),
	}
	if rapid.Bool().Draw(t, "mark") {
		c.Test = ptr(rapid.Bool().Draw(t, "test"))
	}
	if rapid.Bool().Draw(t, "accepted") {
		c.Status, c.ID, c.StartedAt = Accepted, "c"+id("call"), ptr(time.UnixMilli(rapid.Int64Range(0, 1e13).Draw(t, "start")).UTC())
		c.Type = rapid.SampledFrom([]CallType{"", QueueCall, BookedMeeting}).Draw(t, "type")
		if d := number("duration", 0, 1e10); d != nil {
			c.Duration, c.EndedAt = d, ptr(c.StartedAt.Add(time.Duration(*d)*time.Millisecond))
		}
		completeTimes(c)
	} else if c.EnteredQueueAt == nil {
		c.EnteredQueueAt = ptr(time.UnixMilli(0).UTC())
	}
	if scale := rapid.SampledFrom([]int{0, 2, 10}).Draw(t, "scale"); scale != 0 {
		c.PollScale, c.PollRating = &scale, ptr(float64(rapid.IntRange(1, 2).Draw(t, "rating")))
	}
	currencies := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"BHD", "EUR", "JPY", "SEK"}), 0, 3, rapid.ID).Draw(t, "currencies")
	slices.Sort(currencies)
	for _, currency := range currencies {
		c.Revenue = append(c.Revenue, Money{rapid.Int64Range(-1e14, 1e14).Draw(t, "revenue"), currency})
	}
	if len(currencies) == 0 && rapid.Bool().Draw(t, "single currency") {
		c.RevenueCurrency = "EUR"
	}
	if currency := c.currency(); currency != "" {
		c.CheckedOutValue = Money{rapid.Int64Range(0, 1e14).Draw(t, "cart"), currency}.Amount()
	}
	if rapid.Bool().Draw(t, "data") {
		quoted, _ := json.Marshal(draw("data"))
		c.Shopper.Data = Text(quoted)
	}
	for i, name := range list("key") {
		value := []any{draw("value"), rapid.Float64Range(-1e300, 1e300).Draw(t, "number"), i == 3}[i%3]
		c.CustomerTags = append(c.CustomerTags, CustomerTag{name, value})
	}
	return c
}

func TestParseCustomerTags(t *testing.T) {
	long := strings.Repeat("é", maxTag/2)
	many := make([]string, 25)
	for i := range many {
		many[i] = `"` + string(rune('a'+i)) + `":` + "1"
	}
	for _, test := range []struct{ name, in, want string }{
		{"no tags", `{}`, ``},
		{"texts, numbers and booleans", `{"a":"x","b":1.5,"c":true}`, `{"a":"x","b":1.5,"c":true}`},
		{"what is no tag is dropped", `{"a":null,"b":[1],"c":{"d":1},"":1,"e":1}`, `{"e":1}`},
		{"of equal keys the last stands", `{"a":1,"b":2,"a":3}`, `{"b":2,"a":3}`},
		{"an invalid one does not stand for an equal key", `{"a":1,"a":null}`, `{"a":1}`},
		{"1024 bytes are kept and one more is not", `{"a":"` + long + `","b":"` + long + `x"}`, `{"a":"` + long + `"}`},
		{"the first 20 are kept", "{" + strings.Join(many, ",") + "}", "{" + strings.Join(many[:20], ",") + "}"},
		{"a number beyond all bounds is dropped", `{"a":1e999,"b":1}`, `{"b":1}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			tags, err := ParseCustomerTags(test.in)
			if err != nil {
				t.Fatal(err)
			}
			if got := FormatCustomerTags(tags); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
	for _, in := range []string{"", "null", "[]", `{"a":1`, `{"a":1} {}`, "vip"} {
		if tags, err := ParseCustomerTags(in); CodeOf(err) != BadUserInput {
			t.Errorf("%q was read as %v, %v", in, tags, err)
		}
	}
}

// TestWhatIsTakenReadsTheSameAgain holds for cells of any form: rows are kept as
// Cells has them, and one that could not be read any more would be lost.
func TestWhatIsTakenReadsTheSameAgain(t *testing.T) {
	odd := rapid.SampledFrom(strings.Split(`0|00|007|1|2|10|9.50|2.0|12.5|-0|-5|1e21|3000000000|999999999999999|0.00|5.|.5|'5|''5|'|''|'''|=1|'=1|`+
		`true|False|ACCEPTED|MISSED|queue|Booked_meeting|EUR|JPY|EUR;EUR|EUR;JPY|1;2|;|;;A;|A;A;B|'A;'B|{}|{"a":1}|{"a":1,"a":"<é>"}|`+
		`{"a":-0.0,"b":1e21,"c":1e-7,"d":null}| { "x" : [ 1 ] } |[]|null|"x"|2026-03-01T09:30:00Z|2026-03-01T09:30:00.9999+05:45|2026-03-01T09:29:00-00:00|`+
		`0001-01-01T00:00:00Z|9900-12-31T23:59:59Z|9999-12-31T23:59:59Z|2026-03-01t09:30:00z| |`+"\t|\n|\u2028|é", "|"))
	taken := 0
	rapid.Check(t, func(t *rapid.T) {
		cells := rapid.SampledFrom([]func() map[string]string{acceptedCells, missedCells}).Draw(t, "row")()
		for range rapid.IntRange(1, 6).Draw(t, "changes") {
			cells[CallColumns[rapid.IntRange(0, len(CallColumns)-1).Draw(t, "column")].Name] = odd.Draw(t, "cell")
		}
		row, err := ParseCallRow(cells)
		if err != nil {
			return
		}
		taken++
		first := row.Cells()
		again, err := ParseCallRow(first)
		if err != nil {
			t.Fatalf("%v is kept as %v: %v", cells, first, err)
		}
		if diff := cmp.Diff(first, again.Cells()); diff != "" {
			t.Errorf("%v reads differently again (-first +again):\n%s", cells, diff)
		}
		if row.CallID() != again.CallID() {
			t.Errorf("%v is of call %s and again of %s", cells, row.CallID(), again.CallID())
		}
	})
	if taken == 0 {
		t.Error("no row was taken")
	}
}
