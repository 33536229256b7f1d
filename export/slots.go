package export

import (
	"sync"

	"cartograph/analytics"
)

const (
	// downloadsAtOnce bounds the exports that are written at a time: each holds a
	// batch of rows, and one of XLSX a temporary file.
	downloadsAtOnce = 16
	// downloadsOfOne bounds those of one organization, so that its slow readers
	// leave room for others.
	downloadsOfOne = downloadsAtOnce / 2
)

// errTooMany says that there is no room for one more.
var errTooMany = analytics.Errorf(analytics.LimitExceeded, "too many exports are being written at the moment")

// slots count the exports that are being written. The zero value is ready.
type slots struct {
	mu  sync.Mutex
	all int
	of  map[string]int // by organization
}

// slot is the room for one export. Whoever has it must free it.
type slot struct {
	slots *slots
	org   string // "" until it is known
}

// take returns room for an export whose organization is not known yet. It fails
// with LimitExceeded where there is none.
func (s *slots) take() (*slot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all >= downloadsAtOnce {
		return nil, errTooMany
	}
	s.all++
	return &slot{slots: s}, nil
}

// takeFor returns room for an export of an organization. It fails as take and
// belongTo do.
func (s *slots) takeFor(org string) (*slot, error) {
	room, err := s.take()
	if err != nil {
		return nil, err
	}
	if err := room.belongTo(org); err != nil {
		room.free()
		return nil, err
	}
	return room, nil
}

// belongTo says whose export it is. It fails with LimitExceeded where that
// organization has too many.
func (s *slot) belongTo(org string) error {
	s.slots.mu.Lock()
	defer s.slots.mu.Unlock()
	if s.slots.of[org] >= downloadsOfOne {
		return errTooMany
	}
	if s.slots.of == nil {
		s.slots.of = map[string]int{}
	}
	s.slots.of[org]++
	s.org = org
	return nil
}

// free gives the room back.
func (s *slot) free() {
	s.slots.mu.Lock()
	defer s.slots.mu.Unlock()
	s.slots.all--
	if s.org == "" {
		return
	}
	if s.slots.of[s.org]--; s.slots.of[s.org] == 0 {
		delete(s.slots.of, s.org)
	}
}
