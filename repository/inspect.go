package repository

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
)

// ServerState is what a database server tells of itself.
type ServerState struct {
	Version string
	Latency time.Duration // of the quickest of some answers
	// Ahead is how far the server's clock is ahead of ours, to half the latency; nil
	// where the server does not tell its time.
	Ahead *time.Duration
}

// latencySamples is how many answers are timed: the quickest one waited for nothing
// else.
const latencySamples = 5

// InspectServer asks the server for its version and its time.
func (r *Repository) InspectServer(ctx context.Context) (ServerState, error) {
	var build struct{ Version string }
	if err := r.db.RunCommand(ctx, bson.D{{Key: "buildInfo", Value: 1}}).Decode(&build); err != nil {
		return ServerState{}, wrap(err, "ask for the version")
	}
	state := ServerState{Version: build.Version}
	for range latencySamples {
		var hello struct {
			LocalTime *time.Time `bson:"localTime"`
		}
		began := time.Now()
		if err := r.db.RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}).Decode(&hello); err != nil {
			return ServerState{}, wrap(err, "ask for the time")
		}
		took := time.Since(began)
		if state.Latency != 0 && took >= state.Latency {
			continue
		}
		state.Latency = took
		if hello.LocalTime != nil {
			ahead := hello.LocalTime.Sub(began.Add(took / 2))
			state.Ahead = &ahead
		}
	}
	return state, nil
}

// IndexDifferences are the indexes that a database lacks or has too many, each as
// "collection: its fields".
type IndexDifferences struct {
	Missing, Extra []string
}

// CompareIndexes returns how the indexes of the database differ from the table.
// It changes nothing.
func (r *Repository) CompareIndexes(ctx context.Context) (IndexDifferences, error) {
	wanted := map[string]bool{}
	for _, ix := range indexTable {
		wanted[ix.collection+": "+ix.fields] = true
	}
	var d IndexDifferences
	for _, name := range everyCollection {
		specs, err := r.coll(name).Indexes().ListSpecifications(ctx)
		var answered mongo.ServerError
		if errors.As(err, &answered) && answered.HasErrorCode(codeNamespaceNotFound) {
			continue
		}
		if err != nil {
			return d, wrap(err, "list indexes of %s", name)
		}
		for _, spec := range specs {
			if spec.Name == "_id_" {
				continue
			}
			key := name + ": " + fieldsOf(spec.KeysDocument)
			if !wanted[key] {
				d.Extra = append(d.Extra, key)
			}
			delete(wanted, key)
		}
	}
	for key := range wanted {
		d.Missing = append(d.Missing, key)
	}
	slices.Sort(d.Missing)
	slices.Sort(d.Extra)
	return d, nil
}

// codeNamespaceNotFound is the code of servers for a collection that is not there.
const codeNamespaceNotFound = 26

// fieldsOf returns the fields of an index in order.
func fieldsOf(keys bson.Raw) string {
	elements, err := keys.Elements()
	if err != nil {
		return ""
	}
	names := make([]string, len(elements))
	for i, e := range elements {
		names[i] = e.Key()
	}
	return strings.Join(names, " ")
}

// CountTokens returns how many tokens of all organizations there are.
func (r *Repository) CountTokens(ctx context.Context) (int, error) {
	n, err := r.coll(collTokens).CountDocuments(ctx, bson.D{})
	return int(n), wrap(err, "count tokens")
}

// CountMarks returns how many writes were begun before a time and did not end.
func (r *Repository) CountMarks(ctx context.Context, before time.Time) (int, error) {
	n, err := r.coll(collDirtyMarks).CountDocuments(ctx, bson.D{{Key: "at", Value: bson.D{{Key: "$lt", Value: before}}}})
	return int(n), wrap(err, "count marks")
}
