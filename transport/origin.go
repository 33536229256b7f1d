package transport

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// checkOrigin answers 403 and reports false for pages that may not connect:
// those of another host that are not named. A browser lets any page open a
// socket to anywhere, so only the server can refuse. Programs send no Origin.
func (h *Hub) checkOrigin(w http.ResponseWriter, r *http.Request) bool {
	if originAllowed(r, h.options.Origins) {
		return true
	}
	http.Error(w, "pages of this origin may not connect", http.StatusForbidden)
	return false
}

func originAllowed(r *http.Request, named []string) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || slices.ContainsFunc(named, func(n string) bool { return strings.EqualFold(n, origin) }) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}
