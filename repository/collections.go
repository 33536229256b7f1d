package repository

// The collections. What came in is the truth: events, purchases' events among
// them, tokens, and the reference records of the catalog. Everything else is
// derived from it and can be derived again.
const (
	collAgents       = "agents"
	collQueues       = "queues"
	collProducts     = "products"
	collLiveEvents   = "live_events"
	collInteractions = "interactions"
	collWorkflows    = "workflows"

	collEvents         = "events"          // what came in, each thing once
	collCallClaims     = "call_claims"     // which start and end a call has, decided once
	collDirtyMarks     = "dirty_marks"     // what has to be derived again
	collCalls          = "calls"           // derived: one row of call statistics each
	collCallMetrics    = "call_metrics"    // derived: the figures of one call, purchases included
	collCallDays       = "call_days"       // derived: the figures of a day's calls, packed
	collPurchases      = "purchases"       // derived: transactions with the call they belong to
	collProductMetrics = "product_metrics" // derived: what calls and purchases come to for each SKU
	collMessages       = "chat_messages"
	collModerations    = "moderations" // derived: what stands about messages and viewers of live events

	collWorkflowBuckets = "workflow_buckets" // derived: what happened in a quarter of an hour of a workflow
	collWorkflowDays    = "workflow_days"    // derived: what these come to in a day
	collWorkflowMarks   = "workflow_marks"   // which of these are not what is stored
	collWorkflowNumbers = "workflow_numbers" // who is in them, by number
	collLiveMarks       = "live_marks"       // what live events are not folded from yet
	collLiveFolds       = "live_folds"       // derived: one document of each live event, and how often one was folded
	collLiveSessions    = "live_sessions"    // derived: one document of each session of a live event
	collLiveVisitors    = "live_visitors"    // the number of each visitor within a live event
	collLiveOrdinals    = "live_ordinals"    // the numbers that are still free
	collBuckets         = "buckets"          // derived: what happened in one phase and span of a live event
	collLiveFigures     = "live_figures"     // derived: what a whole phase comes to

	collCarts       = "carts"        // the truth of carts: the state of each, with its latest updates
	collCartUpdates = "cart_updates" // every update of every cart but those that only its head has yet

	collWebhookEndpoints  = "webhook_endpoints"  // who is told of what happens
	collWebhookDeliveries = "webhook_deliveries" // what each is told, and what became of it

	collExports = "exports" // files that were asked for, and how far they are

	collTokens = "tokens"
	collState  = "state" // whether the store holds anything but demo data
)

// allCollections is what a copy of the database takes along: everything, for what
// is derived is found again only where a mark tells that it has to be.
var allCollections = []string{
	collAgents, collQueues, collProducts, collLiveEvents, collInteractions, collWorkflows,
	collEvents, collCallClaims, collDirtyMarks, collCalls, collCallDays, collCallMetrics, collPurchases, collProductMetrics, collMessages, collModerations,
	collWorkflowBuckets, collWorkflowDays, collWorkflowMarks, collWorkflowNumbers,
	collLiveMarks, collLiveFolds, collLiveSessions, collLiveVisitors, collLiveOrdinals, collBuckets, collLiveFigures,
	collCarts, collCartUpdates, collWebhookEndpoints, collWebhookDeliveries, collExports, collTokens, collState,
}
