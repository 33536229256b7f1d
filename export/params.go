package export

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"cartograph/analytics"
	"cartograph/reply"
)

// params reads the parameters of a request. The first one that is wrong stands in
// problem, by its name.
type params struct {
	values  url.Values
	known   []string
	problem error
}

// paramsOf returns the parameters of a request. What cannot be read refuses all of
// them: left out, it would leave out a condition.
func paramsOf(r *http.Request) *params {
	values, err := url.ParseQuery(r.URL.RawQuery)
	p := &params{values: values}
	if err != nil {
		p.refuse("", "the parameters cannot be read: separate them by &, and escape them")
	}
	return p
}

// one returns a parameter that may stand once, "" where it is left out.
func (p *params) one(name string) string {
	p.known = append(p.known, name)
	given := p.values[name]
	if len(given) > 1 {
		p.refuse(name, "stands "+strconv.Itoa(len(given))+" times")
		return ""
	}
	if len(given) == 0 {
		return ""
	}
	return given[0]
}

// filled is one that must not be empty where it stands: that would ask for more
// than was meant.
func (p *params) filled(name string) string {
	value := p.one(name)
	if value == "" && p.values.Has(name) {
		p.refuse(name, "is empty")
	}
	return value
}

// refuse notes that a parameter is wrong.
func (p *params) refuse(name, message string) {
	if p.problem == nil {
		p.problem = reply.About(name, "%s", message)
	}
}

// list returns a parameter that may stand several times, each with ids separated
// by commas; nil where it is left out.
func (p *params) list(name string) []string {
	p.known = append(p.known, name)
	var list []string
	for _, value := range p.values[name] {
		for id := range strings.SplitSeq(value, ",") {
			if id = strings.TrimSpace(id); id != "" {
				list = append(list, id)
			}
		}
	}
	if list == nil && p.values.Has(name) {
		p.refuse(name, "is empty")
	}
	return list
}

// flag returns a switch: true, or false where it says so or is left out.
func (p *params) flag(name string) bool {
	switch value := p.filled(name); strings.ToLower(value) {
	case "true":
		return true
	case "false", "":
		return false
	default:
		p.refuse(name, "must be true or false")
		return false
	}
}

// moment returns a time, nil where it is left out.
func (p *params) moment(name string) *time.Time {
	value := p.filled(name)
	if value == "" {
		return nil
	}
	// A + that was not escaped reads as a blank.
	t, err := time.Parse(time.RFC3339Nano, strings.Replace(value, " ", "+", 1))
	if err != nil {
		p.refuse(name, "must be a time with its offset, such as 2026-03-01T00:00:00Z")
		return nil
	}
	return &t
}

// number returns a whole number between least and most, or the usual one where
// it is left out.
func (p *params) number(name string, least, most, usual int) int {
	value := p.one(name)
	if value == "" {
		return usual
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		p.refuse(name, "must be a number from "+strconv.Itoa(least)+" to "+strconv.Itoa(most))
		return usual
	}
	return n
}

// oneOf returns the value that a parameter names, upper or lower case, nil where
// it is left out.
func oneOf[T ~string](p *params, name string, values ...T) *T {
	given := p.filled(name)
	if given == "" {
		return nil
	}
	for _, value := range values {
		if strings.EqualFold(given, string(value)) {
			return &value
		}
	}
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = string(value)
	}
	p.refuse(name, "must be "+strings.Join(texts, " or "))
	return nil
}

// period returns the span from one parameter to another. Where from is left out
// it begins with time, where to is left out it ends now.
func (p *params) period(now time.Time) *analytics.Period {
	from, to := p.moment("from"), p.moment("to")
	if from == nil && to == nil {
		return nil
	}
	period := &analytics.Period{Start: firstMoment, End: now}
	if from != nil {
		period.Start = *from
	}
	if to != nil {
		period.End = *to
	}
	if p.problem == nil && !period.End.After(period.Start) {
		if to == nil {
			p.refuse("from", "must lie in the past where to is left out")
		} else {
			p.refuse("to", "must lie after from")
		}
	}
	return period
}

// firstMoment is before anything that can be told.
var firstMoment = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)

// check returns what is wrong: a parameter, or one that is not known.
func (p *params) check() error {
	if p.problem != nil {
		return p.problem
	}
	names := make([]string, 0, len(p.values))
	for name := range p.values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if !slices.Contains(p.known, name) {
			return reply.About(name, "is no parameter; known are %s", strings.Join(p.known, ", "))
		}
	}
	return nil
}

// callFilter reads which calls to export.
func (p *params) callFilter(now time.Time) analytics.CallFilter {
	return analytics.CallFilter{
		Period:            p.period(now),
		Status:            oneOf(p, "status", analytics.Accepted, analytics.Missed),
		Type:              oneOf(p, "type", analytics.QueueCall, analytics.BookedMeeting),
		AgentIDs:          p.list("agent"),
		QueueIDs:          p.list("queue"),
		ExcludeShortCalls: p.flag("excludeShortCalls"),
		ExcludeShortWaits: p.flag("excludeShortWaits"),
		ExcludeTestCalls:  p.flag("excludeTestCalls"),
	}
}
