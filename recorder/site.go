package recorder

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// site is one origin as it knows itself and as the browser knows it. Behind a
// forward proxy the two are the same.
type site struct {
	scheme string   // by which it is reached
	origin *url.URL // scheme and host as the site knows itself
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
		return site{scheme: origin.Scheme, origin: origin, public: origin}, nil
	}
	if !plainHost(r.Host) {
		return site{}, errors.New("the Host header is not a host")
	}
	s := site{scheme: target.Scheme, origin: &url.URL{Scheme: target.Scheme, Host: target.Host}, public: &url.URL{Scheme: "http"}}
	ended := strings.EqualFold(r.Header.Get(forwardedProto), "https")
	if r.TLS != nil || ended {
		s.public.Scheme = "https"
	}
	if ended { // the site is told
		s.origin.Scheme = "https"
	}
	s.public.Host = withoutPort(r.Host, s.public.Scheme)
	s.origin.Host = withoutPort(target.Host, target.Scheme)
	return s, nil
}

// forwardedProto is the header by which a proxy says what it got.
const forwardedProto = "X-Forwarded-Proto"

// withoutPort leaves out a scheme's own port, as browsers do.
func withoutPort(host, scheme string) string {
	return strings.TrimSuffix(host, map[string]string{"http": ":80", "https": ":443"}[scheme])
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
// are its own as well: they redirect to it, or it is reached by them. The other
// way round rewriting would make a loop.
func (s site) toPublic(value string) string {
	value = replaceOrigin(value, s.origin, s.public)
	if s.origin.Scheme == "https" && (s.origin.Port() == "" || s.scheme == "http") {
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

// replaceOrigin replaces the origin that value starts with, if it is from. The
// default port may be spelled out. "//host/path" has the scheme of the page.
func replaceOrigin(value string, from, to *url.URL) string {
	scheme, rest, ok := strings.Cut(value, "//")
	if !ok || scheme != "" && !strings.EqualFold(scheme, from.Scheme+":") {
		return value
	}
	end := strings.IndexAny(rest, "/?#\"'>")
	if end < 0 {
		end = len(rest)
	}
	if !strings.EqualFold(withoutPort(rest[:end], from.Scheme), from.Host) {
		return value
	}
	if scheme != "" {
		scheme = to.Scheme + ":"
	}
	return scheme + "//" + to.Host + rest[end:]
}
