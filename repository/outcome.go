package repository

import "cartograph/analytics"

// Outcome says what became of one thing that was to be taken in.
type Outcome struct {
	Status OutcomeStatus // of what was not refused
	// Err is the *analytics.Error that it was refused with; it changed nothing
	// and its id stays free.
	Err error
}

// OutcomeStatus says how something counts.
type OutcomeStatus string

// Accepted: it counts from now on. Duplicate: its id counted before. Echo: it
// repeats a change that our own cart integration made, and changes nothing.
const (
	Accepted  OutcomeStatus = "accepted"
	Duplicate OutcomeStatus = "duplicate"
	Echo      OutcomeStatus = "echo"
)

func refuse(code analytics.Code, format string, args ...any) Outcome {
	return Outcome{Err: analytics.Errorf(code, format, args...)}
}
