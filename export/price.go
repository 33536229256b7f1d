package export

import (
	"net/http"

	"cartograph/auth"
	"cartograph/limits"
)

const (
	// callPoints is what one call costs: the price of an object of the graph. So does
	// each row of what is answered.
	callPoints = 1
	// filePoints is what a file costs at least, and what must be left to begin one: how
	// many rows it has is known once it is written.
	filePoints = 100
)

// ChargeTo sets what is paid from for what is read; without it reading is free. It
// must be called before the first request.
func (h *Handler) ChargeTo(accounts *limits.Accounts) { h.accounts = accounts }

// charge takes the points that a request is estimated to cost. It fails with
// Throttled where too few are left.
func (h *Handler) charge(p *auth.Principal, estimated int) (*limits.Charge, error) {
	return h.chargeTo(limits.Payer{Token: p.Account(), Org: p.Org}, estimated)
}

// chargeLink is charge for whoever opens the link of an export: the links of an
// organization pay as one token does.
func (h *Handler) chargeLink(org string) (*limits.Charge, error) {
	return h.chargeTo(limits.Payer{Token: "links of " + org, Org: org}, filePoints)
}

func (h *Handler) chargeTo(payer limits.Payer, estimated int) (*limits.Charge, error) {
	c := h.accounts.Charge(payer, estimated)
	return c, c.Pay()
}

// settle pays for the rows that were read, and tells the cost in the answer's
// header.
func settle(w http.ResponseWriter, c *limits.Charge, rows int, err error) {
	if err != nil {
		c.Fail(err)
		return
	}
	c.Settle(max(callPoints, rows))
	w.Header().Set(limits.CostHeader, c.String())
}
