package recorder_test

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"unicode/utf16"

	"github.com/andybalholm/brotli"
	"github.com/go-rod/rod"
	"github.com/klauspost/compress/zstd"

	"github.com/reelay/reelay/recorder"
	"github.com/reelay/reelay/recorder/redact"
)

// sent is a document as a site may send it.
type sent struct {
	headers []string
	body    string
	status  int
	shows   string // in the recording; "Grüße 漢字" by default
}

// greeting is in every document, in its encoding.
const greeting = "Grüße 漢字"

func documents() map[string]sent {
	const page = "<!doctype html><html lang=de><head><title>t</title></head><body><p>" + greeting + "</p></body></html>"
	japanese := "\x8a\xbf\x8e\x9a" // 漢字 in Shift_JIS
	far := "<!doctype html><html><head><!--" + strings.Repeat(" ", 930) + `--><meta charset="shift_jis"></head><body>` + japanese
	return map[string]sent{
		"plain":             {body: page},
		"no head":           {body: "<!doctype html><p>" + greeting},
		"nothing but text":  {body: greeting},
		"quirks":            {body: "<html><body><p>" + greeting},
		"upper case":        {body: "<!DOCTYPE HTML><HTML><HEAD><TITLE>T</TITLE></HEAD><BODY>" + greeting},
		"comment first":     {body: "<!-- <head> -->" + page},
		"script first":      {body: "<!doctype html><script>document.title = '<head>'</script><head></head>" + greeting},
		"byte order mark":   {body: "\xEF\xBB\xBF" + page},
		"UTF-16":            {body: wide("\uFEFF" + page)},
		"UTF-16 by header":  {body: wide(page), headers: []string{"Content-Type: text/html; charset=utf-16le"}},
		"Shift_JIS":         {body: "<head></head>" + japanese, headers: []string{"Content-Type: text/html; charset=Shift_JIS"}, shows: "漢字"},
		"Shift_JIS by meta": {body: far, headers: []string{"Content-Type: text/html"}, shows: "漢字"},
		"XHTML": {
			body:    `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>t</title></head><body><p>` + greeting + `</p></body></html>`,
			headers: []string{"Content-Type: application/xhtml+xml; charset=utf-8"},
		},
		"frameset":         {body: "<html><head></head><frameset cols='50%,*'><frame src=/frame><frame></frameset></html>", shows: `"frameset"`},
		"not found":        {body: page, status: http.StatusNotFound},
		"server error":     {body: page, status: http.StatusInternalServerError},
		"no type":          {body: strings.Replace(page, "<head>", "<head><meta charset=utf-8>", 1), headers: []string{"Content-Type: "}},
		"zlib":             {body: packed(page, zlib.NewWriter), headers: []string{"Content-Encoding: deflate"}},
		"raw deflate":      {body: packed(page, func(w io.Writer) io.WriteCloser { return flated(w) }), headers: []string{"Content-Encoding: deflate"}},
		"brotli":           {body: packed(page, brotli.NewWriter), headers: []string{"Content-Encoding: br"}},
		"zstd":             {body: packed(page, func(w io.Writer) io.WriteCloser { return zstded(w) }), headers: []string{"Content-Encoding: zstd"}},
		"gzip over brotli": {body: zipped(packed(page, brotli.NewWriter)), headers: []string{"Content-Encoding: br, gzip"}},
		"integrity":        {body: strings.Replace(page, "</head>", `<script src=/s.js integrity="sha256-klElkCltppVDXND74ui9ESVZDBNvhxRKMyDkZTLhvds="></script></head>`, 1)},
	}
}

