package recorder

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/reelay/reelay/recorder/redact"
)

// tap looks at what passes by: credentials, so that they can be taken out of
// events, and sub-resources, so that a replay has the bytes that were seen.
type tap struct {
	secrets *redact.Secrets
	archive *Archive // nil keeps no assets
	level   Level
}

// request notes the credentials of a request. An asset that the archive lacks
// is asked for as a whole, though the browser may have a copy.
func (t *tap) request(r *http.Request, public string) {
	for _, value := range r.Header.Values("Authorization") {
		t.secrets.Add(value)
		if _, credential, ok := strings.Cut(value, " "); ok {
			t.secrets.Add(strings.TrimRight(strings.TrimSpace(credential), "=")) // with or without padding
		}
	}
	for _, header := range r.Header.Values("Cookie") {
		for pair := range strings.SplitSeq(header, ";") {
			t.cookie(pair)
		}
	}
	if t.archive != nil && r.Method == http.MethodGet && assetRequest(r, t.level) && !t.archive.has(public) {
		for _, name := range []string{"If-None-Match", "If-Modified-Since"} {
			r.Header.Del(name)
		}
	}
}

// response notes the credentials of a response and copies its body if it is an
// asset. Its URLs are those that the browser knows.
func (t *tap) response(resp *http.Response, public string) error {
	for _, header := range resp.Header.Values("Set-Cookie") {
		pair, _, _ := strings.Cut(header, ";")
		t.cookie(pair)
	}
	if t.archive == nil || resp.Request.Method != http.MethodGet {
		return nil
	}
	switch {
	case (resp.StatusCode == http.StatusOK || whole(resp)) && asset(resp, t.level):
		t.archive.copy(resp, public)
	case redirects(resp.StatusCode) && assetRequest(resp.Request, t.level):
		to, err := redirected(public, resp.Header.Get("Location"))
		if err != nil {
			return nil //nolint:nilerr // the browser will not follow it either
		}
		return t.archive.redirect(public, to)
	}
	return nil
}

// whole reports whether an answer to a request for a range, with which browsers
// ask for all media, is the whole body.
func whole(resp *http.Response) bool {
	if resp.StatusCode != http.StatusPartialContent {
		return false
	}
	var last, size int64
	_, err := fmt.Sscanf(resp.Header.Get("Content-Range"), "bytes 0-%d/%d", &last, &size)
	return err == nil && last == size-1
}

func redirects(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// redirected is where a Location leads from a URL.
func redirected(from, location string) (string, error) {
	base, err := url.Parse(from)
	if err != nil {
		return "", fmt.Errorf("follow redirect: %w", err)
	}
	to, err := base.Parse(location)
	if err != nil {
		return "", fmt.Errorf("follow redirect: %w", err)
	}
	to.Fragment = ""
	return to.String(), nil
}

// cookie notes the value of a cookie, "name=value", as it is and as a script sees
// it after decoding. Go's own reader drops those with quotes in them, as of JSON.
func (t *tap) cookie(pair string) {
	_, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
	bare := strings.Trim(value, `"`)
	values := []string{value, bare}
	if plain, err := url.PathUnescape(bare); err == nil {
		spaced, _ := url.QueryUnescape(bare) // it takes what the other takes
		bare, values = plain, append(values, plain, spaced)
	}
	if address(bare) {
		return
	}
	for _, v := range values {
		t.secrets.Add(v)
	}
}

// address reports whether a cookie says where somebody was or is to go: that is
// in the events of everybody.
func address(value string) bool {
	return hasPrefix(value, "http://", "https://") || strings.HasPrefix(value, "/") && !random(value)
}

// random reports whether a text is like base64, which may begin with a slash,
// rather than like a path.
func random(text string) bool {
	const lower, digits = "abcdefghijklmnopqrstuvwxyz", "0123456789"
	upper := strings.ToUpper(lower)
	return len(text) >= 20 && strings.Trim(text, lower+upper+digits+"+/=") == "" &&
		strings.ContainsAny(text, lower) && strings.ContainsAny(text, upper) && strings.ContainsAny(text, digits)
}

// assetRequest reports whether a browser asks for a part of a page's looks that
// a level keeps: strict keeps no pictures.
func assetRequest(r *http.Request, level Level) bool {
	switch r.Header.Get("Sec-Fetch-Dest") {
	case "style", "font":
		return true
	case "image", "video", "audio", "track":
		return level != Strict
	}
	return false
}

// asset reports whether a response is one. Without the browser's word, as on a
// plain http origin, the media type decides; documents and what scripts fetch
// are never kept. At the strict level the type must be right as well: a picture
// is served to whoever asks. Fonts alone come without one.
func asset(resp *http.Response, level Level) bool {
	media := strings.ToLower(resp.Header.Get("Content-Type"))
	picture := hasPrefix(media, "image/", "video/", "audio/")
	style := hasPrefix(media, "text/css", "font/", "application/font", "application/x-font", "application/vnd.ms-fontobject")
	dest := resp.Request.Header.Get("Sec-Fetch-Dest")
	switch {
	case hasPrefix(media, "text/html"), level == Strict && !style && (picture || dest != "font"):
		return false
	case dest != "":
		return assetRequest(resp.Request, level)
	}
	return picture || style
}

func hasPrefix(text string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(text, p) })
}
