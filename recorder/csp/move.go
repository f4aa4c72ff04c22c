package csp

import (
	"net"
	"net/url"
	"strings"
)

// move says what to insert so that a policy written for the origin site holds
// for public: each list of sources that lets site in lets public in as well,
// and what would turn http into https is made unknown to the browser.
func move(list []directive, site, public string) []Insertion {
	from, err := url.Parse(site)
	to, err2 := url.Parse(public)
	if err != nil || err2 != nil || site == public {
		return nil
	}
	var out []Insertion
	for i := range list {
		d := &list[i]
		switch {
		case d.name == "upgrade-insecure-requests" && to.Scheme == "http":
			out = append(out, Insertion{Offset: d.start, Text: "no-"})
		case d.takesSources():
			added := missing(d.sources, d.moved(from, to))
			if len(added) > 0 {
				d.sources = append(d.sources, added...)
				out = append(out, Insertion{Offset: d.end, Text: " " + strings.Join(added, " ")})
			}
		}
	}
	return out
}

// takesSources reports whether the directive holds a list of sources.
func (d *directive) takesSources() bool {
	switch d.name {
	case "base-uri", "form-action", "frame-ancestors":
		return true
	}
	return strings.HasSuffix(d.name, "-src") || strings.HasSuffix(d.name, "-src-elem")
}

// moved returns the sources for the origin to that stand beside those for from.
func (d *directive) moved(from, to *url.URL) []string {
	if d.has("'self'") || d.has("*") {
		return nil // they follow the page
	}
	var out []string
	for _, source := range d.sources {
		scheme, path, ok := matches(source, from)
		if !ok {
			continue
		}
		target := to.Scheme
		if scheme == "ws" || scheme == "wss" {
			target = "ws" + strings.TrimPrefix(to.Scheme, "http")
		}
		out = append(out, target+"://"+to.Host+path)
	}
	return out
}

// matches reports whether a source lets an origin in (CSP 3, 6.7.2.8), as far
// as only the scheme and the host differ, and returns the scheme and the path
// that it names.
func matches(source string, origin *url.URL) (scheme, path string, ok bool) {
	scheme, rest, named := strings.Cut(source, "://")
	if !named {
		if scheme, ok := strings.CutSuffix(source, ":"); ok {
			scheme = strings.ToLower(scheme)
			return scheme, "", origin.Scheme == "https" && (scheme == "https" || scheme == "wss")
		}
		scheme, rest = origin.Scheme, source
	}
	scheme = strings.ToLower(scheme)
	switch scheme {
	case "http", "https", "ws", "wss":
	default:
		return "", "", false
	}
	host, path := rest, ""
	if at := strings.IndexByte(rest, '/'); at >= 0 {
		host, path = rest[:at], rest[at:]
	}
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		name, port = host, ""
	}
	return scheme, path, sameName(name, origin.Hostname()) && (port == "*" || port == origin.Port() || defaultPort(port, scheme) && origin.Port() == "")
}

// sameName compares a host with a pattern that may begin with "*.".
func sameName(pattern, host string) bool {
	if suffix, ok := strings.CutPrefix(pattern, "*"); ok && strings.HasPrefix(suffix, ".") {
		return len(host) > len(suffix) && strings.EqualFold(host[len(host)-len(suffix):], suffix)
	}
	return strings.EqualFold(pattern, host)
}

func defaultPort(port, scheme string) bool {
	return port == "443" && (scheme == "https" || scheme == "wss") || port == "80" && (scheme == "http" || scheme == "ws")
}
