package recorder

import (
	"context"
	"errors"
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
	maxRounds   = 6    // a style sheet imports another, which has fonts, …
	maxFetches  = 2000 // for one session
	maxTurn     = 64   // for one session in one round: others have their turn
)

// fetcher gets the assets that sessions show and that did not pass by: the
// browser had them in its cache, or from a host that it reaches on its own.
// Each is asked for once, without credentials.
type fetcher struct {
	journal   *Journal
	archive   *Archive
	level     Level
	proxy     http.Handler      // for the hosts that are recorded
	origins   *origins          // which those are
	reverse   bool              // the proxy expects a path, not an absolute URL
	elsewhere http.RoundTripper // for all others; nil leaves them out
	log       *slog.Logger

	mu      sync.Mutex
	urls    *urlSet // all that were referred to
	shows   map[string]*shown
	fetched []want          // in the last round; style sheets refer to more
	silent  map[string]bool // hosts that did not answer in this round
}

// shown is what is known of what a session shows.
type shown struct {
	read    int      // how many of its records
	found   int      // URLs that the archive lacked
	waiting []string // of them, maybe on their way through the proxy
}

// want is a URL that a session shows.
type want struct{ session, url string }

// all makes rounds until there is nothing to ask for any more, or too much.
func (f *fetcher) all(ctx context.Context) error {
	for n := 0; n < maxRounds+maxFetches/maxTurn && ctx.Err() == nil; n++ {
		if err := f.round(ctx); err != nil {
			return err
		}
		if f.done() {
			break
		}
	}
	return nil
}

// done reports whether there is nothing to ask for.
func (f *fetcher) done() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.shows {
		if len(s.waiting) > 0 {
			return false
		}
	}
	return len(f.fetched) == 0
}

// round asks for what the last round found and is not in the archive yet, and
// looks for more. It returns when all have answered.
func (f *fetcher) round(ctx context.Context) error {
	if f.archive == nil {
		return nil
	}
	f.mu.Lock()
	due := f.due()
	f.silent = map[string]bool{}
	err := f.look()
	f.mu.Unlock()
	var group errgroup.Group
	group.SetLimit(fetchAtOnce)
	for _, w := range due {
		if !f.archive.has(w.url) {
			group.Go(func() error {
				f.fetch(ctx, w)
				return nil
			})
		}
	}
	_ = group.Wait() // one that fails is missing, which a render says
	return err
}

// due takes what is asked for in this round.
func (f *fetcher) due() []want {
	var due []want
	for session, s := range f.shows {
		n := min(maxTurn, len(s.waiting))
		for _, u := range s.waiting[:n] {
			due = append(due, want{session, u})
		}
		s.waiting = s.waiting[n:]
	}
	return due
}

// look gathers what sessions have referred to since it was called last.
func (f *fetcher) look() error {
	if len(f.urls.known) >= maxURLs {
		f.urls = newURLSet()
	}
	open := map[string]*shown{}
	for _, s := range f.journal.Sessions() {
		open[s.ID] = f.shows[s.ID]
		if open[s.ID] == nil {
			open[s.ID] = &shown{}
		}
	}
	f.shows = open
	for _, w := range f.fetched {
		if base, text, ok := f.archive.sheet(w.url); ok {
			f.urls.style(base, text)
		}
		f.found(w.session)
	}
	f.fetched = nil
	var errs []error
	for id, s := range open {
		n, err := f.journal.each(id, s.read, f.urls.shown)
		s.read = n
		errs = append(errs, err)
		f.found(id)
	}
	return errors.Join(errs...)
}

// found lets what was gathered wait for the next round.
func (f *fetcher) found(session string) {
	s := f.shows[session]
	for u := range f.urls.all() {
		if s != nil && s.found < maxFetches && !f.archive.has(u) && fetchable(u) {
			s.found++
			s.waiting = append(s.waiting, u)
		}
	}
}

// fetchable reports whether a URL is whole: a redacted one leads nowhere.
func fetchable(u string) bool {
	return !strings.Contains(u, "•") && !strings.Contains(u, url.QueryEscape("•"))
}

// fetch asks for one asset. What comes is archived on its way.
func (f *fetcher) fetch(ctx context.Context, w want) {
	address := w.url
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
	f.archive.wait(ctx, address)
	f.mu.Lock()
	f.fetched = append(f.fetched, w)
	f.mu.Unlock()
}

// throughProxy asks the recorder itself, as a browser would.
func (f *fetcher) throughProxy(req *http.Request, address string) {
	req.Header.Set("Sec-Fetch-Dest", "style") // an asset at every level
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
	f.mu.Lock()
	silent := f.silent[req.URL.Host]
	f.mu.Unlock()
	if silent {
		return
	}
	client := http.Client{Transport: f.elsewhere}
	resp, err := client.Do(req)
	if err != nil {
		f.mu.Lock()
		f.silent[req.URL.Host] = true
		f.mu.Unlock()
		f.log.Debug("asset of another host did not come", slog.String("host", req.URL.Host), slog.Any("error", err))
		return
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode == http.StatusOK && asset(resp, f.level) {
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

// origins are a set, as of those under which browsers reached the recorder.
type origins struct {
	mu    sync.RWMutex
	known map[string]bool
}

func newOrigins() *origins { return &origins{known: map[string]bool{}} }

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
