package inject_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/reelay/reelay/recorder/inject"
)

func TestNavigation(t *testing.T) {
	tests := []struct {
		name    string
		method  string
		headers string
		want    bool
	}{
		{"top document", "GET", "Sec-Fetch-Dest: document", true},
		{"form post", "POST", "Sec-Fetch-Dest: document", true},
		{"iframe", "GET", "Sec-Fetch-Dest: iframe", true},
		{"frame", "GET", "Sec-Fetch-Dest: frame", true},
		{"fetch", "GET", "Sec-Fetch-Dest: empty; Accept: text/html", false},
		{"htmx", "GET", "HX-Request: true; Accept: text/html", false},
		{"htmx boosted", "GET", "HX-Request: true; HX-Boosted: true; Sec-Fetch-Dest: document", false},
		{"turbo frame", "GET", "Turbo-Frame: cart; Accept: text/html", false},
		{"jquery", "GET", "X-Requested-With: XMLHttpRequest; Accept: text/html", false},
		{"plain http origin", "GET", "Accept: text/html,application/xhtml+xml,*/*;q=0.8", true},
		{"image on a plain http origin", "GET", "Accept: image/avif,*/*", false},
		{"head", "HEAD", "Sec-Fetch-Dest: document", false},
		{"web socket", "GET", "Upgrade: websocket; Accept: text/html", false},
		{"script", "GET", "Sec-Fetch-Dest: script", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(tt.method, "/", nil)
			r.Header = headers(tt.headers)
			if got := inject.Navigation(r); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func headers(list string) http.Header {
	h := http.Header{}
	for item := range strings.SplitSeq(list, "; ") {
		if name, value, ok := strings.Cut(item, ": "); ok {
			h.Add(name, value)
		}
	}
	return h
}

func TestPage(t *testing.T) {
	tests := []struct {
		name         string
		status       int
		headers      string
		page         bool
		unrecordable bool
	}{
		{"html", 200, "Content-Type: text/html", true, false},
		{"parameters", 200, "Content-Type: Text/HTML;charset=Shift_JIS", true, false},
		{"broken parameters", 200, "Content-Type: text/html; charset", true, false},
		{"two charsets", 200, "Content-Type: text/html;charset=a;charset=b", true, false},
		{"two types", 200, "Content-Type: text/html, text/html", true, false},
		{"the last type counts", 200, "Content-Type: text/html, text/plain, */*", false, false},
		{"xhtml", 200, "Content-Type: application/xhtml+xml", true, false},
		{"not found", 404, "Content-Type: text/html", true, false},
		{"server error", 503, "Content-Type: text/html", true, false},
		{"redirect", 302, "Content-Type: text/html", false, false},
		{"no content", 204, "Content-Type: text/html", false, false},
		{"not modified", 304, "Content-Type: text/html", false, false},
		{"partial", 206, "Content-Type: text/html", true, true},
		{"attachment", 200, "Content-Type: text/html; Content-Disposition: attachment", false, false},
		{"attachment with a name", 200, "Content-Type: text/html; Content-Disposition: attachment, a=b", false, false},
		{"inline", 200, "Content-Type: text/html; Content-Disposition: inline", true, false},
		{"json", 200, "Content-Type: application/json", false, false},
		{"events", 200, "Content-Type: text/event-stream", false, false},
		{"no type and no page", 200, "", false, false},
		{"no type", 200, "X-Body: <!doctype html><p>", true, false},
		{"no type and no guessing", 200, "X-Body: <!doctype html><p>; X-Content-Type-Options: nosniff", false, false},
		{"sandbox", 200, "Content-Type: text/html; Content-Security-Policy: sandbox", true, true},
		{"sandbox with scripts", 200, "Content-Type: text/html; Content-Security-Policy: sandbox allow-scripts allow-same-origin", true, false},
		{"sandbox without an origin", 200, "Content-Type: text/html; Content-Security-Policy: sandbox allow-scripts", true, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			resp := &http.Response{StatusCode: tt.status, Header: headers(tt.headers)}
			if tt.name == "attachment with a name" {
				resp.Header.Set("Content-Disposition", `attachment; filename="a.html"`)
			}
			body := resp.Header.Get("X-Body")
			resp.Body = io.NopCloser(strings.NewReader(body))
			_, page, err := inject.Page(resp)
			if left, _ := io.ReadAll(resp.Body); string(left) != body {
				t.Errorf("body %q became %q", body, left)
			}
			if page != tt.page || errors.Is(err, inject.ErrUnrecordable) != tt.unrecordable {
				t.Errorf("got %v, %v", page, err)
			}
		})
	}
}

func TestTheFirstCharsetOfTheLastTypeCounts(t *testing.T) {
	for value, want := range map[string]string{
		"text/html;charset=Shift_JIS;charset=utf-8":             "Shift_JIS",
		`text/html; CharSet="Shift_JIS"`:                        "Shift_JIS",
		"text/html;charset=Shift_JIS, text/html":                "Shift_JIS",
		"text/html;charset=Shift_JIS, text/html;charset=EUC-JP": "EUC-JP",
		"text/plain;charset=Shift_JIS, text/html":               "",
	} {
		resp := &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {value}}, Body: http.NoBody}
		if doc, page, err := inject.Page(resp); err != nil || !page || doc.Charset != want {
			t.Errorf("%s: %q, %v, %v", value, doc.Charset, page, err)
		}
	}
}

