package encode

import (
	"context"
	"image"
	"time"

	"github.com/reelay/reelay/renderer/encode/internal/i420"
)

// layout is how a sink wants its pixels.
type layout int

const (
	packed layout = iota // BGRA with alpha 255
	planar               // I420
)

// depth is how many pictures a track holds: one that still gets its end, one
// with the sink, and in between what keeps both sides busy.
func (l layout) depth() int {
	if l == planar {
		return 4
	}
	return 3
}

func (l layout) bytes(size image.Point) int {
	if l == planar {
		return i420.Size(size.X, size.Y)
	}
	return 4 * size.X * size.Y
}

// convert brings the part r of dst up to date with the BGRA picture src.
func (l layout) convert(dst, src []byte, size image.Point, r image.Rectangle) {
	if l == planar {
		i420.Convert(dst, src, size.X, size.Y, r)
	} else {
		copyOpaque(dst, src, size.X, r)
	}
}

// track brings frames to a sink on the sink's own grid of time, while the
// caller goes on. It allocates nothing for a frame: pictures live in slots that
// are brought up to date block by block.
type track struct {
	size   image.Point
	layout layout
	fps    int // of the frames
	slower int // of the pictures
	sink   sink

	slots   []*slot
	free    chan *slot
	full    chan *slot
	held    *slot  // the newest picture; how long it is shown is not known yet
	changed blocks // in held since the picture before

	cancel context.CancelFunc
	done   chan struct{} // closed when the sink has ended
	err    error         // why, after done
}

type slot struct {
	picture

	stale blocks // what changed since the slot was filled
	rects []image.Rectangle
}

// newTrack starts a track from frames at fps to a sink with a grid that is as
// fine or coarser, and owns the sink from then on.
func newTrack(ctx context.Context, size image.Point, l layout, fps, slower int, s sink) *track {
	ctx, cancel := context.WithCancel(ctx)
	n := l.depth()
	t := &track{
		size: size, layout: l, fps: fps, slower: slower, sink: s,
		free: make(chan *slot, n), full: make(chan *slot, n),
		changed: newBlocks(size.Y),
		cancel:  cancel, done: make(chan struct{}),
	}
	for range n {
		s := &slot{stale: newBlocks(size.Y)}
		s.pix = make([]byte, l.bytes(size))
		s.stale.add(image.Rectangle{Max: size})
		t.slots = append(t.slots, s)
		t.free <- s
	}
	go t.run(ctx)
	return t
}

// run passes pictures on until the last one, an error or the end of the context.
func (t *track) run(ctx context.Context) {
	defer close(t.done)
	for {
		select {
		case <-ctx.Done():
			t.err = context.Cause(ctx)
			t.sink.abort()
			return
		case s, more := <-t.full:
			if !more {
				t.err = t.sink.close()
				return
			}
			// What is cancelled ends now, though there are pictures to come as well.
			if t.err = context.Cause(ctx); t.err == nil {
				t.err = t.sink.add(s.picture)
			}
			if t.err != nil {
				t.sink.abort()
				return
			}
			t.free <- s
		}
	}
}

// write takes a frame over. Of frames in one tick of the sink's grid the last
// one counts. It waits while the sink is behind by a few frames.
func (t *track) write(tick int, pix []byte, dirty []image.Rectangle) error {
	tick = coarser(tick, t.fps, t.slower)
	if t.held != nil && tick > t.held.from {
		t.release(tick, moment(tick, t.slower))
	}
	if t.held == nil {
		select {
		case t.held = <-t.free:
			t.held.from = tick
		case <-t.done:
			return t.err
		}
	}
	for _, r := range dirty {
		t.changed.add(r)
		for _, s := range t.slots {
			s.stale.add(r)
		}
	}
	s := t.held
	s.rects = s.stale.appendRects(s.rects[:0], t.size)
	for _, r := range s.rects {
		t.layout.convert(s.pix, pix, t.size, r)
	}
	clear(s.stale)
	return nil
}

// release sends the held picture on, now that its end is known.
func (t *track) release(to int, until time.Duration) {
	t.held.to, t.held.until = to, until
	t.held.changed = t.changed.appendRects(t.held.changed[:0], t.size)
	clear(t.changed)
	t.full <- t.held // has room for all slots
	t.held = nil
}

// end says at which tick of the frames the clip ends: after the last one. On a
// coarser grid it ends at the nearest tick that leaves the last picture one.
func (t *track) end(tick int) {
	t.release(max((tick*t.slower+t.fps/2)/t.fps, t.held.from+1), moment(tick, t.fps))
	close(t.full)
}

// wait waits until the sink has ended.
func (t *track) wait() error {
	<-t.done
	t.cancel()
	return t.err
}

// abort stops the sink where it is. It may be called at any time, more than once.
func (t *track) abort() {
	t.cancel()
	<-t.done
}

// copyOpaque copies a part of a BGRA picture of that width and makes it opaque.
func copyOpaque(dst, src []byte, width int, r image.Rectangle) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		at, end := 4*(y*width+r.Min.X), 4*(y*width+r.Max.X)
		row := dst[at:end]
		copy(row, src[at:end])
		for i := 3; i < len(row); i += 4 {
			row[i] = 255
		}
	}
}
