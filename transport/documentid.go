package transport

import (
	"maps"

	"github.com/99designs/gqlgen/graphql"
)

// Request is a GraphQL request as clients send it: a document, or the id of one
// that is known.
type Request struct {
	graphql.RawParams
	DocumentID string `json:"documentId"`
}

// persistedQuery is the extension by which Apollo's clients name a document.
const persistedQuery = "persistedQuery"

// Params returns the request for gqlgen. The id of a document goes where
// TakeDocumentID finds it.
func (r Request) Params() graphql.RawParams {
	if r.DocumentID == "" {
		return r.RawParams
	}
	extensions := map[string]any{}
	maps.Copy(extensions, r.Extensions)
	extensions[persistedQuery] = map[string]any{"sha256Hash": r.DocumentID}
	r.Extensions = extensions
	return r.RawParams
}

// NamesDocument reports whether a request brings a document, or the id of one.
func NamesDocument(r graphql.RawParams) bool {
	return r.Query != "" || documentID(r) != ""
}

// TakeDocumentID returns the id of the document that a request names, and takes
// it out of the request: those who ask the same by its text ask the same.
func TakeDocumentID(r *graphql.RawParams) string {
	id := documentID(*r)
	if id == "" {
		return ""
	}
	r.Extensions = maps.Clone(r.Extensions)
	delete(r.Extensions, persistedQuery)
	if len(r.Extensions) == 0 {
		r.Extensions = nil
	}
	return id
}

func documentID(r graphql.RawParams) string {
	named, _ := r.Extensions[persistedQuery].(map[string]any)
	id, _ := named["sha256Hash"].(string)
	return id
}
