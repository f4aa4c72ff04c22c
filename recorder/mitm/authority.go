// Package mitm is a forward proxy that opens the TLS connections of chosen
// hosts, with certificates of an authority that exists on this machine only,
// and hands their requests to an http.Handler. All other traffic passes
// through untouched. It knows nothing of what the handler does.
package mitm

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Lifetimes of certificates.
const (
	authorityLife = 365 * 24 * time.Hour
	leafLife      = 7 * 24 * time.Hour
	// backdate allows for clocks that are behind.
	backdate = time.Hour
)

// The files of an authority.
const (
	certFile = "reelay-ca.pem"
	keyFile  = "reelay-ca.key"
)

// noDomain stands for no domain at all: without a permitted one all are.
const noDomain = "reelay.invalid"

// ErrNoAuthority says that there is none yet, ErrNotPermitted that it may not
// sign for a host, and ErrExpired that it may not sign any more.
var (
	ErrNoAuthority  = errors.New("there is no certificate authority yet")
	ErrNotPermitted = errors.New("the certificate authority is not for this host")
	ErrExpired      = errors.New("the certificate authority has expired")
)

// Authority signs certificates for the hosts that it was made for and, by a
// constraint that browsers check, for no others.
type Authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	now  func() time.Time
}

// Path is where the authority's certificate is in dir, in PEM, to be trusted by
// a browser.
func Path(dir string) string { return filepath.Join(dir, certFile) }

// Hosts lists what the authority is for: these hosts and the ones below them.
func (a *Authority) Hosts() []string {
	var out []string
	for _, domain := range a.cert.PermittedDNSDomains {
		if domain != noDomain {
			out = append(out, domain)
		}
	}
	for _, r := range a.cert.PermittedIPRanges {
		out = append(out, r.IP.String())
	}
	return out
}

// Fingerprint is the SHA-256 of the authority's public key in base64, by which
// Chrome can be told to trust it: --ignore-certificate-errors-spki-list.
func (a *Authority) Fingerprint() string {
	sum := sha256.Sum256(a.cert.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// CreateAuthority makes an authority for hosts, and the hosts below them, and
// writes it to dir in place of the one that may be there. Only the user can
// read the key.
func CreateAuthority(dir string, hosts []string, now func() time.Time) (*Authority, error) {
	if len(hosts) == 0 {
		return nil, errors.New("create authority: no hosts")
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("create authority: %w", err)
	}
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber:                serial,
		Subject:                     pkix.Name{CommonName: "reelay on this machine", Organization: []string{"reelay"}},
		NotBefore:                   now().Add(-backdate),
		NotAfter:                    now().Add(authorityLife),
		KeyUsage:                    x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		ExtKeyUsage:                 []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid:       true,
		IsCA:                        true,
		MaxPathLenZero:              true,
		PermittedDNSDomainsCritical: true,
	}
	constrain(template, hosts)
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("create authority: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("create authority: %w", err)
	}
	a := &Authority{cert: cert, key: key, now: now}
	return a, a.save(dir)
}

// constrain permits hosts and nothing else. Without a permitted address range
// any address would do, and without a permitted name any name.
func constrain(template *x509.Certificate, hosts []string) {
	for _, host := range hosts {
		host = strings.ToLower(strings.Trim(host, "[]."))
		if ip := net.ParseIP(host); ip != nil {
			bits := 128
			if v4 := ip.To4(); v4 != nil {
				ip, bits = v4, 32
			}
			template.PermittedIPRanges = append(template.PermittedIPRanges, &net.IPNet{IP: ip, Mask: net.CIDRMask(bits, bits)})
			continue
		}
		template.PermittedDNSDomains = append(template.PermittedDNSDomains, host)
	}
	if len(template.PermittedIPRanges) == 0 {
		everything := func(n int) *net.IPNet { return &net.IPNet{IP: make(net.IP, n), Mask: net.CIDRMask(0, 8*n)} }
		template.ExcludedIPRanges = []*net.IPNet{everything(4), everything(16)}
	}
	if len(template.PermittedDNSDomains) == 0 {
		template.PermittedDNSDomains = []string{noDomain}
	}
}

func (a *Authority) save(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("save authority: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(a.key)
	if err != nil {
		return fmt.Errorf("save authority: %w", err)
	}
	for name, block := range map[string]*pem.Block{
		keyFile:  {Type: "PRIVATE KEY", Bytes: der},
		certFile: {Type: "CERTIFICATE", Bytes: a.cert.Raw},
	} {
		if err := replaceFile(filepath.Join(dir, name), pem.EncodeToMemory(block)); err != nil {
			return fmt.Errorf("save authority: %w", err)
		}
	}
	return nil
}

// replaceFile writes a file that only the user may read.
func replaceFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), path)
}

// LoadAuthority reads the authority in dir. It fails if others than the user
// can read its key, if it has expired, or if it is not for one of hosts.
func LoadAuthority(dir string, hosts []string, now func() time.Time) (*Authority, error) {
	info, err := os.Stat(filepath.Join(dir, keyFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoAuthority
	}
	if err != nil {
		return nil, fmt.Errorf("load authority: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("load authority: others can read its key, %s", filepath.Join(dir, keyFile))
	}
	certDER, err := readPEM(Path(dir))
	if err != nil {
		return nil, err
	}
	keyDER, err := readPEM(filepath.Join(dir, keyFile))
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(certDER)
	if err != nil {
		return nil, fmt.Errorf("load authority: %w", err)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(keyDER)
	if err != nil {
		return nil, fmt.Errorf("load authority: %w", err)
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || !key.PublicKey.Equal(cert.PublicKey) {
		return nil, errors.New("load authority: the key is not the certificate's")
	}
	if now().After(cert.NotAfter) {
		return nil, ErrExpired
	}
	a := &Authority{cert: cert, key: key, now: now}
	for _, host := range hosts {
		if !a.permits(host) {
			return nil, fmt.Errorf("%w: %s", ErrNotPermitted, host)
		}
	}
	return a, nil
}

func readPEM(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("load authority: %w", err)
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, fmt.Errorf("load authority: %s is not PEM", path)
	}
	return block.Bytes, nil
}

// permits reports whether the authority is for a host.
func (a *Authority) permits(host string) bool {
	if ip := net.ParseIP(strings.Trim(host, "[]")); ip != nil {
		for _, r := range a.cert.PermittedIPRanges {
			if r.Contains(ip) {
				return true
			}
		}
		return false
	}
	return below(host, a.cert.PermittedDNSDomains)
}

// below reports whether host is one of domains or below one.
func below(host string, domains []string) bool {
	host = strings.ToLower(strings.Trim(host, "[]."))
	for _, d := range domains {
		d = strings.ToLower(strings.Trim(d, "[]."))
		if host == d || strings.HasSuffix(host, "."+d) && net.ParseIP(host) == nil {
			return true
		}
	}
	return false
}

func newSerial() (*big.Int, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, fmt.Errorf("make serial number: %w", err)
	}
	return serial, nil
}
