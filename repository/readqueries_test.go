package repository_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"cartograph/analytics"
	"cartograph/repository"
)

// listed is a query that a list field or a loader sends, and what an index has
// to cover of it.
type listed struct {
	name string
	send func(ctx context.Context, r *repository.Repository) error
	// covers are the fields of which the chosen index has to have at least one
	// right behind org: the equality fields, else what bounds the search. None:
	// every index of the organization will do. "_id": the index on it alone.
	covers []string
	// order is the field that lists are sorted by; the table has to have an
	// index of org, one of covers and it.
	order string
}

// one returns the fields of which a list with a single condition has to be found
// by.
func one(fields ...string) []string { return fields }

// listedQueries returns every query of the read side: each filter alone, each
// order, both together, pages behind a cursor, loaders and lists by parent.
func listedQueries(reach analytics.Reach, cursors map[analytics.CallOrderField]*string) []listed {
	var all []listed
	period := &analytics.Period{Start: noon.Add(-time.Hour), End: noon.Add(time.Hour)}
	filters := []struct {
		name   string
		filter analytics.CallFilter
		field  string
	}{
		{"all calls", analytics.CallFilter{}, ""},
		{"calls of a period", analytics.CallFilter{Period: period}, "at"},
		{"calls of a status", analytics.CallFilter{Status: ptr(analytics.Missed)}, "status"},
		{"calls of a type", analytics.CallFilter{Type: ptr(analytics.QueueCall)}, "type"},
		{"calls of an agent", analytics.CallFilter{AgentIDs: []string{"a1"}}, "agent"},
		{"calls of two agents", analytics.CallFilter{AgentIDs: []string{"a1", "a2"}}, "agent"},
		{"calls of a queue", analytics.CallFilter{QueueIDs: []string{"q1"}}, "queue"},
		{"calls of a browser", analytics.CallFilter{ClientID: ptr("c1")}, "client"},
		{"test calls", analytics.CallFilter{Test: ptr(true)}, "test"},
		{"calls but tests", analytics.CallFilter{ExcludeTestCalls: true}, "test"},
		{"running calls", analytics.CallFilter{Running: ptr(true)}, "running"},
		{"calls but the short ones", analytics.CallFilter{ExcludeShortCalls: true}, ""},
		{"calls but short waits", analytics.CallFilter{ExcludeShortWaits: true}, ""},
		{"calls but all short ones", analytics.CallFilter{ExcludeShortCalls: true, ExcludeShortWaits: true}, ""},
		{"calls with a product", analytics.CallFilter{SKU: ptr("s1")}, "skus"},
		{"calls of a shopper", analytics.CallFilter{Shopper: ptr("w1")}, "shopperWords"},
	}
	for _, f := range filters {
		for _, field := range []analytics.CallOrderField{analytics.ByTime, analytics.ByDuration} {
			for _, last := range []bool{false, true} {
				order := "at"
				if field == analytics.ByDuration {
					order = "byDuration"
				}
				q := listed{name: fmt.Sprintf("%s by %s, last %v", f.name, field, last), order: order}
				if f.field != "" {
					q.covers = one(f.field)
				}
				if f.field == "at" { // nothing is equal: an index by either will do
					q.covers = []string{"at", order}
				}
				page := analytics.PageArgs{}
				if last {
					page.Last = ptr(10)
				}
				q.send = func(ctx context.Context, r *repository.Repository) error {
					_, err := r.Calls(ctx, reach, f.filter, analytics.CallOrder{Field: field}, page)
					return err
				}
				all = append(all, q)

				behind := q
				behind.name += ", behind a cursor"
				if f.field == "" {
					behind.covers = one(order)
				}
				further := page
				further.After = cursors[field]
				if last {
					further.After, further.Before = nil, cursors[field]
				}
				behind.send = func(ctx context.Context, r *repository.Repository) error {
					_, err := r.Calls(ctx, reach, f.filter, analytics.CallOrder{Field: field}, further)
					return err
				}
				all = append(all, behind)
			}
		}
		count := listed{name: "number of " + f.name}
		if f.field != "" {
			count.covers = one(f.field)
		}
		count.send = func(ctx context.Context, r *repository.Repository) error {
			_, err := r.CountCalls(ctx, reach, f.filter)
			return err
		}
		all = append(all, count)
	}

	ids := []string{"1", "2", "3"}
	for _, c := range []struct {
		name   string
		filter repository.CartFilter
		covers []string
	}{
		{"all carts", repository.CartFilter{}, nil},
		{"open carts", repository.CartFilter{Open: ptr(true)}, []string{"closes", "at"}},
		{"carts of an agent", repository.CartFilter{AgentID: ptr("a1")}, one("agent")},
		{"carts of a queue", repository.CartFilter{QueueID: ptr("q1"), Open: ptr(false)}, []string{"queue", "closes"}},
	} {
		all = append(all, listed{c.name, func(ctx context.Context, r *repository.Repository) error {
			_, err := r.Carts(ctx, reach, c.filter, analytics.PageArgs{}, noon)
			return err
		}, c.covers, "at"}, listed{"number of " + c.name, func(ctx context.Context, r *repository.Repository) error {
			_, err := r.CountCarts(ctx, reach, c.filter, noon)
			return err
		}, c.covers, ""})
	}
	all = append(all,
		listed{"carts of calls", func(ctx context.Context, r *repository.Repository) error {
			_, err := r.CartsByCall(ctx, reach, ids)
			return err
		}, one("_id"), ""},
		listed{"calls that started lately", func(ctx context.Context, r *repository.Repository) error {
			_, _, err := r.CallsSeen(ctx, reach, repository.CallStart, noon, "", nil, nil)
			return err
		}, one("startSeen"), ""},
		listed{"calls that ended lately", func(ctx context.Context, r *repository.Repository) error {
			_, _, err := r.CallsSeen(ctx, reach, repository.CallEnd, noon, "", nil, nil)
			return err
		}, one("endSeen"), ""},
		listed{"new events", func(ctx context.Context, r *repository.Repository) error {
			_, _, err := r.EventsStored(ctx, reach, "", nil, noon, "")
			return err
		}, one("stored"), ""},
		listed{"new events of some types", func(ctx context.Context, r *repository.Repository) error {
			_, _, err := r.EventsStored(ctx, reach, "", []analytics.EventType{analytics.JoinedQueue, analytics.Purchased}, noon, "e:x")
			return err
		}, one("stored"), ""},
		listed{"new events that name something", func(ctx context.Context, r *repository.Repository) error {
			_, _, err := r.EventsStored(ctx, reach, "live_event:l1", []analytics.EventType{analytics.Liked}, noon, "")
			return err
		}, one("named"), ""},
		listed{"new messages of a chat", func(ctx context.Context, r *repository.Repository) error {
			_, _, err := r.MessagesSeen(ctx, reach, "call:c1", noon, "")
			return err
		}, one("subject"), ""},
	)
	parents := []repository.Parent{{ID: "p1", Values: []string{"s1", "s2"}}, {ID: "p2", Values: []string{"s3"}}}
	limited := analytics.Reach{Org: reach.Org, Agent: "a1"}
	everything := analytics.CallFilter{Period: period, Status: ptr(analytics.Accepted), Type: ptr(analytics.QueueCall), AgentIDs: []string{"a1"},
		QueueIDs: []string{"q1"}, ClientID: ptr("c1"), Test: ptr(false), SKU: ptr("s1"), Shopper: ptr("w1"), ExcludeShortCalls: true}
	add := func(name string, covers []string, order string, send func(ctx context.Context, r *repository.Repository) error) {
		all = append(all, listed{name, send, covers, order})
	}
	add("calls with every condition at once", []string{"status", "type", "agent", "queue", "client", "test", "skus"}, "at", func(ctx context.Context, r *repository.Repository) error {
		_, err := r.Calls(ctx, reach, everything, analytics.CallOrder{}, analytics.PageArgs{})
		return err
	})
	add("calls within an agent's reach", one("agent"), "at", func(ctx context.Context, r *repository.Repository) error {
		_, err := r.Calls(ctx, limited, analytics.CallFilter{}, analytics.CallOrder{}, analytics.PageArgs{})
		return err
	})
	add("calls by id", one("_id"), "", func(ctx context.Context, r *repository.Repository) error {
		_, err := r.CallsByID(ctx, reach, ids)
		return err
	})
	add("calls by id within an agent's reach", one("_id", "agent"), "", func(ctx context.Context, r *repository.Repository) error {
		_, err := r.CallsByID(ctx, limited, ids)
		return err
	})
	for kind, parents := range map[repository.CallParent][]repository.Parent{
		repository.ByAgent: {{ID: "a1"}, {ID: "a2"}}, repository.ByQueue: {{ID: "q1"}, {ID: "q2"}},
		repository.ByClient: {{ID: "c1"}, {ID: "c2"}}, repository.ByProduct: parents,
	} {
		add("calls of several by "+string(kind), one(string(kind)), "at", func(ctx context.Context, r *repository.Repository) error {
			_, err := r.CallsByParent(ctx, reach, kind, parents, analytics.CallFilter{}, analytics.CallOrder{}, analytics.PageArgs{})
			return err
		})
		add("number of calls of several by "+string(kind), one(string(kind)), "", func(ctx context.Context, r *repository.Repository) error {
			_, err := r.CountCallsByParent(ctx, reach, kind, parents, analytics.CallFilter{})
			return err
		})
		if kind == repository.ByAgent || kind == repository.ByQueue {
			add("calls of several by "+string(kind)+" and duration", one(string(kind)), "byDuration", func(ctx context.Context, r *repository.Repository) error {
				_, err := r.CallsByParent(ctx, reach, kind, parents, analytics.CallFilter{}, analytics.CallOrder{Field: analytics.ByDuration}, analytics.PageArgs{})
				return err
			})
		}
	}
	add("figures of calls by id", one("_id"), "", func(ctx context.Context, r *repository.Repository) error {
		_, err := r.CallMetricsByID(ctx, reach, ids)
		return err
	})
	for _, kind := range namedKinds {
		add(kind.name+" by id", one("_id"), "", func(ctx context.Context, r *repository.Repository) error { return kind.byID(ctx, r, reach, ids) })
		add(kind.name+" by name", nil, "nameKey", func(ctx context.Context, r *repository.Repository) error {
			return kind.list(ctx, r, reach, "", analytics.PageArgs{})
		})
		add(kind.name+" whose name begins so", one("nameKey"), "", func(ctx context.Context, r *repository.Repository) error {
			return kind.list(ctx, r, reach, "n1", analytics.PageArgs{})
		})
		add("number of "+kind.name+" whose name begins so", one("nameKey"), "", func(ctx context.Context, r *repository.Repository) error {
			return kind.count(ctx, r, reach, "n1")
		})
	}
	add("products by SKU", one("skus"), "", func(ctx context.Context, r *repository.Repository) error {
		_, err := r.ProductsBySKU(ctx, reach, []string{"s1", "s2"})
		return err
	})
	add("metrics of products", one("products.sku", "lines.sku"), "", func(ctx context.Context, r *repository.Repository) error {
		_, err := r.ProductMetrics(ctx, reach, parents, period)
		return err
	})
	add("workflows of a kind", one("type"), "nameKey", func(ctx context.Context, r *repository.Repository) error {
		_, err := r.Workflows(ctx, reach, ptr(analytics.PageNavigation), analytics.PageArgs{})
		return err
	})
	add("workflows", nil, "nameKey", func(ctx context.Context, r *repository.Repository) error {
		_, err := r.Workflows(ctx, reach, nil, analytics.PageArgs{})
		return err
	})
	add("number of workflows of a kind", one("type"), "", func(ctx context.Context, r *repository.Repository) error {
		_, err := r.CountWorkflows(ctx, reach, ptr(analytics.PageNavigation))
		return err
	})
	add("workflows by id", one("_id"), "", func(ctx context.Context, r *repository.Repository) error {
		_, err := r.WorkflowsByID(ctx, reach, ids)
		return err
	})
	add("workflows of goals", one("goals.uid"), "", func(ctx context.Context, r *repository.Repository) error {
		_, err := r.WorkflowsByGoal(ctx, reach, []analytics.Goal{{UID: "g1", Name: "n1"}})
		return err
	})
	for name, p := range map[string]analytics.Period{
		"of whole buckets": *period, "that cuts buckets": {Start: period.Start.Add(time.Minute), End: period.End.Add(time.Minute)},
	} {
		add("sidedata of workflows over a period "+name, []string{"subject", "client", "type", "at", "workflow", "_id"}, "", func(ctx context.Context, r *repository.Repository) error {
			_, err := r.ReadWorkflows(ctx, reach, p, time.UTC, ids)
			return err
		})
	}
	add("live events", nil, "at", func(ctx context.Context, r *repository.Repository) error {
		_, err := r.LiveEvents(ctx, reach, nil, analytics.PageArgs{})
		return err
	})
	add("live events of a period", one("at"), "", func(ctx context.Context, r *repository.Repository) error {
		_, err := r.LiveEvents(ctx, reach, period, analytics.PageArgs{})
		return err
	})
	add("number of live events of a period", one("at"), "", func(ctx context.Context, r *repository.Repository) error {
		_, err := r.CountLiveEvents(ctx, reach, period)
		return err
	})
	add("live events by id", one("_id"), "", func(ctx context.Context, r *repository.Repository) error {
		_, err := r.LiveEventsByID(ctx, reach, ids)
		return err
	})
	add("live events of products", one("skus"), "at", func(ctx context.Context, r *repository.Repository) error {
		_, err := r.LiveEventsByProduct(ctx, reach, parents, analytics.PageArgs{})
		return err
	})
	add("number of live events of products", one("skus"), "", func(ctx context.Context, r *repository.Repository) error {
		_, err := r.CountLiveEventsByProduct(ctx, reach, parents)
		return err
	})
	add("interactions by id", one("_id"), "", func(ctx context.Context, r *repository.Repository) error {
		_, err := r.InteractionsByID(ctx, reach, ids)
		return err
	})
	add("interactions of live events", one("liveEvent"), "", func(ctx context.Context, r *repository.Repository) error {
		_, err := r.InteractionsByLiveEvent(ctx, reach, ids)
		return err
	})
	for name, after := range map[string]string{"": "", ", behind a cursor": aCursor} {
		add("a batch of calls"+name, nil, "at", func(ctx context.Context, r *repository.Repository) error {
			_, _, err := r.CallBatch(ctx, reach, analytics.CallFilter{}, after, 1_000)
			return err
		})
		add("a batch of an agent's calls of a period"+name, []string{"agent", "at"}, "at", func(ctx context.Context, r *repository.Repository) error {
			_, _, err := r.CallBatch(ctx, limited, analytics.CallFilter{Period: period}, after, 1_000)
			return err
		})
	}
	add("a batch of the events of a live event", one("named"), "stored", func(ctx context.Context, r *repository.Repository) error {
		_, _, err := r.LiveEventBatch(ctx, reach, "1", "", 1_000)
		return err
	})
	add("exports by id", one("_id"), "", func(ctx context.Context, r *repository.Repository) error {
		_, err := r.ExportsByID(ctx, reach, ids)
		return err
	})
	add("a batch of a chat", one("subject"), "at", func(ctx context.Context, r *repository.Repository) error {
		_, _, err := r.MessageBatch(ctx, reach, "call:1", period, "", 1_000)
		return err
	})
	subjects := []string{"call:1", "call:2"}
	add("chat", one("subject"), "at", func(ctx context.Context, r *repository.Repository) error {
		_, err := r.Messages(ctx, reach, "call:1", analytics.PageArgs{})
		return err
	})
	add("number of messages", one("subject"), "", func(ctx context.Context, r *repository.Repository) error {
		_, err := r.CountMessages(ctx, reach, "call:1")
		return err
	})
	add("chat of several calls", one("subject"), "at", func(ctx context.Context, r *repository.Repository) error {
		_, err := r.MessagesBySubject(ctx, reach, subjects, analytics.AllMessages, analytics.PageArgs{})
		return err
	})
	add("chat of several calls and live events within an agent's reach", one("subject"), "at", func(ctx context.Context, r *repository.Repository) error {
		_, err := r.MessagesBySubject(ctx, limited, append(subjects, "live_event:1"), analytics.AllMessages, analytics.PageArgs{})
		return err
	})
	add("number of messages of several calls", one("subject"), "", func(ctx context.Context, r *repository.Repository) error {
		_, err := r.CountMessagesBySubject(ctx, reach, subjects, analytics.AllMessages)
		return err
	})
	moderator := analytics.Reach{Org: reach.Org, Moderator: true}
	for filter, flag := range map[analytics.ChatFilter]string{
		analytics.AllMessages: "", analytics.DeletedMessages: "deleted", analytics.DisplayedMessages: "displayed",
		analytics.BannedMessages: "banned", analytics.QuestionMessages: "question",
	} {
		for who, reach := range map[string]analytics.Reach{"moderators": moderator, "everybody": reach} {
			name := fmt.Sprintf("for %s of the filter %s", who, filter)
			chats := []string{"live_event:1", "live_event:2"}
			covers := one(strings.TrimSpace("subject " + flag))
			add("chat "+name, covers, "at", func(ctx context.Context, r *repository.Repository) error {
				_, err := r.MessagesBySubject(ctx, reach, chats, filter, analytics.PageArgs{})
				return err
			})
			add("number of messages "+name, covers, "", func(ctx context.Context, r *repository.Repository) error {
				_, err := r.CountMessagesBySubject(ctx, reach, chats, filter)
				return err
			})
		}
	}
	add("what was decided lately", one("liveEvent"), "last", func(ctx context.Context, r *repository.Repository) error {
		_, _, err := r.ModerationsSeen(ctx, reach, "1", noon, "")
		return err
	})
	add("messages by id", one("_id"), "", func(ctx context.Context, r *repository.Repository) error {
		_, err := r.MessagesByID(ctx, limited, []string{"call:1:m"})
		return err
	})
	add("statistics of a period", one("day", "at"), "", func(ctx context.Context, r *repository.Repository) error {
		_, err := r.CallStats(ctx, reach, period, analytics.CallStatsFilter{ExcludeTestCalls: true, ExcludeShortCalls: true}, analytics.Day, time.UTC, analytics.CallStatsParts{Total: analytics.Ranked})
		return err
	})
	add("statistics of an agent", one("day", "agent"), "", func(ctx context.Context, r *repository.Repository) error {
		_, err := r.CallStats(ctx, limited, period, analytics.CallStatsFilter{}, analytics.Day, time.UTC, analytics.CallStatsParts{Total: analytics.Ranked})
		return err
	})
	add("statistics of a queue", one("day", "queue"), "", func(ctx context.Context, r *repository.Repository) error {
		_, err := r.CallStats(ctx, reach, period, analytics.CallStatsFilter{QueueIDs: []string{"q1"}}, analytics.Day, time.UTC, analytics.CallStatsParts{Total: analytics.Ranked})
		return err
	})
	return all
}

