package repository

import (
	"context"
	"slices"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/event"
)

// Command is how a database command ended.
type Command struct {
	Name       string // as the protocol has it: find, insert
	Collection string // "" for commands that concern none
	Took       time.Duration
	Failed     bool
}

// monitor returns what the driver tells of its commands. Without a listener there
// is none: the driver copies commands for it.
func (o Options) monitor() *event.CommandMonitor {
	var running sync.Map // the collections of commands under way, by the number of their request
	ended := func(ctx context.Context, e event.CommandFinishedEvent, failed bool) {
		name, _ := running.LoadAndDelete(e.RequestID)
		collection, _ := name.(string)
		o.OnAnswer(ctx, Command{Name: e.CommandName, Collection: collection, Took: e.Duration, Failed: failed})
	}
	m := &event.CommandMonitor{
		Started: func(_ context.Context, e *event.CommandStartedEvent) {
			if o.OnCommand != nil {
				o.OnCommand(e.CommandName)
			}
			if o.OnAnswer != nil {
				running.Store(e.RequestID, collectionOf(e))
			}
		},
	}
	if o.OnAnswer != nil {
		m.Succeeded = func(ctx context.Context, e *event.CommandSucceededEvent) { ended(ctx, e.CommandFinishedEvent, false) }
		m.Failed = func(ctx context.Context, e *event.CommandFailedEvent) { ended(ctx, e.CommandFinishedEvent, true) }
	}
	return m
}

// collectionOf returns the collection of a command, as far as it is one of ours.
func collectionOf(e *event.CommandStartedEvent) string {
	key := e.CommandName
	if key == "getMore" {
		key = "collection"
	}
	name, _ := e.Command.Lookup(key).StringValueOK()
	if !slices.Contains(everyCollection, name) {
		return ""
	}
	return name
}

// everyCollection is every collection with an index, and those that have none.
var everyCollection = func() []string {
	all := slices.Clone(allCollections)
	for _, ix := range indexTable {
		all = append(all, ix.collection)
	}
	all = append(all, collWorkflowNumbers, collLiveFolds, collLiveVisitors, collLiveOrdinals)
	slices.Sort(all)
	return slices.Compact(all)
}()
