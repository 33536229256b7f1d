package repository

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
)

// dirtyMark names the subjects that a batch is about to change. It is set before
// the first event is written and taken away when everything is derived; one that
// stays tells of a batch that was broken off.
type dirtyMark struct {
	Key      string    `bson:"_id"`
	Org      string    `bson:"org"`
	Subjects []string  `bson:"subjects"`
	At       time.Time `bson:"at"`
}

// setMark marks subjects as dirty.
func (r *Repository) setMark(ctx context.Context, org string, subjects []string) (*dirtyMark, error) {
	mark := &dirtyMark{
		Key:      analytics.Reach{Org: org}.Key(rand.Text()),
		Org:      org,
		Subjects: subjects,
		At:       time.Now().UTC().Truncate(time.Millisecond),
	}
	_, err := r.coll(collDirtyMarks).InsertOne(ctx, mark)
	return mark, wrap(err, "insert dirty mark")
}

// clearMark takes a mark away: all it names is derived.
func (r *Repository) clearMark(ctx context.Context, mark *dirtyMark) error {
	_, err := r.coll(collDirtyMarks).DeleteOne(ctx, bson.D{{Key: "_id", Value: mark.Key}, {Key: "org", Value: mark.Org}})
	return wrap(err, "delete dirty mark")
}

// marksOf returns the marks of an organization: those of batches under way, and
// of batches that were broken off.
func (r *Repository) marksOf(ctx context.Context, org string) ([]*dirtyMark, error) {
	marks, err := find[dirtyMark](ctx, r.coll(collDirtyMarks), bson.D{{Key: "org", Value: org}}, wholeResult())
	return marks, wrap(err, "find dirty marks")
}

// recoverMarks bounds how many broken batches one call of Recover derives.
const recoverMarks = 100

// Recover derives what batches that were broken off left half done: all subjects
// of marks that were set more than olderThan before now. It returns how many
// marks it could take away; zero when there is nothing left to do. It may run
// beside everything else, also twice. What fails by itself keeps the mark, and pauses;
// it does not keep the others, of the same batch neither.
func (r *Repository) Recover(ctx context.Context, olderThan time.Duration, now time.Time) (int, error) {
	filter := bson.D{{Key: "at", Value: bson.D{{Key: "$lt", Value: now.Add(-olderThan)}}}}
	marks, err := find[dirtyMark](ctx, r.coll(collDirtyMarks), r.pauses.leaveOut(filter, "_id", "recover", now),
		options.Find().SetSort(bson.D{{Key: "at", Value: 1}}).SetLimit(recoverMarks))
	if err != nil {
		return 0, wrap(err, "find dirty marks")
	}
	return workApart(ctx, r, "recover", now, marks, func(m *dirtyMark) string { return m.Key }, r.finish)
}

// finish derives what a gateway left half done, and takes its mark away. Where some
// of it cannot be derived, the mark stays of that alone.
func (r *Repository) finish(ctx context.Context, mark *dirtyMark) error {
	var left []string
	var failed failures
	err := inHalves(ctx, mark.Subjects,
		func(ctx context.Context, subjects []string) error { return r.deriveBroken(ctx, mark, subjects) },
		func(subject string, err error) {
			left = append(left, subject)
			failed.add(wrap(err, "derive %s of %s", subject, mark.Org))
		})
	switch {
	case err != nil:
		return err
	case left == nil:
		return r.clearMark(ctx, mark)
	}
	filter := bson.D{{Key: "_id", Value: mark.Key}, {Key: "org", Value: mark.Org}}
	_, err = r.coll(collDirtyMarks).UpdateOne(ctx, filter, bson.D{{Key: "$set", Value: bson.D{{Key: "subjects", Value: left}}}})
	return errors.Join(failed.err(), wrap(err, "narrow dirty mark"))
}

// deriveBroken derives some of what a broken batch has touched.
func (r *Repository) deriveBroken(ctx context.Context, mark *dirtyMark, subjects []string) error {
	d := newDerivation(r, mark.Org)
	d.thorough, d.brokenAt = true, mark.At
	for _, subject := range subjects {
		d.touch(subject)
		d.touchWhole(subject)
	}
	live := &liveMark{Transactions: sortedKeys(d.purchases)}
	return r.aroundLiveChange(ctx, mark.Org, live, func() error { return d.run(ctx) })
}

// wholeResult asks for a result in as few replies as the protocol allows, so
// that the number of commands does not depend on the number of documents.
func wholeResult() *options.FindOptionsBuilder { return options.Find().SetBatchSize(wholeBatch) }

// wholeBatch is more documents than one reply can carry.
const wholeBatch = 1_000_000
