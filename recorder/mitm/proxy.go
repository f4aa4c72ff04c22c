package mitm

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"strings"
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
	opts  Options
	plain http.Handler // requests for other hosts without TLS

	secure, bare inner // serve what comes out of the opened tunnels
	wg           sync.WaitGroup

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
	p := &Proxy{opts: opts, conns: map[net.Conn]bool{}}
	p.plain = &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.Host = r.In.Host
			r.Out.URL.RawQuery = r.In.URL.RawQuery // as sent, not as Go would repair it
		},
		Transport: &http.Transport{
			DialContext: opts.Dial, DisableCompression: true, DisableKeepAlives: true,
		},
		FlushInterval: -1,
		ErrorLog:      slog.NewLogLogger(opts.Log.Handler(), slog.LevelDebug),
	}
	p.secure = p.newInner("https")
	p.secure.server.TLSConfig = opts.Authority.TLS()
	p.bare = p.newInner("http")
	p.wg.Go(func() { _ = p.secure.server.ServeTLS(p.secure.queue, "", "") }) // ends with Close
	p.wg.Go(func() { _ = p.bare.server.Serve(p.bare.queue) })                // likewise
	return p
}

// inner serves opened tunnels of one scheme.
type inner struct {
	server *http.Server
	queue  *queue
}

func (p *Proxy) newInner(scheme string) inner {
	return inner{queue: newQueue(), server: &http.Server{
		Handler:           http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.opened(w, r, scheme) }),
		ReadHeaderTimeout: headerWithin,
		ErrorLog:          slog.NewLogLogger(p.opts.Log.Handler(), slog.LevelDebug),
		ConnContext:       authorityContext,
	}}
}

// Close ends all connections.
func (p *Proxy) Close() {
	p.mu.Lock()
	p.closed = true
	for c := range p.conns {
		_ = c.Close()
	}
	p.mu.Unlock()
	_ = p.secure.server.Close()
	_ = p.bare.server.Close()
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
		w.Header()["Content-Type"] = nil // if the site sends none, neither do we
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

// track lets Close end connections; false means that it has been called.
func (p *Proxy) track(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	for _, c := range conns {
		p.conns[c] = true
	}
	p.wg.Add(1)
	return true
}

func (p *Proxy) release(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		delete(p.conns, c)
	}
	p.wg.Done()
}

// splice passes bytes both ways until one side ends or the proxy is closed.
func (p *Proxy) splice(a, b net.Conn) {
	if !p.track(a, b) {
		return
	}
	defer p.release(a, b)
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

// open hands a tunnel to the server for what is spoken in it: TLS, or HTTP, as
// for a WebSocket of a page without TLS.
func (p *Proxy) open(w http.ResponseWriter, r *http.Request) {
	conn, err := hijack(w)
	if err != nil {
		return
	}
	if !p.track(conn) {
		_ = conn.Close()
		return
	}
	secure, err := speaksTLS(conn)
	p.release(conn)
	in := p.bare
	if secure {
		in = p.secure
	}
	if err != nil || !in.queue.put(&tunnel{Conn: conn, authority: r.Host}) {
		_ = conn.Close()
	}
}

// opened handles a request that came through a tunnel.
func (p *Proxy) opened(w http.ResponseWriter, r *http.Request, scheme string) {
	authority, _ := r.Context().Value(authorityKey{}).(string)
	if !sameAuthority(r.Host, authority, scheme) {
		http.Error(w, "reelay: the request is not for this connection's host", http.StatusMisdirectedRequest)
		return
	}
	r.URL.Scheme, r.URL.Host = scheme, r.Host
	p.opts.Handler.ServeHTTP(w, r)
}

// sameAuthority reports whether a Host header, which leaves out the scheme's
// own port, is for the host:port of a tunnel.
func sameAuthority(host, authority, scheme string) bool {
	if strings.EqualFold(host, authority) {
		return true
	}
	port := map[string]string{"http": ":80", "https": ":443"}[scheme]
	return strings.EqualFold(host+port, authority)
}
