package recorder

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"syscall"
)

// NewPublicTransport returns a transport that reaches hosts with public
// addresses only. Pages name what it is asked for, and anybody can send the
// recorder a page: it must not become a way into the network around it.
func NewPublicTransport() *http.Transport {
	t := NewTransport()
	t.Proxy = nil // it would look up names, and reach what is around it
	t.DialContext = (&net.Dialer{Timeout: dialWithin, Control: publicOnly}).DialContext
	t.ResponseHeaderTimeout = fetchWithin
	return t
}

// publicOnly refuses to connect to addresses that are not for everybody.
func publicOnly(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("read address: %w", err)
	}
	ip := to.Addr().Unmap()
	within := func(p netip.Prefix) bool { return p.Contains(ip) }
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || slices.ContainsFunc(notPublic(), within) {
		return fmt.Errorf("connect: %s is not a public address", ip)
	}
	return nil
}

// notPublic are networks that are not for everybody, or that lead to those by
// way of another address (IANA's registries of special-purpose addresses).
func notPublic() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("0.0.0.0/8"),
		netip.MustParsePrefix("100.64.0.0/10"),  // carriers' own
		netip.MustParsePrefix("192.0.0.0/24"),   // of protocols
		netip.MustParsePrefix("198.18.0.0/15"),  // for benchmarks
		netip.MustParsePrefix("240.0.0.0/4"),    // reserved
		netip.MustParsePrefix("64:ff9b::/96"),   // NAT64
		netip.MustParsePrefix("64:ff9b:1::/48"), // NAT64, local
		netip.MustParsePrefix("2001::/32"),      // Teredo
		netip.MustParsePrefix("2002::/16"),      // 6to4
	}
}
