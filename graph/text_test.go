package graph

import (
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
)

// An answer keeps its text while the buffer that it was written into serves others,
// and takes no more memory than its text.
func TestTextsAreOfTheirOwn(t *testing.T) {
	var texts [][]byte
	for _, letter := range []string{"a", "b", "c"} {
		texts = append(texts, textOf(graphql.MarshalString(strings.Repeat(letter, 1000))))
	}
	for i, letter := range []string{"a", "b", "c"} {
		if want := `"` + strings.Repeat(letter, 1000) + `"`; string(texts[i]) != want {
			t.Errorf("text %d is %.20s…, want %.20s…", i, texts[i], want)
		}
		if cap(texts[i]) > 1100 {
			t.Errorf("1002 bytes take %d", cap(texts[i]))
		}
	}
}
