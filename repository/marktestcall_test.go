package repository_test

import (
	"testing"
	"time"

	"cartograph/analytics"
	"cartograph/repository/repositorytest"
)

func TestMarkingATestCall(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	org := freshOrg()
	absorb(t, repo, org, importedRow(t, "c1", "v", 0, "Grace"))
	reach := analytics.Reach{Org: org}

	t.Run("moves it in and out of the test calls", func(t *testing.T) {
		for minute, test := range []bool{true, false, true} {
			call, err := repo.MarkTestCall(t.Context(), reach, "Call:c1", test, day.Add(time.Duration(minute)*time.Minute))
			if err != nil || call.Test != test {
				t.Fatalf("got %+v, %v, want test %v", call, err, test)
			}
			figures, err := repo.CallMetricsByID(t.Context(), reach, []string{"c1"})
			if err != nil || figures["c1"].Test != test {
				t.Errorf("its figures say %+v, %v", figures["c1"], err)
			}
		}
	})
	t.Run("stands as it was decided last, whatever the clocks of gateways say", func(t *testing.T) {
		for _, decided := range []struct {
			test bool
			at   time.Time
		}{
			{true, day.Add(time.Hour)},
			{false, day.Add(time.Minute)}, // by a clock that is slow
			{true, day.Add(time.Minute)},  // by the same, which stands still
			{false, day.Add(time.Hour)},
		} {
			call, err := repo.MarkTestCall(t.Context(), reach, "c1", decided.test, decided.at)
			if err != nil || call.Test != decided.test {
				t.Errorf("decided %v at %s: got %+v, %v", decided.test, decided.at, call, err)
			}
		}
	})
	t.Run("fails for a call that is not there, or not in reach", func(t *testing.T) {
		for name, look := range map[string]struct {
			reach analytics.Reach
			id    string
		}{
			"unknown":                 {reach, "c2"},
			"of another organization": {analytics.Reach{Org: "other"}, "c1"},
			"of another agent":        {analytics.Reach{Org: org, Agent: "ada"}, "c1"},
		} {
			if _, err := repo.MarkTestCall(t.Context(), look.reach, look.id, true, day); analytics.CodeOf(err) != analytics.NotFound {
				t.Errorf("%s: got %v, want NOT_FOUND", name, err)
			}
		}
	})
	sameAsFromScratch(t, repo, org)
}

func TestClaims(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	org := freshOrg()
	who := object{"visitorId": "v", "sessionId": "s", "callId": "c"}
	started := func(id string, minute int) analytics.Event {
		o := object{"data": object{"agentId": "ada", "callType": "queue", "queueId": "q"}}
		for key, value := range who {
			o[key] = value
		}
		return event(t, id, "call_started", day.Add(time.Duration(minute)*time.Minute), o)
	}
	ended := func(id string, minute int) analytics.Event {
		return event(t, id, "call_ended", day.Add(time.Duration(minute)*time.Minute), who)
	}
	for _, step := range []struct {
		event   analytics.Event
		refused string
	}{
		{ended("1", 20), ""},
		{started("2", 21), "at: the call already ended at 2026-03-01T10:20:00Z"},
		{started("2", 5), ""}, // its id is free
		{started("3", 5), ""},
		{started("4", 6), "at: the call already started at 2026-03-01T10:05:00Z"},
		{ended("5", 4), "at: the call already ended at 2026-03-01T10:20:00Z"},
	} {
		outcomes, err := repo.Absorb(t.Context(), org, []analytics.Event{step.event})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if outcomes[0].Err != nil {
			got = outcomes[0].Err.Error()
		}
		if got != step.refused {
			t.Errorf("event %s: %q, want %q", step.event.EventID, got, step.refused)
		}
	}
	t.Run("are decided in the order of a batch too", func(t *testing.T) {
		who["callId"] = "d"
		outcomes, err := repo.Absorb(t.Context(), org, []analytics.Event{started("6", 5), started("7", 6), ended("8", 4), ended("8", 9)})
		if err != nil {
			t.Fatal(err)
		}
		for i, refused := range []bool{false, true, true, false} {
			if (outcomes[i].Err != nil) != refused {
				t.Errorf("event %d: %+v", i, outcomes[i])
			}
		}
	})
	sameAsFromScratch(t, repo, org)
}
