package embedded

import (
	"slices"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// updateOperator is one of the subset.
type updateOperator struct {
	// compile makes the change of one field of the operand.
	compile        func(operand value) (func(old value) (value, error), error)
	keeps, lenient bool // as of the leaves
}

var updateOperators map[string]updateOperator

func init() {
	updateOperators = map[string]updateOperator{
		"$set": {compile: setTo}, "$setOnInsert": {compile: setTo}, "$unset": {compile: unset, keeps: true, lenient: true},
		"$inc": {compile: increment}, "$min": {compile: extreme(-1)}, "$max": {compile: extreme(1)},
		"$push": {compile: gather("$push", false)}, "$addToSet": {compile: gather("$addToSet", true)}, "$pull": {compile: pull, keeps: true},
	}
}

func setTo(operand value) (func(value) (value, error), error) {
	return func(value) (value, error) { return operand, nil }, nil
}

func unset(value) (func(value) (value, error), error) { return setTo(value{}) }

// extreme makes $min or $max: the old value stays unless the operand lies beyond it in the direction of sign.
func extreme(sign int) func(operand value) (func(value) (value, error), error) {
	return func(operand value) (func(value) (value, error), error) {
		return func(old value) (value, error) {
			if isMissing(old) || compare(operand, old) == sign {
				return operand, nil
			}
			return old, nil
		}, nil
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
		sum, fits := numberOf(old).plus(numberOf(operand))
		if !fits {
			return value{}, refuse(codeBadValue, "Failed to apply $inc operations to current value (%s): the sum does not fit in 64 bits", old)
		}
		return sum.value(), nil
	}, nil
}

// gather makes $push or $addToSet: of one value, or of each in {$each: [...]}.
func gather(op string, once bool) func(operand value) (func(value) (value, error), error) {
	return func(operand value) (func(value) (value, error), error) {
		values := []value{operand}
		if isOperatorDocument(operand) {
			a := nestedArgs(op, operand.Data)
			values = elements(a.typed("$each", bsoncore.TypeArray).Data)
			if modifier := a.untaken(); modifier != "" {
				a.fail(codeBadValue, "the modifier %s of %s is not supported", modifier, op)
			}
			if a.err != nil {
				return nil, a.err
			}
		}

		return func(old value) (value, error) {
			if !isMissing(old) && old.Type != bsoncore.TypeArray {
				return value{}, refuse(codeBadValue, "Cannot apply %s to a field of type %s: it must be an array", op, typeName(old))
			}
			list := elements(old.Data)
			if !once {
				return arrayOf(append(list, values...)), nil
			}
			has := make(map[string]bool, len(list)+len(values))
			for _, e := range list {
				has[string(appendKey(nil, e))] = true
			}
			for _, v := range values {
				if key := string(appendKey(nil, v)); !has[key] {
					has[key] = true
					list = append(list, v)
				}
			}
			return arrayOf(list), nil
		}, nil
	}
}

// pull makes $pull: of the elements equal to a value, or that meet a condition: {$op: ...} on the element itself,
// or a filter on elements that are documents.
func pull(operand value) (func(value) (value, error), error) {
	drop := func(e value) bool { return compare(e, operand) == 0 }
	switch {
	case isOperatorDocument(operand):
		conditions, err := parseOperators("", nil, operand.Data)
		if err != nil {
			return nil, err
		}
		drop = func(e value) bool {
			for _, m := range conditions {
				if p := m.(*predicate); p.leaf(e, false) == p.negate {
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
		return arrayOf(slices.DeleteFunc(elements(old.Data), drop)), nil
	}, nil
}
