package embedded

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// compare returns -1, 0 or 1 by the total order over all values, which is that of their key encodings.
func compare(a, b value) int { return bytes.Compare(appendKey(nil, a), appendKey(nil, b)) }

// appendKey appends the key encoding of v: bytes.Compare of two encodings has the sign of the order of the two values, and
// no encoding is the beginning of another one. Numbers are ordered by value, whatever their type; NaN equals itself and is
// the least. Documents are ordered field by field: rank, then name (arrays have none), then value; the shorter one is less.
func appendKey(dst []byte, v value) []byte {
	return appendKeyBody(append(dst, rank(v)), v)
}

func appendKeyBody(dst []byte, v value) []byte {
	switch rank(v) {
	case rankNumber:
		return appendNumberKey(dst, v)
	case rankString:
		return appendEscaped(dst, v.Data[4:len(v.Data)-1])
	case rankDocument, rankArray:
		for w := walk(v.Data); w.next(); {
			dst = append(dst, rank(w.val))
			if v.Type == bsoncore.TypeEmbeddedDocument {
				dst = appendEscaped(dst, w.key)
			}
			dst = appendKeyBody(dst, w.val)
		}
		return append(dst, 0)
	case rankBinary:
		dst = binary.BigEndian.AppendUint32(dst, binary.LittleEndian.Uint32(v.Data))
		return append(dst, v.Data[4:]...)
	case rankDate:
		return binary.BigEndian.AppendUint64(dst, binary.LittleEndian.Uint64(v.Data)^(1<<63))
	case rankTimestamp:
		return binary.BigEndian.AppendUint64(dst, binary.LittleEndian.Uint64(v.Data))
	}

	return append(dst, v.Data...) // ObjectID, bool, regex; nothing of the others
}

// appendEscaped appends b with an end mark that is less than every byte of a continuation: 0 ends, 0 and 1 are escaped.
func appendEscaped(dst, b []byte) []byte {
	return append(appendPrefix(dst, b), 0)
}

// appendPrefix is appendEscaped without the end mark, so that it is the beginning of every longer string's key.
func appendPrefix(dst, b []byte) []byte {
	for _, c := range b {
		if c <= 1 {
			dst = append(dst, 1, c+1)
			continue
		}
		dst = append(dst, c)
	}

	return dst
}

// exactDouble is the magnitude from which a double no longer holds every integer.
const exactDouble = 1 << 53

// appendNumberKey appends the greatest double that is not above the number, in a form that sorts as bytes; from 2^53 on
// two bytes with what an int64 is above that double follow. NaN is all zeros, before -Inf.
func appendNumberKey(dst []byte, v value) []byte {
	n := numberOf(v)
	f, rest := n.double, int64(0)
	if !n.isDouble {
		f = float64(n.whole)
		if f >= 1<<63 || int64(f) > n.whole {
			f = math.Nextafter(f, math.Inf(-1))
		}
		rest = n.whole - int64(f)
	}
	if math.IsNaN(f) {
		return binary.BigEndian.AppendUint64(dst, 0)
	}

	if f == 0 {
		f = 0 // -0 equals 0
	}
	bits := math.Float64bits(f)
	if bits>>63 == 1 {
		bits = ^bits
	} else {
		bits |= 1 << 63
	}
	dst = binary.BigEndian.AppendUint64(dst, bits)
	if math.Abs(f) >= exactDouble {
		dst = binary.BigEndian.AppendUint16(dst, uint16(rest))
	}

	return dst
}

// successor returns the least string above every string that begins with b; nil, which means no bound, if there is none.
func successor(b []byte) []byte {
	for n := len(b); n > 0; n-- {
		if b[n-1] != 0xFF {
			out := slices.Clone(b[:n])
			out[n-1]++
			return out
		}
	}

	return nil
}

func invert(b []byte) {
	for i := range b {
		b[i] = ^b[i]
	}
}

// pattern is the key pattern of an index or a sort.
type pattern []patternField

type patternField struct {
	path string
	// comps is path at its dots.
	comps []string
	desc  bool
}

// equal tells whether p and q name the same paths in the same directions.
func (p pattern) equal(q pattern) bool {
	return slices.EqualFunc(p, q, func(a, b patternField) bool { return a.path == b.path && a.desc == b.desc })
}

// parsePattern reads {path: 1 | -1, ...}. It fails on another direction, a bad or repeated path, and on array positions.
func parsePattern(doc []byte, code int32) (pattern, error) {
	var p pattern
	for w := walk(doc); w.next(); {
		path := string(w.key)
		comps, err := splitPath(path)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(comps, isPosition) {
			return nil, refuse(code, "array positions in a key pattern are not supported: '%s'", path)
		}
		if slices.ContainsFunc(p, func(f patternField) bool { return f.path == path }) {
			return nil, refuse(code, "the field '%s' appears twice in a key pattern", path)
		}
		n, ok := integer(w.val)
		if !ok || n != 1 && n != -1 {
			return nil, refuse(code, "key pattern values other than 1 and -1 are not supported: '%s'", path)
		}
		p = append(p, patternField{path: path, comps: comps, desc: n == -1})
	}
	if len(p) > 32 {
		return nil, refuse(code, "more than 32 fields in a key pattern")
	}

	return p, nil
}

