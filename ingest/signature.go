package ingest

import (
	"net/http"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"cartograph/analytics"
	"cartograph/auth"
)

// checkSignature checks the signature of a webhook's body, in the form of
// Standard Webhooks: the headers webhook-id, webhook-timestamp (at most five
// minutes off) and webhook-signature. A token without a webhook secret signs
// nothing. It fails with Unauthenticated.
func checkSignature(r *http.Request, body []byte) error {
	secret := auth.From(r.Context()).WebhookSecret
	if secret == "" {
		return nil
	}
	checker, err := webhooks.NewWebhook(secret)
	if err != nil {
		return &analytics.Error{Code: analytics.Internal, Message: "internal error", Err: err}
	}
	if err := checker.Verify(body, r.Header); err != nil {
		return &analytics.Error{Code: analytics.Unauthenticated, Message: "the webhook's signature is missing, wrong or too old", Err: err}
	}
	return nil
}
