package analytics

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"math/bits"
	"time"
)

// PackedHour is the width of the spans that facts of calls are packed in. It lies
// on UTC.
const PackedHour = time.Hour

// HourOf returns the start of the hour that a moment lies in.
func HourOf(t time.Time) time.Time { return t.UTC().Truncate(PackedHour) }

// packedFormat is the first byte of packed calls: another layout gets another
// one, and what has an older one is packed again.
const packedFormat = 1

// What a packed call has, besides its moment and its texts.
const (
	packedDuration = 1 << iota
	packedWait
	packedMessages
	packedAdded
	packedCheckedOut
	packedRating
	packedPurchases
	packedTest
	packedShort
)

// CallPacker packs the facts of calls of one hour: all that statistics are made
// of and filtered by, in some 20 bytes a call, and nothing about the shopper.
//
// Packed calls are the format's number, the texts (agents, queues, types,
// statuses and currencies, each once), the calls in the order of Add, and a
// checksum. Numbers are varints; texts are named by their place.
type CallPacker struct {
	hour   time.Time
	calls  int
	texts  []byte
	places map[string]uint64
	rows   []byte
}

// NewCallPacker returns a packer for the calls of the hour that starts then.
func NewCallPacker(hour time.Time) *CallPacker {
	return &CallPacker{hour: hour, places: map[string]uint64{}}
}

// Add packs one call, which has to lie in the hour. Within a millisecond its
// moment is cut off, as it is in the database.
func (p *CallPacker) Add(m *CallMetrics) {
	p.calls++
	var has uint64
	for _, f := range []struct {
		flag uint64
		set  bool
	}{
		{packedDuration, m.Duration != nil}, {packedWait, m.QueueWait != nil},
		{packedMessages, m.MessagesByAgent != 0 || m.MessagesByShopper != 0},
		{packedAdded, m.Added}, {packedCheckedOut, m.CheckedOut}, {packedRating, m.Rating != 0 || m.Scale != 0},
		{packedPurchases, m.Purchases.Count != 0 || len(m.Purchases.Revenue) > 0}, {packedTest, m.Test}, {packedShort, m.Short},
	} {
		if f.set {
			has |= f.flag
		}
	}
	p.unsigned(uint64(m.At.Sub(p.hour)/time.Millisecond), has)
	p.unsigned(p.place(string(m.Status)), p.place(string(m.Type)), p.place(m.AgentID), p.place(m.QueueID))
	if has&packedDuration != 0 {
		p.signed(*m.Duration)
	}
	if has&packedWait != 0 {
		p.signed(*m.QueueWait)
	}
	if has&packedMessages != 0 {
		p.signed(int64(m.MessagesByAgent), int64(m.MessagesByShopper))
	}
	if has&packedRating != 0 {
		p.signed(int64(m.Scale))
		p.unsigned(bits.ReverseBytes64(math.Float64bits(m.Rating))) // short for small whole numbers
	}
	if has&packedPurchases != 0 {
		p.signed(int64(m.Purchases.Count))
		p.unsigned(uint64(len(m.Purchases.Revenue)))
		for _, amount := range m.Purchases.Revenue {
			p.unsigned(p.place(amount.Currency))
			p.signed(amount.Minor)
		}
	}
}

func (p *CallPacker) unsigned(numbers ...uint64) {
	for _, n := range numbers {
		p.rows = binary.AppendUvarint(p.rows, n)
	}
}

func (p *CallPacker) signed(numbers ...int64) {
	for _, n := range numbers {
		p.rows = binary.AppendVarint(p.rows, n)
	}
}

// place returns the place of a text among the texts.
func (p *CallPacker) place(text string) uint64 {
	place, known := p.places[text]
	if !known {
		place = uint64(len(p.places))
		p.places[text] = place
		p.texts = append(binary.AppendUvarint(p.texts, uint64(len(text))), text...)
	}
	return place
}

// Packed returns what was added, packed; empty for no call.
func (p *CallPacker) Packed() []byte {
	if p.calls == 0 {
		return nil
	}
	packed := make([]byte, 0, 1+3*binary.MaxVarintLen64+len(p.texts)+len(p.rows)+crc32.Size)
	packed = append(packed, packedFormat)
	packed = binary.AppendUvarint(packed, uint64(len(p.places)))
	packed = append(packed, p.texts...)
	packed = binary.AppendUvarint(packed, uint64(p.calls))
	packed = append(packed, p.rows...)
	return withChecksum(packed)
}

// castagnoli is the polynomial that processors compute by themselves.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func withChecksum(packed []byte) []byte {
	return binary.BigEndian.AppendUint32(packed, crc32.Checksum(packed, castagnoli))
}
