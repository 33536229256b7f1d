package analytics

import (
	"net/netip"
	"strings"
	"testing"
)

func TestWebhooksGoToPublicAddressesOnly(t *testing.T) {
	for address, want := range map[string]bool{
		"8.8.8.8":         true,
		"93.184.216.34":   true,
		"100.63.255.255":  true,
		"100.128.0.0":     true,
		"172.15.255.255":  true,
		"172.32.0.0":      true,
		"223.255.255.255": true,
		"2606:4700::1111": true,
		"2a00:1450::1":    true,

		"0.0.0.0":         false, // unspecified
		"0.1.2.3":         false,
		"127.0.0.1":       false, // loopback
		"127.255.255.254": false,
		"10.0.0.1":        false, // private
		"172.16.0.1":      false,
		"172.31.255.255":  false,
		"192.168.1.1":     false,
		"169.254.169.254": false, // link-local: the metadata of clouds
		"100.64.0.1":      false, // carrier-grade NAT
		"100.127.255.255": false,
		"192.0.0.170":     false, // protocol assignments
		"192.0.2.1":       false, // documentation
		"198.51.100.1":    false,
		"203.0.113.1":     false,
		"198.18.0.1":      false, // benchmarks
		"192.88.99.1":     false, // 6to4 relays
		"224.0.0.1":       false, // multicast
		"239.1.2.3":       false,
		"240.0.0.1":       false, // reserved
		"255.255.255.255": false, // broadcast

		"::":                     false, // unspecified
		"::1":                    false, // loopback
		"::7f00:1":               false, // IPv4-compatible
		"::ffff:127.0.0.1":       false, // IPv4-mapped
		"::ffff:8.8.8.8":         false,
		"64:ff9b::7f00:1":        false, // NAT64
		"64:ff9b::808:808":       false,
		"64:ff9b:1::a00:1":       false, // local NAT64
		"100::1":                 false, // discarded
		"2001::1":                false, // Teredo
		"2001:db8::1":            false, // documentation
		"3fff::1":                false,
		"2002:7f00:1::":          false, // 6to4
		"fc00::1":                false, // private
		"fd12:3456::1":           false,
		"fe80::1":                false, // link-local
		"fe80::1%eth0":           false,
		"2606:4700::1111%eth0":   false, // what has a zone is of a link
		"fec0::1":                false, // site-local
		"ff02::1":                false, // multicast
		"5f00::1":                false, // segment routing
		"fd00:ec2::254":          false, // the metadata of a cloud
		"::ffff:169.254.169.254": false,
	} {
		addr := netip.MustParseAddr(address)
		if got := (WebhookPolicy{}).Allows(addr); got != want {
			t.Errorf("%s is allowed: %v, want %v", address, got, want)
		}
		if !(WebhookPolicy{AllowPrivate: true}).Allows(addr) {
			t.Errorf("%s is refused where private addresses are allowed", address)
		}
	}
	if (WebhookPolicy{}).Allows(netip.Addr{}) {
		t.Error("no address is allowed")
	}
}

func TestCheckURL(t *testing.T) {
	for _, tt := range []struct {
		url, want, private string // the refusals by the strict policy, and where private addresses are allowed
	}{
		{"https://shop.example/hooks?key=1", "", ""},
		{"https://shop.example:8443", "", ""},
		{"https://93.184.216.34/", "", ""},
		{"http://shop.example/", "must begin with https://", ""},
		{"https://localhost/", "must name a public host", ""},
		{"https://LOCALHOST./", "must name a public host", ""},
		{"https://shop.localhost/", "must name a public host", ""},
		{"https://127.0.0.1/", "must name a public host: 127.0.0.1 is none", ""},
		{"https://[::1]:8443/", "must name a public host: ::1 is none", ""},
		{"ftp://shop.example/", "must begin with https://", "must begin with https://"},
		{"https:shop.example", "is no absolute URL of at most 2048 bytes", "is no absolute URL of at most 2048 bytes"},
		{"https://", "is no absolute URL of at most 2048 bytes", "is no absolute URL of at most 2048 bytes"},
		{"//shop.example/", "must begin with https://", "must begin with https://"},
		{"https://shop.example/\x7f", "is no absolute URL of at most 2048 bytes", "is no absolute URL of at most 2048 bytes"},
		{"https://shop.example/" + strings.Repeat("a", 2048), "is no absolute URL of at most 2048 bytes", "is no absolute URL of at most 2048 bytes"},
		{"https://me:word@shop.example/", "must not hold a user or a password: use a header", "must not hold a user or a password: use a header"},
		{"https://shop.example/#here", "must not hold a fragment", "must not hold a fragment"},
	} {
		for policy, want := range map[WebhookPolicy]string{{}: tt.want, {AllowPrivate: true}: tt.private} {
			got := ""
			if err := policy.CheckURL(tt.url); err != nil {
				got = err.Error()
			}
			if got != want {
				t.Errorf("%+v, %s: got %q, want %q", policy, tt.url, got, want)
			}
		}
	}
}
