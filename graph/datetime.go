package graph

import (
	"io"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"cartograph/analytics"
)

// MarshalDateTime writes a moment as RFC 3339 in UTC, to the millisecond.
func MarshalDateTime(t time.Time) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		_, _ = io.WriteString(w, strconv.Quote(analytics.FormatTime(t)))
	})
}

// UnmarshalDateTime reads a moment as RFC 3339 has it, offset included, and
// keeps its milliseconds. It fails with BadUserInput for anything else.
func UnmarshalDateTime(v any) (time.Time, error) {
	s, ok := v.(string)
	if !ok {
		return time.Time{}, analytics.Errorf(analytics.BadUserInput, "a DateTime is a string such as \"2026-03-01T09:30:00+01:00\"")
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || t.Year() < 1 {
		return time.Time{}, analytics.Errorf(analytics.BadUserInput, "%.64q is no RFC 3339 time with an offset, such as \"2026-03-01T09:30:00+01:00\"", s)
	}
	return t.UTC().Truncate(time.Millisecond), nil
}
