package repository

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
)

// workflowNumber is the number of a visitor or of a session within a workflow,
// which never changes; the document under the empty name has the last number
// that was given out.
type workflowNumber struct {
	Key    string `bson:"_id"`
	Org    string `bson:"org"`
	Number int64  `bson:"n"`
}

// passingNumbers is where the numbers begin that a reader gives to who has none
// yet: whoever is in a stored bucket has one.
const passingNumbers = 1 << 31

// numbersAtOnce is how many numbers one command asks for: two megabytes of keys.
const numbersAtOnce = 20_000

var errNumbersExhausted = errors.New("a workflow has more visitors than there are numbers")

// numberKey returns the key of the number of a visitor ("v") or session ("s") of
// a workflow; of a kind "" and no id, that of the workflow's last number.
func numberKey(reach analytics.Reach, workflowID, kind, id string) string {
	return reach.Key(strconv.Itoa(len(workflowID)) + ":" + workflowID + ":" + kind + ":" + id)
}

// workflowSpan is what happened in workflows in a span of time, by workflow.
type workflowSpan struct {
	span       analytics.Period
	activities map[string]*analytics.WorkflowActivity
}

// number lets the activities of spans tell the numbers of all who did something
// in them. Numbers that are new are given out and stored if they are to last.
func (r *Repository) number(ctx context.Context, reach analytics.Reach, spans []workflowSpan, toLast bool) error {
	byWorkflow := map[string]map[string]bool{}
	var all []string
	for _, s := range spans {
		for id, a := range s.activities {
			if byWorkflow[id] == nil {
				byWorkflow[id] = map[string]bool{}
			}
			for _, key := range keysOfNumbers(reach, a, s.span) {
				if !byWorkflow[id][key] {
					byWorkflow[id][key] = true
					all = append(all, key)
				}
			}
		}
	}
	numbers, err := r.numbersOf(ctx, reach, all)
	if err != nil {
		return err
	}
	for id, keys := range byWorkflow {
		missing := slices.DeleteFunc(sortedKeys(keys), func(key string) bool { _, known := numbers[key]; return known })
		if toLast {
			if err := r.giveNumbers(ctx, reach, id, missing, numbers); err != nil {
				return err
			}
			continue
		}
		for i, key := range missing {
			numbers[key] = uint32(passingNumbers + i)
		}
	}
	for _, s := range spans {
		for id, a := range s.activities {
			a.Visitor = func(visitorID string) uint32 { return numbers[numberKey(reach, id, "v", visitorID)] }
			a.Session = func(sessionID string) uint32 { return numbers[numberKey(reach, id, "s", sessionID)] }
		}
	}
	return nil
}

// keysOfNumbers returns the keys of the numbers that the fold of a span asks for,
// some of them more than once.
func keysOfNumbers(reach analytics.Reach, a *analytics.WorkflowActivity, span analytics.Period) []string {
	var keys []string
	for _, e := range a.Events {
		if !span.Contains(e.At) {
			continue
		}
		keys = append(keys, numberKey(reach, a.WorkflowID, "v", e.VisitorID))
		if e.Type == analytics.PageViewed {
			keys = append(keys, numberKey(reach, a.WorkflowID, "s", e.SessionID))
		}
	}
	return keys
}

// numbersOf returns the numbers that are known, by key.
func (r *Repository) numbersOf(ctx context.Context, reach analytics.Reach, keys []string) (map[string]uint32, error) {
	numbers := make(map[string]uint32, len(keys))
	slices.Sort(keys)
	for some := range slices.Chunk(keys, numbersAtOnce) {
		found, err := find[workflowNumber](ctx, r.coll(collWorkflowNumbers), within(reach).in("_id", some).filter(), wholeResult())
		if err != nil {
			return nil, wrap(err, "find numbers of visitors")
		}
		for _, n := range found {
			numbers[n.Key] = uint32(n.Number)
		}
	}
	return numbers, nil
}

// giveNumbers numbers those of a workflow who have no number. Where somebody else
// gives one at the same time, the one stored counts; the other is never used.
func (r *Repository) giveNumbers(ctx context.Context, reach analytics.Reach, workflowID string, missing []string, numbers map[string]uint32) error {
	if len(missing) == 0 {
		return nil
	}
	first, err := r.nextNumbers(ctx, reach, workflowID, int64(len(missing)))
	if err != nil {
		return err
	}
	documents := make([]any, len(missing))
	for i, key := range missing {
		documents[i] = &workflowNumber{Key: key, Org: reach.Org, Number: first + int64(i)}
		numbers[key] = uint32(first + int64(i))
	}
	taken, err := r.insertNew(ctx, collWorkflowNumbers, documents)
	if err != nil {
		return wrap(err, "insert numbers of visitors")
	}
	var others []string
	for _, i := range taken {
		others = append(others, missing[i])
	}
	found, err := r.numbersOf(ctx, reach, others)
	for key, number := range found {
		numbers[key] = number
	}
	return err
}

// nextNumbers takes n numbers of a workflow and returns the first. The count is
// inserted apart from being raised: upserts that meet fail in other ways on every
// engine.
func (r *Repository) nextNumbers(ctx context.Context, reach analytics.Reach, workflowID string, n int64) (int64, error) {
	count := &workflowNumber{Key: numberKey(reach, workflowID, "", ""), Org: reach.Org}
	filter := bson.D{{Key: "_id", Value: count.Key}, {Key: "org", Value: reach.Org}}
	update := bson.D{{Key: "$inc", Value: bson.D{{Key: "n", Value: n}}}}
	for {
		var last workflowNumber
		err := r.coll(collWorkflowNumbers).FindOneAndUpdate(ctx, filter, update, options.FindOneAndUpdate().SetReturnDocument(options.After)).Decode(&last)
		if errors.Is(err, mongo.ErrNoDocuments) {
			if _, err := r.insertNew(ctx, collWorkflowNumbers, []any{count}); err != nil {
				return 0, wrap(err, "insert count of visitors")
			}
			continue
		}
		if err == nil && last.Number > passingNumbers {
			err = errNumbersExhausted
		}
		return last.Number - n, wrap(err, "number visitors of %s", workflowID)
	}
}
