package repository_test

import (
	"encoding/base64"
	"testing"

	"cartograph/analytics"
)

// wantRefusal fails unless err is BadUserInput with the given message.
func wantRefusal(t *testing.T, err error, message string) {
	t.Helper()
	if analytics.CodeOf(err) != analytics.BadUserInput || err.Error() != message {
		t.Errorf("got error %v (%s), want %s", err, analytics.CodeOf(err), message)
	}
}

func encoded(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
