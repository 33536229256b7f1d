package auth_test

import (
	"testing"
	"time"

	"cartograph/auth"
)

func TestAuthority(t *testing.T) {
	now := time.Unix(0, 0)
	holder := auth.Principal{Org: "acme", Agent: "ann", Scopes: auth.Scopes{auth.CallsRead}}
	same := holder
	same.TokenID, same.ExpiresAt, same.WebhookSecret = "another", &now, "whsec_"
	if holder.Authority() != same.Authority() {
		t.Error("two tokens that grant the same have not the same authority")
	}
	var nobody *auth.Principal
	seen := map[string]string{nobody.Authority(): "nobody", holder.Authority(): "the holder"}
	for name, other := range map[string]auth.Principal{
		"another organization": {Org: "evil", Agent: "ann", Scopes: auth.Scopes{auth.CallsRead}},
		"another agent":        {Org: "acme", Agent: "bob", Scopes: auth.Scopes{auth.CallsRead}},
		"all agents":           {Org: "acme", Scopes: auth.Scopes{auth.CallsRead}},
		"one more scope":       {Org: "acme", Agent: "ann", Scopes: auth.Scopes{auth.CallsRead, auth.PIIRead}},
		"one call":             {Org: "acme", Agent: "ann", Call: "1", Scopes: auth.Scopes{auth.CallsRead}},
		"the open demo":        {Org: "acme", Agent: "ann", Demo: true, Scopes: auth.Scopes{auth.CallsRead}},
	} {
		if first, ok := seen[other.Authority()]; ok {
			t.Errorf("%s has the authority of %s", name, first)
		}
		seen[other.Authority()] = name
	}
}
