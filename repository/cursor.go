package repository

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"

	"cartograph/analytics"
)

// cursorText is what a cursor says: the order it belongs to and a position in
// it. It names no organization: that comes from the reach alone.
type cursorText struct {
	Order  string  `json:"o"`
	Number *int64  `json:"n,omitempty"` // times in milliseconds
	Text   *string `json:"t,omitempty"`
	ID     string  `json:"i"`
}

// cursorOf returns the cursor of an item.
func (o listOrder[T]) cursorOf(item *T) string {
	at := o.position(item)
	c := cursorText{Order: o.cursorName(), ID: at.id}
	if o.kind == sortByText {
		c.Text = &at.value.text
	} else {
		c.Number = &at.value.number
	}
	raw, err := json.Marshal(c)
	if err != nil { // never for strings and numbers
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// parseCursor returns the position that a cursor stands for. It fails with
// BadUserInput, naming the argument, for what is no cursor and for one of
// another order.
func (o listOrder[T]) parseCursor(argument, cursor string) (position, error) {
	var c cursorText
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || strictUnmarshal(raw, &c) != nil || c.ID == "" {
		return position{}, analytics.Errorf(analytics.BadUserInput, "%s is not a cursor of this list", argument)
	}
	if c.Order != o.cursorName() {
		return position{}, analytics.Errorf(analytics.BadUserInput, "%s is a cursor of another order", argument)
	}
	switch {
	case o.kind == sortByText && c.Text != nil && c.Number == nil:
		return position{textValue(*c.Text), c.ID}, nil
	case o.kind != sortByText && c.Number != nil && c.Text == nil:
		return position{sortValue{kind: o.kind, number: *c.Number}, c.ID}, nil
	default:
		return position{}, analytics.Errorf(analytics.BadUserInput, "%s is not a cursor of this list", argument)
	}
}

// strictUnmarshal fails for unknown keys and for anything after the document.
func strictUnmarshal(raw []byte, v any) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		return err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return io.ErrUnexpectedEOF
	}
	return nil
}
