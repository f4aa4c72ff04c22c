package renderer

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/reelay/reelay/renderer/chrome"
	"github.com/reelay/reelay/renderer/timeline"
	"github.com/reelay/reelay/session"
)

// crew takes a clip's shots: one camera a span, each with a Chrome of its own.
type crew struct {
	pool   *Pool
	req    Request
	dir    string
	rec    *session.Recording
	tl     *timeline.Timeline
	layout layout
	stats  *stats
	first  *lease // started while the recording was read
}

// resourceDeadline is how long a picture waits for style sheets, fonts and images.
const resourceDeadline = 3 * time.Second

// shoot fills the reels of the spans, and returns when all are full. The first
// failure ends them all.
func (c *crew) shoot(ctx context.Context, spans []span, reels []reel) error {
	group, ctx := errgroup.WithContext(ctx)
	for i, s := range spans {
		group.Go(func() error {
			err := c.span(ctx, s, reels[i], i == 0)
			reels[i].end(err)
			return err
		})
	}
	return group.Wait()
}

// span takes one span's shots. A Chrome that hangs or dies is replaced once at
// any one place: the fresh one goes on where the last shot was taken.
func (c *crew) span(ctx context.Context, s span, out reel, first bool) error {
	attempts := 0
	for {
		progress := &progressReel{reel: out, last: s.first - 1}
		err := c.attempt(ctx, s, progress, first)
		first = false
		if err == nil || ctx.Err() != nil {
			return err
		}
		if errors.Is(err, errLarge) {
			s.first = progress.last + 1
			continue
		}
		attempts++
		if progress.last >= s.first {
			attempts = 1 // it got further
			s.first = progress.last + 1
		}
		if !transient(err) || attempts > 1 {
			return giveUp(attempts, err)
		}
		c.stats.restarts.Add(1)
		c.pool.config.Log.Warn("starting a fresh chrome", "after", err)
	}
}

// attempt takes as many of the span's shots as one Chrome can.
func (c *crew) attempt(ctx context.Context, s span, out reel, first bool) error {
	l := c.first
	if !first {
		var err error
		if l, err = c.pool.acquire(ctx, c.dir, c.req.Scale); err != nil {
			return err
		}
	}
	defer l.release()
	started := c.stats.time(&c.stats.start)
	browser, err := l.ready()
	if err != nil {
		return err
	}
	environment, err := session.ReadEnvironment(c.rec)
	if err != nil {
		return err
	}
	page, err := browser.Open(ctx, chrome.PageOptions{
		Width: int(c.layout.window.Width), Height: int(c.layout.window.Height),
		Start: c.rec.Start(), Redact: c.req.Redact, Deadline: resourceDeadline, Assets: c.req.Assets, Environment: environment,
	})
	started()
	if err != nil {
		return err
	}
	c.stats.isolated.Store(browser.Isolated())
	camera := newCamera(c.rec, c.tl, c.layout, page, out, c.stats)
	err = camera.shoot(ctx, s)
	c.stats.path(page.Path())
	if usage, err := browser.Usage(); err == nil {
		c.stats.cpu.Add(int64(usage.CPU))
	}
	return err
}

// progressReel remembers the last tick that was handed over.
type progressReel struct {
	reel

	last int
}

func (r *progressReel) put(ctx context.Context, s shot) error {
	err := r.reel.put(ctx, s)
	if err == nil && s.shown {
		r.last = s.tick
	}
	return err
}

// spans splits a clip of some ticks into n parts that keep Chrome equally busy.
func spans(tl *timeline.Timeline, n int) []span {
	if n <= 1 {
		return []span{{0, tl.Ticks()}}
	}
	busy := make([]int, 0, tl.Ticks()) // ticks in which something is due
	for tick := range tl.Ticks() {
		if next, ok := tl.Next(tl.Before(tick)); ok && next <= tl.At(tick) {
			busy = append(busy, tick)
		}
	}
	var parts []span
	first := 0
	for i := 1; i < n; i++ {
		at := tl.Ticks() * i / n
		if len(busy) >= n {
			at = busy[len(busy)*i/n]
		}
		if at > first {
			parts = append(parts, span{first, at})
			first = at
		}
	}
	return append(parts, span{first, tl.Ticks()})
}
