package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"time"
	"unicode/utf8"

	"cartograph/analytics"
)

// tokenPrefix makes a token recognizable, for people and for secret scanners.
const tokenPrefix = "cgt_"

// Token is an API token as it is stored: by the hash of its secret, which
// nobody can turn back.
type Token struct {
	Hash string `bson:"_id"`
	Org  string `bson:"org"`
	// Name says what the token is for, in the words of whoever made it.
	Name string `bson:"name,omitempty"`
	// Prefix is how the secret begins: enough to recognize it, too little to use it.
	Prefix    string    `bson:"prefix,omitempty"`
	Agent     string    `bson:"agent,omitempty"`
	Scopes    Scopes    `bson:"scopes"`
	CreatedAt time.Time `bson:"createdAt"`
	// Call and ExpiresAt are those of the Principal.
	Call      string     `bson:"call,omitempty"`
	ExpiresAt *time.Time `bson:"expiresAt,omitempty"`
	// Origins are the pages that may use the key; only keys of pages have any.
	Origins []string `bson:"origins,omitempty"`
	// LastUsed is when the token was last shown, to the minute; nil for never.
	LastUsed *time.Time `bson:"lastUsed,omitempty"`
	// WebhookSecret, if set, signs the webhooks that come in with the token, in
	// the form of Standard Webhooks. It is kept readable: checking a signature
	// takes the secret itself.
	WebhookSecret string `bson:"webhookSecret,omitempty"`
}

// linkPrefix makes the secret of a link recognizable.
const linkPrefix = "cge_"

// NewLinkSecret returns a random secret for a link, and the hash it is found by.
func NewLinkSecret() (secret, hash string) {
	random := make([]byte, 24)
	_, _ = rand.Read(random) // never fails; it ends the program if there is no randomness
	secret = linkPrefix + hex.EncodeToString(random)
	return secret, HashToken(secret)
}

// webhookSecretPrefix marks the secret of a webhook, as Standard Webhooks has it.
const webhookSecretPrefix = "whsec_"

// NewWebhookSecret returns a random secret of 192 bits.
func NewWebhookSecret() string {
	random := make([]byte, 24)
	_, _ = rand.Read(random) // never fails; it ends the program if there is no randomness
	return webhookSecretPrefix + base64.StdEncoding.EncodeToString(random)
}

// NewToken returns a token and its secret, which is shown once and never
// stored. It fails with BadUserInput for an organization that cannot be named
// so.
func NewToken(org, agent string, scopes Scopes, now time.Time) (Token, string, error) {
	if !analytics.ValidOrg(org) {
		return Token{}, "", analytics.Errorf(analytics.BadUserInput, "organization %q: use 1 to 64 letters, digits, dots, dashes and underscores", org)
	}
	secret := newSecret(tokenPrefix)
	return Token{Hash: HashToken(secret), Prefix: secret[:prefixLength], Org: org, Agent: agent, Scopes: scopes, CreatedAt: now}, secret, nil
}

// prefixLength is how much of a secret lists show: "cgt_" and 32 of its 192 bits.
const prefixLength = len(tokenPrefix) + 8

// idLength is how much of a token's hash names it: 64 bits, which no two tokens
// of an organization share.
const idLength = 16

// ID names the token in lists and to whoever revokes it. It opens nothing.
func (t *Token) ID() string { return t.Hash[:min(idLength, len(t.Hash))] }

// ValidTokenID reports whether a text can be the ID of a token.
func ValidTokenID(id string) bool {
	_, err := hex.DecodeString(id)
	return err == nil && len(id) == idLength
}

// Limit lets the token expire at a moment. It fails with BadUserInput for one
// that is past.
func (t *Token) Limit(expires, now time.Time) error {
	if !expires.After(now) {
		return analytics.Errorf(analytics.BadUserInput, "the token would expire at once: %s is past", analytics.FormatTime(expires))
	}
	expires = expires.UTC().Truncate(time.Millisecond)
	t.ExpiresAt = &expires
	return nil
}

// MaxTokenName bounds the name of a token in characters.
const MaxTokenName = 100

// SetName says what the token is for. It fails with BadUserInput for one that is too
// long.
func (t *Token) SetName(name string) error {
	if utf8.RuneCountInString(name) > MaxTokenName {
		return analytics.Errorf(analytics.BadUserInput, "the name of a token has at most %d characters", MaxTokenName)
	}
	t.Name = name
	return nil
}

// newSecret returns a random secret of 192 bits behind a prefix.
func newSecret(prefix string) string {
	random := make([]byte, 24)
	_, _ = rand.Read(random) // never fails; it ends the program if there is no randomness
	return prefix + hex.EncodeToString(random)
}

// HashToken returns the hash a secret is stored and found by. Secrets hold 192
// random bits, so that a plain fast hash is enough.
func HashToken(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// Principal returns who shows the token. Of the scopes that an agent's was given
// by an earlier version it has those that it may have.
func (t *Token) Principal() *Principal {
	return &Principal{Org: t.Org, Agent: t.Agent, Scopes: t.Scopes.For(t.Agent), TokenID: t.ID(), Call: t.Call, Origins: t.Origins, ExpiresAt: t.ExpiresAt, WebhookSecret: t.WebhookSecret}
}

// Expired reports whether the token is no longer valid.
func (t *Token) Expired(now time.Time) bool { return t.ExpiresAt != nil && !now.Before(*t.ExpiresAt) }