// splitPath cuts a dotted path into its components. It fails on empty and $-prefixed ones.
func splitPath(path string) ([]string, error) {
	comps := strings.Split(path, ".")
	for _, c := range comps {
		if c == "" {
			return nil, refuse(codeBadValue, "the path '%s' has an empty field name", path)
		}
		if c[0] == '$' {
			return nil, refuse(codeBadValue, "the path '%s' has a $-prefixed field name, which is not supported", path)
		}
	}
	if len(comps) > maxDepth {
		return nil, refuse(codeBadValue, "the path '%s' is too deep", path)
	}

	return comps, nil
}

// isPosition tells whether a path component can name an array position.
func isPosition(c string) bool {
	if c == "" || len(c) > 7 || len(c) > 1 && c[0] == '0' {
		return false
	}
	for i := range len(c) {
		if c[i] < '0' || c[i] > '9' {
			return false
		}
	}

	return true
}

// keyGenerator makes keys, one behind the other in blocks that many share.
type keyGenerator struct {
	p     pattern
	made  [][]byte
	multi uint64
	block []byte
}

const (
	keyBlock  = 2048 // bytes: about the keys of a document with many indexes
	commonKey = 128  // bytes that most keys take at most
)

// keys returns the sorted, distinct keys that doc has under the pattern, and the set of fields (one bit each) whose path
// met an array. Several keys come from the elements of an array. Behind each is room for a seq. It fails when two fields
// meet different arrays.
func (g *keyGenerator) keys(p pattern, doc []byte) (keys [][]byte, multi uint64, err error) {
	g.p, g.multi = p, 0
	before := len(g.made)
	places := make([]place, 0, 4) // enough for most, and on the stack
	for _, f := range p {
		places = append(places, place{v: docValue(doc), rest: f.comps})
	}
	if err := g.run(places); err != nil {
		return nil, 0, err
	}
	keys = g.made[before:]
	if len(keys) > 1 {
		slices.SortFunc(keys, bytes.Compare)
		keys = slices.CompactFunc(keys, bytes.Equal)
		g.made = g.made[:before+len(keys)]
	}

	return slices.Clip(keys), g.multi, nil
}

// place is where the path of a field has led: to v, with the rest of the path to go; ended once v is what the key takes.
type place struct {
	v     value
	rest  []string
	ended bool
}

// run follows the paths as far as no array is met, and goes on with each element of the array met.
func (g *keyGenerator) run(places []place) error {
	var array []byte
	for i := range places {
		p := &places[i]
		if p.ended {
			continue
		}
		p.v, p.rest = descend(p.v, p.rest)
		p.ended = p.v.Type != bsoncore.TypeArray
		if p.ended {
			continue
		}
		if array != nil && &array[0] != &p.v.Data[0] {
			return refuse(codeParallelArrays, "cannot index parallel arrays [%s] and another field of the key pattern", g.p[i].path)
		}
		array = p.v.Data
		g.multi |= 1 << i
	}
	if array == nil {
		g.emit(places)
		return nil
	}

	if len(array) == len(emptyDoc) {
		return g.each(places, value{Type: bsoncore.TypeUndefined})
	}
	for w := walk(array); w.next(); {
		if err := g.each(places, w.val); err != nil {
			return err
		}
	}

	return nil
}

// each follows the paths that have met an array into one element of it.
func (g *keyGenerator) each(places []place, e value) error {
	inner := append(make([]place, 0, 4), places...)
	for i := range inner {
		if !inner[i].ended {
			inner[i].enter(e)
		}
	}

	return g.run(inner)
}

// enter moves from an array to an element of it. Below one that is no document nothing is found; an array stays whole.
func (p *place) enter(e value) {
	p.v = e
	p.ended = len(p.rest) == 0
	if !p.ended && e.Type != bsoncore.TypeEmbeddedDocument {
		p.v, p.ended = value{}, true
	}
}

func (g *keyGenerator) emit(places []place) {
	if cap(g.block)-len(g.block) < commonKey {
		g.block = make([]byte, 0, keyBlock)
	}
	from := len(g.block)
	for i, f := range g.p {
		part := len(g.block)
		g.block = appendKey(g.block, places[i].v)
		if f.desc {
			invert(g.block[part:])
		}
	}
	end := len(g.block)
	g.block = slices.Grow(g.block, seqBytes)[:end+seqBytes]
	g.made = append(g.made, g.block[from:end:end+seqBytes])
}

// descend follows the path through documents until its end, an array, or nothing; it returns what it found and what of
// the path is left behind the array.
func descend(v value, path []string) (value, []string) {
	for len(path) > 0 {
		if v.Type != bsoncore.TypeEmbeddedDocument {
			return value{}, nil
		}
		v = lookup(v.Data, path[0])
		path = path[1:]
		if v.Type == bsoncore.TypeArray {
			return v, path
		}
	}

	return v, path
}
