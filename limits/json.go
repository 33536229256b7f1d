package limits

import (
	"unicode/utf8"

	"cartograph/analytics"
)

const (
	// MaxNesting bounds how deep the JSON of a request nests: inputs of the schema
	// nest four deep.
	MaxNesting = 32
	// MaxValues bounds how many values it holds: a filter has some hundred ids. A
	// value takes fifty times its text once it is read.
	MaxValues = 10_000
)

// CheckJSON fails with BadUserInput for text that is not UTF-8, and with
// LimitExceeded for JSON beyond a bound. Whether it is JSON the decoder says.
func CheckJSON(text []byte) error {
	if !utf8.Valid(text) {
		return analytics.Errorf(analytics.BadUserInput, "JSON is written in UTF-8")
	}
	depth, values := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			depth++
			values++
		case ',':
			values++
		case '}', ']':
			depth--
		}
		if depth > MaxNesting {
			return analytics.Errorf(analytics.LimitExceeded, "JSON may nest %d deep", MaxNesting)
		}
		if values > MaxValues {
			return analytics.Errorf(analytics.LimitExceeded, "JSON may hold %d values", MaxValues)
		}
	}
	return nil
}
