package resolvers

import (
	"cmp"
	"context"
	"errors"

	"cartograph/analytics"
	"cartograph/cart"
	"cartograph/graph"
	"cartograph/repository"
)

// Cart answers Query.cart. A call without a head has an untouched cart.
func (queryResolver) Cart(ctx context.Context, callID string) (*cart.OfCall, error) {
	call, err := nullable(load(ctx).calls.load(ctx, analytics.NativeID("Call", callID)))
	if err != nil || call == nil {
		return nil, err
	}
	return cartOf(ctx, call.CallID)
}

// Carts answers Query.carts.
func (r queryResolver) Carts(ctx context.Context, first *int, after *string, last *int, before *string, filter *graph.CartFilter) (*graph.CartConnection, error) {
	page := analytics.PageArgs{First: first, After: after, Last: last, Before: before}
	reach, which, now := reachOf(ctx), repository.CartFilter(orZero(filter)), r.now()
	return rootConnection(ctx, page,
		func() (*graph.CartConnection, error) { return r.repo.Carts(ctx, reach, which, page, now) },
		func() (int, error) { return r.repo.CountCarts(ctx, reach, which, now) })
}

// cartOf returns the cart of a call that is there.
func cartOf(ctx context.Context, callID string) (*cart.OfCall, error) {
	return or(&cart.OfCall{CallID: callID})(load(ctx).carts.load(ctx, callID))
}

// Cart answers Call.cart.
func (callResolver) Cart(ctx context.Context, call *analytics.Call) (*cart.OfCall, error) {
	return cartOf(ctx, call.CallID)
}

// AddToCart answers Mutation.addToCart.
func (r mutationResolver) AddToCart(ctx context.Context, input graph.AddToCartInput) (*graph.CartPayload, error) {
	return r.command(ctx, input.CallID, input.ClientMutationID, cart.AddItem{
		MutationID: orZero(input.ClientMutationID), Product: cart.Product{SKU: input.Sku}, Quantity: input.Quantity,
	})
}

// UpdateCartItem answers Mutation.updateCartItem.
func (r mutationResolver) UpdateCartItem(ctx context.Context, input graph.UpdateCartItemInput) (*graph.CartPayload, error) {
	return r.command(ctx, input.CallID, input.ClientMutationID, cart.UpdateItem{
		MutationID: orZero(input.ClientMutationID), Product: cart.Product{SKU: input.Sku}, Quantity: input.Quantity,
	})
}

// RemoveFromCart answers Mutation.removeFromCart.
func (r mutationResolver) RemoveFromCart(ctx context.Context, input graph.RemoveFromCartInput) (*graph.CartPayload, error) {
	return r.command(ctx, input.CallID, input.ClientMutationID, cart.RemoveItem{MutationID: orZero(input.ClientMutationID), SKU: input.Sku})
}

// AcknowledgeCartRequest answers Mutation.acknowledgeCartRequest.
func (r mutationResolver) AcknowledgeCartRequest(ctx context.Context, input graph.AcknowledgeCartRequestInput) (*graph.CartPayload, error) {
	callID, request, err := cart.ParseRequestID(input.RequestID)
	if err != nil {
		return refusedCommand(err, input.ClientMutationID)
	}
	return r.command(ctx, callID, input.ClientMutationID, cart.Acknowledge{
		MutationID: orZero(input.ClientMutationID), RequestID: request,
		Success: input.Success, Reason: orZero(input.Reason), Message: orZero(input.Message),
	})
}

// CheckoutCart answers Mutation.checkoutCart.
func (r mutationResolver) CheckoutCart(ctx context.Context, input graph.CheckoutCartInput) (*graph.CartPayload, error) {
	return r.command(ctx, input.CallID, input.ClientMutationID, cart.CheckOut{MutationID: orZero(input.ClientMutationID)})
}

// CreateShopperToken answers Mutation.createShopperToken.
func (r mutationResolver) CreateShopperToken(ctx context.Context, input graph.CreateShopperTokenInput) (*graph.CreateShopperTokenPayload, error) {
	payload := &graph.CreateShopperTokenPayload{ClientMutationID: input.ClientMutationID}
	token, secret, err := r.repo.CreateShopperToken(ctx, reachOf(ctx), analytics.NativeID("Call", input.CallID), r.now())
	if payload.UserErrors, err = userErrorsOf(err, "input", "callId"); err != nil || len(payload.UserErrors) > 0 {
		return payload, err
	}
	payload.Token, payload.ExpiresAt = &secret, token.ExpiresAt
	return payload, nil
}

// command does a command to the cart of a call.
func (r mutationResolver) command(ctx context.Context, callID string, mutationID *string, command cart.Command) (*graph.CartPayload, error) {
	change, err := r.repo.CommandCart(ctx, reachOf(ctx), analytics.NativeID("Call", callID), command, r.now())
	if err != nil {
		return refusedCommand(err, mutationID)
	}
	return &graph.CartPayload{Update: change, UserErrors: []*graph.UserError{}, ClientMutationID: mutationID}, nil
}

