package recorder_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/proto"

	"github.com/reelay/reelay/recorder"
	"github.com/reelay/reelay/session"
)

func zipEntries(t *testing.T, file []byte) []*zip.File {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	return z.File
}

// Every form of policy lets the recorder work, and still holds for the page.
func TestPoliciesInABrowser(t *testing.T) {
	tests := map[string]struct{ header, meta string }{
		"nothing allowed":     {header: "default-src 'none'"},
		"strict-dynamic":      {header: "script-src 'nonce-abc' 'strict-dynamic'; connect-src 'none'"},
		"hashes":              {header: "script-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; connect-src 'self'"},
		"unsafe-inline":       {header: "script-src 'unsafe-inline'; connect-src https://api.test"},
		"two policies":        {header: "default-src 'self', script-src 'none'"},
		"meta":                {meta: "default-src 'none'; style-src 'unsafe-inline'"},
		"header and meta":     {header: "script-src 'none'", meta: "connect-src 'none'"},
		"sandbox with script": {header: "sandbox allow-scripts allow-same-origin"},
		"trusted types":       {header: "require-trusted-types-for 'script'; trusted-types 'none'"},
	}
	b := browser(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				if tt.header != "" {
					w.Header().Set("Content-Security-Policy", tt.header)
				}
				meta := ""
				if tt.meta != "" {
					meta = fmt.Sprintf(`<meta http-equiv="Content-Security-Policy" content="%s">`, tt.meta)
				}
				_, _ = io.WriteString(w, "<!doctype html><html><head>"+meta+"</head><body>recorded text<script src=https://evil.test/x.js></script></body></html>")
			}), rigOptions{})
			openPage(t, b, r.URL)
			id := r.session(t)
			eventually(t, "snapshot", func() bool { return contains(r.items(t, id), "recorded text") })
		})
	}
}

// The script of a page that goes on while the recorder is away loses nothing.
func TestTheRecorderComesBack(t *testing.T) {
	r := newRig(t, html(`<!doctype html><head></head><body><p id=p></p>`), rigOptions{})
	page := openPage(t, browser(t), r.URL)
	id := r.session(t)
	eventually(t, "snapshot", func() bool { return contains(r.items(t, id), `"type":2`) })
	for i := range 5 {
		page.MustEval(`i => { document.getElementById('p').append('piece ' + i + ' ') }`, i)
		r.CloseClientConnections() // also those of sockets, which were hijacked
		r.recorder.Disconnect()
	}
	for i := range 5 {
		eventually(t, fmt.Sprintf("piece %d", i), func() bool { return contains(r.items(t, id), fmt.Sprintf("piece %d", i)) })
	}
	for _, item := range r.items(t, id) {
		if item.Lost > 0 {
			t.Errorf("%d events are lost: %s", item.Lost, item.Reason)
		}
	}
}

// Tabs share a session; each page load is a stream of its own and of its tab,
// also when the tab goes back: a headless browser loads that page again.
func TestTabsAndHistory(t *testing.T) {
	r := newRig(t, html(`<!doctype html><head></head><body><p>page</p>`), rigOptions{})
	b := browser(t)
	first := openPage(t, b, r.URL+"/one")
	id := r.session(t)
	pages := func() int { return len(r.journal.Sessions()[0].Pages) }
	first.MustNavigate(r.URL + "/two").MustWaitLoad()
	eventually(t, "second page", func() bool { return pages() == 2 })
	openPage(t, b, r.URL+"/three")
	eventually(t, "second tab", func() bool { return pages() == 3 })
	goBack(t, first)
	eventually(t, "page gone back to", func() bool { return pages() == 4 })
	loads := func() []int {
		tabs, seen := map[string]int{}, map[string]bool{}
		for _, item := range r.items(t, id) {
			if !seen[item.Page] {
				seen[item.Page] = true
				tabs[item.Tab]++
			}
		}
		return slices.Sorted(maps.Values(tabs))
	}
	eventually(t, "events of each tab's pages", func() bool { return slices.Equal(loads(), []int{1, 3}) })
	if n := len(r.journal.Sessions()); n != 1 {
		t.Errorf("%d sessions", n)
	}
}

// A page whose text is still coming when the script runs is recorded like any
// other, with what is known of it, its early errors and its good-bye.
func TestScriptBeforeThePageIsThere(t *testing.T) {
	running := make(chan struct{})
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<!doctype html><head></head><body><p>first part</p>")
		_ = http.NewResponseController(w).Flush()
		select {
		case <-running:
		case <-q.Context().Done():
		}
		_, _ = io.WriteString(w, "<script>throw new Error('too ' + 'early')</script><p>second part</p>")
	}), rigOptions{})
	page, err := browser(t).Page(proto.TargetCreateTarget{URL: r.URL})
	if err != nil {
		t.Fatal(err)
	}
	id := r.session(t)
	close(running)
	for what, text := range map[string]string{"snapshot": "second part", "environment": `"tag":"reelay.env"`, "error": "too early"} {
		eventually(t, what, func() bool { return contains(r.items(t, id), text) })
	}
	page.MustNavigate("about:blank")
	eventually(t, "good-bye", func() bool { return r.journal.Sessions()[0].Left })
}

