package report

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"
	_ "time/tzdata" // zones must not depend on the machine

	"cartograph/analytics"
	"cartograph/reply"
)

// maxPayload bounds a payload, in bytes: it holds an interval and little else.
const maxPayload = 64 << 10

// payload is what a report is asked with. Attributes that the reference does not
// know are skipped at the top, as it skips them; within the interval they are
// refused, as they would be mistaken for having an effect.
type payload struct {
	Interval json.RawMessage `json:"interval"`
}

// readPayload returns the interval that a request asks about, and the time zone
// of its hours and days: UTC unless interval.time_zone names one. It fails with
// BadUserInput, naming the attribute that is wrong.
func readPayload(w http.ResponseWriter, r *http.Request) (analytics.Period, *time.Location, error) {
	var none analytics.Period
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPayload))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return none, nil, reply.TooLarge("the payload has more than %d bytes", maxPayload)
	case err != nil:
		return none, nil, analytics.Errorf(analytics.BadUserInput, "the payload could not be read")
	}
	var p payload
	if err := json.Unmarshal(body, &p); err != nil {
		return none, nil, analytics.Errorf(analytics.BadUserInput, `the payload must be a JSON object: {"interval": {"start": ..., "end": ...}}`)
	}
	if isNull(p.Interval) {
		return none, nil, reply.About("interval", "is required")
	}
	return readInterval(p.Interval)
}

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

func readInterval(raw json.RawMessage) (p analytics.Period, zone *time.Location, err error) {
	var attributes map[string]json.RawMessage
	if json.Unmarshal(raw, &attributes) != nil {
		return p, nil, reply.About("interval", "must be an object with start and end")
	}
	for name := range attributes {
		if name != "start" && name != "end" && name != "time_zone" {
			return p, nil, reply.About("interval", "has an unknown attribute %.64q; known are start, end and time_zone", name)
		}
	}
	zone = time.UTC
	if raw := attributes["time_zone"]; !isNull(raw) {
		if zone, err = readZone(raw); err != nil {
			return p, nil, err
		}
	}
	if p.Start, err = readTime("interval.start", attributes["start"], zone); err != nil {
		return p, nil, err
	}
	if p.End, err = readTime("interval.end", attributes["end"], zone); err != nil {
		return p, nil, err
	}
	if !p.End.After(p.Start) {
		return p, nil, reply.About("interval.end", "must lie after interval.start")
	}
	return p, zone, nil
}

func readZone(raw json.RawMessage) (*time.Location, error) {
	var name string
	if err := json.Unmarshal(raw, &name); err == nil && name != "" && name != "Local" { // Local is the zone of this machine
		if zone, err := time.LoadLocation(name); err == nil {
			return zone, nil
		}
	}
	return nil, reply.About("interval.time_zone", "must be an IANA time zone, such as \"Europe/Paris\"")
}

// layouts are the forms of ISO 8601 that are read; those without an offset are
// times of the interval's time zone. Go reads fractions of a second by all.
var layouts = []string{
	"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07", "2006-01-02T15:04:05",
	"2006-01-02T15:04Z07:00", "2006-01-02T15:04Z0700", "2006-01-02T15:04", "2006-01-02",
}

func readTime(field string, raw json.RawMessage, zone *time.Location) (time.Time, error) {
	if isNull(raw) {
		return time.Time{}, reply.About(field, "is required")
	}
	var text string
	if err := json.Unmarshal(raw, &text); err == nil {
		for _, layout := range layouts {
			if at, err := time.ParseInLocation(layout, text, zone); err == nil {
				return at.UTC(), nil
			}
		}
	}
	return time.Time{}, reply.About(field, "must be a time in ISO 8601, such as \"2026-03-01T00:00:00+01:00\"")
}