func packed[W io.WriteCloser](text string, pack func(io.Writer) W) string {
	var b bytes.Buffer
	w := pack(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.String()
}

func flated(w io.Writer) io.WriteCloser {
	f, err := flate.NewWriter(w, flate.BestSpeed)
	if err != nil {
		panic(err) // the level is valid
	}
	return f
}

func zstded(w io.Writer) io.WriteCloser {
	z, err := zstd.NewWriter(w)
	if err != nil {
		panic(err) // there are no options
	}
	return z
}

// wide is a text in UTF-16.
func wide(text string) string {
	var out []byte
	for _, u := range utf16.Encode([]rune(text)) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return string(out)
}

func (s sent) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/frame":
		_, _ = io.WriteString(w, "<p>in a frame")
		return
	case "/s.js":
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = io.WriteString(w, "document.documentElement.dataset.ran = 1")
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	for _, header := range s.headers {
		name, value, _ := strings.Cut(header, ": ")
		h.Set(name, value)
		if value == "" {
			h[name] = nil
		}
	}
	w.WriteHeader(max(s.status, http.StatusOK))
	_, _ = io.WriteString(w, s.body)
}

// A browser makes the same document of what a site sends with and without the
// recorder, which has recorded it.
func TestDocumentsInABrowser(t *testing.T) {
	b := browser(t)
	for name, doc := range documents() {
		t.Run(name, func(t *testing.T) {
			site := httptest.NewServer(doc)
			t.Cleanup(site.Close)
			r := newRigFor(t, site, rigOptions{})
			want := made(openPage(t, b, site.URL))
			page := openPage(t, b, r.URL)
			shows := doc.shows
			if shows == "" {
				shows = greeting
			}
			id := r.session(t)
			eventually(t, "recording", func() bool { return contains(r.items(t, id), shows) })
			if got := made(page); got != want {
				t.Errorf("the document is\n%s\nwithout the recorder\n%s", got, want)
			}
			if name != "frameset" && !strings.Contains(want, strings.Trim(shows, `"`)) {
				t.Errorf("the test's own document is wrong: %s", want)
			}
		})
	}
}

// made is what a browser made of a document.
func made(page *rod.Page) string {
	return page.MustEval(`() => [document.characterSet, document.compatMode, document.contentType, document.documentElement.outerHTML].join('\n')`).Str()
}

// What is no page reaches the browser as it was sent, headers included.
func TestOtherAnswersPassUntouched(t *testing.T) {
	const page = "<!doctype html><head></head><p>page"
	for _, tt := range []struct {
		name, method string
		status       int
		header, ask  string
	}{
		{"head", http.MethodHead, 200, "Content-Length: 1234", ""},
		{"no content", http.MethodGet, 204, "X-A: b", ""},
		{"not modified", http.MethodGet, 304, `ETag: "x"`, "Sec-Fetch-Dest: image"},
		{"part", http.MethodGet, 206, "Content-Range: bytes 0-34/100", "Sec-Fetch-Dest: empty"},
		{"attachment", http.MethodGet, 200, "Content-Disposition: attachment; filename=a.html", ""},
		{"without a type", http.MethodGet, 200, "X-Content-Type-Options: nosniff", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				if tt.name == "without a type" {
					w.Header()["Content-Type"] = nil
				}
				w.Header().Set("Date", "Fri, 02 Jan 2026 03:04:05 GMT")
				name, value, _ := strings.Cut(tt.header, ": ")
				w.Header().Set(name, value)
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, page)
			}))
			t.Cleanup(site.Close)
			r := newRigFor(t, site, rigOptions{})
			ask := func(base string) string {
				req, err := http.NewRequestWithContext(t.Context(), tt.method, base, nil)
				if err != nil {
					t.Fatal(err)
				}
				req.Header.Set("Sec-Fetch-Dest", "document")
				req.Header.Set("Accept-Encoding", "identity")
				if name, value, ok := strings.Cut(tt.ask, ": "); ok {
					req.Header.Set(name, value)
				}
				resp, err := r.Client().Do(req)
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = resp.Body.Close() }()
				body, err := io.ReadAll(resp.Body)
				return fmt.Sprint(resp.Status, resp.Header, resp.ContentLength, string(body), err)
			}
			if got, want := ask(r.URL), ask(site.URL); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// A service worker that keeps the page for later keeps it with the recorder in
