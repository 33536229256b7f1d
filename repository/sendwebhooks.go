package repository

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
)

const (
	// keepDelivered is how long a delivery is kept that arrived: long enough to
	// look after a fault of the last days, and longer than a call can be found
	// started or ended again by what was left half done.
	keepDelivered = 7 * 24 * time.Hour
	// keepFailed is longer: somebody may come back to redeliver.
	keepFailed = 30 * 24 * time.Hour
	// keptAttempts bounds the attempts that a delivery remembers, the latest ones:
	// a day of trying takes about 20.
	keptAttempts = 50
)

// DueWebhookDeliveries returns deliveries of all organizations that are to be sent
// now, the longest due first, but for those of some endpoints (by their keys).
func (r *Repository) DueWebhookDeliveries(ctx context.Context, now time.Time, butFor []EndpointKey, most int) ([]*analytics.WebhookDelivery, error) {
	filter := bson.D{{Key: "due", Value: bson.D{{Key: "$lte", Value: now}}}}
	if len(butFor) > 0 {
		ids := make([]string, len(butFor))
		for i, key := range butFor {
			ids[i] = key.EndpointID
		}
		filter = append(filter, bson.E{Key: "endpoint", Value: bson.D{{Key: "$nin", Value: ids}}})
	}
	due, err := find[analytics.WebhookDelivery](ctx, r.coll(collWebhookDeliveries), filter,
		options.Find().SetSort(bson.D{{Key: "due", Value: 1}}).SetLimit(int64(most)).SetBatchSize(oneBatch(most)))
	return due, wrap(err, "find due webhook deliveries")
}

// EndpointKey names an endpoint among all organizations.
type EndpointKey struct{ Org, EndpointID string }

// ClaimWebhookDelivery takes a due delivery for the caller until a moment: until
// then nobody else gets it. The attempt that begins stands in it from then on; one
// of somebody who never ended it is shown as interrupted. It reports false where
// somebody else was faster.
func (r *Repository) ClaimWebhookDelivery(ctx context.Context, d *analytics.WebhookDelivery, now, until time.Time) (bool, error) {
	d.Attempts = append(interrupted(d.Attempts), analytics.WebhookAttempt{At: now})
	if n := len(d.Attempts); n > keptAttempts {
		d.Attempts = d.Attempts[n-keptAttempts:]
	}
	d.Sending, d.Due, d.Tries = true, until, d.Tries+1
	return r.replaceDelivery(ctx, d)
}

// interrupted returns the attempts with an end for the last one, if it has none.
func interrupted(attempts []analytics.WebhookAttempt) []analytics.WebhookAttempt {
	if n := len(attempts); n > 0 && attempts[n-1].Duration == nil {
		broken := analytics.WebhookInterrupted
		attempts[n-1].Error = &broken
	}
	return attempts
}

// SettleWebhookDelivery stores how the attempt of a claimed delivery ended, and
// when the next one is due; the zero time for none: the delivery is finished then.
// It reports false where the claim was lost in between.
func (r *Repository) SettleWebhookDelivery(ctx context.Context, d *analytics.WebhookDelivery, attempt analytics.WebhookAttempt, next, now time.Time) (bool, error) {
	d.Attempts[len(d.Attempts)-1] = attempt
	d.Sending, d.Due = false, next
	if next.IsZero() {
		kept := keepDelivered
		d.State = analytics.DeliveryDelivered
		if attempt.Error != nil {
			d.State, kept = analytics.DeliveryFailed, keepFailed
		}
		keep := now.Add(kept)
		d.Due, d.Keep = never, &keep
	}
	return r.replaceDelivery(ctx, d)
}

// DeleteWebhookDelivery deletes a delivery whose endpoint is gone.
func (r *Repository) DeleteWebhookDelivery(ctx context.Context, d *analytics.WebhookDelivery) error {
	return r.deleteDeliveries(ctx, bson.D{{Key: "_id", Value: d.Key}, {Key: "org", Value: d.Org}})
}

// DeleteOldWebhookDeliveries deletes the deliveries of all organizations that are
// finished and were kept long enough.
func (r *Repository) DeleteOldWebhookDeliveries(ctx context.Context, now time.Time) error {
	return r.deleteDeliveries(ctx, bson.D{{Key: "keep", Value: bson.D{{Key: "$lte", Value: now}}}})
}
