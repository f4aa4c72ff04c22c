package recorder

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// NewPublicTransport returns a transport that reaches hosts with public
// addresses only. Pages name what it is asked for, and anybody can send the
// recorder a page: it must not become a way into the network around it.
func NewPublicTransport() *http.Transport {
	t := NewTransport()
	t.DialContext = (&net.Dialer{Timeout: 10 * time.Second, Control: publicOnly}).DialContext
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
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || sharedAddresses().Contains(ip) {
		return fmt.Errorf("connect: %s is not a public address", ip)
	}
	return nil
}

// sharedAddresses are those of carriers' own networks (RFC 6598).
func sharedAddresses() netip.Prefix { return netip.MustParsePrefix("100.64.0.0/10") }