// it, and the log says that one is there.
func TestServiceWorkers(t *testing.T) {
	site := http.NewServeMux()
	site.Handle("/", html(`<!doctype html><head></head><body><p>the shell</p><script>
navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready).then(() => document.body.append('kept ' + 'now'))</script>`))
	site.Handle("/fragment", html(`<p>a fragment</p>`))
	site.Handle("/sw.js", reply(http.StatusOK, `
addEventListener('install', (e) => e.waitUntil(caches.open('a').then((c) => c.addAll(['/', '/fragment'])).then(() => skipWaiting())));
addEventListener('activate', (e) => e.waitUntil(clients.claim()));
addEventListener('fetch', (e) => e.respondWith(caches.match(e.request).then((kept) => kept || fetch(e.request))));`,
		"Content-Type: text/javascript"))
	origin := httptest.NewServer(site)
	t.Cleanup(origin.Close)
	r := newRigFor(t, origin, rigOptions{})
	page := openPage(t, browser(t), r.URL)
	page.MustElementR("body", "kept now")
	if u := <-r.unrecorded; u.Path != "/sw.js" || !strings.Contains(u.Reason, "service worker") {
		t.Errorf("reported %+v", u)
	}
	origin.Close()
	page.MustReload().MustElementR("p", "the shell")
	if got := page.MustEval(`() => fetch('/fragment').then((r) => r.text())`).Str(); got != "<p>a fragment</p>" {
		t.Errorf("fragment %q", got)
	}
	id := r.session(t)
	eventually(t, "page of the service worker", func() bool {
		streams := map[string]bool{}
		for _, item := range r.items(t, id) {
			if strings.Contains(string(item.Event), "the shell") {
				streams[item.Page] = true
			}
		}
		return len(streams) == 2
	})
}

// A page that the browser fetched ahead, and shows without asking again, has the
// recorder in it.
func TestPrefetchedPages(t *testing.T) {
	var asked atomic.Int32
	site := http.NewServeMux()
	site.Handle("/", html(`<!doctype html><head><link rel=prefetch href=/next><link rel=prefetch href=/fragment></head><body><a href=/next>on</a>`))
	site.HandleFunc("/next", func(w http.ResponseWriter, req *http.Request) {
		asked.Add(1)
		w.Header().Set("Cache-Control", "max-age=600")
		html(`<!doctype html><head></head><body>the next page`).ServeHTTP(w, req)
	})
	site.Handle("/fragment", html(`<p>a fragment</p>`))
	r := newRig(t, site, rigOptions{})
	page := openPage(t, browser(t), r.URL)
	page.MustWait(`() => performance.getEntriesByType('resource').filter((e) => e.responseEnd && /next|fragment/.test(e.name)).length === 2`)
	if got := page.MustEval(`() => fetch('/fragment', { cache: 'force-cache' }).then((r) => r.text())`).Str(); got != "<p>a fragment</p>" {
		t.Errorf("fragment %q", got)
	}
	page.MustElement("a").MustClick()
	id := r.session(t)
	eventually(t, "the next page", func() bool { return contains(r.items(t, id), "the next page") })
	if n := asked.Load(); n != 1 {
		t.Errorf("the site was asked %d times: the page did not come from the browser's cache", n)
	}
}

// A page that is rendered ahead is recorded from when it is shown.
func TestPrerenderedPages(t *testing.T) {
	r := newRig(t, html(`<!doctype html><head></head><body>rendered ahead`), rigOptions{})
	page := openPage(t, browser(t), "about:blank")
	page.MustEvalOnNewDocument(`Object.defineProperty(Document.prototype, 'prerendering', { get: () => !window.shown })`)
	page.MustNavigate(r.URL).MustWaitLoad()
	page.MustEval(`() => new Promise((done) => setTimeout(done, 300))`)
	if got := r.journal.Sessions(); len(got) != 0 {
		t.Fatalf("sessions of a page that nobody sees: %+v", got)
	}
	page.MustEval(`() => { window.shown = true; document.dispatchEvent(new Event('prerenderingchange')) }`)
	id := r.session(t)
	eventually(t, "snapshot", func() bool { return contains(r.items(t, id), "rendered ahead") })
}

