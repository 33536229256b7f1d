package embedded

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// Ranks order values of different types, as the protocol does; a comparison operator only ever matches within one rank.
// They are also the first byte of a value's key encoding: none is 0x00 or 0xFF, and gaps keep each rank's successor free.
const (
	rankMinKey     = 0x10
	rankEmptyArray = 0x18 // only in keys: what an empty array leaves in an index, before null
	rankNull       = 0x20 // null and missing
	rankNumber     = 0x30
	rankString     = 0x40
	rankDocument   = 0x50
	rankArray      = 0x60
	rankBinary     = 0x70
	rankObjectID   = 0x80
	rankBool       = 0x90
	rankDate       = 0xA0
	rankTimestamp  = 0xB0
	rankRegex      = 0xC0
	rankMaxKey     = 0xF0
)

func rank(t bsoncore.Type) byte {
	switch t {
	case bsoncore.TypeString:
		return rankString
	case bsoncore.TypeInt32, bsoncore.TypeInt64, bsoncore.TypeDouble:
		return rankNumber
	case bsoncore.TypeObjectID:
		return rankObjectID
	case bsoncore.TypeDateTime:
		return rankDate
	case bsoncore.TypeBoolean:
		return rankBool
	case bsoncore.TypeEmbeddedDocument:
		return rankDocument
	case bsoncore.TypeArray:
		return rankArray
	case bsoncore.TypeBinary:
		return rankBinary
	case bsoncore.TypeTimestamp:
		return rankTimestamp
	case bsoncore.TypeRegex:
		return rankRegex
	case bsoncore.TypeMinKey:
		return rankMinKey
	case bsoncore.TypeMaxKey:
		return rankMaxKey
	case bsoncore.TypeUndefined:
		return rankEmptyArray
	}

	return rankNull
}

// compare returns -1, 0 or 1 by the total order over all values; numbers are compared by value, whatever their type.
func compare(a, b value) int {
	ra, rb := rank(a.Type), rank(b.Type)
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
	case rankObjectID, rankBool, rankRegex:
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
		if !okA || !okB {
			return boolRank(okA) - boolRank(okB)
		}
		if c := cmp.Compare(rank(wa.val.Type), rank(wb.val.Type)); c != 0 {
			return c
		}
		if names {
			if c := bytes.Compare(wa.key, wb.key); c != 0 {
				return c
			}
		}
		if c := compare(wa.val, wb.val); c != 0 {
			return c
		}
	}
}

func boolRank(b bool) int {
	if b {
		return 1
	}

	return 0
}

// compareNumbers compares exactly, also beyond 2^53; NaN equals itself and is less than every other number.
func compareNumbers(a, b value) int {
	ai, af, aDouble := number(a)
	bi, bf, bDouble := number(b)
	switch {
	case !aDouble && !bDouble:
		return cmp.Compare(ai, bi)
	case aDouble && bDouble:
		return cmp.Compare(af, bf) // has NaN first, and -0 equal to 0
	case aDouble:
		return -compareIntDouble(bi, af)
	}

	return compareIntDouble(ai, bf)
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

// number returns the value of a numeric BSON value: i when double is false, f when it is true.
func number(v value) (i int64, f float64, double bool) {
	switch v.Type {
	case bsoncore.TypeInt32:
		return int64(int32(binary.LittleEndian.Uint32(v.Data))), 0, false
	case bsoncore.TypeInt64:
		return int64(binary.LittleEndian.Uint64(v.Data)), 0, false
	}

	return 0, math.Float64frombits(binary.LittleEndian.Uint64(v.Data)), true
}

func isNumber(v value) bool { return rank(v.Type) == rankNumber }

func isNaN(v value) bool {
	return v.Type == bsoncore.TypeDouble && math.IsNaN(math.Float64frombits(binary.LittleEndian.Uint64(v.Data)))
}
