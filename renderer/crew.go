package renderer

import (
	"context"

	"golang.org/x/sync/errgroup"

	"github.com/reelay/reelay/renderer/timeline"
	"github.com/reelay/reelay/session"
)

// crew takes a clip's shots, each of its members in a studio of their own.
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

// shoot fills the reels with the shots of their legs, and returns when all are
// full. The first failure ends them all. It releases the first Chrome.
func (c *crew) shoot(ctx context.Context, shares [][]leg, reels []reel) error {
	group, ctx := errgroup.WithContext(ctx)
	for i, legs := range shares {
		s := &studio{crew: c, out: &retakes{reel: reels[i]}}
		if i == 0 {
			s.lease = c.first
		}
		group.Go(func() error {
			err := c.work(ctx, s, legs)
			reels[i].end(err)
			return err
		})
	}
	return group.Wait()
}

// work takes the shots of legs, in order.
func (c *crew) work(ctx context.Context, s *studio, legs []leg) error {
	defer s.close()
	for i, l := range legs {
		if i > 0 && (l.cold || s.large()) {
			s.close()
		}
		if err := c.leg(ctx, s, l); err != nil {
			return err
		}
	}
	return nil
}

// leg takes a leg's shots. A Chrome that hangs or dies is replaced once at any
// one place: the fresh one begins the leg anew.
func (c *crew) leg(ctx context.Context, s *studio, l leg) error {
	s.out.begin()
	for attempts := 1; ; attempts++ {
		sent := s.out.sent
		err := s.shoot(ctx, l.span)
		if err == nil || ctx.Err() != nil {
			return err
		}
		s.close()
		if s.out.sent > sent {
			attempts = 1 // it got further
		}
		if !transient(err) || attempts > 1 {
			return giveUp(attempts, err)
		}
		c.stats.restarts.Add(1)
		c.pool.config.Log.Warn("starting a fresh chrome", "after", err)
		s.out.again()
	}
}
