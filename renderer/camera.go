package renderer

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/reelay/reelay/renderer/chrome"
	"github.com/reelay/reelay/renderer/timeline"
	"github.com/reelay/reelay/session"
)

// span is a part of a clip, in ticks: first to end-1.
type span struct{ first, end int }

// camera takes the shots of a span with one Chrome.
type camera struct {
	rec    *session.Recording
	tl     *timeline.Timeline
	layout layout
	page   *chrome.Page
	out    *retakes
	stats  *stats

	end       int            // of the span
	now, last chrome.Picture // what is being read, and the last shot's
	fresh     bool           // no shot was taken yet: all of the picture is new
}

func newCamera(rec *session.Recording, tl *timeline.Timeline, l layout, page *chrome.Page, out *retakes, st *stats) *camera {
	picture := func() chrome.Picture {
		return chrome.Picture{
			Width: l.picture.width, Height: l.picture.height,
			Pix: make([]byte, 4*l.picture.width*l.picture.height),
		}
	}
	return &camera{rec: rec, tl: tl, layout: l, page: page, out: out, stats: st, now: picture(), last: picture(), fresh: true}
}

// step is a page's way to a tick, under way.
type step struct {
	tick  int
	read  int // shots that had been read when it began
	facts chrome.Result
	err   error
	done  chan struct{}
}

// shoot takes the span's shots. While Chrome draws one, and while it is read,
// the page is rebuilt for the next.
func (c *camera) shoot(ctx context.Context, s span) error {
	c.end = s.end
	c.page.Prove()
	led, err := c.lead(ctx, s.first)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	next := c.begin(ctx, s.first, false)
	defer func() {
		cancel()
		<-next.done // a step under way uses the page
	}()
	for next.tick < s.end {
		<-next.done
		if next.err != nil {
			return fmt.Errorf("at %v: %w", c.tl.At(next.tick).Round(time.Millisecond), next.err)
		}
		if err := c.out.certain(ctx, next.read); err != nil {
			return err
		}
		taken := next
		if taken.facts.Still && !c.fresh {
			if err := c.take(ctx, taken, false, nil); err != nil {
				return err
			}
			next = c.begin(ctx, c.upcoming(taken.tick, taken.facts.Until), false)
			continue
		}
		upcoming := c.upcoming(taken.tick, taken.facts.Until)
		ahead := c.page.Passive()
		if ahead && !taken.facts.Video {
			next = c.begin(ctx, upcoming, true)
		}
		changed, err := c.draw(ctx, taken)
		if err != nil {
			return err
		}
		if ahead && taken.facts.Video {
			next = c.begin(ctx, upcoming, false)
		}
		if err := c.take(ctx, taken, changed, led); err != nil {
			return err
		}
		led = nil
		if !ahead {
			next = c.begin(ctx, upcoming, false)
		}
	}
	if err := c.page.Alive(ctx); err != nil {
		return err
	}
	return c.out.certain(ctx, c.out.read)
}

// draw draws what a step led to, and says whether its picture may be a new one.
func (c *camera) draw(ctx context.Context, s *step) (bool, error) {
	defer c.stats.time(&c.stats.draw)()
	at := c.tl.At(s.tick)
	changed, err := c.page.Draw(ctx, at, s.facts)
	if err != nil {
		return false, fmt.Errorf("at %v: %w", at.Round(time.Millisecond), err)
	}
	return changed, nil
}

// take reads what was drawn, if it changed, and hands the shot over, with what
// was told on the way to it.
func (c *camera) take(ctx context.Context, s *step, changed bool, led []chrome.Result) error {
	pix, err := c.out.borrow(ctx)
	if err != nil {
		return err
	}
	result := shot{tick: s.tick, facts: append(led, s.facts), pix: pix}
	if changed {
		read := c.stats.time(&c.stats.read)
		err := c.page.Read(ctx, c.tl.At(s.tick), c.now)
		read()
		if err != nil {
			c.out.refund(pix)
			return fmt.Errorf("at %v: %w", c.tl.At(s.tick).Round(time.Millisecond), err)
		}
		c.stats.captured.Add(1)
		result.rects = c.now.Changed(c.last)
		if c.fresh {
			result.rects = c.now.All()
			result.whole = true
			c.fresh = false
		}
		result.pix = pack(pix, c.now, result.rects)
		c.now, c.last = c.last, c.now
	}
	return c.out.put(ctx, result)
}

