package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"cartograph/auth"
	"cartograph/live"
	"cartograph/monitor"
	"cartograph/repository"
	"cartograph/transport"
)

// adminStop is how long a profile that is being taken may go on after the signal
// to stop.
const adminStop = time.Second

// serveAdmin serves metrics and profiles at an address of their own until the
// context ends, for those who run the gateway. It fails where the address cannot
// be listened on.
func serveAdmin(address string, m *monitor.Metrics, log *slog.Logger) (run func(context.Context) error, err error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for metrics: %w", err)
	}
	log.Info("metrics and profiles", "address", "http://"+listener.Addr().String()+"/metrics")
	server := &http.Server{Handler: m.Handler(), ReadHeaderTimeout: readHeaderTimeout, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)}
	return func(ctx context.Context) error {
		stop := context.AfterFunc(ctx, func() {
			ctx, cancel := context.WithTimeout(context.Background(), adminStop)
			defer cancel()
			if server.Shutdown(ctx) != nil {
				_ = server.Close()
			}
		})
		defer stop()
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	}, nil
}

// watchedBy adds to options of a repository who hears of it.
func watchedBy(o repository.Options, w *monitor.Watch) repository.Options {
	if w == nil {
		return o
	}
	o.OnWork = w.Work
	o.OnAnswer = func(ctx context.Context, c repository.Command) {
		w.Command(ctx, c.Name, c.Collection, c.Took, c.Failed)
	}
	return o
}

// readStats makes metrics, unless nil, tell what the parts of a gateway tell of
// themselves.
func readStats(m *monitor.Metrics, db *database, hub *transport.Hub, link *live.Link, keys *auth.KeySet) {
	if m == nil {
		return
	}
	now := func(name, help string, value func(transport.Stats) float64) {
		m.Read(name, help, func() float64 { return value(hub.Stats()) })
	}
	total := func(name, help string, value func(transport.Stats) int64) {
		m.ReadTotal(name, help, func() float64 { return float64(value(hub.Stats())) })
	}
	now("cartograph_connections", "Sockets and event streams that are open.", func(s transport.Stats) float64 { return float64(s.Connections) })
	now("cartograph_connection_operations", "Operations over sockets and event streams that run or wait for events.", func(s transport.Stats) float64 { return float64(s.Operations) })
	now("cartograph_subscription_sources", "Sources of subscriptions; everybody who asked the same shares one.", func(s transport.Stats) float64 { return float64(s.Cohorts) })
	total("cartograph_subscription_answers_executed_total", "Answers over sockets and event streams that were executed and encoded.", func(s transport.Stats) int64 { return s.Executed })
	total("cartograph_subscription_answers_delivered_total", "Answers that were handed to sockets and event streams.", func(s transport.Stats) int64 { return s.Delivered })
	total("cartograph_connections_refused_total", "Sockets and event streams turned away because there were too many.", func(s transport.Stats) int64 { return s.Refused })
	total("cartograph_connections_dropped_total", "Sockets and event streams closed because they read too slowly.", func(s transport.Stats) int64 { return s.Drops })
	total("cartograph_subscriptions_resumed_total", "Subscriptions that named the version they had seen.", func(s transport.Stats) int64 { return s.Resumes })

	counted := func(name, help string, value func(repository.CacheStats) uint64) {
		m.ReadTotal(name, help, func() float64 { return float64(value(db.CacheStats())) })
	}
	counted("cartograph_cache_hits_total", "Reference documents that were answered from the cache.", func(s repository.CacheStats) uint64 { return s.Hits })
	counted("cartograph_cache_shared_total", "Those that waited for a read that somebody else had begun.", func(s repository.CacheStats) uint64 { return s.Shared })
	counted("cartograph_cache_misses_total", "Those that were read from the database.", func(s repository.CacheStats) uint64 { return s.Misses })
	counted("cartograph_cache_drops_total", "Documents and kinds of them dropped from the cache because they changed.", func(s repository.CacheStats) uint64 { return s.Drops })
	m.Read("cartograph_cache_documents", "Documents in the cache.", func() float64 { return float64(db.CacheStats().Entries) })
	m.Read("cartograph_cache_bytes", "Their estimated memory in bytes.", func() float64 { return float64(db.CacheStats().Bytes) })
	if link != nil {
		m.Read("cartograph_nats_up", "1 where the NATS server is connected, else 0.", func() float64 { return oneIf(link.Up()) })
	}
	if keys != nil {
		m.Read("cartograph_jwt_keys_up", "1 where the keys of the identity provider could be read when that was last tried, else 0.", func() float64 { return oneIf(keys.Up()) })
	}
	if engine := db.engine; engine != nil {
		m.Read("cartograph_embedded_documents", "Documents in the embedded database.", func() float64 { return float64(engine.Stats().Documents) })
		m.Read("cartograph_embedded_bytes", "Estimated memory of its documents and indexes in bytes.", func() float64 { return float64(engine.Stats().Bytes) })
		m.Read("cartograph_embedded_limit_bytes", "What they may take; writes beyond it are refused.", func() float64 { return float64(engine.Stats().Limit) })
		m.Read("cartograph_embedded_log_bytes", "Size of its write log that no snapshot replaces yet, as of the latest write.", func() float64 { return float64(engine.Stats().LogBytes) })
		m.Read("cartograph_embedded_failed", "1 once it takes no writes any more and has to be restarted, else 0.", func() float64 { return oneIf(engine.Stats().Failed) })
	}
}

func oneIf(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
