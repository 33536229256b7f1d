package analytics

import "strings"

// ChatFilter says which messages of a chat are listed.
type ChatFilter string

// The filters of the chat of a live event. The chat of a call has no moderation:
// of it, DELETED, DISPLAYED and BANNED find nothing.
const (
	AllMessages       ChatFilter = "ALL"
	DeletedMessages   ChatFilter = "DELETED"
	DisplayedMessages ChatFilter = "DISPLAYED"
	BannedMessages    ChatFilter = "BANNED"
	QuestionMessages  ChatFilter = "QUESTIONS"
)

// OfModerators reports whether the filter finds only what is withheld from
// everybody but moderators.
func (f ChatFilter) OfModerators() bool { return f == DeletedMessages || f == BannedMessages }

// isQuestion reports whether a message is a question: the shop's customer wrote
// it, and it has an ASCII question mark.
func isQuestion(author MessageAuthor, text string) bool {
	return (author == ByViewer || author == ByShopper) && strings.Contains(text, "?")
}