// goBack asks the browser: a page that is told to go back may be gone before it
// has answered.
func goBack(t *testing.T, page *rod.Page) {
	t.Helper()
	history, err := page.GetNavigationHistory()
	if err != nil {
		t.Fatal(err)
	}
	before := history.Entries[history.CurrentIndex-1]
	if err := (proto.PageNavigateToHistoryEntry{EntryID: before.ID}).Call(page); err != nil {
		t.Fatal(err)
	}
}

// A frame of the same origin is part of its parent's recording, and not one of
// its own.
func TestFrames(t *testing.T) {
	mux := http.NewServeMux()
	mux.Handle("/", html(`<!doctype html><head></head><body><iframe src=/frame></iframe>`))
	mux.Handle("/frame", html(`<!doctype html><head></head><body onclick="document.body.append('frame was ' + 'clicked')">inside the frame`))
	r := newRig(t, mux, rigOptions{})
	page := openPage(t, browser(t), r.URL)
	id := r.session(t)
	eventually(t, "content of the frame", func() bool { return contains(r.items(t, id), "inside the frame") })
	page.MustElement("iframe").MustFrame().MustElement("body").MustClick()
	eventually(t, "change in the frame", func() bool { return contains(r.items(t, id), "frame was clicked") })
	if info := r.journal.Sessions()[0]; len(info.Pages) != 1 {
		t.Errorf("%d streams", len(info.Pages))
	}
}

// What a single-page application does with its address is in the recording,
// without a trace of the recorder in its document.
func TestSinglePageApplication(t *testing.T) {
	r := newRig(t, html(`<!doctype html><html><head><title>App</title></head><body><div id=app></div><script>
const render = () => { document.getElementById('app').textContent = 'route ' + location.hash };
addEventListener('hashchange', render); render();
document.body.dataset.scripts = document.scripts.length</script>`), rigOptions{})
	page := openPage(t, browser(t), r.URL)
	id := r.session(t)
	eventually(t, "snapshot", func() bool { return contains(r.items(t, id), `"type":2`) })
	page.MustEval(`() => { location.hash = '#/cart' }`)
	eventually(t, "route", func() bool { return contains(r.items(t, id), "route #/cart") })
	eventually(t, "address", func() bool {
		return contains(r.items(t, id), `"tag":"reelay.url","payload":{"href":"`+r.URL+`/#/cart"`)
	})
	if n := page.MustEval(`() => document.scripts.length`).Int(); n != 1 {
		t.Errorf("the document has %d scripts", n)
	}
}

// A clock that is an hour off is noted; the events stay as they are.
func TestClockSkew(t *testing.T) {
	r := newRig(t, html(`<head></head><p>page`), rigOptions{})
	page := openPage(t, browser(t), "about:blank")
	if _, err := page.EvalOnNewDocument(`const now = Date.now; Date.now = () => now() + 3600e3`); err != nil {
		t.Fatal(err)
	}
	page.MustNavigate(r.URL)
	id := r.session(t)
	eventually(t, "snapshot", func() bool { return contains(r.items(t, id), `"type":2`) })
	if skew := r.items(t, id)[0].Skew; skew > -59*time.Minute || skew < -61*time.Minute {
		t.Errorf("skew %v", skew)
	}
}

// The bundle has the bytes that the visitor was served.
func TestExportHoldsTheAssets(t *testing.T) {
	mux := http.NewServeMux()
	mux.Handle("/", html(`<!doctype html><head><link rel=stylesheet href=/css/a.css></head><body><img src=/b.png><p>page`))
	mux.Handle("/css/a.css", reply(http.StatusOK, `p{background:url("../c.png")}`, "Content-Type: text/css", "Cache-Control: max-age=600"))
	mux.Handle("/b.png", reply(http.StatusOK, "picture b", "Content-Type: image/png"))
	mux.Handle("/c.png", reply(http.StatusOK, "picture c", "Content-Type: image/png"))
	mux.Handle("/unrelated.png", reply(http.StatusOK, "unrelated", "Content-Type: image/png"))
	r := newRig(t, mux, rigOptions{})
	get(t, r, "/unrelated.png", "Sec-Fetch-Dest: image")
	openPage(t, browser(t), r.URL)
	id := r.session(t)
	eventually(t, "snapshot", func() bool { return contains(r.items(t, id), `"type":2`) })
	eventually(t, "assets", func() bool {
		list, err := r.archive.List()
		return err == nil && len(list) == 4
	})
	var file bytes.Buffer
	m, err := recorder.Export(r.journal, r.archive, id, recorder.Standard, &file)
	if err != nil {
		t.Fatal(err)
	}
	b, err := session.OpenBundle("a.reelay", bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"/b.png": "picture b", "/c.png": "picture c"} {
		a, ok := b.Asset(r.URL+path, m.Ended)
		if !ok {
			t.Errorf("%s is not in the bundle: %+v", path, m.Assets)
			continue
		}
		if body, err := b.Body(a.SHA256); err != nil || string(body) != want {
			t.Errorf("%s: %q, %v", path, body, err)
		}
	}
	if _, ok := b.Asset(r.URL+"/unrelated.png", m.Ended); ok {
		t.Error("an asset of no page is in the bundle")
	}
	if len(m.Pages) != 1 || m.Pages[0].Events < 3 || len(m.Gaps) > 0 || strings.Contains(r.logs.String(), "level=WARN") {
		t.Errorf("manifest %+v, log %s", m, r.logs)
	}
}
