package live

import (
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

const (
	// noticesSubject is where gateways tell each other: all of them hear all, as
	// notices are few and small beside what they are about.
	noticesSubject = "cartograph.notices"
	// reconnectWait is how long after a failure the server is tried again.
	reconnectWait = time.Second
)

// Connect lets the gateways that share a NATS server hear each other's notices,
// until the link is closed. A server that cannot be reached is tried again and
// again, and no notice waits for it: those that are lost meanwhile are made up
// for by a look at everything once it is there. It fails for a URL that cannot
// be read.
func Connect(url string, b *Broker, log *slog.Logger) (link *Link, err error) {
	connection, err := nats.Connect(url,
		nats.Name("cartograph"),
		nats.NoEcho(),
		nats.RetryOnFailedConnect(true),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(reconnectWait),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				log.Warn("notices of other gateways come late: NATS is away", "error", err)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) {
			log.Info("NATS is back")
			b.DeliverAll()
		}),
		// Too many notices for the client to hold: the look makes up for them.
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) { b.DeliverAll() }),
	)
	if err != nil {
		return nil, fmt.Errorf("connect to NATS: %w", err)
	}
	if _, err := connection.Subscribe(noticesSubject, func(m *nats.Msg) {
		if topic, version, ok := parseNotice(m.Data); ok {
			b.heard(topic)
			b.Deliver(topic, version)
		}
	}); err != nil {
		connection.Close()
		return nil, fmt.Errorf("subscribe to notices: %w", err)
	}
	relay := func(topic string, version int64) {
		_ = connection.Publish(noticesSubject, formatNotice(topic, version))
	}
	b.relay.Store(&relay)
	return &Link{connection, b}, nil
}

// Link is the connection of a gateway to the others.
type Link struct {
	connection *nats.Conn
	broker     *Broker
}

// Close ends the connection.
func (l *Link) Close() {
	l.broker.relay.Store(nil)
	l.connection.Close()
}

// Up reports whether the server is there at the moment.
func (l *Link) Up() bool { return l.connection.IsConnected() }

// formatNotice writes a notice as its version, a space and its topic.
func formatNotice(topic string, version int64) []byte {
	return append(strconv.AppendInt(nil, version, 10), " "+topic...)
}

func parseNotice(text []byte) (topic string, version int64, ok bool) {
	number, topic, ok := strings.Cut(string(text), " ")
	version, err := strconv.ParseInt(number, 10, 64)
	return topic, version, ok && err == nil
}
