package export

import (
	"encoding/json"
	"strings"
	"time"

	"cartograph/analytics"
)

// appendCall appends the row of a call as a JSON object of its columns, in their
// order: numbers and switches as such, lists as arrays, amounts as decimal texts,
// customer_tags as an object, and null for any other empty cell. Without personal,
// personal columns are null. With a call, the names that the present form of a
// single call has come first.
func appendCall(buffer []byte, call *analytics.Call, row *analytics.ImportedCall, personal bool) []byte {
	buffer = append(buffer, '{')
	if call != nil {
		for _, field := range presentForm {
			buffer = append(buffer, '"')
			buffer = append(buffer, field.name...)
			buffer = append(buffer, '"', ':')
			buffer = append(buffer, jsonText(field.value(call))...)
			buffer = append(buffer, ',')
		}
	}
	for i := range analytics.CallColumns {
		column := &analytics.CallColumns[i]
		if i > 0 {
			buffer = append(buffer, ',')
		}
		buffer = append(buffer, '"')
		buffer = append(buffer, column.Name...)
		buffer = append(buffer, '"', ':')
		cell := ""
		if personal || !column.Personal {
			cell = column.Value(row)
		}
		buffer = appendValue(buffer, column.Kind, cell)
	}
	return append(buffer, '}')
}

// presentForm is a single call as integrators have it at present.
var presentForm = []struct {
	name  string
	value func(*analytics.Call) string
}{
	{"callId", func(c *analytics.Call) string { return c.CallID }},
	{"agentId", func(c *analytics.Call) string { return c.AgentID }},
	{"startTime", func(c *analytics.Call) string { return timeText(c.StartedAt) }},
	{"endTime", func(c *analytics.Call) string { return timeText(c.EndedAt) }},
}

// timeText returns a moment as text, "" for none.
func timeText(t *time.Time) string {
	if t == nil {
		return ""
	}
	return analytics.FormatTime(*t)
}

// appendValue appends a cell as JSON.
func appendValue(buffer []byte, kind analytics.CellKind, cell string) []byte {
	switch {
	case cell == "" && kind == analytics.ListCell:
		return append(buffer, "[]"...)
	case cell == "":
		return append(buffer, "null"...)
	}
	switch kind {
	case analytics.BoolCell:
		return append(buffer, strings.ToLower(cell)...)
	case analytics.NumberCell, analytics.JSONCell:
		return append(buffer, cell...)
	case analytics.ListCell:
		list, _ := json.Marshal(strings.Split(cell, ";")) // it holds texts only
		return append(buffer, list...)
	default:
		return append(buffer, jsonText(cell)...)
	}
}

// jsonText returns a text as JSON, null for an empty one.
func jsonText(text string) []byte {
	if text == "" {
		return []byte("null")
	}
	quoted, _ := json.Marshal(text) // never fails for a string
	return quoted
}
