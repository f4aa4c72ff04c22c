package recorder

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// site is one origin as the recorder reaches it and as the browser knows it.
// Behind a forward proxy the two are the same.
type site struct {
	origin *url.URL // scheme and host of the site
	public *url.URL // scheme and host in the browser's address bar
}

// newSite tells the site of a request. A nil target takes it from the
// request's own, absolute URL. A proxy in front of ours that ends TLS says so
// in X-Forwarded-Proto.
func newSite(r *http.Request, target *url.URL) (site, error) {
	if target == nil {
		if r.URL.Host == "" || (r.URL.Scheme != "http" && r.URL.Scheme != "https") {
			return site{}, errors.New("this is a proxy: the request names no site")
		}
		origin := &url.URL{Scheme: r.URL.Scheme, Host: r.URL.Host}
		return site{origin: origin, public: origin}, nil
	}
	public := &url.URL{Scheme: "http", Host: r.Host}
	if r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") {
		public.Scheme = "https"
	}
	if !plainHost(r.Host) {
		return site{}, errors.New("the Host header is not a host")
	}
	return site{origin: &url.URL{Scheme: target.Scheme, Host: target.Host}, public: public}, nil
}

// plainHost reports whether a Host header is safe to put into policies and
// URLs.
func plainHost(host string) bool {
	return host != "" && !strings.ContainsFunc(host, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("-._:[]", c)
	})
}

func (s site) moved() bool { return *s.origin != *s.public }

// requestHeader makes a request's headers name the site's origin.
func (s site) requestHeader(h http.Header) {
	h.Del("X-Forwarded-For") // no trace of the recorder
	if !s.moved() {
		return
	}
	for _, name := range []string{"Origin", "Referer", "Destination"} { // the last is WebDAV's
		if v := h.Get(name); v != "" {
			h.Set(name, replaceOrigin(v, s.public, s.origin))
		}
	}
	cookiesToSite(h)
}

// responseHeader makes a response's headers name the public origin and takes
// out what would lead the browser around the recorder.
func (s site) responseHeader(h http.Header) {
	h.Del("Alt-Svc")
	if !s.moved() {
		return
	}
	h.Del("Strict-Transport-Security")
	h.Del("Public-Key-Pins")
	for _, name := range []string{"Location", "Content-Location", "Access-Control-Allow-Origin", "Timing-Allow-Origin"} {
		for i, v := range h.Values(name) {
			h[name][i] = s.toPublic(v)
		}
	}
	for i, v := range h.Values("Link") {
		h["Link"][i] = linkURL.ReplaceAllStringFunc(v, func(link string) string { return "<" + s.toPublic(link[1:]) })
	}
	for i, v := range h.Values("Refresh") {
		h["Refresh"][i] = s.refresh(v)
	}
	for i, v := range h.Values("Set-Cookie") {
		h["Set-Cookie"][i] = cookieToBrowser(v, s)
	}
}

// toPublic rewrites an absolute URL of the site. http URLs of an https site
// are its own as well: they redirect to it. The other way round rewriting
// would make a loop.
func (s site) toPublic(value string) string {
	value = replaceOrigin(value, s.origin, s.public)
	if s.origin.Scheme == "https" && s.origin.Port() == "" {
		value = replaceOrigin(value, &url.URL{Scheme: "http", Host: s.origin.Host}, s.public)
	}
	return value
}

// linkURL finds the URLs of a Link header, with the bracket before each.
var linkURL = regexp.MustCompile(`<[^<>]*`)

// refresh rewrites the URL in "5; url=https://…", quoted or not.
func (s site) refresh(value string) string {
	at := strings.Index(strings.ToLower(value), "url=")
	if at < 0 {
		return value
	}
	at += len("url=")
	if at < len(value) && (value[at] == '"' || value[at] == '\'') {
		at++
	}
	return value[:at] + s.toPublic(value[at:])
}

// replaceOrigin replaces the origin that value starts with, if it is from.
func replaceOrigin(value string, from, to *url.URL) string {
	prefix := from.Scheme + "://" + from.Host
	n := len(prefix)
	if len(value) >= n && strings.EqualFold(value[:n], prefix) && endsOrigin(value[n:]) {
		return to.Scheme + "://" + to.Host + value[n:]
	}
	// "//host/path" has the scheme of the page.
	if rest, ok := strings.CutPrefix(value, "//"); ok {
		n := len(from.Host)
		if len(rest) >= n && strings.EqualFold(rest[:n], from.Host) && endsOrigin(rest[n:]) {
			return "//" + to.Host + rest[n:]
		}
	}
	return value
}

// endsOrigin reports whether an origin ends where rest begins. The default
// port may be spelled out.
func endsOrigin(rest string) bool {
	return rest == "" || strings.ContainsRune("/?#\"'>", rune(rest[0]))
}
