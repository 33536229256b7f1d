package resolvers

import (
	"testing"

	"cartograph/auth"
	"cartograph/demo"
	"cartograph/repository/repositorytest"
	"cartograph/web/webtest"
)

func TestExamplesOfThePlaygroundAnswerOnTheDemoData(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	if err := demo.Load(t.Context(), repo, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	handler := newHandler(repo, silent, balanced(t))
	visitor := &auth.Principal{Org: demo.Org, Scopes: auth.AllScopes, Demo: true}
	for _, example := range webtest.Examples(t, "../web") {
		t.Run(example.Name, func(t *testing.T) {
			answer := ask(t, handler, visitor, example.Query, example.Variables)
			data, _ := answer["data"].(map[string]any)
			if answer["errors"] != nil || data == nil {
				t.Fatalf("answer: %v", answer)
			}
			for field, value := range data {
				if value == nil {
					t.Errorf("%s is null", field)
				}
			}
		})
	}
}
