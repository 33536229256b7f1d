package repository

import (
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
)

// conditions are what a query asks of its documents; all of them must hold.
// They are values: and returns more of them and leaves those it started from as
// they were.
type conditions []bson.E

// within returns the condition that every query starts from: documents of the
// organization that the reach names.
func within(reach analytics.Reach) conditions {
	return conditions{{Key: "org", Value: reach.Org}}
}

// withinCalls returns the conditions for documents of calls: those of the
// organization and, where the reach is limited to an agent or a call, of that
// agent or call.
func withinCalls(reach analytics.Reach) conditions {
	c := within(reach)
	if reach.Agent != "" {
		c = c.and("agent", reach.Agent)
	}
	if reach.Call != "" {
		c = c.and("_id", reach.Key(reach.Call))
	}
	return c
}

// and adds a condition: a value to equal, an operator document, a span, or a
// bson.A for the field "$or".
func (c conditions) and(field string, condition any) conditions {
	return append(slices.Clip(c), bson.E{Key: field, Value: condition})
}

// in adds that the field has, or its list holds, one of the values.
func (c conditions) in(field string, values []string) conditions {
	if values == nil {
		values = []string{} // null is no list to a server
	}
	return c.and(field, bson.D{{Key: "$in", Value: values}})
}

// either adds that at least one of the alternatives holds.
func (c conditions) either(alternatives ...bson.D) conditions {
	return c.and("$or", alternatives)
}

// filter returns the conditions as a filter. The first condition of each field
// stands at the top, where an index is chosen by it; spans of one field become
// one span, so that an index is entered at the narrower end; whatever else is
// asked of the same field goes into $and.
func (c conditions) filter() bson.D {
	var top []bson.E
	var further bson.A
	for _, condition := range c {
		at := slices.IndexFunc(top, func(e bson.E) bool { return e.Key == condition.Key })
		if at < 0 {
			top = append(top, condition)
			continue
		}
		present, ok := top[at].Value.(span)
		added, ok2 := condition.Value.(span)
		if ok && ok2 {
			top[at].Value = present.narrowed(added)
			continue
		}
		further = append(further, asFilter(condition))
	}
	filter := make(bson.D, 0, len(top)+1)
	for _, condition := range top {
		filter = append(filter, asFilter(condition)...)
	}
	if further != nil {
		filter = append(filter, bson.E{Key: "$and", Value: further})
	}
	return filter
}

func asFilter(condition bson.E) bson.D {
	if s, ok := condition.Value.(span); ok {
		return bson.D{{Key: condition.Key, Value: s.operators()}}
	}
	return bson.D{condition}
}

// span bounds the values of a field. A nil bound is none.
type span struct {
	from  *sortValue // the first value that belongs to it
	below *sortValue // the first value beyond it
	upTo  *sortValue // the last value that belongs to it
}

// narrowed returns what both spans hold.
func (s span) narrowed(o span) span {
	return span{
		from:  narrower(s.from, o.from, +1),
		below: narrower(s.below, o.below, -1),
		upTo:  narrower(s.upTo, o.upTo, -1),
	}
}

// narrower returns the larger of two bounds for a positive sign, the smaller one
// for a negative; of a bound and none it returns the bound.
func narrower(a, b *sortValue, sign int) *sortValue {
	if a == nil || b != nil && sign*a.compare(*b) < 0 {
		return b
	}
	return a
}

func (s span) operators() bson.D {
	operators := bson.D{}
	for _, bound := range []struct {
		operator string
		value    *sortValue
	}{{"$gte", s.from}, {"$lt", s.below}, {"$lte", s.upTo}} {
		if bound.value != nil {
			operators = append(operators, bson.E{Key: bound.operator, Value: bound.value.stored()})
		}
	}
	return operators
}

// during returns the span of a period. Stored times are in milliseconds, so
// that a bound within a millisecond stands for the next one.
func during(p analytics.Period) span {
	start, end := nextMilli(p.Start), nextMilli(p.End)
	return span{from: &start, below: &end}
}

// beginning returns the span of all texts that begin with a prefix. U+10FFFF
// stands after every character that a name can hold.
func beginning(prefix string) span {
	from, below := textValue(prefix), textValue(prefix+"\U0010FFFF")
	return span{from: &from, below: &below}
}

// nextMilli returns the first full millisecond at or after t.
func nextMilli(t time.Time) sortValue {
	if whole := t.Truncate(time.Millisecond); whole.Before(t) {
		t = whole.Add(time.Millisecond)
	}
	return timeValue(t)
}
