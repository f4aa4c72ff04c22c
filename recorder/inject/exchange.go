package inject

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/reelay/reelay/recorder/csp"
)

// ErrUnrecordable is wrapped by the errors for documents that the recorder
// cannot be put into, although they are pages.
var ErrUnrecordable = errors.New("page cannot be recorded")

// Navigation reports whether a request is for a document that a browser will
// show in a window or a frame, rather than for data or a fragment that a
// script asked for. Browsers say so in Sec-Fetch-Dest, but only to https and
// loopback origins; elsewhere the headers that scripts and fragment libraries
// set tell.
func Navigation(r *http.Request) bool {
	if r.Method == http.MethodHead || r.Method == http.MethodOptions || r.Header.Get("Upgrade") != "" {
		return false
	}
	for _, name := range []string{"HX-Request", "Turbo-Frame", "X-PJAX", "X-Requested-With", "X-Inertia"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	if dest := r.Header.Get("Sec-Fetch-Dest"); dest != "" {
		return dest == "document" || dest == "iframe" || dest == "frame"
	}
	return strings.Contains(r.Header.Get("Accept"), "text/html")
}

// Prefetch reports whether a browser asks for what it may show later. Whether
// that will be a document, only the response tells.
func Prefetch(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.HasPrefix(r.Header.Get("Sec-Purpose"), "prefetch")
}

// PrepareRequest makes a navigation's headers ask for a whole document, in a
// coding that can be undone: a partial or unmodified answer could not carry
// the tag.
func PrepareRequest(h http.Header) {
	for _, name := range []string{
		"If-None-Match", "If-Modified-Since", "If-Range", "If-Match", "If-Unmodified-Since", "Range",
	} {
		h.Del(name)
	}
	if accept := h.Values("Accept-Encoding"); len(accept) > 0 {
		h.Set("Accept-Encoding", AcceptEncoding(strings.Join(accept, ",")))
	} else {
		// Without the header the transport would ask for gzip itself.
		h.Set("Accept-Encoding", "identity")
	}
}

// DropDictionaries removes the offer of a compression dictionary (RFC 9842):
// a dictionary would be a page as the origin sent it, which no browser behind
// the recorder has.
func DropDictionaries(h http.Header) {
	h.Del("Available-Dictionary")
	h.Del("Dictionary-ID")
	if accept := h.Values("Accept-Encoding"); len(accept) > 0 {
		var out []string
		for item := range strings.SplitSeq(strings.Join(accept, ","), ",") {
			item = strings.TrimSpace(item)
			if !strings.HasPrefix(item, "dcb") && !strings.HasPrefix(item, "dcz") {
				out = append(out, item)
			}
		}
		h.Set("Accept-Encoding", strings.Join(out, ", "))
	}
}

// mediaType reads the Content-Type as browsers do (Fetch, "extract a MIME
// type"), who put up with more than one: the last type counts, and the first
// charset of each.
func mediaType(h http.Header) (media, charset string) {
	for value := range strings.SplitSeq(strings.Join(h.Values("Content-Type"), ","), ",") {
		essence, rest, _ := strings.Cut(value, ";")
		essence = strings.ToLower(strings.TrimSpace(essence))
		if !strings.Contains(essence, "/") || essence == "*/*" {
			continue
		}
		if essence != media {
			media, charset = essence, ""
		}
		for parameter := range strings.SplitSeq(rest, ";") {
			if name, arg, _ := strings.Cut(strings.TrimSpace(parameter), "="); strings.EqualFold(name, "charset") {
				charset = strings.Trim(arg, `"`)
				break
			}
		}
	}
	return media, charset
}

// Page reports whether the response to a navigation is an HTML page that a
// browser will show, and if so how it is encoded. Error pages are pages. An
// error wrapping ErrUnrecordable says why the tag would not help.
func Page(resp *http.Response) (doc Document, page bool, err error) {
	media, charset := mediaType(resp.Header)
	if taken(resp) {
		media = "text/html"
	}
	if media != "text/html" && media != "application/xhtml+xml" {
		return Document{}, false, nil
	}
	if disposition, _, err := mime.ParseMediaType(resp.Header.Get("Content-Disposition")); err == nil && disposition == "attachment" {
		return Document{}, false, nil
	}
	switch {
	case resp.StatusCode < 200, resp.StatusCode == http.StatusNoContent,
		resp.StatusCode == http.StatusResetContent, resp.StatusCode == http.StatusNotModified,
		resp.StatusCode >= 300 && resp.StatusCode < 400:
		return Document{}, false, nil
	case resp.StatusCode == http.StatusPartialContent:
		return Document{}, true, fmt.Errorf("%w: the server sent a part of it", ErrUnrecordable)
	}
	if slices.ContainsFunc(resp.Header.Values("Content-Security-Policy"), csp.Scriptless) {
		return Document{}, true, fmt.Errorf("%w: its policy is a sandbox without scripts or without an origin", ErrUnrecordable)
	}
	return Document{Charset: charset, XML: media == "application/xhtml+xml"}, true, nil
}

// Response puts the document's tag into a page, decoding its body, and makes
// the headers fit: policies allow the recorder, and what described the
// origin's bytes is gone. done is called once, when the body has been read or
// closed. The response is unchanged when there is an error.
func Response(resp *http.Response, doc Document, done func(Outcome)) error {
	body, err := Decode(resp.Body, resp.Header.Values("Content-Encoding"))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnrecordable, err)
	}
	for _, name := range []string{"Content-Security-Policy", "Content-Security-Policy-Report-Only"} {
		for i, value := range resp.Header.Values(name) {
			resp.Header[name][i] = csp.Apply(value, csp.AllowHeader(value, doc.Grant))
		}
	}
	for _, name := range []string{
		"Content-Encoding", "Content-Length", "Content-MD5", "Digest", "Content-Digest", "Repr-Digest",
		"ETag", "Last-Modified", "Accept-Ranges", "Use-As-Dictionary",
	} {
		resp.Header.Del(name)
	}
	reader := NewReader(body, doc)
	resp.Uncompressed = true
	resp.ContentLength = length(resp, reader)
	if resp.ContentLength >= 0 {
		resp.Header.Set("Content-Length", strconv.FormatInt(resp.ContentLength, 10))
	}
	resp.Body = &page{Reader: reader, origin: resp.Body, done: done}
	return nil
}

// length is how long the page will be, or -1. A site that tells the length of
// its page has the page, and sends it at once: its first bytes are worth
// waiting for, as a body of known length needs fewer writes.
func length(resp *http.Response, reader *Reader) int64 {
	if resp.ContentLength <= 0 || reader.units.src != io.Reader(resp.Body) {
		return -1
	}
	growth, known := reader.lookAhead()
	if !known {
		return -1
	}
	return resp.ContentLength + int64(growth)
}
