package transport

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"cartograph/analytics"
	"cartograph/auth"
)

// credentials are what the client of a connection has shown, and who it is by
// them.
type credentials struct {
	hub *Hub
	// request is as much of the first request as tells who sends it.
	request *http.Request

	mu        sync.Mutex
	principal *auth.Principal
	timer     *time.Timer
	stopped   bool
}

// newCredentials keeps what a request shows; token, if there is one, replaces
// what it says in its header.
func newCredentials(h *Hub, r *http.Request, token string) *credentials {
	shown := &http.Request{Method: r.Method, URL: r.URL, Host: r.Host, RemoteAddr: r.RemoteAddr, Header: http.Header{}}
	for _, name := range []string{"Authorization", "Origin"} {
		if value := r.Header.Get(name); value != "" {
			shown.Header.Set(name, value)
		}
	}
	if token != "" {
		shown.Header.Set("Authorization", token)
	}
	return &credentials{hub: h, request: shown}
}

// check looks the client up. It fails as the Authenticator does, and with
// Forbidden where the token now grants something else than at first: what runs
// was let in by what it granted then.
func (c *credentials) check(ctx context.Context) (*auth.Principal, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), authTimeout)
	defer cancel()
	p, err := c.hub.options.Authenticator.Authenticate(c.request.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.principal != nil && c.principal.Authority() != p.Authority() {
		return nil, analytics.Errorf(analytics.Forbidden, "the token was changed: connect again")
	}
	if p != nil {
		c.principal = p
	}
	return p, nil
}

// watch looks a client that is known up again when its token expires and now and
// then, and calls refused once if it is turned away.
func (c *credentials) watch(ctx context.Context, refused func(error)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.timer = time.AfterFunc(c.pause(), func() {
		if err := c.recheck(ctx); turnsAway(err) {
			refused(err)
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		if !c.stopped {
			c.timer.Reset(c.pause())
		}
	})
}

// recheck fails as check does, and with Unauthenticated once the token is over,
// also if nobody can be asked.
func (c *credentials) recheck(ctx context.Context) error {
	c.mu.Lock()
	until := c.principal.ExpiresAt
	c.mu.Unlock()
	if until != nil && !time.Now().Before(*until) {
		return analytics.Errorf(analytics.Unauthenticated, "the token has expired")
	}
	_, err := c.check(ctx)
	return err
}

// pause returns how long what was looked up holds.
func (c *credentials) pause() time.Duration {
	if c.principal.ExpiresAt == nil {
		return c.hub.options.RecheckEvery
	}
	return min(c.hub.options.RecheckEvery, max(0, time.Until(*c.principal.ExpiresAt)))
}

// stop ends the watch.
func (c *credentials) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopped = true
	if c.timer != nil {
		c.timer.Stop()
	}
}

// turnsAway reports whether an error says that the client may not go on, and not
// only that nobody could tell.
func turnsAway(err error) bool {
	return slices.Contains([]analytics.Code{analytics.Unauthenticated, analytics.Forbidden}, analytics.CodeOf(err))
}

// farewellFor returns how to close the connection of a client that could not be
// authenticated.
func farewellFor(err error) farewell {
	known := &analytics.Error{}
	if turnsAway(err) && errors.As(err, &known) {
		return farewell{closeForbidden, known.Message}
	}
	return farewell{closeTryAgain, "your token cannot be checked now: try again later"}
}
