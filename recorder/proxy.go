package recorder

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"

	"github.com/reelay/reelay/recorder/inject"
)

// proxy passes requests on to the site, and its pages back with the recorder
// script in them.
type proxy struct {
	target  *url.URL // nil: the request's own URL says where to go
	pages   *pages
	tap     *tap
	workers *workers
	origins *origins
	left    *origins // to which the site redirects
	log     *slog.Logger
}

// exchangeKey is the context key of an *exchange.
type exchangeKey struct{}

// exchange is what the way out of a request remembers for the way back.
type exchange struct {
	site       site
	navigation bool
	ahead      bool   // a service worker or a prefetch asks, maybe for a page that is shown later
	url        string // as the browser knows it
}

// newProxy returns the handler. FlushInterval -1 passes every write on at
// once, which streams and server-sent events need.
func newProxy(p *proxy, transport http.RoundTripper) http.Handler {
	reverse := &httputil.ReverseProxy{
		Rewrite:        p.rewrite,
		ModifyResponse: p.modify,
		ErrorHandler:   p.fail,
		Transport:      transport,
		FlushInterval:  -1,
		BufferPool:     newBuffers(),
		ErrorLog:       slog.NewLogLogger(p.log.Handler(), slog.LevelDebug),
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, err := newSite(r, p.target)
		if err != nil {
			http.Error(w, "reelay: "+err.Error(), http.StatusBadRequest)
			return
		}
		p.origins.add(s.public.String())
		e := &exchange{
			site: s, navigation: inject.Navigation(r),
			url: s.public.Scheme + "://" + s.public.Host + r.URL.RequestURI(),
		}
		if target := r.URL; target.Host != "" {
			e.url = target.String()
		}
		e.ahead = p.workers.asks(r) || inject.Prefetch(r)
		if p.workers.script(r, e.url) {
			p.pages.missing(r, "a service worker may answer for pages here: one that it made, or kept from before, has no recorder in it")
		}
		w.Header()["Content-Type"] = nil // if the site sends none, neither do we
		reverse.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), exchangeKey{}, e)))
	})
}

func exchangeOf(r *http.Request) *exchange {
	e, _ := r.Context().Value(exchangeKey{}).(*exchange)
	return e
}

// rewrite turns the browser's request into the one that the site expects.
func (p *proxy) rewrite(r *httputil.ProxyRequest) {
	e := exchangeOf(r.In)
	r.Out.URL.Scheme = e.site.scheme
	r.Out.URL.Host = e.site.origin.Host
	r.Out.URL.RawQuery = r.In.URL.RawQuery // as sent, not as Go would repair it
	r.Out.Host = e.site.origin.Host
	if proto := r.In.Header[forwardedProto]; proto != nil {
		r.Out.Header[forwardedProto] = proto
	}
	if p.target != nil && p.target.User != nil && r.Out.Header.Get("Authorization") == "" {
		password, _ := p.target.User.Password()
		r.Out.SetBasicAuth(p.target.User.Username(), password)
	}
	e.site.requestHeader(r.Out.Header)
	inject.DropDictionaries(r.Out.Header)
	if e.navigation || e.ahead {
		inject.PrepareRequest(r.Out.Header)
	}
	p.tap.request(r.Out, e.url)
}

// modify turns the site's response into the one that the browser gets.
func (p *proxy) modify(resp *http.Response) error {
	e := exchangeOf(resp.Request)
	e.site.responseHeader(resp.Header)
	if err := p.tap.response(resp, e.url); err != nil {
		p.log.Warn("asset is not kept", slog.Any("error", err))
	}
	if e.navigation && redirects(resp.StatusCode) {
		p.leaves(resp, e)
	}
	if e.navigation || e.ahead && inject.WholeDocument(resp) {
		p.pages.rewrite(resp, e.site)
	}
	return nil
}

// leaves says, once for each origin, that a redirect leads past the recorder.
// Behind a forward proxy browsers stay.
func (p *proxy) leaves(resp *http.Response, e *exchange) {
	if p.target == nil {
		return
	}
	address, err := redirected(e.url, resp.Header.Get("Location"))
	if err != nil {
		return // the browser will not follow it either
	}
	to, err := url.Parse(address)
	if err != nil || to.Scheme != "http" && to.Scheme != "https" || !plainHost(to.Host) {
		return
	}
	origin := to.Scheme + "://" + withoutPort(to.Host, to.Scheme)
	if strings.EqualFold(origin, e.site.public.String()) || p.left.has(origin) {
		return
	}
	p.left.add(origin)
	p.pages.missing(resp.Request, "it redirects to another origin; this records that one: reelay record "+origin)
}

// fail answers for a site that cannot be reached.
func (p *proxy) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) {
		return // the browser left
	}
	if _, untrusted := errors.AsType[*tls.CertificateVerificationError](err); untrusted {
		err = fmt.Errorf("%w; reelay record --insecure takes any certificate", err)
	}
	p.log.Warn("site did not answer", slog.String("host", r.URL.Host), slog.Any("error", err))
	http.Error(w, "reelay: the site did not answer: "+err.Error(), http.StatusBadGateway)
}
