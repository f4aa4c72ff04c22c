package mitm_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"github.com/reelay/reelay/recorder/mitm"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// proxied is a client that trusts the authority in dir and goes through a
// proxy whose handler tells what it was asked.
func proxied(t *testing.T, hosts []string) (*http.Client, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "ca")
	authority, err := mitm.CreateAuthority(dir, hosts, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	proxy := mitm.New(mitm.Options{
		Authority: authority, Hosts: hosts, Log: slog.New(slog.DiscardHandler),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Upgrade") != "" {
				conn, err := up.Upgrade(w, r, nil)
				if err != nil {
					t.Error(err)
					return
				}
				_ = conn.WriteMessage(websocket.TextMessage, []byte(r.URL.String()))
				_ = conn.Close()
				return
			}
			_, _ = fmt.Fprintf(w, "handler got %s by %s", r.URL, r.Proto)
		}),
	})
	server := httptest.NewServer(proxy)
	t.Cleanup(func() { server.Close(); proxy.Close() })
	pem, err := os.ReadFile(mitm.Path(dir))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	proxyURL, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{
		Proxy:             http.ProxyURL(proxyURL),
		TLSClientConfig:   &tls.Config{RootCAs: roots},
		ForceAttemptHTTP2: true,
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}, dir
}

// get returns the body, and the site's certificate if there is one.
func get(t *testing.T, c *http.Client, address string) (*x509.Certificate, string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if resp.TLS == nil {
		return nil, string(body), err
	}
	return resp.TLS.PeerCertificates[0], string(body), err
}

func TestAllowedHostsAreOpened(t *testing.T) {
	client, _ := proxied(t, []string{"example.test", "127.9.9.9"})
	for _, address := range []string{"https://example.test/a?b=c", "https://www.example.test/", "https://example.test:8443/x", "https://127.9.9.9/"} {
		leaf, body, err := get(t, client, address)
		if err != nil || body != "handler got "+address+" by HTTP/2.0" {
			t.Errorf("%s: %q, %v", address, body, err)
			continue
		}
		if life := leaf.NotAfter.Sub(leaf.NotBefore); life > 7*24*time.Hour {
			t.Errorf("%s: certificate lives %v", address, life)
		}
	}
	if _, body, err := get(t, client, "http://example.test/plain"); err != nil || body != "handler got http://example.test/plain by HTTP/1.1" {
		t.Errorf("without TLS: %q, %v", body, err)
	}
}

func TestWebSocketsThroughTheProxy(t *testing.T) {
	client, _ := proxied(t, []string{"example.test"})
	transport, ok := client.Transport.(*http.Transport)
	if !ok {
		t.Fatal("no transport")
	}
	dialer := websocket.Dialer{Proxy: transport.Proxy, TLSClientConfig: &tls.Config{RootCAs: transport.TLSClientConfig.RootCAs}}
	// Browsers ask for a tunnel for a socket without TLS as well.
	for _, address := range []string{"wss://example.test/socket", "ws://example.test/socket", "ws://example.test:8080/socket"} {
		conn, resp, err := dialer.DialContext(t.Context(), address, nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		want := "http" + strings.TrimPrefix(address, "ws")
		if _, message, err := conn.ReadMessage(); err != nil || string(message) != want {
			t.Errorf("%s: %q, %v", address, message, err)
		}
		_ = conn.Close()
	}
}

func TestOtherHostsPassUntouched(t *testing.T) {
	secure := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "the site itself") }))
	defer secure.Close()
	plain := httptest.NewServer(secure.Config.Handler)
	defer plain.Close()
	client, _ := proxied(t, []string{"example.test"})
	transport, ok := client.Transport.(*http.Transport)
	if !ok {
		t.Fatal("no transport")
	}
	transport.TLSClientConfig.RootCAs.AddCert(secure.Certificate())
	for _, address := range []string{secure.URL, plain.URL} {
		leaf, body, err := get(t, client, address)
		if err != nil || body != "the site itself" {
			t.Errorf("%s: %q, %v", address, body, err)
			continue
		}
		if leaf != nil && !leaf.Equal(secure.Certificate()) {
			t.Error("the certificate is not the site's")
		}
	}
	if _, body, err := get(t, client, "https://127.0.0.1:9/"); err == nil {
		t.Errorf("a host that is down answered %q", body)
	}
}

// The constraint is in the certificate, where the browser checks it: a stolen
// key is worth nothing for other hosts.
func TestTheAuthorityIsConstrained(t *testing.T) {
	_, dir := proxied(t, []string{"example.test"})
	pem, err := os.ReadFile(mitm.Path(dir))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(pem), "CERTIFICATE") {
		t.Fatalf("not a certificate: %s", pem)
	}
	if _, err := mitm.LoadAuthority(dir, []string{"www.example.test"}, time.Now); err != nil {
		t.Error(err)
	}
	for _, host := range []string{"other.test", "notexample.test", "127.0.0.1", "test"} {
		if _, err := mitm.LoadAuthority(dir, []string{host}, time.Now); !errors.Is(err, mitm.ErrNotPermitted) {
			t.Errorf("%s: %v", host, err)
		}
	}
	later := func() time.Time { return time.Now().AddDate(2, 0, 0) }
	if _, err := mitm.LoadAuthority(dir, nil, later); err == nil {
		t.Error("an expired authority is used")
	}
	if _, err := mitm.LoadAuthority(t.TempDir(), nil, time.Now); !errors.Is(err, mitm.ErrNoAuthority) {
		t.Errorf("without one: %v", err)
	}
}

func TestTheKeyIsTheUsersAlone(t *testing.T) {
	_, dir := proxied(t, []string{"example.test"})
	key := filepath.Join(dir, "reelay-ca.key")
	info, err := os.Stat(key)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	if err := os.Chmod(key, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := mitm.LoadAuthority(dir, nil, time.Now); err == nil {
		t.Error("a key that others can read is used")
	}
}

func TestRequestsThatAreNotForAProxy(t *testing.T) {
	client, _ := proxied(t, []string{"example.test"})
	transport, ok := client.Transport.(*http.Transport)
	if !ok {
		t.Fatal("no transport")
	}
	proxyURL, err := transport.Proxy(&http.Request{})
	if err != nil {
		t.Fatal(err)
	}
	var dialer net.Dialer
	for _, request := range []string{"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "CONNECT nothing HTTP/1.1\r\nHost: nothing\r\n\r\n"} {
		conn, err := dialer.DialContext(t.Context(), "tcp", proxyURL.Host)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(conn, request)
		head := make([]byte, len("HTTP/1.1 400"))
		if _, err := io.ReadFull(conn, head); err != nil || string(head) != "HTTP/1.1 400" {
			t.Errorf("%q was answered %q, %v", request, head, err)
		}
		_ = conn.Close()
	}
}

// A query that Go would repair is the site's own matter.
func TestQueriesOfOtherHostsPassAsTheyAre(t *testing.T) {
	asked := make(chan string, 1)
	site := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.RequestURI }))
	defer site.Close()
	client, _ := proxied(t, []string{"example.test"})
	if _, _, err := get(t, client, site.URL+"/a?q=1;2&x=%zz"); err != nil {
		t.Fatal(err)
	}
	if got := <-asked; got != "/a?q=1;2&x=%zz" {
		t.Errorf("asked for %s", got)
	}
}
