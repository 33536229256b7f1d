package live

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"cartograph/analytics"
)

// pollAtOnce bounds the carts that one look asks for.
const pollAtOnce = 1_000

// Versions returns how far the carts with these topics are; an untouched cart has
// no entry.
type Versions func(ctx context.Context, topics []string) (map[string]int64, error)

// Poll looks at what is watched here, again and again until the context ends,
// and tells of what is new: what no notice told of, because another gateway
// wrote it, or because the notice was lost. Of carts one look asks for a
// thousand versions at once; other topics are told in any case.
func Poll(ctx context.Context, b *Broker, every time.Duration, versions Versions, log *slog.Logger) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := b.look(ctx, versions); err != nil && ctx.Err() == nil {
				log.WarnContext(ctx, "look for changes", "error", err)
			}
		}
	}
}

// look looks once.
func (b *Broker) look(ctx context.Context, versions Versions) error {
	var carts []string
	for _, topic := range b.Topics() {
		if strings.HasPrefix(topic, analytics.CartTopicPrefix) {
			carts = append(carts, topic)
			continue
		}
		b.Deliver(topic, 0)
	}
	for len(carts) > 0 {
		n := min(len(carts), pollAtOnce)
		found, err := versions(ctx, carts[:n])
		if err != nil {
			return err
		}
		for topic, version := range found {
			b.Deliver(topic, version)
		}
		carts = carts[n:]
	}
	return nil
}