// A base element of another origin is for the page's addresses, not for the
// recorder's.
func TestABaseOfAnotherOrigin(t *testing.T) {
	r := newRig(t, html(`<!doctype html><head><base href="https://elsewhere.test/deep/"></head><body>based elsewhere`), rigOptions{})
	openPage(t, browser(t), r.URL+"/a/b")
	id := r.session(t)
	eventually(t, "snapshot", func() bool { return contains(r.items(t, id), "based elsewhere") })
}

// Where an event can't be masked, the picture is right again soon after.
func TestWhatCannotBeMasked(t *testing.T) {
	r := newRig(t, html(`<!doctype html><head></head><body><p id=p>before</p>`), rigOptions{})
	page := openPage(t, browser(t), r.URL)
	id := r.session(t)
	eventually(t, "snapshot", func() bool { return contains(r.items(t, id), "before") })
	page.MustEval(`() => {
		const { matchAll } = String.prototype
		String.prototype.matchAll = () => { throw new Error('broken') }
		p.textContent = 'after, for alice@example.com'
		return new Promise((done) => setTimeout(done)).then(() => { String.prototype.matchAll = matchAll })
	}`)
	eventually(t, "fresh snapshot", func() bool { return contains(r.items(t, id), "after, for "+redact.Mask) })
	items := r.items(t, id)
	if !slices.ContainsFunc(items, func(item recorder.Item) bool { return item.Lost == 1 }) {
		t.Error("the event that could not be masked is no gap")
	}
}

// A frame of another origin works, and is not recorded.
func TestFramesOfAnotherOrigin(t *testing.T) {
	other := httptest.NewServer(html(`<p>of another origin</p><script>parent.postMessage('hello from the frame', '*')</script>`))
	t.Cleanup(other.Close)
	r := newRig(t, html(`<!doctype html><head></head><body><script>onmessage = (e) => document.body.append(e.data)</script><iframe src="`+
		strings.Replace(other.URL, "127.0.0.1", "localhost", 1)+`"></iframe>`), rigOptions{})
	page := openPage(t, browser(t), r.URL)
	page.MustElementR("body", "hello from the frame")
	id := r.session(t)
	eventually(t, "message", func() bool { return contains(r.items(t, id), "hello from the frame") })
	if contains(r.items(t, id), "of another origin") || len(r.journal.Sessions()[0].Pages) != 1 {
		t.Error("the frame is recorded")
	}
}

// Fragments that htmx and Turbo fetch are put into the page as they were sent.
func TestFragments(t *testing.T) {
	site := http.NewServeMux()
	site.Handle("/", html(`<!doctype html><head></head><body><div id=a></div><div id=b></div><script>
const load = (id, name) => fetch('/fragment', { headers: { [name]: 'true', Accept: 'text/html' } }).then((r) => r.text()).then((text) => { document.getElementById(id).innerHTML = text });
Promise.all([load('a', 'HX-Request'), load('b', 'Turbo-Frame')]).then(() => { document.body.dataset.done = 1 })</script>`))
	const fragment = "<html><head></head><body><b>fragment</b></body></html>"
	site.Handle("/fragment", html(fragment))
	r := newRig(t, site, rigOptions{})
	page := openPage(t, browser(t), r.URL)
	page.MustElement("body[data-done]")
	for _, id := range []string{"a", "b"} {
		if got := page.MustElement("#" + id).MustEval(`() => this.innerHTML`).Str(); got != "<b>fragment</b>" {
			t.Errorf("%s: %s", id, got)
		}
	}
	id := r.session(t)
	eventually(t, "fragment", func() bool { return contains(r.items(t, id), "fragment") })
}
