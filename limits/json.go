package limits

import "unicode/utf8"

// MaxNesting bounds how deep the JSON of a request nests: inputs of the schema
// nest four deep.
const MaxNesting = 32

// PlainJSON reports whether text is UTF-8 and nests no deeper than MaxNesting.
// Whether it is JSON the decoder says.
func PlainJSON(text []byte) bool {
	if !utf8.Valid(text) {
		return false
	}
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			if depth++; depth > MaxNesting {
				return false
			}
		case '}', ']':
			depth--
		}
	}
	return true
}
