package analytics

import (
	"bytes"
	"encoding/json"
)

// maxCustomerTags is how many tags are kept of a call.
const maxCustomerTags = 20

// ParseCustomerTags reads a JSON object of tags and returns what is kept of it:
// of the valid tags, in the order they stand in, the last of equal keys, then the
// first 20. It fails with BadUserInput for what is no JSON object.
func ParseCustomerTags(object string) ([]CustomerTag, error) {
	if json.Valid([]byte(object)) {
		if tags, err := readTags(json.RawMessage(object)); err == nil {
			return KeepCustomerTags(tags), nil
		}
	}
	return nil, Errorf(BadUserInput, "%q is not a JSON object", clip(object))
}

// KeepCustomerTags returns what is kept of tags in the order they were set: of
// equal keys the last, then the first 20.
func KeepCustomerTags(tags []CustomerTag) []CustomerTag {
	last := make(map[string]int, len(tags))
	for i, tag := range tags {
		last[tag.Name] = i
	}
	var kept []CustomerTag
	for i, tag := range tags {
		if last[tag.Name] == i && len(kept) < maxCustomerTags {
			kept = append(kept, tag)
		}
	}
	return kept
}

// FormatCustomerTags returns tags as a JSON object in their order, or "" for
// none.
func FormatCustomerTags(tags []CustomerTag) string {
	if len(tags) == 0 {
		return ""
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	write := func(v any) {
		if err := encoder.Encode(v); err != nil { // never for the values of a tag
			b.WriteString("null\n")
		}
		b.Truncate(b.Len() - 1) // the line end that Encode adds
	}
	for i, tag := range tags {
		b.WriteByte("{,"[min(i, 1)])
		write(tag.Name)
		b.WriteByte(':')
		write(tag.Value)
	}
	b.WriteByte('}')
	return b.String()
}
