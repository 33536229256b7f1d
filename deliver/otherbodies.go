package deliver

import (
	"context"

	"cartograph/analytics"
)

type money struct {
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
}

func moneyOf(m *analytics.Money) *money {
	if m == nil {
		return nil
	}
	return &money{m.Amount(), m.Currency}
}

type checkedOutCart struct {
	aboutCall
	CheckedOutAt string     `json:"checkedOutAt"`
	CartVersion  int64      `json:"cartVersion"`
	Items        []cartItem `json:"items"`
	Value        *money     `json:"value"` // null: the price of something is not known
}

type cartItem struct {
	SKU      string `json:"sku"`
	Name     string `json:"name"`
	Quantity int    `json:"quantity"`
	Price    *money `json:"price"`
}

// checkout returns what the cart of a call held at a click on Checkout.
func (d *Deliverer) checkout(ctx context.Context, reach analytics.Reach, about aboutCall, version int64) (any, error) {
	changes, _, err := d.repo.CartChanges(ctx, reach, about.CallID, version-1)
	if err != nil {
		return nil, err
	}
	if len(changes) == 0 || changes[0].Update.Checkout == nil {
		return nil, analytics.Errorf(analytics.NotFound, "no such checkout")
	}
	checkout := changes[0].Update.Checkout
	payload := checkedOutCart{
		aboutCall: about, CheckedOutAt: analytics.FormatTime(checkout.At), CartVersion: version,
		Items: make([]cartItem, len(checkout.Items)), Value: moneyOf((*analytics.Money)(checkout.Value)),
	}
	for i, item := range checkout.Items {
		payload.Items[i] = cartItem{item.SKU, item.Name, item.Quantity, moneyOf((*analytics.Money)(item.Price))}
	}
	return payload, nil
}

type endedLiveEvent struct {
	LiveEventID string  `json:"liveEventId"`
	Name        string  `json:"name"`
	StartedAt   *string `json:"startedAt"`
	EndedAt     *string `json:"endedAt"`
	Currency    *string `json:"currency"`
	TimeZone    *string `json:"timeZone"`
}

// liveEvent returns a live event that ended. It fails with NotFound for one that
// was reset meanwhile, or started anew: a start in milliseconds tells.
func (d *Deliverer) liveEvent(ctx context.Context, reach analytics.Reach, id string, start int64) (any, error) {
	found, err := d.repo.LiveEventsByID(ctx, reach, []string{id})
	if err != nil {
		return nil, err
	}
	e := found[id]
	if e == nil || e.EndedAt == nil || e.StartedAt == nil || e.StartedAt.UnixMilli() != start {
		return nil, analytics.Errorf(analytics.NotFound, "the live event has not ended")
	}
	return endedLiveEvent{e.LiveEventID, e.Name, moment(e.StartedAt), moment(e.EndedAt), text(e.Currency), text(e.TimeZone)}, nil
}

func text(t analytics.Text) *string {
	if t == "" {
		return nil
	}
	s := string(t)
	return &s
}
