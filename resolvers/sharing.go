package resolvers

import (
	"context"

	"cartograph/transport"
)

// SharedSubscriptions says which fields of Subscription run once for everybody
// who asks the same with the same authority. cartRequested is not among them:
// its first answers are all that is pending, which only a source of its own
// knows.
func SharedSubscriptions() map[string]transport.Sharing {
	return map[string]transport.Sharing{
		"cartUpdated":      {After: "after", Replay: true},
		"callStarted":      {Resume: "after"},
		"callEnded":        {Resume: "after"},
		"chatMessageAdded": {Resume: "after"},
		"trackingEvents":   {Resume: "after"},
		"chatModerated":    {Resume: "after"},
		"liveMetrics":      {Replay: true},
	}
}

// announced passes events on, and tells the transport the version of each.
func announced[T any](ctx context.Context, events <-chan T, version func(T) int64) <-chan T {
	out := make(chan T)
	go func() {
		defer close(out)
		for event := range events {
			transport.Announce(ctx, version(event))
			select {
			case out <- event:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}
