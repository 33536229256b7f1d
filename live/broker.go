package live

import (
	"sync"
	"sync/atomic"

	"golang.org/x/sync/singleflight"
)

// Broker hands notices to those who watch their topics. It is safe for
// concurrent use. The zero value is ready.
type Broker struct {
	mu      sync.Mutex
	watches map[string][]*Watch // lists are replaced, never changed
	relay   atomic.Pointer[func(topic string, version int64)]
	looks   singleflight.Group // of those who watch what comes in
	hear    func(topic string)
}

// Watch is one who watches a topic.
type Watch struct {
	// C has something when there is something to look at.
	C <-chan struct{}

	wake    chan struct{}
	version atomic.Int64
	close   func()
}

// Version returns the newest version that a notice told, 0 if none did.
func (w *Watch) Version() int64 { return w.version.Load() }

// Close ends the watch. C is not closed: whoever reads it has ended the watch.
func (w *Watch) Close() { w.close() }

// tell wakes the watch, unless it was told of this version before. Version 0
// tells of no version.
func (w *Watch) tell(version int64) {
	for version > 0 {
		known := w.version.Load()
		if version <= known {
			return
		}
		if w.version.CompareAndSwap(known, version) {
			break
		}
	}
	select {
	case w.wake <- struct{}{}:
	default: // it has not looked yet since it was woken
	}
}

// Hear sets what hears of every notice of other gateways, before those who watch
// do, and of an empty topic where some may have been lost. It must return at once,
// and must be set before the broker is used.
func (b *Broker) Hear(hear func(topic string)) { b.hear = hear }

func (b *Broker) heard(topic string) {
	if b.hear != nil {
		b.hear(topic)
	}
}

// Subscribe starts to watch a topic. The watch must be closed.
func (b *Broker) Subscribe(topic string) *Watch {
	wake := make(chan struct{}, 1)
	w := &Watch{C: wake, wake: wake}
	w.close = sync.OnceFunc(func() { b.remove(topic, w) })
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.watches == nil {
		b.watches = map[string][]*Watch{}
	}
	present := b.watches[topic]
	b.watches[topic] = append(present[:len(present):len(present)], w)
	return w
}

func (b *Broker) remove(topic string, w *Watch) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var rest []*Watch
	for _, other := range b.watches[topic] {
		if other != w {
			rest = append(rest, other)
		}
	}
	if rest == nil {
		delete(b.watches, topic)
		return
	}
	b.watches[topic] = rest
}

// Publish tells those who watch a topic, here and at other gateways, that there
// is something to look at: up to a version, or 0 where there are none.
func (b *Broker) Publish(topic string, version int64) {
	b.Deliver(topic, version)
	if relay := b.relay.Load(); relay != nil {
		(*relay)(topic, version)
	}
}

// Deliver tells those who watch a topic here.
func (b *Broker) Deliver(topic string, version int64) {
	b.mu.Lock()
	watches := b.watches[topic]
	b.mu.Unlock()
	for _, w := range watches {
		w.tell(version)
	}
}

// DeliverAll tells everybody to look: notices may have been lost.
func (b *Broker) DeliverAll() {
	b.heard("")
	for _, topic := range b.Topics() {
		b.Deliver(topic, 0)
	}
}

// Topics returns the topics that are watched here, in no order.
func (b *Broker) Topics() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	topics := make([]string, 0, len(b.watches))
	for topic := range b.watches {
		topics = append(topics, topic)
	}
	return topics
}
