package renderer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/reelay/reelay/renderer/chrome"
	"github.com/reelay/reelay/renderer/encode"
)

// Config is what all renders of a pool share.
type Config struct {
	Chromes     int    // browsers at one time; at least 1
	Chrome      string // the headless shell, from chrome.Find
	Tools       encode.Tools
	TempDir     string // where jobs make their folders; empty is the system's
	NoSandbox   bool   // switch Chrome's sandbox off
	Screenshots bool   // never read Chrome's surface
	Log         *slog.Logger
	Now         func() time.Time // for the times in reports
}

// Pool renders recordings with a bounded number of Chromes. Every job gets
// fresh ones, so that nothing passes from one recording to another; a start
// costs a fifth of a second. It is safe for concurrent use.
type Pool struct {
	config Config
	slots  chan struct{}
}

// NewPool returns a pool. It starts nothing before the first render.
func NewPool(config Config) *Pool {
	return &Pool{config: config, slots: make(chan struct{}, max(1, config.Chromes))}
}

// lease is a browser, or one that is starting, in one of the pool's slots.
type lease struct {
	pool    *Pool
	browser *chrome.Browser
	err     error
	started chan struct{}
}

// acquire waits for a free slot and starts a browser in it. It returns when the
// slot is taken; the browser may still be starting.
func (p *Pool) acquire(ctx context.Context, dir string, scale float64) (*lease, error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	l := &lease{pool: p, started: make(chan struct{})}
	go func() {
		defer close(l.started)
		l.browser, l.err = chrome.Start(ctx, chrome.Options{
			Path: p.config.Chrome, Scale: scale, Dir: dir,
			NoSandbox: p.config.NoSandbox, Screenshots: p.config.Screenshots, Log: p.config.Log,
		})
	}()
	return l, nil
}

// ready waits until the browser has started.
func (l *lease) ready() (*chrome.Browser, error) {
	<-l.started
	return l.browser, l.err
}

// release ends the browser and frees its slot.
func (l *lease) release() {
	<-l.started
	if l.browser != nil {
		l.browser.Kill()
	}
	<-l.pool.slots
}

// transient says whether a fresh Chrome may do better after err.
func transient(err error) bool {
	var hung *chrome.HungError
	var crash *chrome.CrashError
	return errors.As(err, &hung) || errors.As(err, &crash)
}

// giveUp wraps an error after which a span is not tried again.
func giveUp(attempts int, err error) error {
	if attempts > 1 {
		return fmt.Errorf("render failed again on a fresh chrome: %w", err)
	}
	return err
}
