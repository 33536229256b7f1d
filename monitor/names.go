package monitor

import "sync"

const (
	// maxNames bounds the names of operations that are counted apart: those of
	// trusted documents are few, and of all others the first that come.
	maxNames = 200
	// otherName stands for all others, noName for operations without one.
	otherName = "other"
	noName    = "anonymous"
)

// operationNames decide which operations are counted by their names. A series of
// metrics costs memory for as long as the process lives, and whoever has a token
// may make up names.
type operationNames struct {
	mu      sync.Mutex
	known   map[string]bool
	guessed int // how many of the known ones are of documents that nobody handed over
}

// label returns the name under which an operation is counted.
func (n *operationNames) label(name string, trusted bool) string {
	if name == "" {
		return noName
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case n.known[name]:
		return name
	case !trusted && n.guessed >= maxNames:
		return otherName
	case !trusted:
		n.guessed++
	}
	if n.known == nil {
		n.known = map[string]bool{}
	}
	n.known[name] = true
	return name
}
