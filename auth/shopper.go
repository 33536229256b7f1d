package auth

import "time"

// ShopperTokenLife is how long a shopper's token is valid: longer than any call
// with what a shopper does after it, shorter than a browser keeps a page.
const ShopperTokenLife = 24 * time.Hour

// shopperScopes are what the shopper's page of a call may do with its cart.
var shopperScopes = Scopes{CartsAnswer, CartsRead}

// NewShopperToken returns a token for the shopper's page of one call, and its
// secret. It fails as NewToken does.
func NewShopperToken(org, callID string, now time.Time) (Token, string, error) {
	token, secret, err := NewToken(org, "", shopperScopes, now)
	ends := now.UTC().Truncate(time.Millisecond).Add(ShopperTokenLife)
	token.Call, token.ExpiresAt = callID, &ends
	return token, secret, err
}
