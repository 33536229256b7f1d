package web

import _ "embed"

//go:embed src/carts/generated/persisted-documents.json
var ofCarts []byte

//go:embed src/dashboard/generated/persisted-documents.json
var ofDashboard []byte

// Documents returns the documents that the pages send, by their hash, as
// graphql-codegen writes them, a manifest for each folder of pages: a gateway
// that runs known documents only knows these.
func Documents() [][]byte { return [][]byte{ofCarts, ofDashboard} }
