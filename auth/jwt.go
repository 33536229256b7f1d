package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"cartograph/analytics"
)

const (
	// clockLeeway is how far ahead the clock of an identity provider may be: its
	// tokens are used the moment they are made.
	clockLeeway = 30 * time.Second
	// maxJWT bounds a JWT in bytes: it is read before anything of it can be
	// believed. Most have one or two thousand.
	maxJWT = 8 << 10
)

// errInvalidToken says no more than it must: why a forged token is refused helps
// nobody else.
var errInvalidToken = analytics.Errorf(analytics.Unauthenticated, "the token is not valid")

// Keys are what the signatures of JWTs are checked by.
type Keys interface {
	// Algorithms returns every algorithm that one of the keys may be used with.
	Algorithms() []string
	// Find returns the key of an id, which may be empty, for one of the algorithms.
	// It fails with Unauthenticated where there is none, and with Unavailable where
	// nobody can tell.
	Find(ctx context.Context, id, algorithm string) (any, error)
}

// Provider is whose JWTs are let in, and how they are read.
type Provider struct {
	// Issuer and Audience are what the claims iss and aud must say.
	Issuer, Audience string
	// OrgClaim, ScopeClaim and AgentClaim name the claims that hold the
	// organization, the scopes and the agent.
	OrgClaim, ScopeClaim, AgentClaim string
	Keys                             Keys
}

// looksLikeJWT reports whether a secret can only be a JWT: no secret of ours has
// a dot.
func looksLikeJWT(secret string) bool { return strings.Count(secret, ".") == 2 }

// principal returns who shows a JWT. It fails with Unauthenticated for one that
// grants nothing, and with Unavailable where the keys cannot be read. No error
// tells what the token holds.
func (p *Provider) principal(ctx context.Context, text string) (*Principal, error) {
	if len(text) > maxJWT {
		return nil, analytics.Errorf(analytics.Unauthenticated, "the token has more than %d bytes", maxJWT)
	}
	claims := jwt.MapClaims{}
	_, err := jwt.NewParser(
		jwt.WithValidMethods(p.Keys.Algorithms()), jwt.WithIssuer(p.Issuer), jwt.WithAudience(p.Audience),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(clockLeeway), jwt.WithStrictDecoding(),
	).ParseWithClaims(text, claims, func(t *jwt.Token) (any, error) { return p.keyFor(ctx, t) })
	if err != nil {
		return nil, refusalOf(err)
	}
	ends, err := claims.GetExpirationTime()
	switch {
	case err != nil || ends == nil:
		return nil, errInvalidToken
	case !time.Now().Before(ends.Time): // the leeway is for clocks that are ahead
		return nil, errExpiredJWT
	}
	return p.read(claims, ends.UTC())
}

// keyFor returns the key that a token says it was signed with.
func (p *Provider) keyFor(ctx context.Context, t *jwt.Token) (any, error) {
	if _, critical := t.Header["crit"]; critical { // RFC 7515, 4.1.11: we know of none
		return nil, errInvalidToken
	}
	id, named := t.Header["kid"]
	text, ok := id.(string)
	if named && !ok {
		return nil, errInvalidToken
	}
	return p.Keys.Find(ctx, text, t.Method.Alg())
}

// errExpiredJWT does not tell when: that is a claim.
var errExpiredJWT = analytics.Errorf(analytics.Unauthenticated, "the token has expired")

// refusalOf returns what to tell of a token that cannot be read. Claims are
// looked at once the signature is known to be good.
func refusalOf(err error) error {
	var known *analytics.Error
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, jwt.ErrTokenExpired):
		return errExpiredJWT
	case errors.Is(err, jwt.ErrTokenNotValidYet), errors.Is(err, jwt.ErrTokenUsedBeforeIssued):
		return analytics.Errorf(analytics.Unauthenticated, "the token is not valid yet")
	case errors.Is(err, jwt.ErrTokenInvalidIssuer):
		return analytics.Errorf(analytics.Unauthenticated, "the token is of another issuer")
	case errors.Is(err, jwt.ErrTokenInvalidAudience):
		return analytics.Errorf(analytics.Unauthenticated, "the token is for another audience")
	case errors.Is(err, jwt.ErrTokenRequiredClaimMissing):
		return analytics.Errorf(analytics.Unauthenticated, "the token needs the claims iss, aud and exp")
	}
	return errInvalidToken
}

// read returns who a token is for that is known to be good. It fails with
// Unauthenticated where it names no organization, or an agent that is none: it
// would open the calls of all others.
func (p *Provider) read(claims jwt.MapClaims, ends time.Time) (*Principal, error) {
	org, _ := claims[p.OrgClaim].(string)
	if !analytics.ValidOrg(org) {
		return nil, analytics.Errorf(analytics.Unauthenticated, "the token names no organization by its claim %s", p.OrgClaim)
	}
	limit, limited := claims[p.AgentClaim]
	text, _ := limit.(string)
	agent := analytics.NativeID("Agent", text)
	if limited && agent == "" {
		return nil, analytics.Errorf(analytics.Unauthenticated, "the token names no agent by its claim %s", p.AgentClaim)
	}
	who := &Principal{Org: org, Agent: agent, Scopes: scopesIn(claims[p.ScopeClaim]).For(agent), ExpiresAt: &ends}
	who.TokenID = idOfJWT(who, claims)
	return who, nil
}

// scopesIn returns the scopes of a claim, a text with spaces between or a list.
// Whatever else stands there, providers have words of their own, is left out; so
// is ingest:page, which a page's key has alone.
func scopesIn(claim any) Scopes {
	var words []string
	switch claim := claim.(type) {
	case string:
		words = strings.Fields(claim)
	case []any:
		for _, item := range claim {
			word, _ := item.(string)
			words = append(words, word)
		}
	}
	scopes := Scopes{}
	for _, scope := range AllScopes {
		if slices.Contains(words, string(scope)) {
			scopes = append(scopes, scope)
		}
	}
	return scopes
}

// idOfJWT returns one id for all tokens of the same subject of an organization: a
// new token is no new client. Those without a subject are of their client, and
// those without either of whoever may do the same: nobody has more to spend by
// asking for another token. It is a hash, since subjects are people.
func idOfJWT(p *Principal, claims jwt.MapClaims) string {
	of := p.Org + "\n\nauthority\n" + p.Authority()
	subject, _ := claims.GetSubject()
	client, _ := claims["azp"].(string)
	if client == "" {
		client, _ = claims["client_id"].(string)
	}
	switch {
	case subject != "":
		of = p.Org + "\n" + subject
	case client != "":
		of = p.Org + "\n\nclient\n" + client
	}
	sum := sha256.Sum256([]byte(of))
	return "jwt-" + hex.EncodeToString(sum[:])[:idLength]
}
