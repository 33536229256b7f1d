package cart

import (
	"fmt"
	"strings"
)

// Code says what kind of refusal it is, in the words of the gateway's errors.
type Code string

// BadUserInput: the command is wrong by itself. NotFound: it names something
// that is not there. Conflict: it does not go with what happened before.
// LimitExceeded: it asks for more than a cart holds.
const (
	BadUserInput  Code = "BAD_USER_INPUT"
	NotFound      Code = "NOT_FOUND"
	Conflict      Code = "CONFLICT"
	LimitExceeded Code = "LIMIT_EXCEEDED"
)

// Refusal is the error of a command that is against the rules. Nothing has
// changed. Message is safe to show and names what is wrong; Field is the input
// it is about.
type Refusal struct {
	Code    Code
	Field   string
	Message string
}

// Error returns the message.
func (r *Refusal) Error() string { return r.Message }

// refuse returns a Refusal with a formatted message.
func refuse(code Code, field, format string, args ...any) error {
	return &Refusal{Code: code, Field: field, Message: fmt.Sprintf(format, args...)}
}

// clip shortens input that is quoted in a message, so that an answer never
// carries a client's megabytes back.
func clip(s string) string {
	const most = 64
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
