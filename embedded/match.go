package embedded

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// matcher decides about one document. It may keep scratch space: one goroutine at a time.
type matcher interface {
	matches(doc []byte) bool
}

// all is met when every part is; the empty one matches every document.
type all []matcher

func (m all) matches(doc []byte) bool {
	for _, part := range m {
		if !part.matches(doc) {
			return false
		}
	}

	return true
}

// some is met when at least one part is.
type some []matcher

func (m some) matches(doc []byte) bool {
	for _, part := range m {
		if part.matches(doc) {
			return true
		}
	}

	return false
}

type operator string

const (
	opEq     operator = "$eq"
	opIn     operator = "$in"
	opGt     operator = "$gt"
	opGte    operator = "$gte"
	opLt     operator = "$lt"
	opLte    operator = "$lte"
	opExists operator = "$exists"
	opRegex  operator = "$regex"
)

// predicate is one operator on one path; with negate set it is met where the operator is not.
type predicate struct {
	path    string
	comps   []string
	op      operator
	negate  bool
	operand value
	// in holds the key encodings of an $in list, sorted; scratch is reused to look a value up in it.
	in      [][]byte
	list    []value
	scratch []byte
	re      *regexp.Regexp
	// nullBound is set on a $gte or $lte of null: it is met as $eq is, but does not tell an upsert what to insert.
	nullBound bool
	// prefix is the literal that every match of an anchored pattern begins with.
	prefix string
}

func (p *predicate) matches(doc []byte) bool { return p.reach(doc, p.comps) != p.negate }

// reach tells whether a value that the path leads to meets the operator. A path goes through the elements of arrays that
// are documents, and by a number to one position.
func (p *predicate) reach(doc []byte, comps []string) bool {
	return p.follow(lookup(doc, comps[0]), comps[1:])
}

func (p *predicate) follow(v value, comps []string) bool {
	if len(comps) == 0 {
		return p.leaf(v)
	}

	switch v.Type {
	case bsoncore.TypeEmbeddedDocument:
		return p.reach(v.Data, comps)
	case bsoncore.TypeArray:
		w := walk(v.Data)
		for w.next() {
			if w.val.Type == bsoncore.TypeEmbeddedDocument && p.reach(w.val.Data, comps) {
				return true
			}
		}
		if !isPosition(comps[0]) {
			return false
		}
		return p.position(lookup(v.Data, comps[0]), comps[1:])
	}

	return p.test(value{})
}

// position follows a path behind the number of an array element. Where the path ends there, the element is met as it is,
// also when it is an array; where it goes on, it leads nowhere, not even to something missing, through a plain value.
func (p *predicate) position(e value, comps []string) bool {
	if len(comps) == 0 {
		return !isMissing(e) && p.test(e)
	}

	return (e.Type == bsoncore.TypeEmbeddedDocument || e.Type == bsoncore.TypeArray) && p.follow(e, comps)
}

// leaf tests the elements of an array and the array as a whole.
func (p *predicate) leaf(v value) bool {
	if v.Type == bsoncore.TypeArray && p.op != opExists {
		w := walk(v.Data)
		for w.next() {
			if p.test(w.val) {
				return true
			}
		}
	}

	return p.test(v)
}

// test applies the operator to one value, missing ones included.
func (p *predicate) test(v value) bool {
	switch p.op {
	case opExists:
		return !isMissing(v)
	case opRegex:
		if v.Type == bsoncore.TypeRegex {
			return p.operand.Type == bsoncore.TypeRegex && bytes.Equal(v.Data, p.operand.Data)
		}
		return v.Type == bsoncore.TypeString && p.re.Match(v.Data[4:len(v.Data)-1])
	case opIn:
		p.scratch = appendKey(p.scratch[:0], v)
		_, found := slices.BinarySearchFunc(p.in, p.scratch, bytes.Compare)
		return found
	case opEq:
		if p.operand.Type == v.Type && v.Type == bsoncore.TypeString {
			return bytes.Equal(p.operand.Data, v.Data)
		}
		return compare(v, p.operand) == 0
	}

	if rank(v.Type) != rank(p.operand.Type) {
		return false
	}
	if isNaN(v) || isNaN(p.operand) {
		return (p.op == opGte || p.op == opLte) && isNaN(v) && isNaN(p.operand)
	}
	c := compare(v, p.operand)
	switch p.op {
	case opGt:
		return c > 0
	case opGte:
		return c >= 0
	case opLt:
		return c < 0
	}

	return c <= 0
}

// parseFilter compiles a filter document. It fails, naming it, on an operator, path or operand outside the subset.
func parseFilter(doc []byte) (all, error) {
	var out all
	w := walk(doc)
	for w.next() {
		key := string(w.key)
		switch {
		case key == "$and" || key == "$or":
			parts, err := parseBranches(key, w.val)
			if err != nil {
				return nil, err
			}
			if key == "$or" && len(parts) > 1 {
				out = append(out, some(parts))
				continue
			}
			for _, part := range parts {
				out = append(out, part.(all)...)
			}
		case strings.HasPrefix(key, "$"):
			return nil, refuse(codeBadValue, "unknown or unsupported top level operator: %s", key)
		default:
			preds, err := parseField(key, w.val)
			if err != nil {
				return nil, err
			}
			out = append(out, preds...)
		}
	}

	return out, nil
}

