package analytics

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// keyError is what is wrong with a value of a JSON document, and where.
type keyError struct {
	path    string
	message string
}

func (e *keyError) Error() string {
	if e.path == "" {
		return e.message
	}
	return e.path + ": " + e.message
}

func wrongf(format string, args ...any) error {
	return &keyError{message: fmt.Sprintf(format, args...)}
}

// within returns err with its path seen from one level further out: key is a
// name or an index in brackets. It returns nil for nil.
func within(key string, err error) error {
	if err == nil {
		return nil
	}
	e, ok := err.(*keyError)
	if !ok {
		e = &keyError{message: safeMessage(err)}
	}
	switch {
	case e.path == "":
		return &keyError{key, e.message}
	case strings.HasPrefix(e.path, "["):
		return &keyError{key + e.path, e.message}
	default:
		return &keyError{key + "." + e.path, e.message}
	}
}

// safeMessage returns what a client may read of an error of this package.
func safeMessage(err error) string {
	if e, ok := err.(*Error); ok {
		return e.Message
	}
	return "cannot be read"
}

// refusal turns what is wrong with a document into a BadUserInput that names
// the path.
func refusal(err error) error { return Errorf(BadUserInput, "%s", err.Error()) }

// jsonObject is a JSON object by its keys, the values not yet read. Keys are
// told apart by case; of equal ones the last counts.
type jsonObject map[string]json.RawMessage

func readObject(raw json.RawMessage) (jsonObject, error) {
	if kindOf(raw) != '{' {
		return nil, wrongf("must be an object")
	}
	var object jsonObject
	if err := json.Unmarshal(raw, &object); err != nil {
		return nil, wrongf("is no valid JSON")
	}
	return object, nil
}

// has reports whether the object has a value for the key; null is none.
func (o jsonObject) has(key string) bool {
	raw, ok := o[key]
	return ok && kindOf(raw) != 'n'
}

// readList calls each with every element of a JSON list, of which there may be
// 1,000; errors name the index.
func readList(raw json.RawMessage, each func(element json.RawMessage) error) error {
	return readUpTo(maxElements, raw, each)
}

// readUpTo is readList for at most so many elements.
func readUpTo(most int, raw json.RawMessage, each func(element json.RawMessage) error) error {
	if kindOf(raw) != '[' {
		return wrongf("must be a list")
	}
	var elements []json.RawMessage
	if err := json.Unmarshal(raw, &elements); err != nil {
		return wrongf("is no valid JSON")
	}
	if len(elements) > most {
		return wrongf("%d elements are more than the %d allowed", len(elements), most)
	}
	for i, element := range elements {
		if err := each(element); err != nil {
			return within("["+strconv.Itoa(i)+"]", err)
		}
	}
	return nil
}

// kindOf returns the first character of a value: { [ " t f n, a digit or a minus
// sign; 0 for nothing.
func kindOf(raw json.RawMessage) byte {
	raw = bytes.TrimLeft(raw, " \t\r\n")
	if len(raw) == 0 {
		return 0
	}
	return raw[0]
}

func readString(raw json.RawMessage) (string, error) {
	if kindOf(raw) != '"' {
		return "", wrongf("must be a string")
	}
	if raw[0] == '"' && bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw) {
		return string(raw[1 : len(raw)-1]), nil // as most are: nothing to decode
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return "", wrongf("is no valid JSON")
	}
	return s, nil
}

// readLabel reads a text that figures are kept by: one of at most 256 characters, as
// many of them stand in one document.
func readLabel(raw json.RawMessage) (string, error) {
	s, err := readString(raw)
	if err == nil && utf8.RuneCountInString(s) > maxName {
		return "", wrongf("is longer than %d characters", maxName)
	}
	return s, err
}

// readProse reads a text that people write: one of at most 10,000 characters.
func readProse(raw json.RawMessage) (string, error) {
	s, err := readString(raw)
	if err == nil && len(s) > maxText && utf8.RuneCountInString(s) > maxText {
		return "", wrongf("%d characters are more than the %d allowed", utf8.RuneCountInString(s), maxText)
	}
	return s, err
}

