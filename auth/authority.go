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
	text, _ := json.Marshal(p.Anybody()) // it holds texts and lists of them only
	return string(text)
}

// Anybody returns what all principals with the same authority have in common: for
// what runs for all of them, and is no single one's.
func (p *Principal) Anybody() *Principal {
	if p == nil {
		return nil
	}
	common := *p
	common.TokenID, common.ExpiresAt, common.WebhookSecret = "", nil, ""
	return &common
}

// Account names the account that pays for what the principal asks: its token's;
// for what runs for all who have the same authority, and for an open demo, theirs
// together.
func (p *Principal) Account() string {
	if p.TokenID != "" {
		return p.TokenID
	}
	return p.Authority()
}