func parseBranches(key string, v value) ([]matcher, error) {
	if v.Type != bsoncore.TypeArray {
		return nil, refuse(codeBadValue, "%s must be an array", key)
	}

	var out []matcher
	w := walk(v.Data)
	for w.next() {
		if w.val.Type != bsoncore.TypeEmbeddedDocument {
			return nil, refuse(codeBadValue, "%s entries need to be full objects", key)
		}
		branch, err := parseFilter(w.val.Data)
		if err != nil {
			return nil, err
		}
		out = append(out, branch)
	}
	if len(out) == 0 {
		return nil, refuse(codeBadValue, "%s must be a nonempty array", key)
	}

	return out, nil
}

func parseField(path string, v value) ([]matcher, error) {
	comps, err := splitPath(path)
	if err != nil {
		return nil, err
	}
	if !isOperatorDocument(v) {
		op := opEq
		if v.Type == bsoncore.TypeRegex {
			op = opRegex
		}
		p, err := newPredicate(path, comps, op, v, "")
		return []matcher{p}, err
	}

	return parseOperators(path, comps, v.Data)
}

// isOperatorDocument tells whether v is a document of operators, like {$gt: 1}.
func isOperatorDocument(v value) bool {
	if v.Type != bsoncore.TypeEmbeddedDocument {
		return false
	}
	w := walk(v.Data)

	return w.next() && len(w.key) > 0 && w.key[0] == '$'
}

func parseOperators(path string, comps []string, doc []byte) ([]matcher, error) {
	var out []matcher
	options := lookup(doc, "$options")
	if !isMissing(options) && (options.Type != bsoncore.TypeString || isMissing(lookup(doc, "$regex"))) {
		return nil, refuse(codeBadValue, "$options needs a $regex and must be a string")
	}

	w := walk(doc)
	for w.next() {
		op, v, negate := operator(w.key), w.val, false
		switch op {
		case "$options":
			continue
		case "$ne", "$nin":
			if op == "$ne" && v.Type == bsoncore.TypeRegex {
				return nil, refuse(codeBadValue, "Can't have regex as arg to $ne.")
			}
			op, negate = map[operator]operator{"$ne": opEq, "$nin": opIn}[op], true
		case opExists:
			negate = !truth(v)
		case opEq, opIn, opGt, opGte, opLt, opLte, opRegex:
		default:
			return nil, refuse(codeBadValue, "unknown or unsupported operator: %s", op)
		}
		opts := ""
		if op == opRegex && !isMissing(options) {
			opts = stringOf(options)
		}
		p, err := newPredicate(path, comps, op, v, opts)
		if err != nil {
			return nil, err
		}
		p.negate = negate
		out = append(out, p)
	}

	return out, nil
}

func newPredicate(path string, comps []string, op operator, v value, options string) (*predicate, error) {
	if err := supported(v); err != nil {
		return nil, err
	}

	p := &predicate{path: path, comps: comps, op: op, operand: v}
	switch op {
	case opIn:
		if v.Type != bsoncore.TypeArray {
			return nil, refuse(codeBadValue, "$in needs an array")
		}
		w := walk(v.Data)
		for w.next() {
			if w.val.Type == bsoncore.TypeRegex {
				return nil, refuse(codeBadValue, "a regex inside $in is not supported")
			}
			if isOperatorDocument(w.val) {
				return nil, refuse(codeBadValue, "cannot nest $ under $in")
			}
			p.list = append(p.list, w.val)
			p.in = append(p.in, appendKey(nil, w.val))
		}
		slices.SortFunc(p.in, bytes.Compare)
		p.in = slices.CompactFunc(p.in, bytes.Equal)
	case opGt, opGte, opLt, opLte:
		switch v.Type {
		case bsoncore.TypeRegex, bsoncore.TypeMinKey, bsoncore.TypeMaxKey:
			return nil, refuse(codeBadValue, "%s with an operand of type %s is not supported", op, typeName(v))
		case bsoncore.TypeNull:
			p.nullBound = true
			p.op = map[operator]operator{opGte: opEq, opLte: opEq}[op]
			if p.op == "" {
				p.op = opIn // nothing is above or below null
			}
		}
	case opRegex:
		return p, p.compileRegex(options)
	}

	return p, nil
}

// compileRegex compiles the operand. The syntax is RE2's, which has no look-around and no back-references: such a pattern
// is refused, as are the options other than i, m and s.
func (p *predicate) compileRegex(options string) error {
	source := ""
	switch p.operand.Type {
	case bsoncore.TypeRegex:
		parts := bytes.SplitN(p.operand.Data, []byte{0}, 3)
		source = string(parts[0])
		if options != "" && len(parts[1]) > 0 {
			return refuse(codeBadRegex, "options set in both $regex and $options")
		}
		options += string(parts[1])
	case bsoncore.TypeString:
		source = stringOf(p.operand)
	default:
		return refuse(codeBadValue, "$regex has to be a string")
	}
	if bad := strings.Trim(options, "ims"); bad != "" {
		return refuse(codeBadRegex, "the regular expression option '%s' is not supported", bad)
	}

	flags := ""
	if options != "" {
		flags = "(?" + options + ")"
	}
	re, err := regexp.Compile(flags + source)
	if err != nil {
		return refuse(codeBadRegex, "Regular expression is invalid or not supported: %v", err)
	}
	p.re = re
	if strings.HasPrefix(source, "^") && options == "" {
		p.prefix = literalPrefix(source[1:])
	}

	return nil
}

// literalPrefix returns the literal that a pattern, its ^ cut off, begins with; "" when there is an alternative.
func literalPrefix(source string) string {
	re, err := regexp.Compile(source)
	if err != nil || strings.Contains(source, "|") {
		return ""
	}
	prefix, _ := re.LiteralPrefix()

	return prefix
}