func TestWholeDocument(t *testing.T) {
	tests := map[string]bool{
		"<!doctype html><p>":                         true,
		"\xEF\xBB\xBF\n<!-- built --><HTML lang=en>": true,
		"<head><title>":                              true,
		"<header>":                                   false, "<div><html>": false, "": false,
	}
	for body, want := range tests {
		for coding, text := range map[string]string{"identity": body, "gzip": zipped(body)} {
			resp := &http.Response{Header: headers("Content-Type: text/html; Content-Encoding: " + coding), Body: io.NopCloser(strings.NewReader(text))}
			if got := inject.WholeDocument(resp); got != want {
				t.Errorf("%q in %s: %v", body, coding, got)
			}
			if left, _ := io.ReadAll(resp.Body); string(left) != text {
				t.Errorf("%q became %q", text, left)
			}
		}
	}
}

func zipped(text string) string {
	var b bytes.Buffer
	g := gzip.NewWriter(&b)
	_, _ = io.WriteString(g, text)
	_ = g.Close()
	return b.String()
}

func TestPrepareRequest(t *testing.T) {
	h := headers("If-None-Match: a; If-Modified-Since: b; Range: bytes=0-1; If-Range: c; Accept-Encoding: gzip, dcz; Cookie: d")
	inject.PrepareRequest(h)
	want := headers("Accept-Encoding: gzip; Cookie: d")
	if len(h) != len(want) || h.Get("Accept-Encoding") != "gzip" || h.Get("Cookie") != "d" {
		t.Errorf("got %v", h)
	}
}

func TestDropDictionaries(t *testing.T) {
	h := headers("Available-Dictionary: :a:; Dictionary-ID: b; Accept-Encoding: gzip, br, dcb, dcz")
	inject.DropDictionaries(h)
	if len(h) != 1 || h.Get("Accept-Encoding") != "gzip, br" {
		t.Errorf("got %v", h)
	}
}

func TestResponse(t *testing.T) {
	resp := &http.Response{
		StatusCode: http.StatusOK,
		Body:       io.NopCloser(strings.NewReader(zipped("<html><head></head>"))),
		Header: headers("Content-Type: text/html; Content-Encoding: gzip; Content-Length: 9; ETag: a; Last-Modified: b; " +
			"Digest: c; Content-Digest: d; Repr-Digest: e; Content-MD5: f; Accept-Ranges: bytes; " +
			"Cache-Control: no-store; Content-Security-Policy: connect-src 'none'; Content-Security-Policy-Report-Only: script-src a.test"),
	}
	resp.Header.Add("Content-Security-Policy", "img-src *, connect-src b.test")
	var outcome inject.Outcome
	if err := inject.Response(resp, document("", false), func(o inject.Outcome) { outcome = o }); err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil || string(body) != "<html><head>"+tag+"</head>" {
		t.Errorf("body %q, %v", body, err)
	}
	if outcome != inject.Injected || resp.ContentLength != -1 {
		t.Errorf("outcome %q, length %d", outcome, resp.ContentLength)
	}
	want := map[string][]string{
		"Content-Type":                        {"text/html"},
		"Cache-Control":                       {"no-store"},
		"Content-Security-Policy":             {"connect-src 'none' wss://s.test/.r/", "img-src *, connect-src b.test wss://s.test/.r/"},
		"Content-Security-Policy-Report-Only": {"script-src a.test https://s.test/.r/"},
	}
	if len(resp.Header) != len(want) {
		t.Errorf("headers %v", resp.Header)
	}
	for name, values := range want {
		if got := resp.Header.Values(name); strings.Join(got, "|") != strings.Join(values, "|") {
			t.Errorf("%s: %q, want %q", name, got, values)
		}
	}
}

// A page of known length stays one where its head comes at once, and only
// there.
func TestResponseOfKnownLength(t *testing.T) {
	const page = "<html><head><title>t</title><script>let a</script></head><body>text"
	for name, tt := range map[string]struct {
		body  io.Reader
		want  int64
		codec string
	}{
		"at once":    {strings.NewReader(page), int64(len(page) + len(tag)), ""},
		"by byte":    {iotest.OneByteReader(strings.NewReader(page)), -1, ""},
		"compressed": {strings.NewReader(zipped(page)), -1, "gzip"},
	} {
		t.Run(name, func(t *testing.T) {
			resp := &http.Response{StatusCode: http.StatusOK, ContentLength: int64(len(page)), Body: io.NopCloser(tt.body), Header: headers("Content-Type: text/html")}
			if tt.codec != "" {
				resp.Header.Set("Content-Encoding", tt.codec)
			}
			if err := inject.Response(resp, document("", false), nil); err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(resp.Body)
			if err != nil || resp.ContentLength != tt.want || tt.want > 0 && int64(len(text)) != tt.want {
				t.Errorf("length %d, %d bytes, %v", resp.ContentLength, len(text), err)
			}
		})
	}
}

func TestResponseInAnUnknownCodingIsLeftAlone(t *testing.T) {
	resp := &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("?")), Header: headers("Content-Type: text/html; Content-Encoding: made-up; ETag: a")}
	err := inject.Response(resp, document("", false), nil)
	if !errors.Is(err, inject.ErrUnrecordable) || len(resp.Header) != 3 {
		t.Errorf("error %v, headers %v", err, resp.Header)
	}
}
