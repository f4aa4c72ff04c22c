package main

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eliasnaur.com/font/roboto/robotoblack"
	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/launcher"
	"github.com/go-rod/rod/lib/proto"
)

// gallery is a site with all kinds of assets, some behind a secret or named like
// an address, and other is the one that it
// takes its style sheet and its font from; rrweb may not read that sheet.
func gallery(other string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, `<!doctype html><html><head><title>Gallery</title><link rel=stylesheet href="%s/theme/site.css?code=of-theme"></head>
<body><h1>Three pictures</h1><p id=p>Drawn for a test.</p><div class=row><img src="/moved.svg?token=of-moved" width=120 height=120><img srcset="/square@2x.svg?sig=of-square 1x, /none.svg 2x" width=120 height=120><img src=/disc@2x.svg width=120 height=120><i class=dots></i></div></body></html>`, other)
	})
	mux.Handle("/moved.svg", http.RedirectHandler("/circle.svg", http.StatusFound))
	svg := func(shape string) http.Handler {
		return typed("image/svg+xml", []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">`+shape+`</svg>`))
	}
	mux.Handle("/circle.svg", svg(`<circle cx="5" cy="5" r="5" fill="#c33"/>`))
	mux.Handle("/disc@2x.svg", svg(`<circle cx="5" cy="5" r="5" fill="#111"/>`))
	mux.Handle("/square@2x.svg", svg(`<rect width="10" height="10" fill="#36c"/>`))
	mux.Handle("/theme/dots.svg", svg(`<circle cx="5" cy="5" r="2" fill="#283"/>`))
	mux.Handle("/theme/site.css", typed("text/css", []byte(`@font-face{font-family:Loud;src:url(loud.ttf?ticket=of-loud)}
body{margin:30px;background:#f6f1e7}h1{font:48px Loud;color:#222}.row{display:flex;gap:16px}
.dots{width:120px;height:120px;background:url("dots.svg?X-Amz-Signature=of-dots") 0 0/20px}p{color:#777}`)))
	mux.HandleFunc("/theme/loud.ttf", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Content-Type", "font/ttf")
		_, _ = w.Write(robotoblack.TTF)
	})
	return mux
}

func typed(media string, body []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", media)
		_, _ = w.Write(body)
	})
}

// A session is rendered without its site, and looks as it did.
func TestTheSiteIsGone(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	for _, level := range []string{"standard", "open"} {
		t.Run(level, func(t *testing.T) { siteIsGone(t, level) })
	}
}

func siteIsGone(t *testing.T, level string) {
	t.Helper()
	other := httptest.NewServer(gallery(""))
	site := httptest.NewServer(gallery(other.URL))
	data := t.TempDir()
	proxy, end := recording(t, "", data, "--forward", "--allow", "127.0.0.1", "--privacy", level)
	live := photograph(t, site.URL, proxy, func() { waitFor(t, data, `"type":2`) })
	code, stdout := end()
	if code != exitDone {
		t.Fatalf("exit code %d", code)
	}
	site.Close()
	other.Close()

	dir := t.ArtifactDir()
	poster := filepath.Join(dir, "rendered.png")
	if code := run(t.Context(), []string{
		"render", strings.TrimSpace(stdout), "-o", poster, "--no-cursor", "--no-footer", "--report", filepath.Join(dir, "report.json"),
	}, strings.NewReader(""), io.Discard, t.Output()); code != exitDone {
		t.Fatalf("exit code %d", code)
	}
	if err := os.WriteFile(filepath.Join(dir, "live.png"), live, 0o600); err != nil {
		t.Fatal(err)
	}
	want, got := picture(t, filepath.Join(dir, "live.png")), picture(t, poster)
	if want.Bounds() != got.Bounds() {
		t.Fatalf("rendered %v of %v", got.Bounds(), want.Bounds())
	}
	different := 0
	for y := range want.Bounds().Dy() {
		for x := range want.Bounds().Dx() {
			if want.At(x, y) != got.At(x, y) {
				different++
			}
		}
	}
	if different > 0 {
		t.Errorf("%d pixels are different: see %s", different, dir)
	}
}

// photograph opens a page through a proxy and returns what it looks like.
// recorded returns when the recorder has it.
func photograph(t *testing.T, address, proxy string, recorded func()) []byte {
	t.Helper()
	l := launcher.New().Context(t.Context()).Bin("chromium-headless-shell").NoSandbox(true).Leakless(false).
		UserDataDir(t.TempDir()).Proxy(proxy).Set("proxy-bypass-list", "<-loopback>").
		Set("font-render-hinting", "none").Set("disable-lcd-text") // glyphs as a render draws them
	control, err := l.Launch()
	if err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	b := rod.New().ControlURL(control).MustConnect()
	defer l.Cleanup()
	defer b.MustClose()
	page := b.MustPage("about:blank")
	page.MustSetViewport(800, 480, 1, false).MustNavigate(address).MustWaitLoad()
	page.MustEval(`() => document.fonts.ready.then(() => {})`)
	if !page.MustEval(`() => document.fonts.check('48px Loud')`).Bool() {
		t.Fatal("the font did not load")
	}
	shot, err := page.Screenshot(false, &proto.PageCaptureScreenshot{Format: proto.PageCaptureScreenshotFormatPng})
	if err != nil {
		t.Fatal(err)
	}
	recorded()
	page.MustNavigate("about:blank") // so that its last events are sent
	return shot
}

// waitFor returns when the journal of a data folder holds a text.
func waitFor(t *testing.T, data, text string) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for t.Context().Err() == nil {
		files, err := filepath.Glob(filepath.Join(data, "journal", "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if journal, err := os.ReadFile(file); err == nil && bytes.Contains(journal, []byte(text)) {
				return
			}
		}
		<-tick.C
	}
}

func picture(t *testing.T, path string) image.Image {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return img
}
