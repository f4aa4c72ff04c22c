package recorder_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/reelay/reelay/recorder"
	"github.com/reelay/reelay/session"
)

// counted counts the requests for each path.
type counted struct {
	http.Handler

	mu    sync.Mutex
	times map[string]int
}

func count(h http.Handler) *counted { return &counted{Handler: h, times: map[string]int{}} }

func (c *counted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	c.times[r.URL.Path]++
	c.mu.Unlock()
	c.Handler.ServeHTTP(w, r)
}

func (c *counted) asked(path string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.times[path]
}

// exported is the bundle of the only session, with all that can be had.
func (r *rig) exported(t *testing.T) (*session.Bundle, string) {
	t.Helper()
	if err := r.recorder.FetchAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if _, err := recorder.Export(r.journal, r.archive, r.session(t), recorder.Standard, &file); err != nil {
		t.Fatal(err)
	}
	b, err := session.OpenBundle("a.reelay", bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return b, unzip(t, file.Bytes())
}

func body(t *testing.T, b *session.Bundle, url string) string {
	t.Helper()
	a, ok := b.Asset(url, b.Manifest.Ended)
	if !ok {
		t.Errorf("%s is not in the bundle: %+v", url, b.Manifest.Assets)
		return ""
	}
	text, err := b.Body(a.SHA256)
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

// What the browser has in its cache does not pass by: it is asked for, once, and
// so is what comes from other hosts. Links are not followed.
func TestCacheHitsAreFetchedOnce(t *testing.T) {
	cdn := count(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		switch q.URL.Path {
		case "/theme/site.css":
			w.Header().Set("Content-Type", "text/css")
			_, _ = io.WriteString(w, "h1:hover{background:url(img/bg.png)}")
		case "/theme/img/bg.png":
			w.Header().Set("Content-Type", "image/png")
			_, _ = io.WriteString(w, "background")
		default:
			http.NotFound(w, q)
		}
	}))
	other := httptest.NewServer(cdn)
	t.Cleanup(other.Close)
	site := http.NewServeMux()
	site.Handle("/", html(fmt.Sprintf(`<!doctype html><head><link rel=stylesheet href="%s/theme/site.css"></head>
		<body><h1>page</h1><img src=/logo.png><img src=/moved.png><img src=/gone.png><video src=/film.mp4></video><a href=/logout>out</a>`, other.URL)))
	site.Handle("/logo.png", reply(http.StatusOK, "logo", "Content-Type: image/png", "Cache-Control: max-age=3600"))
	site.Handle("/moved.png", http.RedirectHandler("/logo.png", http.StatusFound))
	site.Handle("/gone.png", reply(http.StatusNotFound, "<p>no", "Content-Type: text/html"))
	site.Handle("/film.mp4", http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Content-Type", "video/mp4")
		http.ServeContent(w, q, "", testTime(), strings.NewReader("not much of a film"))
	}))
	origin := count(site)
	server := httptest.NewServer(origin)
	t.Cleanup(server.Close)
	b := browser(t)

	first := newRigFor(t, server, rigOptions{elsewhere: http.DefaultTransport})
	openPage(t, b, first.URL)
	eventually(t, "snapshot", func() bool { return contains(first.items(t, first.session(t)), `"type":2`) })
	check := func(r *rig) {
		t.Helper()
		bundle, text := r.exported(t)
		for path, want := range map[string]string{"/logo.png": "logo", "/moved.png": "logo", "/film.mp4": "not much of a film"} {
			if got := body(t, bundle, r.URL+path); got != want {
				t.Errorf("%s: %q", path, got)
			}
		}
		if got := body(t, bundle, other.URL+"/theme/img/bg.png"); got != "background" {
			t.Errorf("background of the other host: %q", got)
		}
		if want := `h1:hover{background:url(\"` + other.URL + `/theme/img/bg.png\")}`; !strings.Contains(text, want) {
			t.Errorf("the style sheet of another origin is not inlined: %s", want)
		}
	}
	check(first)

	// The same address with an empty archive: the browser has nearly all of it.
	addr := first.Listener.Addr().String()
	first.Close()
	before := origin.asked("/logo.png")
	second := newRigFor(t, server, rigOptions{
		elsewhere: http.DefaultTransport,
		listen:    func() (net.Listener, error) { return (&net.ListenConfig{}).Listen(t.Context(), "tcp", addr) },
	})
	openPage(t, b, second.URL)
	eventually(t, "snapshot", func() bool { return contains(second.items(t, second.session(t)), `"type":2`) })
	check(second)
	check(second)
	if n := origin.asked("/logo.png") - before; n != 1 {
		t.Errorf("the picture in the browser's cache was asked for %d times", n)
	}
	if origin.asked("/logout") > 0 {
		t.Error("a link was followed")
	}
}