// aCursor is a cursor of calls, the earliest first, at noon.
var aCursor = base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, `{"o":"calls by time up","n":%d,"i":"1"}`, noon.UnixMilli()))

// namedKinds are the reference records that are listed by name.
var namedKinds = []struct {
	name  string
	byID  func(ctx context.Context, r *repository.Repository, reach analytics.Reach, ids []string) error
	list  func(ctx context.Context, r *repository.Repository, reach analytics.Reach, prefix string, page analytics.PageArgs) error
	count func(ctx context.Context, r *repository.Repository, reach analytics.Reach, prefix string) error
}{
	{
		"agents",
		func(ctx context.Context, r *repository.Repository, reach analytics.Reach, ids []string) error {
			_, err := r.AgentsByID(ctx, reach, ids)
			return err
		},
		func(ctx context.Context, r *repository.Repository, reach analytics.Reach, prefix string, page analytics.PageArgs) error {
			_, err := r.Agents(ctx, reach, prefix, page)
			return err
		},
		func(ctx context.Context, r *repository.Repository, reach analytics.Reach, prefix string) error {
			_, err := r.CountAgents(ctx, reach, prefix)
			return err
		},
	},
	{
		"queues",
		func(ctx context.Context, r *repository.Repository, reach analytics.Reach, ids []string) error {
			_, err := r.QueuesByID(ctx, reach, ids)
			return err
		},
		func(ctx context.Context, r *repository.Repository, reach analytics.Reach, prefix string, page analytics.PageArgs) error {
			_, err := r.Queues(ctx, reach, prefix, page)
			return err
		},
		func(ctx context.Context, r *repository.Repository, reach analytics.Reach, prefix string) error {
			_, err := r.CountQueues(ctx, reach, prefix)
			return err
		},
	},
	{
		"products",
		func(ctx context.Context, r *repository.Repository, reach analytics.Reach, ids []string) error {
			_, err := r.ProductsByID(ctx, reach, ids)
			return err
		},
		func(ctx context.Context, r *repository.Repository, reach analytics.Reach, prefix string, page analytics.PageArgs) error {
			_, err := r.Products(ctx, reach, prefix, page)
			return err
		},
		func(ctx context.Context, r *repository.Repository, reach analytics.Reach, prefix string) error {
			_, err := r.CountProducts(ctx, reach, prefix)
			return err
		},
	},
}
