package recorder

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Limits of fetching.
const (
	fetchWithin = 20 * time.Second
	fetchAtOnce = 4
	maxRounds   = 6 // a style sheet imports another, which has fonts, …
)

// fetcher gets the assets that sessions show and that did not pass by: the
// browser had them in its cache, or from a host that it reaches on its own.
// Each is asked for once, without credentials.
type fetcher struct {
	journal   *Journal
	archive   *Archive
	proxy     http.Handler      // for the hosts that are recorded
	origins   *origins          // which those are
	reverse   bool              // the proxy expects a path, not an absolute URL
	elsewhere http.RoundTripper // for all others; nil leaves them out
	log       *slog.Logger

	mu      sync.Mutex
	read    map[string]int // how many records of each session
	urls    *urlSet        // all that were referred to
	waiting []string       // found, and maybe on their way through the proxy
	fetched []string       // in the last round; style sheets refer to more
}

// all makes rounds until there is nothing to ask for any more, or too much.
func (f *fetcher) all(ctx context.Context) error {
	for range maxRounds {
		if err := f.round(ctx); err != nil {
			return err
		}
		f.mu.Lock()
		done := len(f.waiting)+len(f.fetched) == 0
		f.mu.Unlock()
		if done {
			break
		}
	}
	return nil
}

// round asks for what the last round found and is not in the archive yet, and
// looks for more. It returns when all have answered.
func (f *fetcher) round(ctx context.Context) error {
	if f.archive == nil {
		return nil
	}
	f.mu.Lock()
	due := f.waiting
	err := f.look()
	f.mu.Unlock()
	var group errgroup.Group
	group.SetLimit(fetchAtOnce)
	for _, u := range due {
		if !f.archive.has(u) {
			group.Go(func() error {
				f.fetch(ctx, u)
				return nil
			})
		}
	}
	_ = group.Wait() // one that fails is missing, which a render says
	return err
}

// look gathers what sessions have referred to since it was called last.
func (f *fetcher) look() error {
	f.waiting = nil
	if len(f.urls.known) >= maxURLs {
		f.urls = newURLSet()
	}
	for _, u := range f.fetched {
		if base, text, ok := f.archive.sheet(u); ok {
			f.urls.style(base, text)
		}
	}
	f.fetched = nil
	read := map[string]int{}
	for _, s := range f.journal.Sessions() {
		n, err := f.journal.each(s.ID, f.read[s.ID], f.urls.shown)
		if err != nil {
			return err
		}
		read[s.ID] = n
	}
	f.read = read
	for u := range f.urls.all() {
		if !f.archive.has(u) && fetchable(u) {
			f.waiting = append(f.waiting, u)
		}
	}
	return nil
}

// fetchable reports whether a URL is whole: a redacted one leads nowhere.
func fetchable(u string) bool {
	return !strings.Contains(u, "•") && !strings.Contains(u, url.QueryEscape("•"))
}

// fetch asks for one asset. What comes is archived on its way.
func (f *fetcher) fetch(ctx context.Context, address string) {
	ctx, cancel := context.WithTimeout(ctx, fetchWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return // not a URL after all
	}
	req.Header.Set("Accept-Encoding", "gzip")
	req.Header.Set("User-Agent", "Mozilla/5.0 (compatible; reelay)")
	if f.origins.has(req.URL.Scheme + "://" + req.URL.Host) {
		f.throughProxy(req, address)
	} else if f.elsewhere != nil {
		f.fromElsewhere(req, address)
	}
	f.archive.wait(address)
	f.mu.Lock()
	f.fetched = append(f.fetched, address)
	f.mu.Unlock()
}

// throughProxy asks the recorder itself, as a browser would.
func (f *fetcher) throughProxy(req *http.Request, address string) {
	req.Header.Set("Sec-Fetch-Dest", "image")
	if f.reverse {
		req.Header.Set("X-Forwarded-Proto", req.URL.Scheme)
		req.URL = &url.URL{Path: req.URL.Path, RawPath: req.URL.RawPath, RawQuery: req.URL.RawQuery}
	}
	w := &drain{header: http.Header{}}
	f.proxy.ServeHTTP(w, req)
	if !redirects(w.status) {
		return
	}
	if to, err := redirected(address, w.header.Get("Location")); err == nil {
		f.mu.Lock()
		f.urls.add(to)
		f.mu.Unlock()
	}
}

// fromElsewhere asks another host.
func (f *fetcher) fromElsewhere(req *http.Request, address string) {
	client := http.Client{Transport: f.elsewhere}
	resp, err := client.Do(req)
	if err != nil {
		f.log.Debug("asset of another host did not come", slog.String("host", req.URL.Host), slog.Any("error", err))
		return
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode == http.StatusOK && asset(resp) {
		f.archive.copy(resp, address)
		_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxAsset+1))
	}
}

// drain is a http.ResponseWriter for a body that nobody wants.
type drain struct {
	header http.Header
	status int
}

func (d *drain) Header() http.Header         { return d.header }
func (d *drain) Write(p []byte) (int, error) { return len(p), nil }

func (d *drain) WriteHeader(status int) {
	if status >= http.StatusOK { // not 103
		d.status = status
	}
}

// maxOrigins bounds the origins that are known.
const maxOrigins = 1000

// origins are the ones under which browsers reached the recorder.
type origins struct {
	mu    sync.RWMutex
	known map[string]bool
}

func (o *origins) has(origin string) bool {
	o.mu.RLock()
	defer o.mu.RUnlock()
	return o.known[origin]
}

func (o *origins) add(origin string) {
	if o.has(origin) {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.known) < maxOrigins {
		o.known[origin] = true
	}
}
