package resolvers

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"cartograph/repository/repositorytest"
)

func TestACallShowsItsOwnFiguresWhilePurchasesAreBeingAttributed(t *testing.T) {
	uri, database := repositorytest.Database(t)
	repo := repositorytest.OpenAt(t, uri, database, nil)
	call := busyCall(1)
	call.MessagesByAgent = 3
	insert(t, uri, database, map[string][]any{"calls": {call}})

	got := ask(t, newHandler(repo, silent, balanced(t)), everything, `{ call(id: "call-1") {
		numberOfPurchases revenue { amount } agent { name }
		metrics { messagesByAgent purchases }
	} }`, nil)
	want := map[string]any{"data": map[string]any{"call": map[string]any{
		"numberOfPurchases": 0.0, "revenue": []any{}, "agent": map[string]any{"name": "agent-1"},
		"metrics": map[string]any{"messagesByAgent": 3.0, "purchases": 0.0},
	}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
}
