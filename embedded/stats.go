package embedded

// Stats tell how much a server holds.
type Stats struct {
	Documents int64
	Bytes     int64 // estimated memory of documents and indexes
	Limit     int64 // of these bytes
	LogBytes  int64 // of the write log that the latest snapshot does not replace
	Failed    bool  // no writes are taken any more
}

// Stats returns how much the server holds.
func (s *Server) Stats() Stats {
	view := s.store.published.Load()
	stats := Stats{Bytes: memory(view.colls), Limit: s.store.memoryLimit, LogBytes: s.store.logBytes.Load()}
	for _, c := range view.colls {
		stats.Documents += int64(c.count())
	}
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	stats.Failed = s.store.failed != nil
	return stats
}
