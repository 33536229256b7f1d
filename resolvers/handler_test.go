package resolvers

import (
	"log/slog"
	"net/http"
	"time"

	"cartograph/analytics"
	"cartograph/live"
	"cartograph/repository"
)

// newHandler returns an endpoint where nobody watches.
func newHandler(repo *repository.Repository, log *slog.Logger, paceEnded func(busy int64)) http.Handler {
	return newServer(repo, new(live.Broker), analytics.WebhookPolicy{}, log, DefaultOptions(), time.Now, paceEnded)
}
