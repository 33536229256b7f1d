package analytics

import (
	"encoding/json"
	"fmt"
	"io"
)

// Text is text that may be unknown: the empty Text stands for "unknown" and is
// null in the graph.
type Text string

// beginning returns the first so many characters.
func (t Text) beginning(most int) Text {
	if len(t) <= most {
		return t
	}
	runes := []rune(string(t))
	return Text(runes[:min(len(runes), most)])
}

// MarshalGQL writes the text as a JSON string, or null for the empty one.
func (t Text) MarshalGQL(w io.Writer) {
	if t == "" {
		_, _ = io.WriteString(w, "null")
		return
	}
	quoted, err := json.Marshal(string(t))
	if err != nil { // never for a string
		quoted = []byte("null")
	}
	_, _ = w.Write(quoted)
}

// UnmarshalGQL takes a string; it fails for anything else.
func (t *Text) UnmarshalGQL(v any) error {
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("%T is not a string", v)
	}
	*t = Text(s)
	return nil
}
