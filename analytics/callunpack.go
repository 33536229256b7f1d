package analytics

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"math/bits"
	"time"
)

// ErrDamagedPack says that packed calls are not as they were packed, or in a
// format of another time.
var ErrDamagedPack = errors.New("packed calls are damaged")

// CallUnpacker unpacks calls, one hour after the other into the same room:
// statistics unpack a hundred thousand calls at once. Texts that come again are
// kept once.
type CallUnpacker struct {
	known   map[string]string
	texts   []string
	calls   []CallMetrics
	times   []int64 // durations and waits
	revenue []Money

	packReader
}

// NewCallUnpacker returns an unpacker.
func NewCallUnpacker() *CallUnpacker { return &CallUnpacker{known: map[string]string{}} }

// minPackedCall is the least room that a call takes: a moment, what it has, and
// four texts.
const minPackedCall = 6

// Unpack returns the calls of an hour in the order that they were packed in: all
// that statistics are made of and filtered by, valid until the next Unpack. It
// fails with ErrDamagedPack for anything but what CallPacker returned for a call or more.
func (u *CallUnpacker) Unpack(hour time.Time, packed []byte) ([]CallMetrics, error) {
	body := len(packed) - crc32.Size
	if body < 1 || packed[0] != packedFormat || crc32.Checksum(packed[:body], castagnoli) != binary.BigEndian.Uint32(packed[body:]) {
		return nil, ErrDamagedPack
	}
	u.packReader = packReader{rest: packed[1:body]}
	u.readTexts()
	n := u.unsigned()
	if u.damaged || n > uint64(len(u.rest)/minPackedCall) {
		return nil, ErrDamagedPack
	}
	u.room(int(n))
	for i := range u.calls {
		u.readCall(&u.calls[i], hour)
	}
	if u.damaged || len(u.rest) > 0 {
		return nil, ErrDamagedPack
	}
	return u.calls, nil
}

// room makes room for n calls.
func (u *CallUnpacker) room(n int) {
	if cap(u.calls) < n {
		u.calls, u.times = make([]CallMetrics, n), make([]int64, 0, 2*n)
	}
	u.calls, u.times, u.revenue = u.calls[:n], u.times[:0], u.revenue[:0]
}

func (u *CallUnpacker) readTexts() {
	u.texts = u.texts[:0]
	for n := u.unsigned(); n > 0 && !u.damaged; n-- {
		length := u.unsigned()
		if length > uint64(len(u.rest)) {
			u.damaged = true
			return
		}
		raw := u.rest[:length]
		u.rest = u.rest[length:]
		text, known := u.known[string(raw)]
		if !known {
			text = string(raw)
			u.known[text] = text
		}
		u.texts = append(u.texts, text)
	}
}

func (u *CallUnpacker) readCall(m *CallMetrics, hour time.Time) {
	after, has := u.unsigned(), u.unsigned()
	u.damaged = u.damaged || after >= uint64(PackedHour/time.Millisecond)
	*m = CallMetrics{
		At:     hour.Add(time.Duration(after) * time.Millisecond),
		Status: CallStatus(u.text()), Type: CallType(u.text()), AgentID: u.text(), QueueID: u.text(),
		Added: has&packedAdded != 0, CheckedOut: has&packedCheckedOut != 0,
		Test: has&packedTest != 0, Short: has&packedShort != 0,
	}
	if has&packedDuration != 0 {
		m.Duration = u.time()
	}
	if has&packedWait != 0 {
		m.QueueWait = u.time()
	}
	if has&packedMessages != 0 {
		m.MessagesByAgent, m.MessagesByShopper = int(u.signed()), int(u.signed())
	}
	if has&packedRating != 0 {
		m.Scale = int(u.signed())
		m.Rating = math.Float64frombits(bits.ReverseBytes64(u.unsigned()))
	}
	if has&packedPurchases != 0 {
		m.Purchases.Count = int(u.signed())
		from := len(u.revenue)
		for n := u.unsigned(); n > 0 && !u.damaged; n-- {
			currency := u.text()
			u.revenue = append(u.revenue, Money{Minor: u.signed(), Currency: currency})
		}
		m.Purchases.Revenue = u.revenue[from:len(u.revenue):len(u.revenue)]
	}
}

func (u *CallUnpacker) time() *int64 {
	u.times = append(u.times, u.signed())
	return &u.times[len(u.times)-1]
}

func (u *CallUnpacker) text() string {
	place := u.unsigned()
	if place >= uint64(len(u.texts)) {
		u.damaged = true
		return ""
	}
	return u.texts[place]
}
