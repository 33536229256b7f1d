package cart

import (
	"errors"
	"testing"
)

func TestARequestHasOneID(t *testing.T) {
	for _, c := range []struct {
		id      string
		call    string
		request int64
	}{
		{"7f3a/12", "7f3a", 12},
		{"missed:1/2/3", "missed:1/2", 3},
		{"a//9223372036854775807", "a/", 9223372036854775807},
	} {
		call, request, err := ParseRequestID(c.id)
		if call != c.call || request != c.request || err != nil {
			t.Errorf("ParseRequestID(%q) = %q, %d, %v", c.id, call, request, err)
		}
		if got := RequestID(c.call, c.request); got != c.id {
			t.Errorf("RequestID(%q, %d) = %q, want %q", c.call, c.request, got, c.id)
		}
	}

	for _, id := range []string{"", "/", "7f3a", "7f3a/", "/1", "7f3a/0", "7f3a/-1", "7f3a/+1", "7f3a/01", "7f3a/1 ", "7f3a/9223372036854775808", "7f3a/x"} {
		_, _, err := ParseRequestID(id)
		var refusal *Refusal
		if !errors.As(err, &refusal) || refusal.Code != NotFound || refusal.Field != "requestId" {
			t.Errorf("ParseRequestID(%q): %v", id, err)
		}
	}
}

func FuzzParseRequestID(f *testing.F) {
	for _, id := range []string{"7f3a/12", "a/b/1", "/1", "7f3a/01", "7f3a/-1", "x"} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		call, request, err := ParseRequestID(id)
		if err == nil && (call == "" || request < 1 || RequestID(call, request) != id) {
			t.Errorf("ParseRequestID(%q) = %q, %d", id, call, request)
		}
	})
}
