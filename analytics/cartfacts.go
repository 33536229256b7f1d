package analytics

// CartFacts is what the virtual cart of a call says about the call.
type CartFacts struct {
	// Added are the SKUs that the agent put into the cart, each once.
	Added []string
	// CheckedOut is what the cart held at the last click on Checkout.
	CheckedOut  bool
	CheckedSKUs []string
	Value       *Money // nil: not known
}

// added returns the SKUs that the agent put into the cart: as the cart has it,
// else as an import has.
func (f *callFold) added() []string {
	if f.cart != nil && len(f.cart.Added) > 0 {
		return f.cart.Added
	}
	return f.imported.AddedSKUs
}

// checkedOut returns what was checked out: as the cart has it, else as an import
// has.
func (f *callFold) checkedOut() (skus []string, value *Money, clicked bool) {
	if f.cart != nil && f.cart.CheckedOut {
		return f.cart.CheckedSKUs, f.cart.Value, true
	}
	return f.imported.CheckedOutSKUs, f.imported.CheckedOut(), f.imported.HasCheckout()
}