// refusedCommand returns the payload of a command that is against the rules; any
// other failure stays one.
func refusedCommand(err error, mutationID *string) (*graph.CartPayload, error) {
	var refusal *cart.Refusal
	if !errors.As(err, &refusal) {
		return nil, err
	}
	return &graph.CartPayload{ClientMutationID: mutationID, UserErrors: []*graph.UserError{{
		Code: graph.UserErrorCode(refusal.Code), Message: refusal.Message, Field: []string{"input", refusal.Field},
	}}}, nil
}

// cartResolver answers the fields of Cart.
type cartResolver struct{}

var _ graph.CartResolver = cartResolver{}

// Call answers Cart.call.
func (cartResolver) Call(ctx context.Context, c *cart.OfCall) (*analytics.Call, error) {
	return nullable(load(ctx).calls.load(ctx, c.CallID))
}

// Items answers Cart.items.
func (cartResolver) Items(_ context.Context, c *cart.OfCall) ([]*cart.Item, error) {
	return pointers(c.Cart.Items), nil
}

// PendingRequests answers Cart.pendingRequests.
func (cartResolver) PendingRequests(_ context.Context, c *cart.OfCall) ([]*cart.RequestOfCall, error) {
	requests := make([]*cart.RequestOfCall, len(c.Pending))
	for i, request := range c.Pending {
		requests[i] = &cart.RequestOfCall{CallID: c.CallID, Request: request}
	}
	return requests, nil
}

// Value answers Cart.value.
func (cartResolver) Value(_ context.Context, c *cart.OfCall) (*analytics.Money, error) {
	return (*analytics.Money)(c.Cart.Value()), nil
}

// CheckedOut answers Cart.checkedOut.
func (cartResolver) CheckedOut(_ context.Context, c *cart.OfCall) (*cart.Checkout, error) {
	return c.Cart.CheckedOut, nil
}

// cartCheckoutResolver answers the fields of CartCheckout.
type cartCheckoutResolver struct{}

var _ graph.CartCheckoutResolver = cartCheckoutResolver{}

// Items answers CartCheckout.items.
func (cartCheckoutResolver) Items(_ context.Context, c *cart.Checkout) ([]*cart.Item, error) {
	return pointers(c.Items), nil
}

// Value answers CartCheckout.value.
func (cartCheckoutResolver) Value(_ context.Context, c *cart.Checkout) (*analytics.Money, error) {
	return (*analytics.Money)(c.Value), nil
}

// cartItemResolver answers the fields of CartItem.
type cartItemResolver struct{}

var _ graph.CartItemResolver = cartItemResolver{}

// Price answers CartItem.price.
func (cartItemResolver) Price(_ context.Context, i *cart.Item) (*analytics.Money, error) {
	return (*analytics.Money)(i.Price), nil
}

// Product answers CartItem.product.
func (cartItemResolver) Product(ctx context.Context, i *cart.Item) (*analytics.Product, error) {
	return productOf(ctx, i.SKU, i.Name)
}

// cartRequestResolver answers the fields of CartRequest.
type cartRequestResolver struct{}

var _ graph.CartRequestResolver = cartRequestResolver{}

// Price answers CartRequest.price.
func (cartRequestResolver) Price(_ context.Context, r *cart.RequestOfCall) (*analytics.Money, error) {
	return (*analytics.Money)(r.Price), nil
}

// Product answers CartRequest.product.
func (cartRequestResolver) Product(ctx context.Context, r *cart.RequestOfCall) (*analytics.Product, error) {
	return productOf(ctx, r.SKU, r.Name)
}

// productOf returns the product of a line; what the catalog does not know is
// called as the line is.
func productOf(ctx context.Context, sku, name string) (*analytics.Product, error) {
	return orStandIn(func(sku string) *analytics.Product {
		standIn := standInProduct(sku)
		standIn.Name = cmp.Or(name, sku)
		return standIn
	}, sku)(load(ctx).products.load(ctx, sku))
}

// The resolvers of what the shopper's page is to do.
type (
	shouldAddResolver    struct{}
	shouldUpdateResolver struct{}
	gotoCheckoutResolver struct{}
)

var (
	_ graph.ShouldAddItemToCartResolver    = shouldAddResolver{}
	_ graph.ShouldUpdateItemInCartResolver = shouldUpdateResolver{}
	_ graph.GotoCheckoutItemResolver       = gotoCheckoutResolver{}
)

// Product answers ShouldAddItemToCart.product.
func (shouldAddResolver) Product(ctx context.Context, r *graph.ShouldAddItemToCart) (*analytics.Product, error) {
	return productOf(ctx, r.Sku, "")
}

// Product answers ShouldUpdateItemInCart.product.
func (shouldUpdateResolver) Product(ctx context.Context, r *graph.ShouldUpdateItemInCart) (*analytics.Product, error) {
	return productOf(ctx, r.Sku, "")
}

// Product answers GotoCheckoutItem.product.
func (gotoCheckoutResolver) Product(ctx context.Context, i *graph.GotoCheckoutItem) (*analytics.Product, error) {
	return productOf(ctx, i.Sku, i.Name)
}
