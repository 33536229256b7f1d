package analytics

import (
	"errors"
	"strings"
	"time"
)

// ColumnError says what is wrong with one column of a row.
type ColumnError struct {
	Column string
	Err    *Error // without the column's name
}

// Error returns the column and what is wrong with it.
func (e *ColumnError) Error() string { return e.Column + ": " + e.Err.Message }

// Unwrap returns the failure with its code.
func (e *ColumnError) Unwrap() error { return e.Err }

func columnErrorf(column, format string, args ...any) *ColumnError {
	return &ColumnError{Column: column, Err: Errorf(BadUserInput, format, args...)}
}

// inColumn names the column of an error; one that is not of ours is unexpected.
func inColumn(column string, err error) *ColumnError {
	var known *Error
	if !errors.As(err, &known) {
		known = &Error{Code: Internal, Message: "cannot be read", Err: err}
	}
	return &ColumnError{Column: column, Err: known}
}

// ParseCallRow reads one row of a call-stats export, given by column name; what
// is not a column is ignored, and an empty cell says nothing. It fails with a
// ColumnError of code BadUserInput that names the first column at fault.
//
// An accepted call needs an id and a start; a missed one a queue and the time it
// was entered, and has no id of its own, no start and no end.
func ParseCallRow(cells map[string]string) (*ImportedCall, error) {
	c := &ImportedCall{}
	for i := range CallColumns {
		column := &CallColumns[i]
		cell := unguardFormula(cells[column.Name])
		if cell == "" || column.parse == nil {
			continue
		}
		if err := column.parse(c, cell); err != nil {
			return nil, inColumn(column.Name, err)
		}
	}
	if err := parseRevenue(c, unguardFormula(cells["revenue_value"]), unguardFormula(cells["revenue_currency"])); err != nil {
		return nil, err
	}
	for _, check := range []func(*ImportedCall) error{checkIdentity, checkTimes, checkPoll, checkCart} {
		if err := check(c); err != nil {
			return nil, err
		}
	}
	completeTimes(c)
	return c, nil
}

// checkIdentity fails where a row does not say which call it is of.
func checkIdentity(c *ImportedCall) error {
	switch {
	case c.Status == "":
		return columnErrorf("status", "missing; it is ACCEPTED or MISSED")
	case c.Status == Accepted && c.ID == "":
		return columnErrorf("call_id", "missing; an accepted call has one")
	case c.Status == Accepted && strings.HasPrefix(c.ID, missedPrefix):
		return columnErrorf("call_id", "%q is an id of missed calls", clip(c.ID))
	case c.Status == Accepted && c.StartedAt == nil:
		return columnErrorf("call_start_time", "missing; an accepted call has one")
	case c.Status == Missed && c.ID != "":
		return columnErrorf("call_id", "%q: a missed call has none", clip(c.ID))
	case c.Status == Missed && c.QueueID == "":
		return columnErrorf("queue_id", "missing; a missed call has one")
	case c.Status == Missed && c.EnteredQueueAt == nil:
		return columnErrorf("entered_queue_time", "missing; a missed call has one")
	case c.Status == Missed && c.Type == BookedMeeting:
		return columnErrorf("call_type", "Booked_meeting: a missed call is from a queue")
	}
	return nil
}

// checkTimes fails for a call that ends before it starts, and for a missed one
// that starts or ends at all. That a call may start a little before its wait
// ends is true to life.
func checkTimes(c *ImportedCall) error {
	switch {
	case endsBeforeStart(c):
		return columnErrorf("call_end_time", "%s lies before call_start_time %s", FormatTime(*c.EndedAt), FormatTime(*c.StartedAt))
	case c.StartedAt != nil && c.EndedAt != nil && c.EndedAt.Sub(*c.StartedAt) > maxSeconds*time.Second:
		return columnErrorf("call_end_time", "%s lies a century after call_start_time %s", FormatTime(*c.EndedAt), FormatTime(*c.StartedAt))
	case c.Status == Missed && c.StartedAt != nil:
		return columnErrorf("call_start_time", "%s: a missed call has none", FormatTime(*c.StartedAt))
	case c.Status == Missed && c.EndedAt != nil:
		return columnErrorf("call_end_time", "%s: a missed call has none", FormatTime(*c.EndedAt))
	}
	return nil
}

// checkPoll fails for a rating off its scale. A scale without a rating says
// nothing: workspaces write their setting into every row.
func checkPoll(c *ImportedCall) error {
	switch {
	case c.PollRating == nil:
		c.PollScale = nil
	case c.PollScale == nil:
		return columnErrorf("poll_scale", "missing; the rating has one")
	case *c.PollScale == 2 && *c.PollRating != 1 && *c.PollRating != 2:
		return columnErrorf("poll_rating", "%s is neither 1 nor 2, on scale 2", formatNumber(c.PollRating))
	}
	return nil
}

// checkCart fails for a cart's value that is no amount of the currency it is in.
func checkCart(c *ImportedCall) error {
	currency := c.currency()
	if c.CheckedOutValue == "" || currency == "" {
		return nil
	}
	value, err := ParseMoney(c.CheckedOutValue, currency)
	if err != nil {
		return inColumn("checked_out_value", err)
	}
	c.CheckedOutValue = value.Amount()
	return nil
}

// completeTimes fills in the end of a call from its duration, its duration from
// the end, and waits from the times around them.
func completeTimes(c *ImportedCall) {
	if c.StartedAt == nil {
		return
	}
	if c.EndedAt == nil && c.Duration != nil {
		end := c.StartedAt.Add(time.Duration(*c.Duration) * time.Millisecond)
		c.EndedAt = &end
	}
	complete := func(wait **int64, from, to *time.Time) {
		if *wait != nil || from == nil || to == nil {
			return
		}
		if span := to.Sub(*from); span >= 0 && span <= maxSeconds*time.Second {
			ms := span.Milliseconds()
			*wait = &ms
		}
	}
	complete(&c.Duration, c.StartedAt, c.EndedAt)
	complete(&c.QueueWait, c.EnteredQueueAt, c.StartedAt)
	complete(&c.WaitingRoomWait, c.EnteredWaitingRoomAt, c.StartedAt)
}

// Event returns the event that the row is, received now. It fails as
// ParseCallRow does where the call lies ahead of now.
func (c *ImportedCall) Event(now time.Time) (Event, error) {
	if c.At().After(now.Add(maxAhead)) {
		column := "call_start_time"
		if c.Status == Missed {
			column = "entered_queue_time"
		}
		return Event{}, columnErrorf(column, "%s lies more than 5 minutes ahead of now", FormatTime(c.At()))
	}
	return NewImportedCall(c.CallID(), c.Cells(), c.At(), now), nil
}
