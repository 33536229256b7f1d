package analytics

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// Packed calls are unpacked as what statistics know of them, whatever they are.
func TestCallsAreUnpackedAsPacked(t *testing.T) {
	u := NewCallUnpacker()
	rapid.Check(t, func(t *rapid.T) {
		hour := HourOf(time.UnixMilli(rapid.Int64Range(-1<<46, 1<<46).Draw(t, "hour")))
		want := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) CallMetrics { return drawPackable(t, hour) }), 1, 30).Draw(t, "calls")
		got, err := u.Unpack(hour, packed(hour, want))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, slices.Clone(got), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("calls (-packed +unpacked):\n%s", diff)
		}
	})
}

func packed(hour time.Time, calls []CallMetrics) []byte {
	p := NewCallPacker(hour)
	for i := range calls {
		p.Add(&calls[i])
	}
	return p.Packed()
}

func drawPackable(t *rapid.T, hour time.Time) CallMetrics {
	number := rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64())
	text := rapid.SampledFrom([]string{"", "anna", "ben", strings.Repeat("long ", 60), "é\x00"})
	m := CallMetrics{
		At:     hour.Add(time.Duration(rapid.Int64Range(0, int64(PackedHour/time.Millisecond)-1).Draw(t, "at")) * time.Millisecond),
		Status: CallStatus(text.Draw(t, "status")), Type: CallType(text.Draw(t, "type")),
		AgentID: text.Draw(t, "agent"), QueueID: text.Draw(t, "queue"),
		Test: rapid.Bool().Draw(t, "test"), Short: rapid.Bool().Draw(t, "short"),
		MessagesByAgent: int(number.Draw(t, "byAgent")), MessagesByShopper: int(number.Draw(t, "byShopper")),
		Added: rapid.Bool().Draw(t, "added"), CheckedOut: rapid.Bool().Draw(t, "checkedOut"),
		Rating: rapid.SampledFrom([]float64{0, 1, 2, 9, 10, 6.3, -1}).Draw(t, "rating"), Scale: rapid.SampledFrom([]int{0, 2, 10}).Draw(t, "scale"),
		Purchases: PurchaseSummary{Count: int(number.Draw(t, "purchases"))},
	}
	if rapid.Bool().Draw(t, "has duration") {
		duration := number.Draw(t, "duration")
		m.Duration = &duration
	}
	if rapid.Bool().Draw(t, "has wait") {
		wait := number.Draw(t, "wait")
		m.QueueWait = &wait
	}
	for range rapid.IntRange(0, 2).Draw(t, "amounts") {
		m.Purchases.Revenue = append(m.Purchases.Revenue, Money{Minor: number.Draw(t, "minor"), Currency: text.Draw(t, "currency")})
	}
	return m
}

// Ids of agents and queues are all that packed calls hold of anybody: nothing of
// the shopper, of orders or of products.
func TestPackedCallsHoldNothingAboutShoppers(t *testing.T) {
	m := CallMetrics{
		Key: "acme/call-id", Org: "acme", CallID: "call-id", At: noon, AgentID: "anna",
		Purchases: PurchaseSummary{Count: 1, OrderIDs: []string{"order-id"}}, Products: []ProductInCall{{SKU: "sku-id"}},
	}
	raw := string(packed(HourOf(noon), []CallMetrics{m}))
	for _, text := range []string{"acme", "call-id", "order-id", "sku-id"} {
		if strings.Contains(raw, text) {
			t.Errorf("%q holds %s", raw, text)
		}
	}
	if !strings.Contains(raw, "anna") {
		t.Errorf("%q does not hold the agent", raw)
	}
}

// A call takes some 20 bytes, next to what agents and queues are called.
func TestPackedCallsAreSmall(t *testing.T) {
	calls := make([]CallMetrics, 1000)
	for i := range calls {
		duration, wait := int64(i%3600)*1000+7, int64(i%300)*1000+7
		calls[i] = CallMetrics{
			At: HourOf(noon).Add(time.Duration(i) * 3 * time.Second), Status: Accepted, Type: QueueCall, AgentID: "anna", QueueID: "shoes",
			Duration: &duration, QueueWait: &wait, MessagesByAgent: i % 9, MessagesByShopper: i % 7, Scale: 10, Rating: float64(i % 10),
			Added: i%3 == 0,
		}
	}
	if size := len(packed(HourOf(noon), calls)); size > 20*len(calls) {
		t.Errorf("%d calls take %d bytes", len(calls), size)
	}
	if raw := NewCallPacker(HourOf(noon)).Packed(); len(raw) > 0 {
		t.Errorf("no calls take %d bytes", len(raw))
	}
}

// FuzzUnpack holds that whatever is no packed hour is refused: cut off or
// overwritten anywhere, with a checksum or without.
func FuzzUnpack(f *testing.F) {
	hour := HourOf(noon)
	duration := int64(5)
	good := packed(hour, []CallMetrics{
		{At: hour, Status: Missed, Type: QueueCall},
		{At: hour.Add(time.Minute), AgentID: "anna", Duration: &duration, Scale: 10, Rating: 9, Purchases: PurchaseSummary{Count: 1, Revenue: []Money{{5, "EUR"}}}},
	})
	for cut := range good {
		f.Add(good[:cut], false)
		f.Add(good[:cut], true)
		broken := slices.Clone(good)
		broken[cut] ^= 0xff
		f.Add(broken, false)
		f.Add(broken[:len(broken)-4], true)
	}
	f.Fuzz(func(t *testing.T, raw []byte, sum bool) {
		if sum {
			raw = withChecksum(slices.Clip(raw))
		}
		calls, err := NewCallUnpacker().Unpack(hour, raw)
		switch {
		case err != nil && !errors.Is(err, ErrDamagedPack):
			t.Errorf("got %v", err)
		case err != nil:
			return
		}
		for i := range calls {
			if HourOf(calls[i].At) != hour {
				t.Errorf("a call of %v is of the hour %v", calls[i].At, hour)
			}
		}
		if again, err := NewCallUnpacker().Unpack(hour, packed(hour, slices.Clone(calls))); err != nil && len(calls) > 0 {
			t.Errorf("%v: %d calls, packed again, are %d", err, len(calls), len(again))
		}
	})
}
