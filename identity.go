package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"

	"cartograph/auth"
)

// identity is whose JWTs are let in besides API tokens.
type identity struct {
	JWTIssuer     string `help:"Issuer of the JWTs that are let in besides API tokens, as their claim iss names it. With it go JWT_AUDIENCE and one of JWT_JWKS_URL, JWT_JWKS_FILE and JWT_SHARED_KEY_FILE." env:"JWT_ISSUER" name:"jwt-issuer" placeholder:"ISSUER"`
	JWTAudience   string `help:"What their claim aud must name." env:"JWT_AUDIENCE" name:"jwt-audience" placeholder:"AUDIENCE"`
	JWKSURL       string `help:"Where the identity provider shows its public keys (JWKS)." env:"JWT_JWKS_URL" name:"jwt-jwks-url" placeholder:"URL"`
	JWKSFile      string `help:"A file with its public keys (JWKS); read again every 15 minutes, and when a token names another key." env:"JWT_JWKS_FILE" name:"jwt-jwks-file" placeholder:"FILE" type:"existingfile"`
	SharedKeyFile string `help:"A file with a key that it signs by and the gateway checks by (HS256, HS384, HS512): at least 32 random bytes." env:"JWT_SHARED_KEY_FILE" name:"jwt-shared-key-file" placeholder:"FILE" type:"existingfile"`
	OrgClaim      string `help:"The claim that names the organization." env:"JWT_ORG_CLAIM" name:"jwt-org-claim" default:"org"`
	ScopeClaim    string `help:"The claim that holds the scopes: a text with spaces between, or a list." env:"JWT_SCOPE_CLAIM" name:"jwt-scope-claim" default:"scope"`
	AgentClaim    string `help:"The claim that limits a token to the calls of an agent, where it has one." env:"JWT_AGENT_CLAIM" name:"jwt-agent-claim" default:"agent"`
}

// given reports whether any JWTs are to be let in.
func (c identity) given() bool {
	return c.JWTIssuer != "" || c.JWTAudience != "" || len(c.sources()) > 0
}

// sources names where keys are to come from.
func (c identity) sources() (names []string) {
	for _, source := range []struct{ name, value string }{{"JWT_JWKS_URL", c.JWKSURL}, {"JWT_JWKS_FILE", c.JWKSFile}, {"JWT_SHARED_KEY_FILE", c.SharedKeyFile}} {
		if source.value != "" {
			names = append(names, source.name)
		}
	}
	return names
}

// problems returns what is wrong with the settings, files included.
func (c identity) problems() (found []string) {
	add := func(wrong bool, format string, args ...any) {
		if wrong {
			found = append(found, fmt.Sprintf(format, args...))
		}
	}
	if !c.given() {
		return nil
	}
	add(c.JWTIssuer == "", "JWT_ISSUER: must be given to let JWTs in")
	add(c.JWTAudience == "", "JWT_AUDIENCE: must be given to let JWTs in: tokens for others are not for the gateway")
	add(len(c.sources()) != 1, "JWT_JWKS_URL, JWT_JWKS_FILE, JWT_SHARED_KEY_FILE: one of them says what JWTs are checked by, and not %d", len(c.sources()))
	add(c.OrgClaim == "" || c.ScopeClaim == "" || c.AgentClaim == "", "JWT_ORG_CLAIM, JWT_SCOPE_CLAIM, JWT_AGENT_CLAIM: must not be empty")
	add(c.JWKSURL != "" && !isSafeAddress(c.JWKSURL), "JWT_JWKS_URL: begins with https://, or with http:// on this machine, and holds no password")
	if c.JWKSFile != "" {
		_, err := auth.KeysIn(c.JWKSFile, slog.New(slog.DiscardHandler)).Read(context.Background())
		add(err != nil, "JWT_JWKS_FILE: %v", err)
	}
	if c.SharedKeyFile != "" {
		_, err := c.sharedKey()
		add(err != nil, "JWT_SHARED_KEY_FILE: %v", err)
	}
	return found
}

// isSafeAddress reports whether what a server at an address says can be believed:
// nobody between may change it.
func isSafeAddress(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.User != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

func (c identity) sharedKey() (auth.SharedKey, error) {
	text, err := os.ReadFile(c.SharedKeyFile)
	if err != nil {
		return nil, err
	}
	return auth.ParseSharedKey(text)
}

// provider returns whose JWTs are let in, nil for nobody's, and its public keys,
// nil for a shared key. It fails where a file cannot be read.
func (c identity) provider(log *slog.Logger) (*auth.Provider, *auth.KeySet, error) {
	if !c.given() {
		return nil, nil, nil
	}
	p := &auth.Provider{Issuer: c.JWTIssuer, Audience: c.JWTAudience, OrgClaim: c.OrgClaim, ScopeClaim: c.ScopeClaim, AgentClaim: c.AgentClaim}
	switch {
	case c.SharedKeyFile != "":
		key, err := c.sharedKey()
		p.Keys = key
		return p, nil, err
	case c.JWKSFile != "":
		keys := auth.KeysIn(c.JWKSFile, log)
		p.Keys = keys
		return p, keys, nil
	}
	keys := auth.KeysAt(c.JWKSURL, log)
	p.Keys = keys
	return p, keys, nil
}

// lookAtKeys looks whether JWTs could be checked.
func (c identity) lookAtKeys(ctx context.Context, log *slog.Logger) (findings []finding) {
	for _, problem := range c.problems() {
		findings = append(findings, bad("see docs/auth.md", "%s", problem))
	}
	if findings != nil || !c.given() {
		return findings
	}
	_, keys, err := c.provider(log)
	switch {
	case err != nil:
		return []finding{bad("see docs/auth.md", "JWTs: %v", err)}
	case keys == nil:
		return []finding{ok("JWTs are checked by a shared key")}
	}
	n, err := keys.Read(ctx)
	if err != nil {
		return []finding{bad("see JWT_JWKS_URL and the network between; until they can be read no JWT is let in", "the keys of the identity provider cannot be read: %v", err)}
	}
	return []finding{ok("the identity provider shows its keys: %d", n)}
}
