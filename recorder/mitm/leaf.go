package mitm

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"
)

// maxLeaves bounds the certificates that are kept; the allowed hosts may have
// any number of hosts below them.
const maxLeaves = 1024

// leaves makes certificates for hosts and keeps them while they are young.
type leaves struct {
	authority *Authority

	mu    sync.Mutex
	known map[string]*tls.Certificate
}

func newLeaves(a *Authority) *leaves {
	return &leaves{authority: a, known: map[string]*tls.Certificate{}}
}

// TLS returns the configuration of a server that shows certificates of the
// authority.
func (a *Authority) TLS() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: newLeaves(a).choose}
}

// choose picks the certificate for a connection: by its server name or, without
// one, by the host that a tunnel was asked for or the address it came in at.
func (l *leaves) choose(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if hello.ServerName != "" {
		return l.get(hello.ServerName)
	}
	address := hello.Conn.LocalAddr().String()
	if t, ok := hello.Conn.(*tunnel); ok {
		address = t.authority
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("choose certificate: %w", err)
	}
	return l.get(host)
}

// get returns a certificate for a host that has more than half of its life
// before it.
func (l *leaves) get(host string) (*tls.Certificate, error) {
	host = strings.ToLower(strings.Trim(host, "[]."))
	if !l.authority.permits(host) {
		return nil, fmt.Errorf("%w: %s", ErrNotPermitted, host)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.authority.now()
	if c := l.known[host]; c != nil && c.Leaf.NotAfter.Sub(now) > leafLife/2 {
		return c, nil
	}
	c, err := l.authority.sign(host, now)
	if err != nil {
		return nil, err
	}
	if len(l.known) >= maxLeaves {
		clear(l.known)
	}
	l.known[host] = c
	return c, nil
}

// sign makes a certificate for one host.
func (a *Authority) sign(host string, now time.Time) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("sign certificate: %w", err)
	}
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{Organization: []string{"reelay"}},
		NotBefore:    now.Add(-backdate),
		NotAfter:     now.Add(leafLife - backdate),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ip := net.ParseIP(host); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{host}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		return nil, fmt.Errorf("sign certificate: %w", err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("sign certificate: %w", err)
	}
	return &tls.Certificate{Certificate: [][]byte{der, a.cert.Raw}, PrivateKey: key, Leaf: leaf}, nil
}
