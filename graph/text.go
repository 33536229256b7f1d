package graph

import (
	"bytes"
	"sync"

	"github.com/99designs/gqlgen/graphql"
)

// texts are buffers that answers are written into. One that a very large answer
// made large is not kept.
var texts = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// largestText is how many bytes a buffer may have to be kept.
const largestText = 1 << 20

// textOf returns an answer as JSON, in no more memory than it takes.
func textOf(data graphql.Marshaler) []byte {
	text := texts.Get().(*bytes.Buffer)
	defer func() {
		if text.Cap() <= largestText {
			text.Reset()
			texts.Put(text)
		}
	}()
	data.MarshalGQL(text)
	return bytes.Clone(text.Bytes())
}
