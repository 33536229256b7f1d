package transport

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"cartograph/limits"
)

// subprotocol names the protocol of sockets.
const subprotocol = "graphql-transport-ws"

// The codes that sockets are closed with: those of the protocol, and two of
// WebSocket that tell clients to come back.
const (
	closeRestart        = 1012
	closeTryAgain       = 1013
	closeBadRequest     = 4400
	closeUnauthorized   = 4401
	closeForbidden      = 4403
	closeNotAcceptable  = 4406
	closeInitTimeout    = 4408
	closeDuplicateID    = 4409
	closeTooManyInits   = 4429
	maxReason           = 123 // bytes, by WebSocket
	reasonNotAcceptable = "Subprotocol not acceptable"
	reasonInitTimeout   = "Connection initialisation timeout"
	reasonTooManyInits  = "Too many initialisation requests"
	reasonUnauthorized  = "Unauthorized"
)

// clientMessage is what clients say.
type clientMessage struct {
	Type    string          `json:"type"`
	ID      string          `json:"id"`
	Payload json.RawMessage `json:"payload"`
}

// readMessage reads one message. It reports false for what is not a JSON object
// of the kind.
func readMessage(text []byte) (clientMessage, bool) {
	var m clientMessage
	err := json.Unmarshal(text, &m)
	return m, err == nil && m.Type != ""
}

// authorization returns the token in the payload of connection_init, if any. It
// reports false for a payload that is no object, or a token that is no text.
func authorization(payload json.RawMessage) (string, bool) {
	if isAbsent(payload) {
		return "", true
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(payload, &members) != nil {
		return "", false
	}
	for name, value := range members {
		if strings.EqualFold(name, "Authorization") && !isAbsent(value) {
			var token string
			err := json.Unmarshal(value, &token)
			return token, err == nil
		}
	}
	return "", true
}

func isAbsent(value json.RawMessage) bool {
	return len(value) == 0 || string(value) == "null"
}

// readRequest reads a GraphQL request, its numbers with all their digits. It
// reports false for what is none.
func readRequest(text []byte) (graphql.RawParams, bool) {
	var request Request
	if !decode(text, &request) || !NamesDocument(request.Params()) {
		return graphql.RawParams{}, false
	}
	return request.Params(), true
}

// decode reads one JSON value, its numbers with all their digits, and reports
// whether text is one that may be sent.
func decode(text []byte, into any) bool {
	return limits.CheckJSON(text) == nil && decodeChecked(text, into)
}

// decodeChecked is decode for a text that limits.CheckJSON has passed.
func decodeChecked(text []byte, into any) bool {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if decoder.Decode(into) != nil {
		return false
	}
	_, err := decoder.Token()
	return err == io.EOF
}

// appendMessage appends a message as the protocol writes it.
func appendMessage(text []byte, m message) []byte {
	switch m.kind {
	case kindAck:
		return append(text, `{"type":"connection_ack"}`...)
	case kindPong:
		text = append(text, `{"type":"pong"`...)
		if len(m.answer.payload) > 0 {
			text = append(append(text, `,"payload":`...), m.answer.payload...)
		}
		return append(text, '}')
	case kindComplete:
		text = append(text, `{"type":"complete","id":`...)
		return append(append(text, encode(m.operation.id)...), '}')
	case kindErrors:
		text = append(text, `{"type":"error","id":`...)
	default:
		text = append(text, `{"type":"next","id":`...)
	}
	text = append(append(text, encode(m.operation.id)...), `,"payload":`...)
	return append(append(text, m.answer.payload...), '}')
}
