package resolvers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"cartograph/analytics"
	"cartograph/limits"
)

const (
	// maxErrors bounds the errors of one answer: a list of 250 calls whose agents
	// cannot be read has one cause, not 250.
	maxErrors = 20
	// maxMessage bounds a message in bytes: messages of the parser quote what
	// they were given.
	maxMessage = 500
)

// presenter turns whatever fails into what a client may read. It is the one
// place where codes become extensions.code.
type presenter struct {
	log *slog.Logger
	// hideNames leaves out what tells names of the schema.
	hideNames bool
	watcher   Watcher
}

// present returns err as the error of an answer: an analytics.Error with its
// message and code, what gqlgen finds wrong with a request as BAD_USER_INPUT,
// and everything else as "internal error" with the request's id. Failures of
// ours are logged with their cause, each once.
func (p presenter) present(ctx context.Context, err error) *gqlerror.Error {
	shown := &gqlerror.Error{Path: graphql.GetPath(ctx)}
	var positioned *gqlerror.Error
	if errors.As(err, &positioned) {
		shown.Path, shown.Locations = positioned.Path, positioned.Locations
	}
	argument := cutArgument(ctx, shown)
	variable := cutVariable(positioned, shown)
	if shown.Locations == nil {
		shown.Locations = locationsOf(ctx)
	}

	code, message := analytics.Internal, ""
	var known *analytics.Error
	switch {
	case errors.As(err, &known):
		code, message = known.Code, known.Message
	case positioned != nil && (isRequestError(positioned) || argument != ""):
		code, message = analytics.BadUserInput, positioned.Message
	}
	if argument != "" {
		paceOf(ctx).add(-1) // the field was announced, and does not begin
		message = argument + ": " + message
	}
	if variable != "" {
		message = variable + ": " + message
	}
	shown.Message = clip(p.withoutNames(message))
	shown.Extensions = map[string]any{"code": string(code)}
	p.watcher.Failed(string(code))
	var early *limits.Throttled
	if errors.As(err, &early) {
		shown.Extensions["retryAfterSeconds"] = early.RetryAfter()
	}

	if code == analytics.Internal {
		shown.Message = "internal error"
		shown.Extensions["requestId"] = requestID(ctx)
	}
	if isOurs(code) && (known == nil || known.Err != nil || code == analytics.Internal) {
		p.report(ctx, err, shown.Path)
	}
	return shown
}

// isRequestError reports whether gqlgen gave the error to a request it could
// not parse or validate.
func isRequestError(err *gqlerror.Error) bool {
	code := err.Extensions["code"]
	return code == errcode.ParseFailed || code == errcode.ValidationFailed
}

// isOurs reports whether an error of the code is a failure of the gateway, not
// of the one who asks.
func isOurs(code analytics.Code) bool {
	return code == analytics.Internal || code == analytics.Unavailable || code == analytics.Timeout
}

// cutArgument makes the path of an error end at its field, and returns what
// followed: the way into the field's arguments, "filter.period.start".
func cutArgument(ctx context.Context, err *gqlerror.Error) string {
	field := graphql.GetFieldContext(ctx)
	if field == nil {
		return ""
	}
	n := len(field.Path())
	if len(err.Path) <= n {
		return ""
	}
	var names []string
	for _, element := range err.Path[n:] {
		names = append(names, fmt.Sprint(element))
	}
	err.Path = err.Path[:n]
	return strings.Join(names, ".")
}

// cutVariable empties the path of an error that was found in the variables of a
// request, which is no place in the answer, and returns the way to what is wrong,
// "$filter.status"; "" for other errors.
func cutVariable(found, shown *gqlerror.Error) string {
	if found == nil || !isRequestError(found) || len(shown.Path) < 2 || shown.Path[0] != ast.PathName("variable") {
		return ""
	}
	way := shown.Path[1:]
	shown.Path = nil
	return "$" + way.String()
}

// withoutNames cuts off what the validator tells of names that were not asked
// for, where the schema is hidden.
func (p presenter) withoutNames(message string) string {
	if !p.hideNames {
		return message
	}
	message, _, _ = strings.Cut(message, " Did you mean")
	message, _, _ = strings.Cut(message, " used in position expecting")
	return message
}

func clip(message string) string {
	if len(message) <= maxMessage {
		return message
	}
	return strings.ToValidUTF8(message[:maxMessage], "") + "…"
}

// logged is an error whose cause stands in the log already: a failed batch
// fails every field that waits for it.
type logged struct{ error }

func (l logged) Unwrap() error { return l.error }

// isAbandoned reports whether work failed because nobody waits for it any more:
// who asked hung up, or unsubscribed.
func isAbandoned(ctx context.Context, err error) bool {
	return errors.Is(ctx.Err(), context.Canceled) && errors.Is(err, context.Canceled)
}

// report logs the cause of a failure, unless it is logged already, or none: who
// asked went away.
func (p presenter) report(ctx context.Context, err error, path ast.Path) {
	var done logged
	if errors.As(err, &done) || isAbandoned(ctx, err) {
		return
	}
	p.log.ErrorContext(ctx, "a query failed", "request", requestID(ctx), "operation", operationName(ctx), "organization", orgOf(ctx), "token", tokenOf(ctx), "path", path.String(), "error", causeOf(err))
}

// causeOf returns the text of an error for the log, without what gqlgen adds.
func causeOf(err error) string {
	var positioned *gqlerror.Error
	if errors.As(err, &positioned) && positioned.Err != nil {
		return positioned.Err.Error()
	}
	return err.Error()
}

// recovered turns a panic of a resolver into an internal error, and logs it
// with its stack.
func (p presenter) recovered(ctx context.Context, cause any) error {
	p.log.ErrorContext(ctx, "a query panicked", "request", requestID(ctx), "operation", operationName(ctx), "organization", orgOf(ctx), "error", fmt.Sprint(cause), "stack", string(debug.Stack()))
	return logged{fmt.Errorf("panic: %v", cause)}
}

// locationsOf returns where the field that is being resolved stands in the
// document; nil outside of fields.
func locationsOf(ctx context.Context) []gqlerror.Location {
	for field := graphql.GetFieldContext(ctx); field != nil; field = field.Parent {
		if field.Field.Field != nil && field.Field.Position != nil {
			return []gqlerror.Location{{Line: field.Field.Position.Line, Column: field.Field.Position.Column}}
		}
	}
	return nil
}

// fewErrors puts the errors of an answer in the order of the document and of
// lists, whichever field failed first, and cuts them down to maxErrors.
func fewErrors(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	answer := next(ctx)
	if answer == nil {
		return nil
	}
	slices.SortStableFunc(answer.Errors, func(a, b *gqlerror.Error) int {
		return cmp.Or(
			slices.CompareFunc(a.Locations, b.Locations, func(a, b gqlerror.Location) int {
				return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
			}),
			slices.CompareFunc(a.Path, b.Path, comparePathElements))
	})
	if len(answer.Errors) > maxErrors {
		answer.Errors = answer.Errors[:maxErrors]
	}
	return answer
}

// comparePathElements orders places in a list by number, and fields by name.
func comparePathElements(a, b ast.PathElement) int {
	i, iIsIndex := a.(ast.PathIndex)
	k, kIsIndex := b.(ast.PathIndex)
	if iIsIndex && kIsIndex {
		return cmp.Compare(i, k)
	}
	return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
}