const (
	// maxElements bounds a list, and an object that stands for one.
	maxElements = 1000
	// maxChat bounds the chat of a call as the webhook has it.
	maxChat = 10_000
	// MaxThing bounds an event and a record, in bytes, however they are sent.
	MaxThing = 1 << 20
)

// checkThing fails for an event or a record that is too large.
func checkThing(raw []byte) error {
	if len(raw) > MaxThing {
		return wrongf("%d bytes are more than the %d allowed", len(raw), MaxThing)
	}
	return nil
}

// maxID bounds every id, in characters: ids become keys of indexes.
const maxID = 128

// readID reads an id: a string of 1 to 128 characters.
func readID(raw json.RawMessage) (string, error) {
	s, err := readString(raw)
	if err == nil {
		err = checkID(s)
	}
	if err != nil {
		return "", err
	}
	return s, nil
}

// CheckID fails with BadUserInput for what cannot be the id of anything: an empty
// text, or one that is too long.
func CheckID(id string) error {
	if err := checkID(id); err != nil {
		return refusal(err)
	}
	return nil
}

func checkID(s string) error {
	switch {
	case s == "":
		return wrongf("must not be empty")
	case len(s) > maxID && utf8.RuneCountInString(s) > maxID:
		return wrongf("%d characters are more than the %d allowed", utf8.RuneCountInString(s), maxID)
	}
	return nil
}

// readListed reads an id that exports join by semicolons: a SKU or an order id.
func readListed(raw json.RawMessage) (string, error) {
	s, err := readID(raw)
	if err == nil && strings.Contains(s, ";") {
		return "", wrongf("%q holds a semicolon, which separates ids in exports", clip(s))
	}
	return s, err
}

func readBool(raw json.RawMessage) (bool, error) {
	switch kindOf(raw) {
	case 't':
		return true, nil
	case 'f':
		return false, nil
	default:
		return false, wrongf("must be true or false")
	}
}

func readNumber(raw json.RawMessage) (float64, error) {
	if !isNumber(raw) {
		return 0, wrongf("must be a number")
	}
	n, err := strconv.ParseFloat(string(bytes.TrimSpace(raw)), 64)
	if err != nil {
		return 0, wrongf("%s is too large", clip(string(raw)))
	}
	return n, nil
}

func isNumber(raw json.RawMessage) bool {
	k := kindOf(raw)
	return k == '-' || k >= '0' && k <= '9'
}

// readInt reads a whole number from low to high.
func readInt(raw json.RawMessage, low, high int64) (int64, error) {
	n, err := readNumber(raw)
	switch {
	case err != nil:
		return 0, err
	case n != float64(int64(n)):
		return 0, wrongf("%s is not a whole number", clip(string(raw)))
	case n < float64(low) || n > float64(high):
		return 0, wrongf("%s is not between %d and %d", clip(string(raw)), low, high)
	}
	return int64(n), nil
}

// readTime reads a moment as RFC 3339 has it, offset included, to the
// millisecond.
func readTime(raw json.RawMessage) (time.Time, error) {
	s, err := readString(raw)
	if err != nil {
		return time.Time{}, err
	}
	var t time.Time
	if err := t.UnmarshalText([]byte(s)); err != nil || t.Year() < 1 {
		return time.Time{}, wrongf("%q is no RFC 3339 time with an offset, such as \"2026-03-01T09:30:00+01:00\"", clip(s))
	}
	return truncate(t), nil
}

// readMoney reads an amount in major units, a decimal string or a number.
func readMoney(raw json.RawMessage, currency string) (Money, error) {
	decimal := string(bytes.TrimSpace(raw))
	switch {
	case kindOf(raw) == '"':
		s, err := readString(raw)
		if err != nil {
			return Money{}, err
		}
		decimal = s
	case !isNumber(raw):
		return Money{}, wrongf("must be a decimal string or a number")
	}
	money, err := ParseMoney(decimal, currency)
	if err != nil {
		return Money{}, wrongf("%s", safeMessage(err))
	}
	return money, nil
}

func readCurrency(raw json.RawMessage) (string, error) {
	s, err := readString(raw)
	if err == nil && !KnownCurrency(s) {
		return "", wrongf("unknown currency %q", clip(s))
	}
	return s, err
}
