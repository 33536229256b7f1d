package repository_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/repository"
)

var marks = regexp.MustCompile(`(?i)\b(OLD|NEW|STAFF)[-@\w]*\b`)

// marksIn returns the marks in everything that a database holds, by collection;
// personal ones of ids are none.
func marksIn(t testing.TB, repo *repository.Repository) map[string][]string {
	t.Helper()
	names, err := repo.Collections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for _, name := range names {
		documents, err := repo.Raw(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		set := map[string]bool{}
		for _, document := range documents {
			eachText(t, document, "", func(path, text string) {
				if pseudonyms[path] {
					return
				}
				for _, mark := range marks.FindAllString(text, -1) {
					set[path+" "+mark] = true
				}
			})
		}
		for mark := range set {
			found[name] = append(found[name], mark)
		}
		slices.Sort(found[name])
	}
	return found
}

// pseudonyms are paths of ids that have a mark in this test; they stay.
var pseudonyms = map[string]bool{"_id": true, "id": true, "client": true, "session": true, "subject": true, "rank": true, "replyTo": true, "named": true,
	"about": true, "subjects": true, "call": true, "start.client": true, "start.event": true, "event": true, "waits": true, "order": true,
	"transactions": true, "data.messageId": true, "data.transactionId": true, "data.row.client_id": true, "data.row.client_session_id": true, "data.row.call_id": true}

// eachText calls f for each text of a document, with the path to it; places in
// lists have none.
func eachText(t testing.TB, document bson.Raw, path string, f func(path, text string)) {
	t.Helper()
	elements, err := document.Elements()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range elements {
		at := path
		if key := e.Key(); strings.Trim(key, "0123456789") != "" {
			at = strings.TrimPrefix(path+"."+key, ".")
		}
		switch value := e.Value(); value.Type {
		case bson.TypeString:
			f(at, value.StringValue())
		case bson.TypeEmbeddedDocument:
			eachText(t, value.Document(), at, f)
		case bson.TypeArray:
			eachText(t, bson.Raw(value.Array()), at, f)
		}
	}
}

// without returns found without the marks that begin with one.
func withoutMarks(found map[string][]string, prefix string) map[string][]string {
	rest := map[string][]string{}
	for name, list := range found {
		for _, mark := range list {
			if !strings.HasPrefix(strings.ToUpper(mark[strings.LastIndex(mark, " ")+1:]), prefix) {
				rest[name] = append(rest[name], mark)
			}
		}
	}
	return rest
}
