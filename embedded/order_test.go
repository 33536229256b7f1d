package embedded

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// order is what compare has to be, written down apart from the key encodings: -1, 0 or 1 by the total order over all values.
func order(a, b value) int {
	ra, rb := rank(a), rank(b)
	if ra != rb {
		return cmp.Compare(ra, rb)
	}

	switch ra {
	case rankNumber:
		return compareNumbers(a, b)
	case rankString:
		return bytes.Compare(a.Data[4:len(a.Data)-1], b.Data[4:len(b.Data)-1])
	case rankDocument, rankArray:
		return compareDocuments(a.Data, b.Data, ra == rankDocument)
	case rankBinary:
		if c := cmp.Compare(len(a.Data), len(b.Data)); c != 0 {
			return c
		}
		return bytes.Compare(a.Data[4:], b.Data[4:])
	case rank(val(bson.ObjectID{})), rank(val(true)), rank(val(bson.Regex{})):
		return bytes.Compare(a.Data, b.Data)
	case rankDate:
		return cmp.Compare(int64(binary.LittleEndian.Uint64(a.Data)), int64(binary.LittleEndian.Uint64(b.Data)))
	case rankTimestamp:
		return cmp.Compare(binary.LittleEndian.Uint64(a.Data), binary.LittleEndian.Uint64(b.Data))
	}

	return 0
}

// compareDocuments compares field by field: rank, then name (arrays have none), then value; the shorter one is less.
func compareDocuments(a, b []byte, names bool) int {
	wa, wb := walk(a), walk(b)
	for {
		okA, okB := wa.next(), wb.next()
		switch {
		case okA && !okB:
			return 1
		case okB && !okA:
			return -1
		case !okA:
			return 0
		}
		if c := cmp.Compare(rank(wa.val), rank(wb.val)); c != 0 {
			return c
		}
		if names {
			if c := bytes.Compare(wa.key, wb.key); c != 0 {
				return c
			}
		}
		if c := order(wa.val, wb.val); c != 0 {
			return c
		}
	}
}

// compareNumbers compares exactly, also beyond 2^53; NaN equals itself and is less than every other number.
func compareNumbers(a, b value) int {
	x, y := numberOf(a), numberOf(b)
	switch {
	case !x.isDouble && !y.isDouble:
		return cmp.Compare(x.whole, y.whole)
	case x.isDouble && y.isDouble:
		return cmp.Compare(x.double, y.double) // has NaN first, and -0 equal to 0
	case x.isDouble:
		return -compareIntDouble(y.whole, x.double)
	}

	return compareIntDouble(x.whole, y.double)
}

func compareIntDouble(i int64, f float64) int {
	switch {
	case math.IsNaN(f), f < -(1 << 63):
		return 1
	case f >= 1<<63:
		return -1
	}

	whole := math.Trunc(f)
	if c := cmp.Compare(i, int64(whole)); c != 0 {
		return c
	}

	return cmp.Compare(whole, f)
}
