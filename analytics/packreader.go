package analytics

import "encoding/binary"

// packReader reads what is stored packed. Once that is damaged nothing is left of
// it, and all that is read is 0.
type packReader struct {
	rest    []byte
	damaged bool
}

func (r *packReader) unsigned() uint64 {
	n, size := binary.Uvarint(r.rest)
	if !r.skip(size) {
		return 0
	}
	return n
}

func (r *packReader) signed() int64 {
	n, size := binary.Varint(r.rest)
	if !r.skip(size) {
		return 0
	}
	return n
}

func (r *packReader) octet() byte {
	if len(r.rest) == 0 {
		r.damaged = true
		return 0
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

// skip goes past what was read. It reports false where nothing was, or less.
func (r *packReader) skip(size int) bool {
	if size <= 0 {
		r.rest, r.damaged = nil, true
		return false
	}
	r.rest = r.rest[size:]
	return true
}
