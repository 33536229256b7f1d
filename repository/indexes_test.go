package repository_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// Every query that a list or a loader sends is served by an index of the table.
// The queries are run and what they sent is explained: what the test looks at is
// what the gateway asks.
func TestIndexesServeEveryQuery(t *testing.T) {
	uri, database := repositorytest.Database(t)
	repositorytest.OpenAt(t, uri, database, nil)
	watch := &watch{}
	repo, err := repository.OpenWatched(uri, database, watch.add)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = repo.Close(context.Background()) })
	reach := analytics.Reach{Org: "acme"}
	packCalls(t, repo) // so that statistics are read from packed calls, and where these are dirty, from facts
	aShop(reach.Org, 300).store(t, repo)
	if err := repo.MarkAllCallHours(t.Context()); err != nil {
		t.Fatal(err)
	}
	cursors := map[analytics.CallOrderField]*string{}
	for _, field := range []analytics.CallOrderField{analytics.ByTime, analytics.ByDuration} {
		page, err := repo.Calls(t.Context(), reach, analytics.CallFilter{}, analytics.CallOrder{Field: field}, analytics.PageArgs{})
		if err != nil {
			t.Fatal(err)
		}
		cursors[field] = page.PageInfo.EndCursor
	}

	for _, query := range listedQueries(reach, cursors) {
		t.Run(query.name, func(t *testing.T) {
			watch.take()
			if err := query.send(t.Context(), repo); err != nil {
				t.Fatal(err)
			}
			sent := watch.take()
			if len(sent) == 0 {
				t.Fatal("nothing was asked of the database")
			}
			for _, command := range sent {
				plan := explain(t, repo, command)
				used := indexesOf(plan)
				if len(used) == 0 {
					t.Fatalf("no index serves\n%v\n%v", command, plan)
				}
				if !slices.ContainsFunc(used, func(name string) bool { return covers(name, query.covers) }) {
					t.Errorf("%v serve\n%v\nbut none begins with org and one of %v", used, command, query.covers)
				}
				if query.order != "" {
					wantOrderInTable(t, command.Index(0).Value().StringValue(), query)
				}
			}
		})
	}
}

// covers reports whether an index begins with org and one of the fields, or one
// of the rows of fields that are separated by spaces; for "_id", whether it is
// that one.
func covers(name string, fields []string) bool {
	if name == "_id_" {
		return slices.Contains(fields, "_id")
	}
	own := repository.IndexFields(name)
	if len(own) == 0 || own[0] != "org" {
		return false
	}
	behind := strings.Join(own[1:], " ") + " "
	return len(fields) == 0 || slices.ContainsFunc(fields, func(field string) bool { return strings.HasPrefix(behind, field+" ") })
}

// wantOrderInTable fails unless the table has an index of org, one of the fields
// to cover (if there are any), the order's field and _id.
func wantOrderInTable(t *testing.T, collection string, query listed) {
	t.Helper()
	fits := []string{"org " + query.order + " _id"}
	if query.covers != nil && !slices.Contains(query.covers, query.order) {
		fits = nil
	}
	for _, field := range query.covers {
		fits = append(fits, "org "+field+" "+query.order+" _id")
	}
	table := repository.IndexTable(collection)
	if !slices.ContainsFunc(fits, func(fit string) bool { return slices.Contains(table, fit) }) {
		t.Errorf("%s has none of the indexes %q", collection, fits)
	}
}

// watch keeps the commands that read documents.
type watch struct {
	mu       sync.Mutex
	commands []bson.Raw
}

func (w *watch) add(command bson.Raw) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch command.Index(0).Key() {
	case "find", "aggregate":
		w.commands = append(w.commands, command)
	}
}

// take returns the commands since it was last called.
func (w *watch) take() []bson.Raw {
	w.mu.Lock()
	defer w.mu.Unlock()
	taken := w.commands
	w.commands = nil
	return taken
}

// explain returns how the engine would run a command.
func explain(t *testing.T, repo *repository.Repository, command bson.Raw) bson.Raw {
	t.Helper()
	elements, err := command.Elements()
	if err != nil {
		t.Fatal(err)
	}
	var bare bson.D // without what belongs to the connection
	for _, e := range elements {
		if key := e.Key(); key != "lsid" && !strings.HasPrefix(key, "$") {
			bare = append(bare, bson.E{Key: key, Value: e.Value()})
		}
	}
	plan, err := repo.Run(t.Context(), bson.D{{Key: "explain", Value: bare}, {Key: "verbosity", Value: "queryPlanner"}})
	if err != nil {
		t.Fatalf("explain %v: %v", command, err)
	}
	return plan
}

// indexesOf returns the indexes that a plan uses, by name, but for those that it
// only weighed.
func indexesOf(plan bson.Raw) []string {
	elements, err := plan.Elements()
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range elements {
		value := e.Value()
		switch {
		case e.Key() == "IndexCosts" || e.Key() == "rejectedPlans":
		case e.Key() == "indexName", e.Key() == "Index Name":
			names = append(names, value.StringValue())
		case value.Type == bson.TypeEmbeddedDocument, value.Type == bson.TypeArray:
			names = append(names, indexesOf(bson.Raw(value.Value))...)
		}
	}
	return names
}
