package analytics

// The size of a page that asks for none, and the largest there is.
const (
	DefaultPage = 25
	MaxPage     = 250
)

// PageArgs are the paging arguments of a list, as they came.
type PageArgs struct {
	First  *int
	After  *string
	Last   *int
	Before *string
}

// Size returns how many items to read and whether they are the last ones. It
// fails with BadUserInput where both first and last are given, and where one is
// negative or above 250.
func (a PageArgs) Size() (n int, last bool, err error) {
	switch {
	case a.First != nil && a.Last != nil:
		return 0, false, Errorf(BadUserInput, "first and last cannot be given together")
	case a.First != nil:
		n, err = checkSize("first", *a.First)
		return n, false, err
	case a.Last != nil:
		n, err = checkSize("last", *a.Last)
		return n, true, err
	default:
		return DefaultPage, false, nil
	}
}

func checkSize(name string, n int) (int, error) {
	if n < 0 || n > MaxPage {
		return 0, Errorf(BadUserInput, "%s is %d, it must lie between 0 and %d", name, n, MaxPage)
	}
	return n, nil
}

// Connection is a page of a list, in the form of the Relay cursor connections.
type Connection[T any] struct {
	Edges    []Edge[T]
	PageInfo PageInfo
	// TotalCount is how many items the filter finds in all, where it was asked
	// for.
	TotalCount int
}

// Nodes returns the items of the page without their cursors.
func (c *Connection[T]) Nodes() []*T {
	nodes := make([]*T, len(c.Edges))
	for i := range c.Edges {
		nodes[i] = c.Edges[i].Node
	}
	return nodes
}

// Edge is an item of a page with its cursor.
type Edge[T any] struct {
	Node   *T
	Cursor string
}

// PageInfo says where a page stands in its list.
type PageInfo struct {
	HasNextPage     bool
	HasPreviousPage bool
	StartCursor     *string
	EndCursor       *string
}

// The connections and edges of the graph, by the names they have there.
type (
	CallConnection        = Connection[Call]
	CallEdge              = Edge[Call]
	AgentConnection       = Connection[Agent]
	AgentEdge             = Edge[Agent]
	QueueConnection       = Connection[Queue]
	QueueEdge             = Edge[Queue]
	ProductConnection     = Connection[Product]
	ProductEdge           = Edge[Product]
	ChatMessageConnection = Connection[ChatMessage]
	ChatMessageEdge       = Edge[ChatMessage]
	LiveEventConnection   = Connection[LiveEvent]
	LiveEventEdge         = Edge[LiveEvent]
	WorkflowConnection    = Connection[Workflow]
	WorkflowEdge          = Edge[Workflow]
)
