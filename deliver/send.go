package deliver

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"cartograph/analytics"
)

// requestTimeout is how long a receiver may take for all of its answer.
const requestTimeout = 10 * time.Second

// userAgent tells receivers' logs who asks.
const userAgent = "Cartograph-Webhooks/1"

// send makes one attempt to deliver a body, and returns how it ended.
func (d *Deliverer) send(ctx context.Context, e *analytics.WebhookEndpoint, eventID string, body []byte) analytics.WebhookAttempt {
	attempt := analytics.WebhookAttempt{At: d.now()}
	ctx, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	began := time.Now()
	status, err := d.post(ctx, e, eventID, attempt.At, body)
	took := time.Since(began).Milliseconds()
	attempt.Duration = &took
	if status != 0 {
		attempt.StatusCode = &status
	}
	if cause := failureOf(status, err); cause != "" {
		attempt.Error = &cause
	}
	return attempt
}

// post sends a body and returns the status of the answer.
func (d *Deliverer) post(ctx context.Context, e *analytics.WebhookEndpoint, eventID string, at time.Time, body []byte) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, e.URL, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	for _, header := range e.Headers {
		request.Header.Set(header.Name, header.Value)
	}
	signature, err := sign(e.Secrets(at), eventID, at, body)
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", userAgent)
	request.Header.Set(webhooks.HeaderWebhookID, eventID)
	request.Header.Set(webhooks.HeaderWebhookTimestamp, unixSeconds(at))
	request.Header.Set(webhooks.HeaderWebhookSignature, signature)
	response, err := d.client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, io.LimitReader(response.Body, maxResponse))
	return response.StatusCode, err
}

// sign returns the signatures of a body by several secrets, as the header has
// them.
func sign(secrets []string, eventID string, at time.Time, body []byte) (string, error) {
	signatures := make([]string, len(secrets))
	for i, secret := range secrets {
		signer, err := webhooks.NewWebhook(secret)
		if err != nil {
			return "", err
		}
		if signatures[i], err = signer.Sign(eventID, at, body); err != nil {
			return "", err
		}
	}
	return strings.Join(signatures, " "), nil
}

// failureOf returns what kept a webhook from being delivered, "" if nothing did.
// Once there is a status it decides: a body that breaks off changes nothing.
func failureOf(status int, err error) analytics.WebhookError {
	var timeout net.Error
	var dns *net.DNSError
	switch {
	case status >= 200 && status < 300:
		return ""
	case status >= 300 && status < 400:
		return analytics.WebhookRedirect
	case status != 0:
		return analytics.WebhookStatus
	case errors.Is(err, errAddressRefused):
		return analytics.WebhookAddressRefused
	case errors.Is(err, context.Canceled):
		return analytics.WebhookInterrupted
	case errors.As(err, &timeout) && timeout.Timeout():
		return analytics.WebhookTimeout
	case errors.As(err, &dns):
		return analytics.WebhookDNS
	case isTLS(err):
		return analytics.WebhookTLS
	default:
		return analytics.WebhookConnection
	}
}

func isTLS(err error) bool {
	var verification *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	return errors.As(err, &verification) || errors.As(err, &unknown) || errors.As(err, &record) || errors.As(err, &alert) ||
		strings.Contains(err.Error(), "server gave HTTP response to HTTPS client")
}
