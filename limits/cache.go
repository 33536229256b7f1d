package limits

import (
	"container/list"
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

const (
	// maxCached bounds the documents that are kept parsed and validated: clients
	// send few different ones, and values in variables.
	maxCached = 1_000
	// maxCachedText bounds their texts in bytes, since a parsed document takes about
	// thirty times its text: 60 MB in all.
	maxCachedText = 2 << 20
)

// Cache keeps documents that are within the bounds and valid, by their text,
// those used last.
type Cache struct {
	mu     sync.Mutex
	byText map[string]*list.Element
	used   *list.List // of cached, the one used last in front
	bytes  int
}

var _ graphql.Cache[*ast.QueryDocument] = (*Cache)(nil)

type cached struct {
	text     string
	document *ast.QueryDocument
}

// NewCache returns an empty cache.
func NewCache() *Cache {
	return &Cache{byText: map[string]*list.Element{}, used: list.New()}
}

// Get returns the document of a text.
func (c *Cache) Get(_ context.Context, text string) (*ast.QueryDocument, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.byText[text]
	if !ok {
		return nil, false
	}
	c.used.MoveToFront(element)
	return element.Value.(cached).document, true
}

// Add keeps the document of a text, and forgets those used longest ago where
// there are too many.
func (c *Cache) Add(_ context.Context, text string, document *ast.QueryDocument) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if element, ok := c.byText[text]; ok {
		element.Value = cached{text, document}
		c.used.MoveToFront(element)
		return
	}
	c.byText[text] = c.used.PushFront(cached{text, document})
	c.bytes += len(text)
	for c.used.Len() > maxCached || c.bytes > maxCachedText {
		oldest := c.used.Remove(c.used.Back()).(cached)
		delete(c.byText, oldest.text)
		c.bytes -= len(oldest.text)
	}
}