// Anybody can send the recorder a page that shows something of the network
// around it.
func TestNothingIsFetchedFromTheNetworkAround(t *testing.T) {
	asked := make(chan string, 10)
	inside := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) { asked <- q.URL.Path }))
	t.Cleanup(inside.Close)
	public := recorder.NewPublicTransport()
	t.Cleanup(public.CloseIdleConnections)
	r := newRig(t, html("<head></head>"), rigOptions{elsewhere: public})
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]"} {
		address := strings.Replace(inside.URL, "127.0.0.1", host, 1)
		resp, err := (&http.Client{Transport: public}).Get(address + "/secret.png")
		if err == nil {
			_ = resp.Body.Close()
			t.Errorf("%s was reached", address)
		}
	}
	c, _ := call(t, r, pageID)
	c.say("%s", `{"t":"events","seq":0}`+"\n"+`{"type":2,"data":{"node":{"type":2,"tagName":"img","attributes":{"src":"`+inside.URL+`/secret.png"}}}}`)
	c.hear()
	if err := r.recorder.FetchAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {
	case path := <-asked:
		t.Errorf("%s was fetched", path)
	default:
	}
}

// A camera's picture comes for as long as somebody watches it: it is not waited
// for beyond its time, and other pictures come meanwhile.
func TestStreamsKeepNothingFromBeingFetched(t *testing.T) {
	watching := make(chan struct{})
	site := http.NewServeMux()
	site.Handle("/", html("<head></head>"))
	site.HandleFunc("/webcam.mjpg", func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Content-Type", "image/mjpeg")
		_, _ = io.WriteString(w, "frame")
		_ = http.NewResponseController(w).Flush()
		watching <- struct{}{}
		<-q.Context().Done()
	})
	site.Handle("/logo.png", reply(http.StatusOK, "logo", "Content-Type: image/png"))
	r := newRig(t, site, rigOptions{})
	tab, closeTab := context.WithCancel(t.Context())
	defer closeTab()
	req, err := http.NewRequestWithContext(tab, http.MethodGet, r.URL+"/webcam.mjpg", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Dest", "image")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	<-watching

	c, _ := call(t, r, pageID)
	const image = `{"tagName":"img","attributes":{"src":"%s"}}`
	c.say("%s", `{"t":"events","seq":0}`+"\n"+fmt.Sprintf(`{"type":2,"nodes":[`+image+`,`+image+`]}`, r.URL+"/webcam.mjpg", r.URL+"/logo.png"))
	c.hear()
	if err := r.recorder.FetchMissing(t.Context()); err != nil { // finds them
		t.Fatal(err)
	}
	within, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	fetched := make(chan error, 1)
	go func() { fetched <- r.recorder.FetchMissing(within) }()
	<-watching // the recorder asks as well
	select {
	case err := <-fetched:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the fetching goes on for as long as the stream does")
	}
	list, err := r.archive.List()
	if err != nil || len(list) != 1 || list[0].URL != r.URL+"/logo.png" {
		t.Errorf("%+v, %v", list, err)
	}
}
