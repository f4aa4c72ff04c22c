package mitm

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"sync"
	"time"
)

// Times of connections.
const (
	dialWithin   = 10 * time.Second
	headerWithin = 30 * time.Second
)

// Options configures a Proxy.
type Options struct {
	Authority *Authority
	// Hosts are the ones whose requests go to Handler, with all hosts below
	// them; the Authority must be for them.
	Hosts []string
	// Handler gets requests with an absolute URL.
	Handler http.Handler
	// Dial reaches all other hosts; nil means a net.Dialer's DialContext.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	Log  *slog.Logger
}

// Proxy is the forward proxy. It is an http.Handler for a listener of its own.
type Proxy struct {
	opts   Options
	leaves *leaves
	plain  http.Handler // requests for other hosts without TLS

	inner *http.Server // serves what comes out of the opened connections
	queue *queue
	wg    sync.WaitGroup

	mu     sync.Mutex
	conns  map[net.Conn]bool // tunnels
	closed bool
}

// New returns a Proxy and starts to serve what will come through its tunnels,
// until Close.
func New(opts Options) *Proxy {
	if opts.Dial == nil {
		opts.Dial = (&net.Dialer{Timeout: dialWithin}).DialContext
	}
	p := &Proxy{opts: opts, leaves: newLeaves(opts.Authority), queue: newQueue(), conns: map[net.Conn]bool{}}
	quiet := slog.NewLogLogger(opts.Log.Handler(), slog.LevelDebug)
	p.plain = &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.Out.Host = r.In.Host },
		Transport: &http.Transport{
			DialContext: opts.Dial, DisableCompression: true, DisableKeepAlives: true,
		},
		FlushInterval: -1,
		ErrorLog:      quiet,
	}
	p.inner = &http.Server{
		Handler:           http.HandlerFunc(p.opened),
		ReadHeaderTimeout: headerWithin,
		ErrorLog:          quiet,
		ConnContext:       authorityContext,
		TLSConfig: &tls.Config{
			MinVersion:     tls.VersionTLS12,
			GetCertificate: p.certificate,
		},
	}
	p.wg.Go(func() { _ = p.inner.ServeTLS(p.queue, "", "") }) // ends with Close
	return p
}

// Close ends all connections.
func (p *Proxy) Close() {
	p.mu.Lock()
	p.closed = true
	for c := range p.conns {
		_ = c.Close()
	}
	p.mu.Unlock()
	_ = p.inner.Close()
	p.wg.Wait()
}

// ServeHTTP takes requests in the forms that a proxy gets: CONNECT, and those
// with an absolute URL.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method == http.MethodConnect:
		p.connect(w, r)
	case r.URL.Scheme != "http" || r.URL.Host == "":
		http.Error(w, "reelay: this is a proxy: set it as the browser's proxy", http.StatusBadRequest)
	case below(r.URL.Hostname(), p.opts.Hosts):
		p.opts.Handler.ServeHTTP(w, r)
	default:
		p.plain.ServeHTTP(w, r)
	}
}

// connect opens a tunnel: to the handler, or to the host itself.
func (p *Proxy) connect(w http.ResponseWriter, r *http.Request) {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		http.Error(w, "reelay: CONNECT needs host:port", http.StatusBadRequest)
		return
	}
	if below(host, p.opts.Hosts) {
		p.open(w, r)
		return
	}
	remote, err := p.opts.Dial(r.Context(), "tcp", r.Host)
	if err != nil {
		http.Error(w, "reelay: "+err.Error(), http.StatusBadGateway)
		return
	}
	defer func() { _ = remote.Close() }()
	local, err := hijack(w)
	if err != nil {
		return
	}
	defer func() { _ = local.Close() }()
	p.splice(local, remote)
}

// hijack answers a CONNECT and takes over the connection.
func hijack(w http.ResponseWriter) (net.Conn, error) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "reelay: CONNECT needs HTTP/1.1", http.StatusHTTPVersionNotSupported)
		return nil, err
	}
	if _, err := io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return &bufferedConn{Conn: conn, r: buffered.Reader}, nil
}

// splice passes bytes both ways until one side ends or the proxy is closed.
func (p *Proxy) splice(a, b net.Conn) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return
	}
	p.conns[a], p.conns[b] = true, true
	p.wg.Add(1)
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		delete(p.conns, a)
		delete(p.conns, b)
		p.mu.Unlock()
		p.wg.Done()
	}()
	var both sync.WaitGroup
	pass := func(dst, src net.Conn) {
		_, _ = io.Copy(dst, src)
		// The other direction may still have something to say.
		if half, ok := dst.(interface{ CloseWrite() error }); ok {
			_ = half.CloseWrite()
			return
		}
		_ = dst.Close()
	}
	both.Go(func() { pass(a, b) })
	both.Go(func() { pass(b, a) })
	both.Wait()
}

// open hands a tunnel to the inner server.
func (p *Proxy) open(w http.ResponseWriter, r *http.Request) {
	conn, err := hijack(w)
	if err != nil {
		return
	}
	if !p.queue.put(&tunnel{Conn: conn, authority: r.Host}) {
		_ = conn.Close()
	}
}

// certificate picks the certificate for a connection: by its server name or,
// without one, by the host that the tunnel was asked for.
func (p *Proxy) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	name := hello.ServerName
	if t, ok := hello.Conn.(*tunnel); ok && name == "" {
		name, _, _ = net.SplitHostPort(t.authority)
	}
	return p.leaves.get(name)
}

// opened handles a request that came through a tunnel.
func (p *Proxy) opened(w http.ResponseWriter, r *http.Request) {
	authority, _ := r.Context().Value(authorityKey{}).(string)
	host, port, _ := net.SplitHostPort(authority)
	asked, askedPort, err := net.SplitHostPort(r.Host)
	if err != nil {
		asked, askedPort = r.Host, "443"
	}
	if asked != host || askedPort != port {
		http.Error(w, "reelay: the request is not for this connection's host", http.StatusMisdirectedRequest)
		return
	}
	r.URL.Scheme, r.URL.Host = "https", r.Host
	p.opts.Handler.ServeHTTP(w, r)
}

// bufferedConn reads first what the server had read ahead.
type bufferedConn struct {
	net.Conn

	r *bufio.Reader
}

func (c *bufferedConn) Read(p []byte) (int, error) { return c.r.Read(p) }

func (c *bufferedConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return c.Close()
}
