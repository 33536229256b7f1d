package transport

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"cartograph/analytics"
	"cartograph/reply"
)

// checkOrigin answers 403 and reports false for pages that may not connect:
// those of another host that are not named. A browser lets any page open a
// socket to anywhere, so only the server can refuse. Programs send no Origin.
func (h *Hub) checkOrigin(w http.ResponseWriter, r *http.Request) bool {
	if originAllowed(r, h.options.Origins) {
		return true
	}
	reply.JSON(w, http.StatusForbidden, reply.Graph(reply.Failure{Code: analytics.Forbidden, Message: "pages of this origin may not connect"}))
	return false
}

// CrossSite reports whether a browser sends a request for a page of another site
// that is not named, without asking first: a link, a picture or a form of any
// page. Headers that a page can only set once it has leave (a content type of
// JSON, or those that GraphQL clients use for this) show that it has.
func CrossSite(r *http.Request, origins []string) bool {
	for _, name := range []string{"Apollo-Require-Preflight", "X-Apollo-Operation-Name", "GraphQL-Preflight"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	if strings.HasPrefix(strings.ToLower(r.Header.Get("Content-Type")), "application/json") {
		return false
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		return !originAllowed(r, origins)
	}
	site := strings.ToLower(r.Header.Get("Sec-Fetch-Site"))
	return site == "cross-site" || site == "same-site"
}

func originAllowed(r *http.Request, others []string) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || named(others, origin) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

func named(origins []string, origin string) bool {
	return slices.ContainsFunc(origins, func(n string) bool { return strings.EqualFold(n, origin) })
}

// AllowOrigins lets browsers hand answers to the pages of the origins that are
// named, and answers what they ask before (the preflight). Other pages' requests
// go on without that leave.
func (h *Hub) AllowOrigins(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Origin")
		origin := r.Header.Get("Origin")
		if origin == "" || !named(h.options.Origins, origin) {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Access-Control-Allow-Origin", origin)
		w.Header().Set("Access-Control-Expose-Headers", "Cartograph-Cost, ETag, Retry-After, X-Request-Id")
		if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Access-Control-Allow-Methods", "GET, POST")
		w.Header().Set("Access-Control-Allow-Headers", "Apollo-Require-Preflight, Authorization, Cache-Control, Cartograph-Cost, Content-Type, GraphQL-Preflight, If-None-Match, Last-Event-ID, X-Apollo-Operation-Name, X-Request-Id")
		w.Header().Set("Access-Control-Max-Age", "7200")
		w.WriteHeader(http.StatusNoContent)
	})
}
