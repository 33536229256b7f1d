package analytics

import (
	"encoding/binary"
	"fmt"

	"github.com/RoaringBitmap/roaring/v2"
)

// Ordinals is a set of visitors or of sessions of one live event, by the dense
// numbers that the repository gives them (0, 1, 2, ... in order of appearance).
// The zero value is the empty set and ready. Sets merge exactly, which counts do
// not: a visitor of two days is one visitor of both.
//
// It is stored as BSON binary data in the portable roaring format.
type Ordinals struct {
	bits *roaring.Bitmap // nil for the empty set
}

// Add adds one ordinal.
func (s *Ordinals) Add(ordinal uint32) {
	if s.bits == nil {
		s.bits = roaring.New()
	}
	s.bits.Add(ordinal)
}

// addNew adds one ordinal and reports whether it was not there.
func (s *Ordinals) addNew(ordinal uint32) bool {
	if s.bits == nil {
		s.bits = roaring.New()
	}
	return s.bits.CheckedAdd(ordinal)
}

// Merge adds all of o, which stays as it is and shares nothing with s.
func (s *Ordinals) Merge(o Ordinals) {
	switch {
	case o.IsZero():
	case s.bits == nil:
		s.bits = o.bits.Clone()
	default:
		s.bits.Or(o.bits)
	}
}

// Count returns how many there are.
func (s Ordinals) Count() int {
	if s.bits == nil {
		return 0
	}
	return int(s.bits.GetCardinality())
}

// CountAmong returns how many of them are in o too.
func (s Ordinals) CountAmong(o Ordinals) int {
	if s.bits == nil || o.bits == nil {
		return 0
	}
	return int(s.bits.AndCardinality(o.bits))
}

// Equal reports whether both hold the same.
func (s Ordinals) Equal(o Ordinals) bool {
	if s.IsZero() || o.IsZero() {
		return s.IsZero() && o.IsZero()
	}
	return s.bits.Equals(o.bits)
}

// IsZero reports whether the set is empty; an empty one is not stored.
func (s Ordinals) IsZero() bool { return s.bits == nil || s.bits.IsEmpty() }

// String returns the ordinals in order, for messages of tests.
func (s Ordinals) String() string {
	if s.bits == nil {
		return "{}"
	}
	return s.bits.String()
}

// MarshalBinary returns the set in the portable roaring format.
func (s Ordinals) MarshalBinary() ([]byte, error) {
	bits := roaring.New()
	if s.bits != nil {
		bits = s.bits.Clone() // others may be reading the set
	}
	bits.RunOptimize() // ordinals of one evening lie side by side
	return bits.ToBytes()
}

// UnmarshalBinary reads what MarshalBinary wrote, into memory of its own. It
// fails with Internal for anything else.
func (s *Ordinals) UnmarshalBinary(data []byte) error {
	bits := roaring.New()
	if _, err := bits.FromBuffer(append([]byte(nil), data...)); err != nil {
		return &Error{Code: Internal, Message: "a stored set of visitors cannot be read", Err: err}
	}
	if err := bits.Validate(); err != nil {
		return &Error{Code: Internal, Message: "a stored set of visitors is damaged", Err: err}
	}
	s.bits = bits
	return nil
}

// The BSON form of binary data: its type, and the length and subtype that stand
// before the bytes.
const (
	bsonBinary       byte = 0x05
	bsonGeneric      byte = 0x00
	bsonBinaryHeader      = 5
)

// MarshalBSONValue returns the set as a BSON binary value.
func (s Ordinals) MarshalBSONValue() (byte, []byte, error) {
	data, err := s.MarshalBinary()
	if err != nil {
		return 0, nil, fmt.Errorf("encode ordinals: %w", err)
	}
	value := make([]byte, bsonBinaryHeader, bsonBinaryHeader+len(data))
	binary.LittleEndian.PutUint32(value, uint32(len(data)))
	value[4] = bsonGeneric
	return bsonBinary, append(value, data...), nil
}

// UnmarshalBSONValue reads a BSON binary value. It fails with Internal for any
// other value.
func (s *Ordinals) UnmarshalBSONValue(kind byte, value []byte) error {
	if kind != bsonBinary || len(value) < bsonBinaryHeader ||
		uint64(binary.LittleEndian.Uint32(value)) != uint64(len(value)-bsonBinaryHeader) {
		return Errorf(Internal, "a stored set of visitors is no binary value")
	}
	return s.UnmarshalBinary(value[bsonBinaryHeader:])
}
