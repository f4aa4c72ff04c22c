package recorder_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/reelay/reelay/recorder"
)

// bench is a site, and a bare httputil.ReverseProxy and a recorder in front of
// it.
type bench struct{ bare, ours *httptest.Server }

func newBench(b *testing.B, site http.Handler) bench {
	b.Helper()
	origin := httptest.NewServer(site)
	b.Cleanup(origin.Close)
	target, err := url.Parse(origin.URL)
	if err != nil {
		b.Fatal(err)
	}
	transport := recorder.NewTransport()
	b.Cleanup(transport.CloseIdleConnections)
	bare := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport: transport, FlushInterval: -1,
	})
	b.Cleanup(bare.Close)
	return bench{bare: bare, ours: benchRecorder(b, origin.URL)}
}

// ask gets a path like a browser, and returns when its headers came, its first
// byte, and its end.
func ask(b *testing.B, server *httptest.Server, path, dest string) (first, whole time.Duration) {
	b.Helper()
	start := time.Now()
	req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, server.URL+path, nil)
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Dest", dest)
	req.Header.Set("Accept-Encoding", "gzip, br")
	resp, err := server.Client().Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var head [1]byte
	if _, err := io.ReadFull(resp.Body, head[:]); err != nil {
		b.Fatal(err)
	}
	first = time.Since(start)
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		b.Fatal(err)
	}
	return first, time.Since(start)
}

// BenchmarkThroughput compares the recorder with a bare httputil.ReverseProxy,
// one request of each in turn, so that both meet the same machine. ×bare is the
// median's ratio: 1 is as fast as the bare one. Assets are in the archive,
// as they are after their first visitor, unless they are new.
func BenchmarkThroughput(b *testing.B) {
	page := prose()
	asset := strings.Repeat("0123456789abcdef", 8<<10)
	kinds := []struct {
		name, media, coding, dest, body string
		fresh                           bool
	}{
		{name: "page", media: "text/html", dest: "document", body: page},
		{name: "gzip page", media: "text/html", coding: "gzip", dest: "document", body: zipped(page)},
		{name: "asset", media: "image/png", dest: "image", body: asset},
		{name: "script", media: "text/javascript", dest: "script", body: asset},
		{name: "new asset", media: "image/png", dest: "image", body: asset, fresh: true},
	}
	for _, kind := range kinds {
		b.Run(kind.name, func(b *testing.B) {
			var served atomic.Int64
			pair := newBench(b, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", kind.media)
				if kind.coding != "" {
					w.Header().Set("Content-Encoding", kind.coding)
				}
				tag := int64(0)
				if kind.fresh {
					tag = served.Add(1)
				}
				w.Header().Set("ETag", fmt.Sprintf("%q", fmt.Sprint(tag)))
				_, _ = io.WriteString(w, kind.body)
			}))
			var bare, ours []time.Duration
			for b.Loop() {
				_, whole := ask(b, pair.bare, "/x", kind.dest)
				bare = append(bare, whole)
				_, whole = ask(b, pair.ours, "/x", kind.dest)
				ours = append(ours, whole)
			}
			b.ReportMetric(float64(median(bare))/float64(median(ours)), "×bare")
		})
	}
}

// prose is a page of 60 kB that compresses as well as pages do, to a quarter.
func prose() string {
	random := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	b.WriteString("<!doctype html><html><head><title>a</title></head><body>")
	for b.Len() < 60_000 {
		b.WriteString(`<p class="text">`)
		for range 12 {
			for range 3 + random.IntN(6) {
				b.WriteByte("etaoinshrdlucmfwypv"[min(random.IntN(19), random.IntN(19))])
			}
			b.WriteByte(' ')
		}
		b.WriteString("</p>")
	}
	return b.String()
}

// BenchmarkFirstByte measures how much later than from a bare proxy the first
// byte of a page comes whose site streams it.
func BenchmarkFirstByte(b *testing.B) {
	rest := bytes.Repeat([]byte("<p>some text of a page</p>"), 500)
	pair := newBench(b, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><html><head><title>a</title>")
		_ = http.NewResponseController(w).Flush()
		_, _ = w.Write(rest)
	}))
	var bare, ours []time.Duration
	for b.Loop() {
		first, _ := ask(b, pair.bare, "/", "document")
		bare = append(bare, first)
		first, _ = ask(b, pair.ours, "/", "document")
		ours = append(ours, first)
	}
	b.ReportMetric(float64((median(ours)-median(bare)).Microseconds())/1000, "ms-added")
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}
