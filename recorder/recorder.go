// Package recorder is an http.Handler that stands between browsers and a site.
// It passes everything through, puts the recorder script into the pages,
// receives the events that the script sends, and keeps them durably before it
// acknowledges them. It knows neither the catalogue nor the renderer.
package recorder

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/reelay/reelay/recorder/redact"
	"github.com/reelay/reelay/recorder/script"
)

// Options configures a Recorder.
type Options struct {
	// Target is the site to stand in front of: scheme and host, and the user
	// that requests without credentials are made as. Nil takes the site from
	// each request's own URL, as a forward proxy does.
	Target *url.URL
	// Level is how much is kept; it must be set.
	Level Level
	// Journal keeps the events, Archive the assets; a nil Archive keeps none.
	Journal *Journal
	Archive *Archive
	// Secrets are filled with the credentials that pass by. They should be the
	// ones that the Journal takes out.
	Secrets *redact.Secrets
	// Transport reaches the sites; see NewTransport.
	Transport http.RoundTripper
	// Elsewhere reaches other hosts that pages show something of; nil leaves
	// that out. See NewPublicTransport.
	Elsewhere http.RoundTripper
	// Unrecorded, if set, is told of pages that are shown but not recorded.
	Unrecorded func(Unrecorded)
	Now        func() time.Time
	Log        *slog.Logger
}

// Recorder is the handler.
type Recorder struct {
	proxy  http.Handler
	ingest *ingest
	script scriptFile
	fetch  *fetcher
}

// New returns a Recorder. It does not close what the options hold.
func New(opts Options) (*Recorder, error) {
	if opts.Journal == nil || opts.Secrets == nil || opts.Transport == nil || opts.Now == nil || opts.Log == nil {
		return nil, errors.New("new recorder: journal, secrets, transport, clock and log are needed")
	}
	if _, err := ParseLevel(string(opts.Level)); err != nil {
		return nil, err
	}
	if t := opts.Target; t != nil && (t.Scheme != "http" && t.Scheme != "https" || t.Host == "") {
		return nil, errors.New("new recorder: the site must be an http or https URL")
	}
	file := newScriptFile(script.Bundle())
	origins := newOrigins()
	handler := newProxy(&proxy{
		target: opts.Target,
		pages: &pages{
			script: file, level: opts.Level, log: opts.Log, unrecorded: opts.Unrecorded,
			redactor: redact.New(opts.Level.Scope(), opts.Secrets),
		},
		tap:     &tap{secrets: opts.Secrets, archive: opts.Archive, level: opts.Level},
		workers: newWorkers(),
		origins: origins,
		left:    newOrigins(),
		log:     opts.Log,
	}, opts.Transport)
	return &Recorder{
		proxy: handler,
		fetch: &fetcher{
			journal: opts.Journal, archive: opts.Archive, level: opts.Level, proxy: handler, origins: origins,
			reverse: opts.Target != nil, elsewhere: opts.Elsewhere, log: opts.Log, urls: newURLSet(),
		},
		ingest: newIngest(opts.Journal, opts.Level, opts.Now, opts.Log),
		script: file,
	}, nil
}

// ServeHTTP answers for the recorder under Prefix and for the site elsewhere.
func (rec *Recorder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, own := strings.CutPrefix(r.URL.Path, Prefix)
	if !own {
		rec.proxy.ServeHTTP(w, r)
		return
	}
	switch {
	case Prefix+path == rec.script.path:
		rec.script.ServeHTTP(w, r)
	case path == "socket":
		rec.ingest.socket(w, r)
	case path == "events":
		rec.ingest.post(w, r)
	default:
		http.NotFound(w, r)
	}
}

// FetchMissing gets the assets that sessions show and that the archive lacks:
// those that the last call found, so that what is on its way may arrive first.
func (rec *Recorder) FetchMissing(ctx context.Context) error { return rec.fetch.round(ctx) }

// FetchAll does so until nothing is missing that can be had.
func (rec *Recorder) FetchAll(ctx context.Context) error { return rec.fetch.all(ctx) }

// Close ends the connections of scripts and waits for what they have sent.
func (rec *Recorder) Close() { rec.ingest.close() }

// dialWithin bounds how long a connection to a site may take.
const dialWithin = 10 * time.Second

// NewTransport returns a transport that passes bodies through as they are,
// verifies certificates, speaks HTTP/2 where the site does and goes through the
// proxy that the environment names.
func NewTransport() *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: dialWithin}).DialContext,
		DisableCompression:    true,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          256,
		MaxIdleConnsPerHost:   64,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
		ReadBufferSize:        32 << 10,
		WriteBufferSize:       32 << 10,
	}
}
