// Package auth says who is asking and what they may do.
package auth

import (
	"context"
	"time"

	"cartograph/analytics"
)

// Principal is who is asking: an organization's token with its scopes, limited
// to one agent's calls where Agent is set and to one call's cart where Call is.
type Principal struct {
	Org    string
	Agent  string
	Scopes Scopes
	Demo   bool // open demo data, no token given
	// TokenID names the token, for logs and for what is counted by token. It opens
	// nothing. Empty: no token was given.
	TokenID string
	// Call, if set, limits the principal to the cart of one call: a shopper's page.
	Call string
	// Origins are the pages that hold the key, for the key of pages alone.
	Origins []string
	// ExpiresAt is when the token stops being valid, nil for never: whoever keeps
	// a connection open closes it then.
	ExpiresAt *time.Time
	// WebhookSecret signs the webhooks of the token; empty: they are not signed.
	WebhookSecret string
}

// Reach returns whose documents the principal may see.
func (p *Principal) Reach() analytics.Reach {
	return analytics.Reach{Org: p.Org, Agent: p.Agent, Call: p.Call, Moderator: p.Has(ChatModerate)}
}

// Has reports whether the principal has the scope.
func (p *Principal) Has(s Scope) bool { return p != nil && p.Scopes.Has(s) }

type principalKey struct{}

// With returns a context that carries the principal.
func With(ctx context.Context, p *Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, p)
}

// From returns the principal of a request, or nil if nobody showed a token.
func From(ctx context.Context) *Principal {
	p, _ := ctx.Value(principalKey{}).(*Principal)
	return p
}
