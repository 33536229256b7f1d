package analytics

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// Limits of customer tags: how many are kept of a call, and how long the text of
// one may be.
const (
	maxCustomerTags   = 20
	maxCustomerTag    = 1024 // bytes of UTF-8
	maxCustomerTagKey = 128  // characters
)

// ParseCustomerTags reads a JSON object of tags, in the order they stand in. A
// tag whose value is no text, number or boolean, or is too long, is dropped; of
// equal keys the last stands; then the first 20 are kept. It fails with
// BadUserInput for what is no JSON object.
func ParseCustomerTags(object string) ([]CustomerTag, error) {
	refused := Errorf(BadUserInput, "%q is not a JSON object", clip(object))
	if !json.Valid([]byte(object)) {
		return nil, refused
	}
	decoder := json.NewDecoder(strings.NewReader(object))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return nil, refused
	}
	var tags []CustomerTag
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, refused
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, refused
		}
		name, _ := key.(string)
		if tag, ok := customerTag(name, value); ok {
			tags = append(tags, tag)
		}
	}
	return KeepCustomerTags(tags), nil
}

// customerTag returns the tag of a key and a JSON value, and whether it is valid.
func customerTag(name string, value json.RawMessage) (CustomerTag, bool) {
	if name == "" || utf8.RuneCountInString(name) > maxCustomerTagKey {
		return CustomerTag{}, false
	}
	var v any
	if err := json.Unmarshal(value, &v); err != nil {
		return CustomerTag{}, false
	}
	switch v := v.(type) {
	case string:
		return CustomerTag{Name: name, Value: v}, len(v) <= maxCustomerTag
	case float64, bool:
		return CustomerTag{Name: name, Value: v}, true
	}
	return CustomerTag{}, false
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
