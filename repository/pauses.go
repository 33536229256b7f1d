package repository

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

const (
	// firstPause is how long something pauses that failed once: as long as others
	// take to finish what a gateway left.
	firstPause = 10 * time.Second
	// longestPause bounds pauses, which double with each failure: what is mended is
	// done soon.
	longestPause = 5 * time.Minute
	// maxPauses bounds what pauses, and with it the filters that leave it out. What
	// fails beyond is tried each time.
	maxPauses = 1000
)

// pauses are what failed in the background by itself, and until when each of it is
// left alone: so it neither takes the place of what would go well nor the time of
// the database. The zero value is ready; it is safe for concurrent use.
type pauses struct {
	mu sync.Mutex
	of map[work]pause
}

// work is something that is done in the background with one thing.
type work struct{ what, id string }

type pause struct {
	length time.Duration
	until  time.Time
}

// failed notes that work failed, and begins its next pause.
func (p *pauses) failed(what, id string, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	last, known := p.of[work{what, id}]
	if !known && len(p.of) >= maxPauses {
		maps.DeleteFunc(p.of, func(_ work, old pause) bool { return now.After(old.until.Add(longestPause)) }) // gone, or done by others
	}
	if !known && len(p.of) >= maxPauses {
		return
	}
	length := min(max(2*last.length, firstPause), longestPause)
	if p.of == nil {
		p.of = map[work]pause{}
	}
	p.of[work{what, id}] = pause{length, now.Add(length)}
}

// done notes that work went well.
func (p *pauses) done(what, id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.of, work{what, id})
}

// has reports whether work pauses at a moment.
func (p *pauses) has(what, id string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return now.Before(p.of[work{what, id}].until)
}

// leaveOut adds to a filter that a field names nothing that pauses at a moment.
func (p *pauses) leaveOut(filter bson.D, field, what string, now time.Time) bson.D {
	p.mu.Lock()
	defer p.mu.Unlock()
	var ids []string
	for w, pause := range p.of {
		if w.what == what && now.Before(pause.until) {
			ids = append(ids, w.id)
		}
	}
	if len(ids) == 0 {
		return filter
	}
	slices.SortFunc(ids, strings.Compare)
	return append(filter, bson.E{Key: field, Value: bson.D{{Key: "$nin", Value: ids}}})
}
