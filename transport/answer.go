package transport

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// answer is one answer of an operation as every client gets it.
type answer struct {
	payload   []byte // JSON: an object with data, errors and extensions
	version   int64
	versioned bool
}

// execute runs an operation and hands over its answers until there are no more
// or take reports false. It returns the errors of an operation that could not be
// run, as a JSON list, and nil for one that came to its end.
func (h *Hub) execute(ctx context.Context, exec graphql.GraphExecutor, op *graphql.OperationContext, take func(answer) bool) (failure []byte) {
	ctx = graphql.WithOperationContext(ctx, op)
	defer func() {
		if cause := recover(); cause != nil {
			failure = failed(ctx, exec, fmt.Errorf("panic: %v", cause))
		}
	}()
	announced := &versions{}
	respond, ctx := exec.DispatchOperation(context.WithValue(ctx, versionsKey{}, announced), op)
	for {
		response := respond(ctx)
		if response == nil {
			return nil
		}
		if response.Data == nil && len(response.Errors) > 0 {
			return encode(response.Errors)
		}
		h.executed.Add(1)
		if response.Data == nil { // nothing was to be run: a message has data all the same
			response.Data = json.RawMessage("null")
		}
		a := answer{payload: Encode(response)}
		a.version, a.versioned = announced.next()
		if !take(a) {
			return nil
		}
	}
}

// failed returns an error as a JSON list, as a client may read it.
func failed(ctx context.Context, exec graphql.GraphExecutor, errs ...error) []byte {
	list := make(gqlerror.List, len(errs))
	for i, err := range errs {
		list[i] = gqlerror.Wrap(err)
	}
	return refusal(ctx, exec, list)
}

// refusal returns the errors of an operation that is not run, as a JSON list.
func refusal(ctx context.Context, exec graphql.GraphExecutor, errs gqlerror.List) []byte {
	return encode(exec.DispatchError(ctx, errs).Errors)
}

// Encode returns a response as JSON. Its data is JSON already and is not looked at
// again; that of an operation that was not run has none, not even null.
func Encode(r *graphql.Response) []byte {
	var text bytes.Buffer
	text.Grow(len(r.Data) + 64)
	member := func(name string, value []byte) {
		separator := byte(',')
		if text.Len() == 0 {
			separator = '{'
		}
		text.WriteByte(separator)
		text.WriteString(strconv.Quote(name) + ":")
		text.Write(value)
	}
	if len(r.Errors) > 0 {
		member("errors", encode(r.Errors))
	}
	if r.Data != nil {
		member("data", r.Data)
	}
	if len(r.Extensions) > 0 {
		member("extensions", encode(r.Extensions))
	}
	text.WriteByte('}')
	return text.Bytes()
}

// encode returns a value as JSON: one that holds no more than texts, numbers and
// lists of them.
func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil { // never, by what it is given
		return []byte("null")
	}
	return text
}
