package cart

import (
	"strconv"
	"strings"
)

// RequestID returns the id by which clients name a request of a call's cart: a
// page answers it without naming the call.
func RequestID(callID string, id int64) string {
	return callID + "/" + strconv.FormatInt(id, 10)
}

// ParseRequestID returns the call and the id of the request that RequestID made
// an id of. It refuses any other text: one request has one id.
func ParseRequestID(s string) (callID string, id int64, err error) {
	cut := strings.LastIndexByte(s, '/')
	if cut > 0 {
		callID = s[:cut]
		id, err = strconv.ParseInt(s[cut+1:], 10, 64)
	}
	if err != nil || id < 1 || RequestID(callID, id) != s {
		return "", 0, refuse(NotFound, "requestId", "no request has the id %q", clip(s))
	}
	return callID, id, nil
}
