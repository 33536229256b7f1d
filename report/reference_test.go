package report_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"cartograph/auth"
	"cartograph/repository/repositorytest"
)

// asSets compares lists of goals in any order; all other lists are pairs and
// lists of pairs, whose order counts.
var asSets = cmpopts.SortSlices(func(a, b map[string]any) bool { return fmt.Sprint(a) < fmt.Sprint(b) })

// The sample answers of the reference, from events that come to their numbers.
// What is compared is JSON, lists of goals as sets.
func TestTheSamplesOfTheReference(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	const (
		org        = "3f1c8e6a-0f6b-4a55-9d0a-6a2f1a7f5f10"
		navigation = "0b9f4c52-6b1e-4f7c-8f0e-2f4c8a1f7d21"
		adviser    = "9d6f2b17-3b6a-4a0c-b0de-5d0d9d3f8c33"
	)
	takeIn(t, repo, org, `{"kind":"workflow","id":"`+navigation+`","name":"Landing pages","type":"page_navigation"}
{"kind":"workflow","id":"`+adviser+`","name":"Adviser","type":"interaction"}
`, pageViews(t, navigation)+interactions(adviser))
	server, tokenOf := gateway(t, repo)
	token := tokenOf(org, auth.WorkflowsRead)

	for _, tt := range []struct{ workflow, sample string }{
		{navigation, "testdata/reference_page_navigation.json"},
		{adviser, "testdata/reference_interaction.json"},
	} {
		t.Run(tt.sample, func(t *testing.T) {
			_, body := send(t, server, "POST", "/api/reporting/workflow/v1/orgs/"+org+"/workflows/"+tt.workflow+"/sidedata/",
				"Token "+token, `{"interval": {"start": "2023-03-06T00:00:00.000Z", "end": "2023-03-13T00:00:00.000Z"}}`)
			sample, err := os.ReadFile(tt.sample)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(decode(t, string(sample)), decode(t, body), asSets); diff != "" {
				t.Errorf("answer (-sample +got):\n%s", diff)
			}
		})
	}
}

// decode reads a JSON document; lists of objects become lists that asSets sorts.
func decode(t *testing.T, text string) any {
	t.Helper()
	var document map[string]any
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	for key, value := range document {
		list, ok := value.([]any)
		if !ok {
			continue
		}
		objects := make([]map[string]any, len(list))
		for i := range list {
			objects[i], _ = list[i].(map[string]any)
		}
		document[key] = objects
	}
	return document
}

// pageViews returns 36,758 page views of the week from Monday, 6 March 2023 that
// have the sample's numbers by hour and by day, by 9,082 visitors in 20,812
// sessions, beside some that belong to other weeks.
func pageViews(t *testing.T, workflow string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/reference_page_navigation.json")
	if err != nil {
		t.Fatal(err)
	}
	var sample struct {
		Stat struct {
			Days  [][2]int `json:"day_in_week"`
			Hours [][2]int `json:"hour_in_day"`
		} `json:"timeframe_stat"`
		Visitors int `json:"unique_visitors_count"`
		Sessions int `json:"unique_sessions_count"`
	}
	if err := json.Unmarshal(text, &sample); err != nil {
		t.Fatal(err)
	}
	days, hours := spread(sample.Stat.Days), spread(sample.Stat.Hours)
	if len(days) != 36758 || len(hours) != 36758 {
		t.Fatalf("the sample has %d page views by day and %d by hour", len(days), len(hours))
	}
	monday := time.Date(2023, 3, 6, 0, 0, 0, 0, time.UTC)
	var events strings.Builder
	view := func(i int, at time.Time) {
		session := i % sample.Sessions
		fmt.Fprintf(&events, `{"id":"view-%d","type":"page_viewed","at":"%s","visitorId":"v%d","sessionId":"s%d","workflowId":"%s","data":{"url":"https://shop.example/"}}`+"\n",
			i, at.Format("2006-01-02T15:04:05.000Z"), session%sample.Visitors, session, workflow)
	}
	for i := range days {
		within := time.Duration(i*7919%3_600_000) * time.Millisecond
		view(i, monday.AddDate(0, 0, days[i]-1).Add(time.Duration(hours[i])*time.Hour+within))
	}
	view(len(days), monday.Add(-time.Millisecond))
	view(len(days)+1, monday.AddDate(0, 0, 7))
	return events.String()
}

// spread returns the index of each pair as often as the pair's count says.
func spread(pairs [][2]int) []int {
	var list []int
	for _, pair := range pairs {
		list = append(list, slices.Repeat([]int{pair[1]}, pair[0])...)
	}
	return list
}

// interactions returns events of five visitors who start a workflow nine times.
// One of them reaches every goal of the sample within a day, and pays 50 EUR; a
// later purchase and the goals of one who only started count for nothing.
func interactions(workflow string) string {
	var events strings.Builder
	n := 0
	tell := func(kind, at, visitor, about, data string) {
		n++
		fmt.Fprintf(&events, `{"id":"i-%d","type":%q,"at":%q,"visitorId":%q%s,"data":%s}`+"\n", n, kind, at, visitor, about, data)
	}
	in := fmt.Sprintf(`,"workflowId":%q`, workflow)
	for i := range 9 {
		tell("workflow_started", fmt.Sprintf("2023-03-07T09:%02d:00Z", i), fmt.Sprintf("visitor-%d", i%5), in, "{}")
	}
	tell("interacted", "2023-03-07T10:00:00Z", "visitor-0", in, "{}")
	tell("goal_triggered", "2023-03-07T10:00:01Z", "visitor-0", in, `{"uid":"ab5acdaa-91b5-11ed-8cc3-0242ac120003"}`)
	tell("goal_triggered", "2023-03-07T10:00:02Z", "visitor-1", in, `{"uid":"ab5acdaa-91b5-11ed-8cc3-0242ac120003","name":"test goal"}`)
	for i, goal := range [][2]string{
		{"711b8d24-6243-11e8-8691-0242ac110008", "Marketing: Visitor chatted (all chats)"},
		{"7e356aee-d6c3-11e8-a640-0242ac11000c", "Marketing: Visitor chatted (real chats)"},
		{"a413c31a-b804-11ed-b21a-0242ac12000d", "Reporting test 2"},
		{"a8a565bc-df92-11e9-8b6c-0242ac110014", "Marketing: 2 or more visits chatted"},
		{"b984fcf0-b804-11ed-a220-0242ac120005", "Reporting test 3"},
		{"d405aa0a-b7fc-11ed-a13b-0242ac120009", "Reporting test1"},
		{"3b317fad-b163-463a-9720-774143be96e9", "System: Visitor purchased"},
	} {
		data := fmt.Sprintf(`{"uid":%q,"name":%q}`, goal[0], goal[1])
		tell("goal_reached", fmt.Sprintf("2023-03-07T1%d:00:00Z", i+1), "visitor-0", "", data)
		tell("goal_reached", fmt.Sprintf("2023-03-07T1%d:00:00Z", i+1), "visitor-2", "", data)
	}
	tell("purchase", "2023-03-08T10:00:00Z", "visitor-0", "", `{"transactionId":"in-time","amount":"50","currency":"EUR"}`)
	tell("purchase", "2023-03-08T10:00:00.001Z", "visitor-0", "", `{"transactionId":"late","amount":"70","currency":"EUR"}`)
	return events.String()
}
