package auth

import (
	"slices"
	"strings"

	"cartograph/analytics"
)

// Scope is something a token may be allowed to do.
type Scope string

// The scopes, as tokens and the command line write them.
const (
	CallsRead     Scope = "calls:read"     // calls, their chat, metrics and statistics
	EventsRead    Scope = "events:read"    // live events, their chat and metrics
	EventsReset   Scope = "events:reset"   // wipe the broadcast of a live event
	ChatModerate  Scope = "chat:moderate"  // moderate the chat of live events, and see what was deleted
	WorkflowsRead Scope = "workflows:read" // workflows and their reports
	CartsRead     Scope = "carts:read"     // see carts and watch them change
	CartsWrite    Scope = "carts:write"    // ask the shopper's page to change a cart
	CartsAnswer   Scope = "carts:answer"   // answer as the shopper's page does, and check out
	IngestWrite   Scope = "ingest:write"   // send events, webhooks and catalog records
	IngestPage    Scope = "ingest:page"    // send what a visitor's page knows, with a public key
	PIIRead       Scope = "pii:read"       // see, search and export personal data
	ExportsWrite  Scope = "exports:write"  // ask for files, and follow their progress
	WebhooksWrite Scope = "webhooks:write" // manage the endpoints that webhooks go to
	Admin         Scope = "admin"          // mark test calls, manage tokens
)

// AllScopes lists every scope that a token may have among others: all but
// ingest:page, whose key is public and stands alone.
var AllScopes = Scopes{Admin, CallsRead, CartsAnswer, CartsRead, CartsWrite, ChatModerate, EventsRead, EventsReset, ExportsWrite, IngestWrite, PIIRead, WebhooksWrite, WorkflowsRead}

// knownScopes lists every scope.
var knownScopes = Scopes(slices.Sorted(slices.Values(append(Scopes{IngestPage}, AllScopes...))))

// beyondAgents are the scopes that the token of an agent cannot have: what they
// let do touches more than the agent's calls, and cannot be held to them.
var beyondAgents = Scopes{Admin, ChatModerate, EventsReset, IngestPage, IngestWrite, WebhooksWrite}

// Scopes is a set of scopes, sorted.
type Scopes []Scope

// Has reports whether the set holds s.
func (s Scopes) Has(scope Scope) bool { return slices.Contains(s, scope) }

// Strings returns the scopes as they are written.
func (s Scopes) Strings() []string {
	list := make([]string, len(s))
	for i, scope := range s {
		list[i] = string(scope)
	}
	return list
}

// For returns those of the scopes that a token may have which is limited to an
// agent; all for "".
func (s Scopes) For(agent string) Scopes {
	if agent == "" {
		return s
	}
	return slices.DeleteFunc(slices.Clone(s), beyondAgents.Has)
}

// ParseScopes reads scopes separated by commas or spaces, for a token that is
// limited to an agent unless that is ""; "all" stands for all that such a token
// may have. It fails with BadUserInput for an unknown scope, naming it, for none,
// for ingest:page with others, and for an agent's that reach beyond the agent's
// calls.
func ParseScopes(text, agent string) (Scopes, error) {
	var scopes Scopes
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		switch {
		case word == "all":
			return AllScopes.For(agent), nil
		case !knownScopes.Has(Scope(word)):
			return nil, analytics.Errorf(analytics.BadUserInput, "unknown scope %q; known are %s", word, strings.Join(knownScopes.Strings(), ", "))
		case !scopes.Has(Scope(word)):
			scopes = append(scopes, Scope(word))
		}
	}
	if len(scopes) == 0 {
		return nil, analytics.Errorf(analytics.BadUserInput, "no scope given; known are %s", strings.Join(knownScopes.Strings(), ", "))
	}
	if scopes.Has(IngestPage) && len(scopes) > 1 {
		return nil, analytics.Errorf(analytics.BadUserInput, "the key of a page is public: ingest:page goes with no other scope")
	}
	slices.Sort(scopes)
	if len(scopes.For(agent)) < len(scopes) {
		return nil, analytics.Errorf(analytics.BadUserInput, "the token of an agent is for the agent's calls: it cannot have %s", strings.Join(beyondAgents.Strings(), ", "))
	}
	return scopes, nil
}
