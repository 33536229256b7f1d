package analytics

import (
	"net/netip"
	"net/url"
	"strings"
)

// WebhookPolicy says where webhooks may go. The zero policy lets them go to
// public addresses by https only.
type WebhookPolicy struct {
	// AllowPrivate lets them go to every address, and by plain http too.
	AllowPrivate bool
}

// maxWebhookURL bounds the URL of an endpoint, in bytes: what browsers and proxies
// take everywhere.
const maxWebhookURL = 2048

// CheckURL fails with BadUserInput for what is no URL that webhooks may be sent
// to. A name in it is checked once it is dialled, as Allows does.
func (p WebhookPolicy) CheckURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || len(text) > maxWebhookURL || u.Hostname() == "":
		return Errorf(BadUserInput, "is no absolute URL of at most %d bytes", maxWebhookURL)
	case u.Scheme != "https" && !(u.Scheme == "http" && p.AllowPrivate):
		return Errorf(BadUserInput, "must begin with https://")
	case u.User != nil:
		return Errorf(BadUserInput, "must not hold a user or a password: use a header")
	case strings.Contains(text, "#"):
		return Errorf(BadUserInput, "must not hold a fragment")
	case !p.AllowPrivate && localName(u.Hostname()):
		return Errorf(BadUserInput, "must name a public host")
	}
	if addr, err := netip.ParseAddr(u.Hostname()); err == nil && !p.Allows(addr) {
		return Errorf(BadUserInput, "must name a public host: %s is none", addr)
	}
	return nil
}

func localName(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// Allows reports whether webhooks may go to an address: to those that the public
// internet routes. An IPv4 address inside of an IPv6 one (mapped, compatible,
// 6to4, NAT64, Teredo) is never one of them.
func (p WebhookPolicy) Allows(addr netip.Addr) bool {
	if p.AllowPrivate {
		return true
	}
	if !addr.IsValid() || addr.Zone() != "" || addr.Is6() && !publicIPv6.Contains(addr) {
		return false
	}
	for _, prefix := range notPublic {
		if prefix.Contains(addr) {
			return false
		}
	}
	return true
}

// publicIPv6 is all that is given out of IPv6 for the public internet; what lies
// beside it is loopback, link-local, private, multicast, mapped or NAT64.
var publicIPv6 = netip.MustParsePrefix("2000::/3")

// notPublic is what the registries of special addresses (RFC 6890 and what
// followed) name as not reachable from everywhere.
var notPublic = prefixes(
	"0.0.0.0/8",       // this network
	"10.0.0.0/8",      // private
	"100.64.0.0/10",   // carrier-grade NAT
	"127.0.0.0/8",     // loopback
	"169.254.0.0/16",  // link-local, where clouds keep their credentials
	"172.16.0.0/12",   // private
	"192.0.0.0/24",    // protocol assignments
	"192.0.2.0/24",    // documentation
	"192.88.99.0/24",  // 6to4 relays
	"192.168.0.0/16",  // private
	"198.18.0.0/15",   // benchmarks
	"198.51.100.0/24", // documentation
	"203.0.113.0/24",  // documentation
	"224.0.0.0/4",     // multicast
	"240.0.0.0/4",     // reserved, and broadcast
	"2001::/23",       // protocol assignments, Teredo among them
	"2001:db8::/32",   // documentation
	"2002::/16",       // 6to4
	"3fff::/20",       // documentation
)

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		list[i] = netip.MustParsePrefix(text)
	}
	return list
}
