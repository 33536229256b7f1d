package analytics

import "encoding/binary"

// PackedMinutes are the minutes of a phase, in order, packed: it may have tens of
// thousands of them, and only series need any.
//
// It is their number, and of each minute the seconds since the one before (the
// first: since 1970), a byte with a bit for each of its counts that is not 0, these
// counts, and the ordinals of who started: how many, and each as its distance to
// the one before. Numbers are varints.
type PackedMinutes []byte

// hasStarters is the bit of a packed minute in which somebody started; those
// below it are of its counts.
const hasStarters = 1 << packedCounts

const packedCounts = 5

// counts returns the counts of a minute in the order that they are packed in.
func (m *MinuteTally) counts() [packedCounts]*int {
	return [...]*int{&m.Peak, &m.Clicks, &m.Purchases, &m.SMS, &m.Calendar}
}

// PackMinutes packs minutes; the same ones always alike.
func PackMinutes(minutes []MinuteTally) PackedMinutes {
	if len(minutes) == 0 {
		return nil
	}
	packed := binary.AppendUvarint(nil, uint64(len(minutes)))
	before := int64(0)
	for i := range minutes {
		m := &minutes[i]
		packed = binary.AppendVarint(packed, m.Minute-before)
		before = m.Minute
		has := len(packed)
		packed = append(packed, 0)
		for bit, n := range m.counts() {
			if *n != 0 {
				packed[has] |= 1 << bit
				packed = binary.AppendVarint(packed, int64(*n))
			}
		}
		if !m.Starters.IsZero() {
			packed[has] |= hasStarters
			packed = m.Starters.appendPacked(packed)
		}
	}
	return packed
}

// appendPacked appends how many ordinals there are, and the distance of each to
// the one before.
func (s Ordinals) appendPacked(packed []byte) []byte {
	packed = binary.AppendUvarint(packed, uint64(s.Count()))
	before := uint32(0)
	s.bits.Iterate(func(ordinal uint32) bool {
		packed = binary.AppendUvarint(packed, uint64(ordinal-before))
		before = ordinal
		return true
	})
	return packed
}

// minPackedMinute is the least room that a minute takes: its distance, and what
// it has.
const minPackedMinute = 2

// Unpack returns the minutes. It fails with Internal for anything but what
// PackMinutes returned.
func (p PackedMinutes) Unpack() ([]MinuteTally, error) {
	if len(p) == 0 {
		return nil, nil
	}
	r := packReader{rest: p}
	n := r.unsigned()
	if n > uint64(len(r.rest)/minPackedMinute) {
		return nil, errDamagedMinutes
	}
	minutes := make([]MinuteTally, n)
	before := int64(0)
	for i := range minutes {
		m := &minutes[i]
		m.Minute = before + r.signed()
		before = m.Minute
		has := r.octet()
		for bit, n := range m.counts() {
			if has&(1<<bit) != 0 {
				*n = int(r.signed())
			}
		}
		if has&hasStarters != 0 {
			m.Starters = r.ordinals()
		}
	}
	if r.damaged || len(r.rest) > 0 {
		return nil, errDamagedMinutes
	}
	return minutes, nil
}

var errDamagedMinutes = Errorf(Internal, "stored minutes of a live event are damaged")

// ordinals reads what appendPacked wrote.
func (r *packReader) ordinals() Ordinals {
	var s Ordinals
	ordinal := uint64(0)
	for n := r.unsigned(); n > 0 && !r.damaged; n-- {
		ordinal += r.unsigned()
		s.Add(uint32(ordinal))
	}
	return s
}
