package web

import _ "embed"

//go:embed src/carts/generated/persisted-documents.json
var documents []byte

// Documents returns the documents that the pages send, by their hash, as
// graphql-codegen writes them: a gateway that runs known documents only knows
// these.
func Documents() []byte { return documents }
