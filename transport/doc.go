// Package transport carries GraphQL operations that last: over WebSockets by the
// protocol graphql-transport-ws, and over HTTP as server-sent events in distinct
// connections, the protocol graphql-sse. It also reads the requests of those that
// do not.
//
// Subscriptions with the same document, variables and authority are a cohort:
// one source runs for all of them, each event is executed and encoded once, and
// the bytes go to everybody. Who resumes at a version first catches up, alone or
// from the latest events that the cohort keeps, and then joins it.
//
// Everything that waits for a client is bounded. A client that does not read as
// fast as events come is closed with a reason and resumes by version.
package transport
