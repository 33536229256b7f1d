package auth

import "encoding/json"

// Authority returns what the principal may do and see, as a text: principals
// with the same authority get the same answer to the same question, so that
// one answer may be made for all of them. It tells neither how long it lasts nor
// which token it is.
func (p *Principal) Authority() string {
	if p == nil {
		return ""
	}
	lasting := *p
	lasting.TokenID, lasting.ExpiresAt, lasting.WebhookSecret = "", nil, ""
	text, _ := json.Marshal(lasting) // it holds texts and lists of them only
	return string(text)
}
