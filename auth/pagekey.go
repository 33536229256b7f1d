package auth

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"cartograph/analytics"
	"cartograph/reply"
)

// pageKeyPrefix tells the key of a page, which everybody may see, from a token.
const pageKeyPrefix = "cgp_"

// maxOrigins bounds the pages of one key.
const maxOrigins = 100

// NewPageKey returns a key for the pages of some origins, such as
// "https://shop.example": whoever looks at such a page reads the key, so that it
// only sends what any visitor's page may tell. It fails with BadUserInput where
// there is no origin or one is none, and as NewToken does.
func NewPageKey(org string, origins []string, now time.Time) (Token, string, error) {
	if len(origins) == 0 || len(origins) > maxOrigins {
		return Token{}, "", analytics.Errorf(analytics.BadUserInput, "the key of a page needs 1 to %d origins, such as https://shop.example", maxOrigins)
	}
	for _, origin := range origins {
		if !isOrigin(origin) {
			return Token{}, "", analytics.Errorf(analytics.BadUserInput, "%q is no origin: write it as https://shop.example, without a path", origin)
		}
	}
	token, _, err := NewToken(org, "", Scopes{IngestPage}, now)
	if err != nil {
		return Token{}, "", err
	}
	key := newSecret(pageKeyPrefix)
	token.Hash, token.Prefix, token.Origins = HashToken(key), key[:prefixLength], origins
	return token, key, nil
}

// isOrigin reports whether a text is an origin as browsers write it.
func isOrigin(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.Scheme+"://"+u.Host == text && text == strings.ToLower(text)
}

func (t *Token) isPageKey() bool { return t.Scopes.Has(IngestPage) }

// PageMiddleware is Middleware for what the key of a page may send. Browsers send
// no header with what a page leaves behind when it is closed, so the key stands in
// the address: ?key=KEY. It is good for the pages of its origins alone: others,
// and whoever names no Origin, are answered 403. Pages of these origins may read
// the answer.
func (a *Authenticator) PageMiddleware(next http.Handler) http.Handler {
	private := a.Middleware(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.URL.Query().Get("key")
		if key == "" {
			private.ServeHTTP(w, r)
			return
		}
		w.Header().Add("Vary", "Origin")
		principal, err := a.byPageKey(r, key)
		if err != nil {
			a.refuse(w, r, err, reply.Fail)
			return
		}
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		w.Header().Set("Access-Control-Expose-Headers", "Retry-After, X-Request-Id")
		if r.Method == http.MethodOptions {
			w.Header().Set("Access-Control-Allow-Methods", "POST")
			w.Header().Set("Access-Control-Allow-Headers", "Content-Type")
			w.Header().Set("Access-Control-Max-Age", "7200")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r.WithContext(With(r.Context(), principal)))
	})
}

// byPageKey returns who sends a request with the key of a page. It fails with
// Unauthenticated for a key that there is not, and with Forbidden for a token that
// is no such key and for a page of another origin.
func (a *Authenticator) byPageKey(r *http.Request, key string) (*Principal, error) {
	token, err := a.store.TokenByHash(r.Context(), HashToken(key))
	switch origin := r.Header.Get("Origin"); {
	case analytics.CodeOf(err) == analytics.NotFound:
		return nil, analytics.Errorf(analytics.Unauthenticated, "the key is not valid")
	case err != nil:
		return nil, err
	case !token.isPageKey():
		return nil, analytics.Errorf(analytics.Forbidden, "only the key of a page may stand in an address; send a token in the header Authorization, after the word Bearer")
	case token.Expired(time.Now()):
		return nil, analytics.Errorf(analytics.Unauthenticated, "the key expired at %s", analytics.FormatTime(*token.ExpiresAt))
	case origin == "":
		return nil, analytics.Errorf(analytics.Forbidden, "the key of a page is good in a browser only: the request names no Origin")
	case !slices.Contains(token.Origins, origin):
		return nil, analytics.Errorf(analytics.Forbidden, "the key is not for pages of %.200q", origin)
	}
	return token.Principal(), nil
}
