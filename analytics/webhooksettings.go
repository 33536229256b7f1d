package analytics

import (
	"regexp"
	"slices"
	"strings"
)

// The bounds of an endpoint's settings.
const (
	// MaxWebhookEndpoints is how many endpoints an organization may have: each
	// occasion is sent to each of them.
	MaxWebhookEndpoints = 50
	// maxWebhookDescription is in characters, as for names.
	maxWebhookDescription = 256
	// maxWebhookHeaders and maxWebhookHeader, in bytes, fit into what servers take
	// of headers (8 KB in all).
	maxWebhookHeaders = 10
	maxWebhookHeader  = 512
)

// Check fails with BadUserInput for settings that an endpoint cannot have, and
// names the input field they are in.
func (e *WebhookEndpoint) Check(p WebhookPolicy) (field string, err error) {
	if err := p.CheckURL(e.URL); err != nil {
		return "url", err
	}
	if len(e.Topics) == 0 {
		return "topics", Errorf(BadUserInput, "must name a topic")
	}
	if len([]rune(string(e.Description))) > maxWebhookDescription {
		return "description", Errorf(BadUserInput, "is longer than %d characters", maxWebhookDescription)
	}
	return "headers", checkHeaders(e.Headers)
}

// headerName is a token of HTTP; headerValue is what every server reads.
var (
	headerName  = regexp.MustCompile(`^[A-Za-z0-9!#$%&'*+.^_|~-]+$`)
	headerValue = regexp.MustCompile(`^[\x20-\x7e]*$`)
)

// ownHeaders are set by the gateway, or belong to the connection.
var ownHeaders = []string{"host", "content-length", "content-type", "content-encoding", "connection", "transfer-encoding", "te", "trailer",
	"upgrade", "keep-alive", "proxy-connection", "proxy-authorization", "expect", "user-agent", "accept-encoding"}

func checkHeaders(headers []WebhookHeader) error {
	if len(headers) > maxWebhookHeaders {
		return Errorf(BadUserInput, "holds %d headers, at most %d are allowed", len(headers), maxWebhookHeaders)
	}
	seen := map[string]bool{}
	for _, header := range headers {
		name := strings.ToLower(header.Name)
		switch {
		case !headerName.MatchString(name):
			return Errorf(BadUserInput, "%q is no name of a header", clip(header.Name))
		case slices.Contains(ownHeaders, name) || strings.HasPrefix(name, "webhook-"):
			return Errorf(BadUserInput, "%s is set by the gateway", clip(header.Name))
		case seen[name]:
			return Errorf(BadUserInput, "%s is given twice", clip(header.Name))
		case len(name)+len(header.Value) > maxWebhookHeader:
			return Errorf(BadUserInput, "%s is longer than %d bytes", clip(header.Name), maxWebhookHeader)
		case !headerValue.MatchString(header.Value):
			return Errorf(BadUserInput, "the value of %s holds characters that a header must not", clip(header.Name))
		}
		seen[name] = true
	}
	return nil
}
