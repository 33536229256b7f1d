package resolvers

import (
	"context"

	"cartograph/analytics"
	"cartograph/graph"
	"cartograph/repository"
)

// Queue answers Query.queue.
func (queryResolver) Queue(ctx context.Context, id string) (*analytics.Queue, error) {
	return nullable(load(ctx).queues.load(ctx, analytics.NativeID("Queue", id)))
}

// Queues answers Query.queues.
func (r queryResolver) Queues(ctx context.Context, first *int, after *string, last *int, before *string, namePrefix *string) (*analytics.QueueConnection, error) {
	page := analytics.PageArgs{First: first, After: after, Last: last, Before: before}
	reach, prefix := reachOf(ctx), orZero(namePrefix)
	return rootConnection(ctx, page,
		func() (*analytics.QueueConnection, error) { return r.repo.Queues(ctx, reach, prefix, page) },
		func() (int, error) { return r.repo.CountQueues(ctx, reach, prefix) })
}

// standInQueue stands for a queue of which only the id is known.
func standInQueue(id string) *analytics.Queue {
	return &analytics.Queue{QueueID: id, Name: id, Origin: analytics.Seen}
}

// queueResolver answers the fields of Queue that lie in other documents.
type queueResolver struct{}

var _ graph.QueueResolver = queueResolver{}

// Calls answers Queue.calls.
func (queueResolver) Calls(ctx context.Context, queue *analytics.Queue, first *int, after *string, last *int, before *string, filter *analytics.CallFilter, orderBy *analytics.CallOrder) (*analytics.CallConnection, error) {
	page := analytics.PageArgs{First: first, After: after, Last: last, Before: before}
	return callsOf(ctx, repository.ByQueue, keyOf(queue.QueueID), page, filter, orderBy)
}
