package graph

import (
	"time"

	"cartograph/analytics"
)

// BanPayload is what a ban, or the end of one, changed: the payload of banViewer
// and unbanViewer.
type BanPayload struct {
	VisitorID        *string // nil if nothing was changed
	BannedAt         *time.Time
	LiveEvent        *analytics.LiveEvent
	UserErrors       []*UserError
	ClientMutationID *string
}
