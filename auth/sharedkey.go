package auth

import (
	"bytes"
	"context"

	"cartograph/analytics"
)

// SharedKey is a secret that an identity provider and the gateway both have.
type SharedKey []byte

var _ Keys = SharedKey(nil)

// minSharedKey is how many bytes a shared key has at least: as many as the hash
// of the weakest algorithm (RFC 7518, 3.2).
const minSharedKey = 32

// ParseSharedKey reads the text of a file with a shared key, without the end of
// its line. It fails with BadUserInput for one that is too short, and for a public
// key: that is known to everybody.
func ParseSharedKey(text []byte) (SharedKey, error) {
	key := bytes.TrimRight(text, "\r\n")
	switch {
	case bytes.Contains(key, []byte("-----BEGIN")):
		return nil, analytics.Errorf(analytics.BadUserInput, "this is half of a key pair, not a shared key: put the public half into a JWKS file")
	case len(key) < minSharedKey:
		return nil, analytics.Errorf(analytics.BadUserInput, "a shared key has at least %d bytes, not %d", minSharedKey, len(key))
	}
	return SharedKey(key), nil
}

// Algorithms returns those whose hash is no longer than the key.
func (k SharedKey) Algorithms() []string {
	switch {
	case len(k) >= 64:
		return []string{"HS256", "HS384", "HS512"}
	case len(k) >= 48:
		return []string{"HS256", "HS384"}
	}
	return []string{"HS256"}
}

// Find returns the key, whatever a token calls it.
func (k SharedKey) Find(context.Context, string, string) (any, error) { return []byte(k), nil }
