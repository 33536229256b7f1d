package export_test

import "sync/atomic"

// counter counts the commands that read or write documents.
type counter struct{ n atomic.Int64 }

func (c *counter) add(name string) {
	switch name {
	case "find", "aggregate", "getMore", "count":
		c.n.Add(1)
	}
}

// take returns how many there were since it was last called.
func (c *counter) take() int { return int(c.n.Swap(0)) }
