package analytics

// Reach says whose documents a caller may see: those of one organization and,
// where Agent is set, of calls only that agent's own. It is an argument of
// every repository method and part of every filter, count and statistic.
type Reach struct {
	Org   string
	Agent string // empty: all agents
	// Call, if set, leaves of calls and their carts only that one.
	Call string
	// Moderator: of the chats of live events also what was deleted, and what
	// banned viewers wrote.
	Moderator bool
}

// Key returns the stored _id of the document with the given native id: unique
// over all organizations, and starting with the organization.
func (r Reach) Key(id string) string { return r.Org + "/" + id }

// ValidOrg reports whether s may name an organization: 1 to 64 letters, digits,
// dots, dashes and underscores. A slash would blur the keys of documents.
func ValidOrg(s string) bool {
	if len(s) == 0 || len(s) > 64 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		ok := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_'
		if !ok {
			return false
		}
	}
	return true
}
