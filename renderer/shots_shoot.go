package renderer

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/reelay/reelay/renderer/chrome"
	"github.com/reelay/reelay/renderer/compose"
	"github.com/reelay/reelay/renderer/timeline"
	"github.com/reelay/reelay/session"
)

// shoot is a Shots under way.
type shoot struct {
	pool   *Pool
	req    ShotsRequest
	dir    string
	rec    *session.Recording
	tl     *timeline.Timeline
	story  *session.Story
	layout layout
	acts   []session.Act
	last   session.Act // what stands for the end
	first  *lease

	leftOut int
	nothing bool // nobody did anything
	retries int
	taken   int           // pictures
	cpu     time.Duration // of the Chromes
	notes   notes
	ending  string // the last page's name
	steps   []session.Step
	files   []string
	remarks []string
}

// take is one step with its picture, on the way to the illustrator.
type take struct {
	number int // of the step, from 1
	step   session.Step
	page   compose.Picture // empty if no pictures are wanted
	still  compose.Still
}

// run takes the stills and publishes the files. While Chrome builds the next
// page, the last is drawn and written.
func (s *shoot) run(ctx context.Context) error {
	album, err := newAlbum(s)
	if err != nil {
		s.first.release()
		return err
	}
	defer album.discard()
	group, gctx := errgroup.WithContext(ctx)
	takes := make(chan take, 1)
	group.Go(func() error {
		defer close(takes)
		return s.shootAll(gctx, takes)
	})
	group.Go(func() error {
		for t := range takes {
			if err := album.add(gctx, t); err != nil {
				return err
			}
		}
		return gctx.Err()
	})
	if err := group.Wait(); err != nil {
		return err
	}
	s.req.tell(Progress{Stage: "write"})
	album.list.Ending = s.ending
	s.steps = album.list.Steps
	s.files, err = album.publish(ctx)
	return err
}

// shootAll takes all acts. A Chrome that hangs or dies is replaced once at any
// one act; the fresh one goes on with the same act.
func (s *shoot) shootAll(ctx context.Context, out chan<- take) error {
	next, failed := 0, -1
	for {
		reached, err := s.shootFrom(ctx, next, out)
		if err == nil || ctx.Err() != nil {
			return err
		}
		if !transient(err) || reached == failed {
			return giveUp(min(s.retries+1, 2), err)
		}
		next, failed = reached, reached
		s.retries++
		s.pool.config.Log.Warn("starting a fresh chrome", "after", err)
	}
}

// shootFrom takes the acts from one on with a Chrome of its own, and returns
// the act that it got to.
func (s *shoot) shootFrom(ctx context.Context, next int, out chan<- take) (int, error) {
	l := s.first
	if s.first = nil; l == nil {
		var err error
		if l, err = s.pool.acquire(ctx, s.dir, s.req.Scale); err != nil {
			return next, err
		}
	}
	defer l.release()
	browser, err := l.ready()
	if err != nil {
		return next, err
	}
	environment, err := session.ReadEnvironment(s.rec)
	if err != nil {
		return next, err
	}
	page, err := browser.Open(ctx, chrome.PageOptions{
		Width: int(s.layout.window.Width), Height: int(s.layout.window.Height),
		Start: s.rec.Start(), Redact: s.req.Redact, Deadline: resourceDeadline, Assets: s.req.Assets, Environment: environment,
	})
	if err != nil {
		return next, err
	}
	p := &photographer{
		visitor: visitor{rec: s.rec, tl: s.tl, layout: s.layout, page: page, notes: &s.notes},
		req:     s.req,
	}
	defer func() {
		s.taken += p.taken
		if usage, err := browser.Usage(); err == nil {
			s.cpu += usage.CPU
		}
	}()
	for ; next < len(s.acts); next++ {
		s.req.tell(Progress{Stage: "shots", Done: s.acts[next].At, Total: s.acts[len(s.acts)-1].End})
		t, err := p.take(ctx, next+1, s.acts[next])
		if err != nil {
			return next, err
		}
		if s.nothing {
			t.step.Number, t.still.Number = 0, 0
			if s.leftOut > 0 {
				t.step.Caption = "No step of those asked for: the last page"
				t.still.Caption = t.step.Caption
			}
		}
		select {
		case out <- t:
		case <-ctx.Done():
			return next, context.Cause(ctx)
		}
	}
	if s.req.words() {
		s.ending, err = p.ending(ctx, s.last)
	}
	return next, err
}

// report tells what came of it, in the given time and CPU time of this process.
func (s *shoot) report(wall, own time.Duration) *ShotsReport {
	r := &ShotsReport{
		Steps: s.steps, Files: s.files, LeftOut: s.leftOut, Nothing: s.nothing, Notes: s.remarks,
		Captured: s.taken, Wall: wall.Seconds(), CPU: (s.cpu + own).Seconds(), Retries: s.retries, Repaired: repairs(s.rec.Notes(), &s.notes),
	}
	if s.nothing {
		r.Steps = []session.Step{}
	}
	for _, step := range s.steps {
		if step.Act.Targeted() && !step.Element.Found {
			r.Lost = append(r.Lost, fmt.Sprintf("step %d at %s", step.Number, session.Clock(step.Act.At)))
		}
	}
	d := director{tl: s.tl, notes: s.notes}
	r.Missing, r.Unsupported = d.missing()
	return r
}
