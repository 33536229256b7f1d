package repository

import (
	"context"

	"cartograph/analytics"
)

var queuesByName = byName("queues", func(q *analytics.Queue) position {
	return position{textValue(q.NameKey), q.QueueID}
})

// QueuesByID returns the queues with the given native ids, by native id; an id
// without a queue has no entry.
func (r *Repository) QueuesByID(ctx context.Context, reach analytics.Reach, ids []string) (map[string]*analytics.Queue, error) {
	return findByID(ctx, r, collQueues, reach, within(reach), ids, func(q *analytics.Queue) string { return q.QueueID })
}

// Queues returns a page of the queues of which the name begins with a prefix, upper
// or lower case; of all for an empty one. It fails with BadUserInput for paging
// arguments that are not valid and for a prefix of more than 64 characters.
func (r *Repository) Queues(ctx context.Context, reach analytics.Reach, namePrefix string, page analytics.PageArgs) (*analytics.QueueConnection, error) {
	return listNamed(ctx, r, collQueues, reach, namePrefix, queuesByName, page)
}

// CountQueues returns how many queues there are of which the name begins with a
// prefix.
func (r *Repository) CountQueues(ctx context.Context, reach analytics.Reach, namePrefix string) (int, error) {
	return countNamed(ctx, r, collQueues, reach, namePrefix)
}
