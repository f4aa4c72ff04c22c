package recorder

import (
	"net/http"
	"strings"
)

// Cookies whose names promise what a browser cannot keep on plain http travel
// there under another name.
const (
	hostPrefix   = "__Host-"
	securePrefix = "__Secure-"
	standIn      = "reelay-"
)

// cookieToBrowser rewrites one Set-Cookie header so that the browser keeps the
// cookie for the public origin: no Domain, and without Secure, and what
// depends on it, on plain http.
func cookieToBrowser(value string, s site) string {
	parts := strings.Split(value, ";")
	if s.public.Scheme == "http" && (strings.HasPrefix(parts[0], hostPrefix) || strings.HasPrefix(parts[0], securePrefix)) {
		parts[0] = standIn + parts[0]
	}
	kept := parts[:1]
	for _, part := range parts[1:] {
		name, arg, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "domain":
			continue
		case "secure", "partitioned":
			if s.public.Scheme == "http" {
				continue
			}
		case "samesite":
			if s.public.Scheme == "http" && strings.EqualFold(strings.TrimSpace(arg), "none") {
				continue
			}
		}
		kept = append(kept, part)
	}
	return strings.Join(kept, ";")
}

// cookiesToSite gives cookies their own names back.
func cookiesToSite(h http.Header) {
	for i, value := range h.Values("Cookie") {
		parts := strings.Split(value, ";")
		for j, part := range parts {
			trimmed := strings.TrimLeft(part, " ")
			space := part[:len(part)-len(trimmed)]
			if name, ok := strings.CutPrefix(trimmed, standIn); ok &&
				(strings.HasPrefix(name, hostPrefix) || strings.HasPrefix(name, securePrefix)) {
				parts[j] = space + name
			}
		}
		h["Cookie"][i] = strings.Join(parts, ";")
	}
}
