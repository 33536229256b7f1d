package embedded

import (
	"encoding/binary"
	"math"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// number is the value of a numeric BSON value: double when isDouble is set, else whole.
type number struct {
	whole    int64
	double   float64
	isDouble bool
	isLong   bool // an int64, not an int32
}

// numberOf reads a value for which isNumber holds.
func numberOf(v value) number {
	switch v.Type {
	case bsoncore.TypeInt32:
		return number{whole: int64(int32(binary.LittleEndian.Uint32(v.Data)))}
	case bsoncore.TypeInt64:
		return number{whole: int64(binary.LittleEndian.Uint64(v.Data)), isLong: true}
	}

	return number{double: math.Float64frombits(binary.LittleEndian.Uint64(v.Data)), isDouble: true}
}

func isNumber(v value) bool { return rank(v) == rankNumber }

// integer returns the whole number that v is, whatever its numeric type.
func integer(v value) (int64, bool) {
	if !isNumber(v) {
		return 0, false
	}
	n := numberOf(v)
	if !n.isDouble {
		return n.whole, true
	}

	return int64(n.double), n.double == math.Trunc(n.double) && math.Abs(n.double) < exactDouble
}

func (n number) float() float64 {
	if n.isDouble {
		return n.double
	}

	return float64(n.whole)
}

// plus returns n+m in the wider of the two types; where two whole numbers do not fit in 64 bits, false and a double.
func (n number) plus(m number) (number, bool) {
	sum := n.whole + m.whole
	fits := m.whole == 0 || (sum > n.whole) == (m.whole > 0)
	if n.isDouble || m.isDouble || !fits {
		return number{double: n.float() + m.float(), isDouble: true}, fits
	}

	return number{whole: sum, isLong: n.isLong || m.isLong}, true
}

// value returns n as BSON, an int32 growing to an int64 where it has to.
func (n number) value() value {
	if n.isDouble {
		return value{Type: bsoncore.TypeDouble, Data: bsoncore.AppendDouble(nil, n.double)}
	}

	return intValue(n.whole, n.isLong)
}

// intValue returns n as an int32, or as an int64 when it is asked for or needed.
func intValue(n int64, long bool) value {
	if long || n > math.MaxInt32 || n < math.MinInt32 {
		return value{Type: bsoncore.TypeInt64, Data: bsoncore.AppendInt64(nil, n)}
	}

	return value{Type: bsoncore.TypeInt32, Data: bsoncore.AppendInt32(nil, int32(n))}
}
