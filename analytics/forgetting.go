package analytics

import "time"

// Forgetting says which personal data is too old to be kept.
type Forgetting struct {
	Now time.Time
	Age time.Duration // that it may reach
}

// Limit returns the first moment that is not too long ago.
func (f Forgetting) Limit() time.Time { return f.Now.Add(-f.Age) }

// lookAgain is how long after a look at the data of a call that runs the next one
// comes.
const lookAgain = 24 * time.Hour

// CallTimes is when a call was.
type CallTimes struct {
	At      time.Time  `bson:"at"`
	EndedAt *time.Time `bson:"endedAt"`
	Running bool       `bson:"running"`
}

// Due returns the moment that the age of personal data of a call goes by: its own
// time, or the end of the call if that is later. call is nil for a call that
// nothing names yet.
//
// Nothing of a call that runs is too old. One whose end nobody tells of counts as
// running for as long as personal data is kept: else it would be kept for ever.
func (f Forgetting) Due(own time.Time, call *CallTimes) time.Time {
	if call == nil {
		return own
	}
	if !call.Running {
		return later(own, call.end())
	}
	givenUp := later(own, call.At.Add(f.Age))
	if look := f.Limit().Add(lookAgain); givenUp.After(look) {
		return look // it may end meanwhile
	}
	return givenUp
}

// LongRunning returns the moment before which a call must have begun to be taken
// for ended with nobody having told.
func (f Forgetting) LongRunning() time.Time { return f.Limit().Add(-f.Age) }

// end returns when the call ended, for a missed one or one that runs when it was.
func (t *CallTimes) end() time.Time {
	if t.EndedAt != nil {
		return *t.EndedAt
	}
	return t.At
}

// foldPersonal finds when the first of the personal data in the call is due, as
// far as the events tell.
func (f *callFold) foldPersonal(events []*Event) {
	times := CallTimes{At: f.call.At, EndedAt: f.call.EndedAt}
	for _, e := range events {
		own := e.PersonalTime()
		if own == nil {
			continue
		}
		due := later(*own, times.end())
		if f.call.Personal == nil || due.Before(*f.call.Personal) {
			f.call.Personal = &due
		}
	}
}
