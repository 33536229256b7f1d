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
	return slices.ContainsFunc(m, func(part matcher) bool { return part.matches(doc) })
}

// predicate is one operator on one path; with negate set it is met where the operator is not.
type predicate struct {
	path   string
	comps  []string
	op     string // $ne and $nin are a negated $eq and $in
	negate bool
	// values are the operand of $eq, or those of $in.
	values []value
	// within are the key encodings of the values that meet a comparison, in order; nil for $exists and $regex.
	within  []interval
	scratch []byte // to look a value up in within
	re      *regexp.Regexp
	pattern value // of the $regex; a stored regex meets it when it is the same
	// prefix is the literal that every match of an anchored pattern begins with.
	prefix string
	meets  func(v value, position bool) bool // p.leaf, bound once
}

func (p *predicate) matches(doc []byte) bool {
	return visit(docValue(doc), p.comps, p.meets) != p.negate
}

// visit calls meets with every value that the path leads to, missing ones included, until it returns true; it tells whether
// it did. A path goes through the elements of arrays that are documents, and by a number to one position: position is set
// when it ends there. A path that goes on behind a position leads nowhere through a plain value.
func visit(v value, path []string, meets func(v value, position bool) bool) bool {
	if len(path) == 0 {
		return meets(v, false)
	}

	switch v.Type {
	case bsoncore.TypeEmbeddedDocument:
		return visit(lookup(v.Data, path[0]), path[1:], meets)
	case bsoncore.TypeArray:
		for w := walk(v.Data); w.next(); {
			if w.val.Type == bsoncore.TypeEmbeddedDocument && visit(w.val, path, meets) {
				return true
			}
		}
		if !isPosition(path[0]) {
			return false
		}
		e := lookup(v.Data, path[0])
		if len(path) == 1 {
			return !isMissing(e) && meets(e, true)
		}
		return (e.Type == bsoncore.TypeEmbeddedDocument || e.Type == bsoncore.TypeArray) && visit(e, path[1:], meets)
	}

	return meets(value{}, false)
}

// leaf tests the elements of an array and the array as a whole; an element named by its position only as it is.
func (p *predicate) leaf(v value, position bool) bool {
	if v.Type == bsoncore.TypeArray && !position && p.op != "$exists" {
		for w := walk(v.Data); w.next(); {
			if p.test(w.val) {
				return true
			}
		}
	}

	return p.test(v)
}

// test applies the operator to one value.
func (p *predicate) test(v value) bool {
	switch {
	case p.op == "$exists":
		return !isMissing(v)
	case p.op == "$regex" && v.Type == bsoncore.TypeString:
		return p.re.Match(v.Data[4 : len(v.Data)-1])
	case p.op == "$regex":
		return v.Type == bsoncore.TypeRegex && v.Equal(p.pattern)
	case p.op == "$eq" && v.Type == bsoncore.TypeString && p.values[0].Type == v.Type: // the commonest, and needs no key
		return bytes.Equal(v.Data, p.values[0].Data)
	}
	p.scratch = appendKey(p.scratch[:0], v)

	return contains(p.within, p.scratch)
}

// parseFilter compiles a filter document. It fails, naming it, on an operator, path or operand outside the subset.
func parseFilter(doc []byte) (all, error) {
	var out all
	for w := walk(doc); w.next(); {
		key := string(w.key)
		var parts []matcher
		var err error
		switch {
		case key == "$and" || key == "$or":
			parts, err = parseBranches(key, w.val)
		case strings.HasPrefix(key, "$"):
			err = refuse(codeBadValue, "unknown or unsupported top level operator: %s", key)
		default:
			parts, err = parseField(key, w.val)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, parts...)
	}

	return out, nil
}

func parseBranches(key string, v value) ([]matcher, error) {
	if v.Type != bsoncore.TypeArray || len(v.Data) == len(emptyDoc) {
		return nil, refuse(codeBadValue, "%s must be a nonempty array", key)
	}

	var branches some
	var together all
	for w := walk(v.Data); w.next(); {
		if w.val.Type != bsoncore.TypeEmbeddedDocument {
			return nil, refuse(codeBadValue, "%s entries need to be full objects", key)
		}
		branch, err := parseFilter(w.val.Data)
		if err != nil {
			return nil, err
		}
		branches, together = append(branches, branch), append(together, branch...)
	}
	if key == "$or" && len(branches) > 1 {
		return []matcher{branches}, nil
	}

	return together, nil
}

