package resolvers

import (
	"context"
	"log/slog"
	"time"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/cart"
	"cartograph/graph"
	"cartograph/live"
	"cartograph/repository"
)

// subscriptionResolver answers the root fields of subscriptions: with channels
// that are closed when the context of the subscription ends.
type subscriptionResolver struct{ *resolver }

var _ graph.SubscriptionResolver = subscriptionResolver{}

// CartUpdated answers Subscription.cartUpdated.
func (r subscriptionResolver) CartUpdated(ctx context.Context, callID string, after *int64) (<-chan *cart.Change, error) {
	id := analytics.NativeID("Call", callID)
	if err := r.needCall(ctx, id); err != nil {
		return nil, err
	}
	changes, err := r.carts.Follow(ctx, reachOf(ctx), id, after)
	if err != nil {
		return nil, err
	}
	return announced(ctx, changes, (*cart.Change).Version), nil
}

// CartRequested answers Subscription.cartRequested.
func (r subscriptionResolver) CartRequested(ctx context.Context, callID string) (<-chan graph.CartCommand, error) {
	id := analytics.NativeID("Call", callID)
	if err := r.needCall(ctx, id); err != nil {
		return nil, err
	}
	changes, err := r.carts.Follow(ctx, reachOf(ctx), id, nil)
	if err != nil {
		return nil, err
	}
	commands := make(chan graph.CartCommand)
	go func() {
		defer close(commands)
		for first := true; ; first = false {
			change, ok := <-changes
			if !ok {
				return
			}
			for _, command := range commandsOf(change, first, r.now()) {
				select {
				case commands <- command:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	return commands, nil
}

// commandsOf returns what the shopper's page is to do because of a change: of the
// first one, which shows the cart as it is, all that is pending. What can no
// longer be answered is left out: the shop must not change for nothing.
func commandsOf(change *cart.Change, first bool, now time.Time) []graph.CartCommand {
	if checkout := change.Update.Checkout; checkout != nil && !first {
		return []graph.CartCommand{gotoCheckout(checkout)}
	}
	var requests []cart.Request
	if first {
		requests = change.After.Pending
	} else if request := change.Update.Request; request != nil && request.Status == cart.Pending {
		requests = []cart.Request{*request}
	}
	var commands []graph.CartCommand
	for _, request := range requests {
		if now.Before(request.ExpiresAt) {
			commands = append(commands, commandOf(change.CallID, request))
		}
	}
	return commands
}

func commandOf(callID string, r cart.Request) graph.CartCommand {
	id := cart.RequestID(callID, r.ID)
	if r.Kind == cart.ShouldAddItem {
		return &graph.ShouldAddItemToCart{RequestID: id, Sku: r.SKU, Quantity: r.Quantity, ExpiresAt: r.ExpiresAt}
	}
	return &graph.ShouldUpdateItemInCart{RequestID: id, Sku: r.SKU, Quantity: r.Quantity, PreviousQuantity: r.PreviousQuantity, ExpiresAt: r.ExpiresAt}
}

func gotoCheckout(c *cart.Checkout) graph.CartCommand {
	items := make([]*graph.GotoCheckoutItem, len(c.Items))
	for i, item := range c.Items {
		items[i] = &graph.GotoCheckoutItem{Sku: item.SKU, Name: item.Name, Count: item.Quantity}
	}
	return &graph.GotoCheckout{Items: items}
}

// CallStarted answers Subscription.callStarted.
func (r subscriptionResolver) CallStarted(ctx context.Context, agentID *string, queueID *string, after *string) (<-chan *analytics.Call, error) {
	return r.callsSeen(ctx, repository.CallStart, agentID, queueID, after)
}

// CallEnded answers Subscription.callEnded.
func (r subscriptionResolver) CallEnded(ctx context.Context, agentID *string, queueID *string, after *string) (<-chan *analytics.Call, error) {
	return r.callsSeen(ctx, repository.CallEnd, agentID, queueID, after)
}

func (r subscriptionResolver) callsSeen(ctx context.Context, moment repository.CallMoment, agentID, queueID, after *string) (<-chan *analytics.Call, error) {
	from, err := resumed(after)
	if err != nil {
		return nil, err
	}
	reach := reachOf(ctx)
	return live.Arrived(ctx, r.broker, live.Feed[*analytics.Call]{
		Topic: analytics.CallsTopic(reach.Org), Asks: asks(reach, moment, agentID, queueID), Lateness: live.Derived, After: from,
		Arrivals: func(ctx context.Context, since time.Time, behind string) ([]*analytics.Call, bool, error) {
			return r.repo.CallsSeen(ctx, reach, moment, since, behind, agentID, queueID)
		},
		Of: func(c *analytics.Call) (string, time.Time) {
			if moment == repository.CallEnd {
				return c.CallID, orZero(c.EndSeen)
			}
			return c.CallID, orZero(c.StartSeen)
		},
	})
}

// ChatMessageAdded answers Subscription.chatMessageAdded.
func (r subscriptionResolver) ChatMessageAdded(ctx context.Context, callID *string, liveEventID *string, after *string) (<-chan *analytics.ChatMessage, error) {
	subject, err := r.watchedChat(ctx, callID, liveEventID)
	if err != nil {
		return nil, err
	}
	from, err := resumed(after)
	if err != nil {
		return nil, err
	}
	reach := reachOf(ctx)
	return live.Arrived(ctx, r.broker, live.Feed[*analytics.ChatMessage]{
		Topic: analytics.ChatTopic(reach.Org, subject), Asks: asks(reach), Lateness: live.Derived, After: from,
		Arrivals: func(ctx context.Context, since time.Time, behind string) ([]*analytics.ChatMessage, bool, error) {
			return r.repo.MessagesSeen(ctx, reach, subject, since, behind)
		},
		Of: func(m *analytics.ChatMessage) (string, time.Time) { return m.NativeID, m.Seen },
	})
}

// watchedChat returns the subject of a chat that may be watched. It fails with
// NotFound where there is none.
func (r subscriptionResolver) watchedChat(ctx context.Context, callID, liveEventID *string) (string, error) {
	switch {
	case (callID == nil) == (liveEventID == nil):
		return "", analytics.Errorf(analytics.BadUserInput, "give exactly one of callId and liveEventId")
	case callID != nil:
		if err := need(ctx, auth.CallsRead, "the chat of a call"); err != nil {
			return "", err
		}
		id := analytics.NativeID("Call", *callID)
		return callSubject + id, r.needCall(ctx, id)
	default:
		if err := need(ctx, auth.EventsRead, "the chat of a live event"); err != nil {
			return "", err
		}
		id := analytics.NativeID("LiveEvent", *liveEventID)
		return liveEventSubject + id, r.needLiveEvent(ctx, id)
	}
}

// The bounds of the interval of liveMetrics, in seconds: what changes more often
// than once a second nobody can read, and more seldom than once a minute is no
// watching.
const (
	leastInterval = 1
	mostInterval  = 60
)

// LiveMetrics answers Subscription.liveMetrics.
func (r subscriptionResolver) LiveMetrics(ctx context.Context, liveEventID string, every int) (<-chan *analytics.LiveReport, error) {
	if every < leastInterval || every > mostInterval {
		return nil, analytics.Errorf(analytics.BadUserInput, "every is %d seconds, it must lie between %d and %d", every, leastInterval, mostInterval)
	}
	// Metrics of live events are the same for everybody in an organization.
	reach := analytics.Reach{Org: reachOf(ctx).Org}
	return r.metrics.Follow(ctx, reach, analytics.NativeID("LiveEvent", liveEventID), time.Duration(every)*time.Second)
}

// readBroadcast returns how the broadcast of one live event is read. What fails
// is logged.
func readBroadcast(repo *repository.Repository, log *slog.Logger) live.ReadBroadcast {
	return func(ctx context.Context, reach analytics.Reach, liveEventID string) (*analytics.LiveReading, error) {
		readings, err := contained(ctx, log, "metrics of a broadcast", func() (map[string]*analytics.LiveReading, error) {
			return repo.ReadLive(ctx, reach, analytics.Live, nil, []string{liveEventID})
		})
		if err == nil && readings[liveEventID] == nil {
			err = analytics.Errorf(analytics.NotFound, "no such live event")
		}
		return readings[liveEventID], err
	}
}

// needCall fails with NotFound for a call that is not there or out of reach.
func (r subscriptionResolver) needCall(ctx context.Context, id string) error {
	calls, err := r.repo.CallsByID(ctx, reachOf(ctx), []string{id})
	if err == nil && calls[id] == nil {
		return analytics.Errorf(analytics.NotFound, "no such call")
	}
	return err
}
