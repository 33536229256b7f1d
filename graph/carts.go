package graph

import (
	"cartograph/analytics"
	"cartograph/cart"
)

// The page of a list of carts.
type (
	CartConnection = analytics.Connection[cart.OfCall]
	CartEdge       = analytics.Edge[cart.OfCall]
)

// CartPayload is what a command to a cart did: the payload of all mutations of
// carts.
type CartPayload struct {
	Update           *cart.Change // nil if the command was refused
	UserErrors       []*UserError
	ClientMutationID *string
}

// Cart returns the cart after the update.
func (p *CartPayload) Cart() *cart.OfCall {
	if p.Update == nil {
		return nil
	}
	return p.Update.Cart()
}

// Request returns the request that was made or settled.
func (p *CartPayload) Request() *cart.RequestOfCall {
	if p.Update == nil {
		return nil
	}
	return p.Update.Request()
}
