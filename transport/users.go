package transport

import (
	"context"
	"fmt"
	"time"

	"cartograph/auth"
)

// userOf returns what the connections of one token are counted by, "" for those
// that are not counted: of an open demo, and of nobody.
func userOf(p *auth.Principal) string {
	if p == nil {
		return ""
	}
	return p.TokenID
}

// tooManyOfUser says why a connection of a token is one too many.
func tooManyOfUser(most int) string {
	return fmt.Sprintf("the token has %d connections: close one first, or watch over one you have", most)
}

// enter counts a connection of a user in. It reports false where there are too
// many.
func (h *Hub) enter(user string) bool {
	if user == "" {
		return true
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.users[user] >= h.options.MaxPerUser {
		h.refused.Add(1)
		return false
	}
	h.users[user]++
	return true
}

// exit counts a connection of a user out.
func (h *Hub) exit(user string) {
	if user == "" {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.users[user]--
	if h.users[user] == 0 {
		delete(h.users, user)
	}
}

// pace slows down who says more than a client has to say. The zero value is
// ready.
type pace struct {
	until time.Time // what was said until now is paid for
}

// wait waits until the next message may be dealt with. It fails with the error of
// the context.
func (p *pace) wait(ctx context.Context) error {
	now := time.Now()
	if rested := now.Add(-messageBurst * messageEvery); p.until.Before(rested) {
		p.until = rested
	}
	p.until = p.until.Add(messageEvery)
	pause := p.until.Sub(now)
	if pause <= 0 {
		return nil
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
