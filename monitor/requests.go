package monitor

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Requests counts the requests that a mux answers, by the pattern that it found
// for them.
func (m *Metrics) Requests(mux http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		m.requestsNow.Inc()
		seen := &statusWriter{ResponseWriter: w}
		defer func() {
			m.requestsNow.Dec()
			m.requests.WithLabelValues(routeOf(r), methodOf(r), seen.label()).Observe(time.Since(began).Seconds())
		}()
		mux.ServeHTTP(seen, r)
	})
}

// routeOf returns the path of the pattern that a mux found for a request.
func routeOf(r *http.Request) string {
	_, path, found := strings.Cut(r.Pattern, " ")
	if !found {
		path = r.Pattern
	}
	return orNone(path)
}

// methodOf returns the method of a request; what is none of the usual ones is a
// sender's invention.
func methodOf(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodPost, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete, http.MethodPatch:
		return r.Method
	}
	return otherName
}

// statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader writes the status.
func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write writes to the body.
func (w *statusWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap returns what is written to, for http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// label is the status, and 0 for a connection that was taken over or broken off
// before there was any.
func (w *statusWriter) label() string { return strconv.Itoa(w.status) }
