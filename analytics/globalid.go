package analytics

import "strings"

// Node is anything with a global id.
type Node interface {
	IsNode()
	ID() string
}

// GlobalID returns the id that `node` accepts: the type's name in the graph, a
// colon, the native id.
func GlobalID(typeName, nativeID string) string { return typeName + ":" + nativeID }

// SplitGlobalID returns the type's name and the native id of a global id; ok is
// false where s has no colon or nothing on one side of it.
func SplitGlobalID(s string) (typeName, nativeID string, ok bool) {
	typeName, nativeID, _ = strings.Cut(s, ":")
	return typeName, nativeID, typeName != "" && nativeID != ""
}

// NativeID returns the native id that s stands for among objects of a type: s
// itself, or what follows "Type:" in a global id of that type.
func NativeID(typeName, s string) string {
	return strings.TrimPrefix(s, typeName+":")
}

// NativeIDs returns NativeID of each.
func NativeIDs(typeName string, ids []string) []string {
	if ids == nil {
		return nil
	}
	native := make([]string, len(ids))
	for i, id := range ids {
		native[i] = NativeID(typeName, id)
	}
	return native
}

func (*Call) IsNode()        {}
func (*Agent) IsNode()       {}
func (*Queue) IsNode()       {}
func (*Product) IsNode()     {}
func (*ChatMessage) IsNode() {}
func (*LiveEvent) IsNode()   {}
func (*Interaction) IsNode() {}
func (*Workflow) IsNode()    {}
func (*Export) IsNode()      {}

// The global ids of the nodes.

func (c *Call) ID() string        { return GlobalID("Call", c.CallID) }
func (a *Agent) ID() string       { return GlobalID("Agent", a.AgentID) }
func (q *Queue) ID() string       { return GlobalID("Queue", q.QueueID) }
func (p *Product) ID() string     { return GlobalID("Product", p.SKU) }
func (m *ChatMessage) ID() string { return GlobalID("ChatMessage", m.NativeID) }
func (e *LiveEvent) ID() string   { return GlobalID("LiveEvent", e.LiveEventID) }
func (i *Interaction) ID() string { return GlobalID("Interaction", i.InteractionID) }
func (e *Export) ID() string      { return GlobalID("Export", e.ExportID) }
func (w *Workflow) ID() string    { return GlobalID("Workflow", w.WorkflowID) }
