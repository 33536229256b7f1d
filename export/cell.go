package export

import (
	"iter"
	"strconv"
	"time"

	"cartograph/analytics"
)

// Cell is one cell of a table: empty, a text or a number. The zero Cell is an
// empty one.
type Cell struct {
	text   string
	number bool // text is a decimal number
}

// Text returns a cell of text, guarded so that no spreadsheet takes it for a
// formula.
func Text(text string) Cell { return Cell{text: analytics.GuardFormula(text)} }

// Time returns a cell of a moment, in UTC.
func Time(t time.Time) Cell { return Cell{text: analytics.FormatTime(t)} }

// Int returns a cell of a whole number.
func Int[N ~int | ~int64](n N) Cell { return Cell{text: strconv.FormatInt(int64(n), 10), number: true} }

// Float returns a cell of a number, an empty one for nil.
func Float(n *float64) Cell {
	if n == nil {
		return Cell{}
	}
	return Cell{text: strconv.FormatFloat(*n, 'f', -1, 64), number: true}
}

// Decimal returns a cell of a number that is written in decimal digits already,
// an empty one for "".
func Decimal(digits string) Cell { return Cell{text: digits, number: digits != ""} }

// Table is a header and the rows under it. A row has a cell for each column; it
// is only valid until the next one. Where reading fails, the rows end with the
// error.
type Table struct {
	Name   string
	Header []string
	Rows   iter.Seq2[[]Cell, error]
}
