package repository

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/topology"

	"cartograph/analytics"
)

// wrap returns err as an analytics.Error: "verb noun key" as context for the
// log, a safe message for clients, and the code that the cause stands for. It
// returns nil for nil.
func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	var known *analytics.Error
	if errors.As(err, &known) {
		return fmt.Errorf(format+": %w", append(args, err)...)
	}
	code, message := classify(err)
	return &analytics.Error{Code: code, Message: message, Err: fmt.Errorf(format+": %w", append(args, err)...)}
}

// classify maps a driver error to a code and to what a client may read of it.
func classify(err error) (analytics.Code, string) {
	var unreachable topology.ServerSelectionError
	var answered mongo.ServerError
	switch {
	case errors.Is(err, mongo.ErrNoDocuments):
		return analytics.NotFound, "not found"
	case errors.As(err, &unreachable): // after a wait, so that it looks like a timeout too
		return analytics.Unavailable, "the database cannot be reached"
	case errors.Is(err, context.Canceled):
		return analytics.Timeout, "the request was cancelled"
	case errors.Is(err, context.DeadlineExceeded), mongo.IsTimeout(err):
		return analytics.Timeout, "the database took too long"
	case mongo.IsDuplicateKeyError(err):
		return analytics.Conflict, "already exists"
	case mongo.IsNetworkError(err): // which the driver shows as an answer of the server
		return analytics.Unavailable, "the database cannot be reached"
	case errors.As(err, &answered) && stopping(answered):
		return analytics.Unavailable, "the database is stopping or changing over"
	case errors.Is(err, driver.ErrDocumentTooLarge), // which the driver does not even send
		errors.As(err, &answered) && !answered.HasErrorCode(0):
		return analytics.Internal, "internal error"
	default:
		// What is no answer of a server is a failure to reach one. The driver shows
		// some failures of its own as answers, but a server's answers have a code.
		return analytics.Unavailable, "the database cannot be reached"
	}
}

// stoppingCodes are what servers answer with that stop, or are not primary any
// more: another one takes over, or the same comes back.
var stoppingCodes = []int{
	91,    // ShutdownInProgress
	189,   // PrimarySteppedDown
	10107, // NotWritablePrimary
	11600, // InterruptedAtShutdown
	11602, // InterruptedDueToReplStateChange
	13435, // NotPrimaryNoSecondaryOk
	13436, // NotPrimaryOrSecondary
}

func stopping(answered mongo.ServerError) bool {
	return slices.ContainsFunc(stoppingCodes, answered.HasErrorCode)
}