// lead builds the page that the tick before first left behind, and returns what
// the stage told meanwhile.
func (c *camera) lead(ctx context.Context, first int) ([]chrome.Result, error) {
	defer c.stats.time(&c.stats.lead)()
	var told []chrome.Result
	var way []chrome.Stretch
	size := 0
	steps := c.tl.Lead(first)
	for i, s := range steps {
		ops, err := c.due(s.From, s.To)
		if err != nil {
			return nil, err
		}
		way = append(way, chrome.Stretch{Ops: ops, Before: s.From, At: s.To})
		size += ops.Size()
		if i+1 < len(steps) && len(way) < mostSteps && size < mostOps {
			continue
		}
		facts, err := c.page.Lead(ctx, way)
		if err != nil {
			return nil, fmt.Errorf("at %v: %w", s.To.Round(time.Millisecond), err)
		}
		told = append(told, facts...)
		way, size = way[:0], 0
	}
	return told, nil
}

// What the page is asked to do at once on the way to a tick, which has to come
// to an end before it counts as hung.
const (
	mostSteps = 100
	mostOps   = 1 << 20 // bytes
)

// begin starts to bring the page to a tick, after the picture that is being
// drawn, if one is.
func (c *camera) begin(ctx context.Context, tick int, drawing bool) *step {
	s := &step{tick: tick, read: c.out.read, done: make(chan struct{})}
	if tick >= c.end {
		close(s.done)
		return s
	}
	go func() {
		defer close(s.done)
		defer c.stats.time(&c.stats.apply)()
		at := c.tl.At(tick)
		from := max(c.tl.Before(tick), c.tl.Start(at))
		s.facts, s.err = c.bring(ctx, from, at, drawing)
	}()
	return s
}

// upcoming is the first tick after the given one that needs Chrome: something
// is due, or moves until the session time until (ms; -1: for ever).
func (c *camera) upcoming(tick int, until float64) int {
	moving := time.Duration(math.MaxInt64)
	if until >= 0 {
		moving = time.Duration(until * float64(time.Millisecond))
	}
	for tick++; tick < c.end; tick++ {
		if c.tl.Before(tick) < moving || c.tl.Busy(tick) {
			return tick
		}
	}
	return c.end
}

// bring applies what is due after from, up to to.
func (c *camera) bring(ctx context.Context, from, to time.Duration, drawing bool) (chrome.Result, error) {
	ops, err := c.due(from, to)
	if err != nil {
		return chrome.Result{}, err
	}
	return c.page.Step(ctx, &ops, from, to, drawing)
}

// due is what is due after from, up to to, as the page takes it.
func (c *camera) due(from, to time.Duration) (ops chrome.Ops, err error) {
	moves := func(at time.Duration, stream int) {
		if begins, ok := c.tl.Motion(at, stream); ok {
			ops.Motion(at, stream, begins)
		}
	}
	for _, due := range c.tl.Due(from, to) {
		switch due.Kind {
		case timeline.Apply:
			e, err := c.rec.Load(due.Event)
			if err != nil {
				return ops, fmt.Errorf("load event: %w", err)
			}
			moves(due.At, e.Stream)
			ops.Event(due.At, e.Stream, e.Raw)
			if due.Snapshot {
				ops.Drop(due.At, c.tl.Ended(due.At))
			}
		case timeline.Hover:
			moves(due.At, due.Stream)
			ops.Hover(due.At, due.Stream, due.Enter.Node, due.Next.Node)
		case timeline.Scroll:
			ops.Scroll(due.At, due.Stream, due.Scroll.Node, due.Scroll.X, due.Scroll.Y)
		case timeline.View:
			fit := c.layout.fit(due.View)
			ops.Place(due.At, fit.X, fit.Y, fit.Scale)
		case timeline.Show:
			ops.Show(due.At, due.Stream)
			ops.Drop(due.At, c.tl.Ended(due.At))
		}
	}
	return ops, nil
}
