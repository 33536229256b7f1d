package embedded

import (
	"math"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// updateOperators are the update operators of the subset.
var updateOperators map[string]makeChange

func init() {
	updateOperators = map[string]makeChange{
		"$set": setTo, "$setOnInsert": setTo, "$unset": unset, "$inc": increment,
		"$min":      func(operand value) (func(value) (value, error), error) { return extreme(operand, -1), nil },
		"$max":      func(operand value) (func(value) (value, error), error) { return extreme(operand, 1), nil },
		"$push":     func(operand value) (func(value) (value, error), error) { return appendEach("$push", operand) },
		"$addToSet": func(operand value) (func(value) (value, error), error) { return appendEach("$addToSet", operand) },
		"$pull":     pull,
	}
}

func setTo(operand value) (func(value) (value, error), error) {
	return func(value) (value, error) { return operand, nil }, nil
}

func unset(value) (func(value) (value, error), error) {
	return func(value) (value, error) { return value{}, nil }, nil
}

// extreme keeps the old value unless the operand lies beyond it in the direction of sign.
func extreme(operand value, sign int) func(value) (value, error) {
	return func(old value) (value, error) {
		if isMissing(old) || compare(operand, old) == sign {
			return operand, nil
		}
		return old, nil
	}
}

func increment(operand value) (func(value) (value, error), error) {
	if !isNumber(operand) {
		return nil, refuse(codeTypeMismatch, "Cannot increment with non-numeric argument: %s", operand)
	}

	return func(old value) (value, error) {
		if isMissing(old) {
			return operand, nil
		}
		if !isNumber(old) {
			return value{}, refuse(codeTypeMismatch, "Cannot apply $inc to a value of non-numeric type %s", typeName(old))
		}
		sum, ok := add(old, operand)
		if !ok {
			return value{}, refuse(codeBadValue, "Failed to apply $inc operations to current value (%s): the sum does not fit in 64 bits", old)
		}
		return sum, nil
	}, nil
}

// add returns a+b in the wider of the two types, int32 growing to int64; false when an int64 overflows.
func add(a, b value) (value, bool) {
	ai, af, aDouble := number(a)
	bi, bf, bDouble := number(b)
	if aDouble || bDouble {
		if !aDouble {
			af = float64(ai)
		}
		if !bDouble {
			bf = float64(bi)
		}
		return doubleValue(af + bf), true
	}

	sum := ai + bi
	if (sum > ai) != (bi > 0) && bi != 0 {
		return value{}, false
	}

	return intValue(sum, a.Type == bsoncore.TypeInt64 || b.Type == bsoncore.TypeInt64), true
}

func doubleValue(f float64) value {
	return value{Type: bsoncore.TypeDouble, Data: bsoncore.AppendDouble(nil, f)}
}

// intValue returns n as an int32, or as an int64 when it is asked for or needed.
func intValue(n int64, long bool) value {
	if long || n > math.MaxInt32 || n < math.MinInt32 {
		return value{Type: bsoncore.TypeInt64, Data: bsoncore.AppendInt64(nil, n)}
	}

	return value{Type: bsoncore.TypeInt32, Data: bsoncore.AppendInt32(nil, int32(n))}
}

// appendEach makes $push or $addToSet: of one value, or of each in {$each: [...]}.
func appendEach(op string, operand value) (func(value) (value, error), error) {
	values := []value{operand}
	if isOperatorDocument(operand) {
		values = nil
		for w := walk(operand.Data); w.next(); {
			if string(w.key) != "$each" {
				return nil, refuse(codeBadValue, "the modifier %s of %s is not supported", w.key, op)
			}
			if w.val.Type != bsoncore.TypeArray {
				return nil, refuse(codeTypeMismatch, "The argument to $each in %s must be an array but it was of type %s", op, typeName(w.val))
			}
			for e := walk(w.val.Data); e.next(); {
				values = append(values, e.val)
			}
		}
	}

	return func(old value) (value, error) {
		if isMissing(old) {
			old = value{Type: bsoncore.TypeArray, Data: emptyDoc}
		}
		if old.Type != bsoncore.TypeArray {
			return value{}, refuse(codeBadValue, "Cannot apply %s to a field of type %s: it must be an array", op, typeName(old))
		}
		kept := elements(old.Data)
		for _, v := range values {
			if op == "$push" || !containsValue(kept, v) {
				kept = append(kept, v)
			}
		}
		return arrayOf(kept), nil
	}, nil
}

func elements(array []byte) []value {
	var out []value
	for w := walk(array); w.next(); {
		out = append(out, w.val)
	}

	return out
}

func containsValue(list []value, v value) bool {
	for _, e := range list {
		if compare(e, v) == 0 {
			return true
		}
	}

	return false
}

func arrayOf(list []value) value {
	return value{Type: bsoncore.TypeArray, Data: bsoncore.BuildArray(nil, list...)}
}

// pull makes $pull: of the elements equal to a value, or that meet a condition: {$op: ...} on the element itself,
// or a filter on elements that are documents.
func pull(operand value) (func(value) (value, error), error) {
	drop := func(e value) bool { return compare(e, operand) == 0 }
	switch {
	case isOperatorDocument(operand):
		preds, err := parseOperators("", nil, operand.Data)
		if err != nil {
			return nil, err
		}
		drop = func(e value) bool {
			for _, m := range preds {
				if p := m.(*predicate); p.leaf(e) == p.negate {
					return false
				}
			}
			return true
		}
	case operand.Type == bsoncore.TypeEmbeddedDocument:
		filter, err := parseFilter(operand.Data)
		if err != nil {
			return nil, err
		}
		drop = func(e value) bool { return e.Type == bsoncore.TypeEmbeddedDocument && filter.matches(e.Data) }
	case operand.Type == bsoncore.TypeRegex:
		return nil, refuse(codeBadValue, "$pull with a regex is not supported")
	}

	return func(old value) (value, error) {
		if isMissing(old) {
			return old, nil
		}
		if old.Type != bsoncore.TypeArray {
			return value{}, refuse(codeBadValue, "Cannot apply $pull to a non-array value")
		}
		var kept []value
		for w := walk(old.Data); w.next(); {
			if !drop(w.val) {
				kept = append(kept, w.val)
			}
		}
		return arrayOf(kept), nil
	}, nil
}
