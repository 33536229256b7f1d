package analytics

import "testing"

// FuzzParseArrivalCursor holds that a cursor is a moment or bad input, and that a
// moment's own cursor is that moment.
func FuzzParseArrivalCursor(f *testing.F) {
	f.Add("")
	f.Add(ArrivalCursor(noon))
	f.Add("YXJyaXZhbDotMQ")
	f.Add("YXJyaXZhbDo5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk")
	f.Fuzz(func(t *testing.T, cursor string) {
		at, err := ParseArrivalCursor("after", cursor)
		if err != nil {
			if CodeOf(err) != BadUserInput {
				t.Errorf("got %v, want bad input", err)
			}
			return
		}
		if again, err := ParseArrivalCursor("after", ArrivalCursor(at)); err != nil || !again.Equal(at) {
			t.Errorf("%s is read again as %s, %v", at, again, err)
		}
	})
}

// FuzzParseCatalogRecord holds that whatever comes in is a record or bad input.
func FuzzParseCatalogRecord(f *testing.F) {
	f.Add([]byte(`{"kind":"product","sku":"hat","name":"Hat","price":{"current":"10.00","currency":"EUR"}}`))
	f.Add([]byte(`{"kind":"live_event","id":"e","name":"E","startedAt":"2026-03-09T20:00:00Z"}`))
	f.Add([]byte(`{"kind":"agent","id":"a","name":{"$gt":""}}`))
	f.Add([]byte(`[`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if _, err := ParseCatalogRecord(raw); err != nil && CodeOf(err) != BadUserInput {
			t.Errorf("got %v, want bad input", err)
		}
		RecordIDOf(raw)
		EventIDOf(raw)
	})
}