func parseField(path string, v value) ([]matcher, error) {
	comps, err := splitPath(path)
	if err != nil {
		return nil, err
	}
	if isOperatorDocument(v) {
		return parseOperators(path, comps, v.Data)
	}

	op := "$eq"
	if v.Type == bsoncore.TypeRegex {
		op = "$regex"
	}
	p, err := newPredicate(path, comps, op, v, "")

	return []matcher{p}, err
}

// isOperatorDocument tells whether v is a document of operators, like {$gt: 1}.
func isOperatorDocument(v value) bool {
	w := walk(v.Data)

	return v.Type == bsoncore.TypeEmbeddedDocument && w.next() && len(w.key) > 0 && w.key[0] == '$'
}

func parseOperators(path string, comps []string, doc []byte) ([]matcher, error) {
	options := ""
	if v := lookup(doc, "$options"); v.Type == bsoncore.TypeString && !isMissing(lookup(doc, "$regex")) {
		options = stringOf(v)
	} else if !isMissing(v) {
		return nil, refuse(codeBadValue, "$options needs a $regex and must be a string")
	}

	var out []matcher
	for w := walk(doc); w.next(); {
		op := string(w.key)
		if op == "$options" {
			continue
		}
		p, err := newPredicate(path, comps, op, w.val, options)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}

	return out, nil
}

func newPredicate(path string, comps []string, op string, v value, options string) (*predicate, error) {
	if err := supported(v); err != nil {
		return nil, err
	}

	p := &predicate{path: path, comps: comps, op: op, values: []value{v}}
	p.meets = p.leaf
	switch op {
	case "$eq":
		p.within = points(p.values)
	case "$ne":
		if v.Type == bsoncore.TypeRegex {
			return nil, refuse(codeBadValue, "Can't have regex as arg to $ne.")
		}
		p.op, p.negate, p.within = "$eq", true, points(p.values)
	case "$in", "$nin":
		p.op, p.negate = "$in", op == "$nin"
		return p, p.list(op, v)
	case "$gt", "$gte", "$lt", "$lte":
		switch v.Type {
		case bsoncore.TypeRegex, bsoncore.TypeMinKey, bsoncore.TypeMaxKey:
			return nil, refuse(codeBadValue, "%s with an operand of type %s is not supported", op, typeName(v))
		}
		p.within = span(op, v)
	case "$exists":
		p.negate = !truth(v)
	case "$regex":
		return p, p.compileRegex(v, options)
	default:
		return nil, refuse(codeBadValue, "unknown or unsupported operator: %s", op)
	}

	return p, nil
}

// list takes the operand of an $in or $nin.
func (p *predicate) list(op string, v value) error {
	if v.Type != bsoncore.TypeArray {
		return refuse(codeBadValue, "%s needs an array", op)
	}
	p.values = elements(v.Data)
	for _, e := range p.values {
		if e.Type == bsoncore.TypeRegex {
			return refuse(codeBadValue, "a regex inside %s is not supported", op)
		}
		if isOperatorDocument(e) {
			return refuse(codeBadValue, "cannot nest $ under %s", op)
		}
	}
	p.within = points(p.values)

	return nil
}

// compileRegex compiles a pattern. The syntax is RE2's, which has no look-around and no back-references: such a pattern
// is refused, as are the options other than i, m and s.
func (p *predicate) compileRegex(v value, options string) error {
	p.pattern = v
	source := ""
	switch v.Type {
	case bsoncore.TypeRegex:
		pattern, own := v.Regex()
		if options != "" && own != "" {
			return refuse(codeBadRegex, "options set in both $regex and $options")
		}
		source, options = pattern, options+own
	case bsoncore.TypeString:
		source = stringOf(v)
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
	var err error
	if p.re, err = regexp.Compile(flags + source); err != nil {
		return refuse(codeBadRegex, "Regular expression is invalid or not supported: %v", err)
	}
	if rest, anchored := strings.CutPrefix(source, "^"); anchored && options == "" && !strings.Contains(rest, "|") {
		if re, err := regexp.Compile(rest); err == nil {
			p.prefix, _ = re.LiteralPrefix()
		}
	}

	return nil
}
