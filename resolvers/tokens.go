package resolvers

import (
	"context"
	"strings"
	"time"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/graph"
)

// Tokens answers Query.tokens. It fails with Forbidden for whoever does not see
// the whole organization.
func (r queryResolver) Tokens(ctx context.Context) ([]*graph.Token, error) {
	if err := ofWholeOrganization(ctx); err != nil {
		return nil, err
	}
	tokens, err := r.repo.Tokens(ctx, reachOf(ctx).Org)
	list := make([]*graph.Token, len(tokens))
	for i, token := range tokens {
		list[i] = tokenShown(token)
	}
	return list, err
}

// CreateToken answers Mutation.createToken.
func (r mutationResolver) CreateToken(ctx context.Context, input graph.CreateTokenInput) (*graph.CreateTokenPayload, error) {
	payload := &graph.CreateTokenPayload{ClientMutationID: input.ClientMutationID}
	token, secret, field, err := newToken(auth.From(ctx), input, r.now())
	if err == nil {
		field, err = "", r.repo.CreateToken(ctx, token)
	}
	if payload.UserErrors, err = userErrorsOf(err, inputField(field)...); err != nil || len(payload.UserErrors) > 0 {
		return payload, err
	}
	payload.Token, payload.Secret = tokenShown(&token), &secret
	return payload, nil
}

// RevokeToken answers Mutation.revokeToken.
func (r mutationResolver) RevokeToken(ctx context.Context, input graph.RevokeTokenInput) (*graph.RevokeTokenPayload, error) {
	payload := &graph.RevokeTokenPayload{ClientMutationID: input.ClientMutationID}
	err := ofWholeOrganization(ctx)
	if err == nil {
		err = r.repo.RevokeToken(ctx, reachOf(ctx).Org, input.TokenID)
	}
	if payload.UserErrors, err = userErrorsOf(err, "input", "tokenId"); err != nil || len(payload.UserErrors) > 0 {
		return payload, err
	}
	payload.RevokedID = &input.TokenID
	return payload, nil
}

// ofWholeOrganization fails with Forbidden for the token of an agent.
func ofWholeOrganization(ctx context.Context) error {
	if reachOf(ctx).Agent != "" {
		return analytics.Errorf(analytics.Forbidden, "the token of an agent manages no tokens")
	}
	return nil
}

// newToken returns the token that p asks for, its secret, and the field of the
// input that it fails about. It fails with Forbidden where p may not have it made:
// a token gives nobody more, or for longer, than p has.
func newToken(p *auth.Principal, input graph.CreateTokenInput, now time.Time) (token auth.Token, secret, field string, err error) {
	switch {
	case p.Agent != "":
		return token, "", "", analytics.Errorf(analytics.Forbidden, "the token of an agent manages no tokens")
	case p.Demo:
		return token, "", "", analytics.Errorf(analytics.Forbidden, "the first token closes the open demo: make it by cartograph token create")
	}
	agent := analytics.NativeID("Agent", orZero(input.AgentID))
	if input.AgentID != nil && agent == "" {
		return token, "", "agentId", analytics.Errorf(analytics.BadUserInput, "no agent has an empty id: leave it out for a token that is not limited")
	}
	scopes, err := auth.ParseScopes(strings.Join(input.Scopes, ","), agent)
	if err != nil {
		return token, "", "scopes", err
	}
	for _, scope := range scopes {
		if !p.Has(scope) {
			return token, "", "scopes", analytics.Errorf(analytics.Forbidden, "your token cannot give the scope %s: it has not got it", scope)
		}
	}
	token, secret, err = auth.NewToken(p.Org, agent, scopes, now)
	if err != nil {
		return token, "", "", err
	}
	if err := token.SetName(input.Name); err != nil {
		return token, "", "name", err
	}
	token.ExpiresAt = p.ExpiresAt
	if input.ExpiresAt == nil {
		return token, secret, "", nil
	}
	if p.ExpiresAt != nil && input.ExpiresAt.After(*p.ExpiresAt) {
		return token, "", "expiresAt", analytics.Errorf(analytics.BadUserInput, "your token ends at %s, and one that it makes no later", analytics.FormatTime(*p.ExpiresAt))
	}
	return token, secret, "expiresAt", token.Limit(*input.ExpiresAt, now)
}

// tokenShown returns what a list shows of a token.
func tokenShown(t *auth.Token) *graph.Token {
	text := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	return &graph.Token{TokenID: t.ID(), Name: text(t.Name), Prefix: text(t.Prefix), Scopes: t.Scopes.Strings(), AgentID: text(t.Agent), CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt, LastUsedAt: t.LastUsed}
}
