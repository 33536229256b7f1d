package transport

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"cartograph/analytics"
	"cartograph/reply"
)

const (
	// arrivingShare is which part of all connections may be sockets of one address
	// that have not said who they are: nobody else counts them, and one machine alone
	// shall not take every place.
	arrivingShare = 20
	// minArriving lets a page of several sockets in, and an office of several people,
	// however few connections there may be.
	minArriving = 10
	// addressBits is how much of an IPv6 address tells where it comes from: whoever has
	// one has all that share its first half.
	addressBits = 64
)

// ParseProxies reads addresses and networks (CIDR). It fails with BadUserInput,
// naming the one that is neither.
func ParseProxies(texts []string) ([]netip.Prefix, error) {
	var networks []netip.Prefix
	for _, text := range texts {
		network, err := netip.ParsePrefix(text)
		if address, single := netip.ParseAddr(text); single == nil {
			network, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil {
			return nil, analytics.Errorf(analytics.BadUserInput, "%.64q is neither an address nor a network such as 10.0.0.0/8", text)
		}
		networks = append(networks, network.Masked())
	}
	return networks, nil
}

// addressOf returns where a request comes from: the address of its connection,
// or, for one of a proxy that is trusted, what the proxies say in X-Forwarded-For.
// There the last address that is no proxy's counts: what stands before it anybody
// may have written.
func (h *Hub) addressOf(r *http.Request) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	address := peer.Addr().Unmap().WithZone("")
	said := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, text := range slices.Backward(said) {
		before, err := netip.ParseAddr(strings.TrimSpace(text))
		if err != nil || !h.trusts(address) {
			break
		}
		address = before.Unmap().WithZone("")
	}
	if address.Is4() {
		return address.String()
	}
	return netip.PrefixFrom(address, addressBits).Masked().String()
}

// trusts reports whether an address is a proxy's.
func (h *Hub) trusts(address netip.Addr) bool {
	return slices.ContainsFunc(h.options.Proxies, func(p netip.Prefix) bool { return p.Contains(address) })
}

// maxArriving returns how many sockets of one address may have said nothing yet.
func (h *Hub) maxArriving() int { return max(minArriving, h.options.MaxConnections/arrivingShare) }

// approach counts a socket of an address in that has not said who it is, or
// answers 429 and reports false where there are too many.
func (h *Hub) approach(w http.ResponseWriter, address string) bool {
	h.mu.Lock()
	full := h.arriving[address] >= h.maxArriving()
	if !full {
		h.arriving[address]++
	}
	h.mu.Unlock()
	if full {
		h.refused.Add(1)
		w.Header().Set("Retry-After", "2")
		message := fmt.Sprintf("%d sockets of this address have not said connection_init: say it first", h.maxArriving())
		reply.JSON(w, http.StatusTooManyRequests, reply.Graph(reply.Failure{Code: analytics.LimitExceeded, Message: message}))
	}
	return !full
}

// arrived counts a socket of an address out: it said who it is, or is gone.
func (h *Hub) arrived(address string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.arriving[address]--
	if h.arriving[address] == 0 {
		delete(h.arriving, address)
	}
}
