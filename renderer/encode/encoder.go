package encode

import (
	"context"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"sync"
	"time"
)

// Encoder makes the files of one clip.
type Encoder struct {
	ctx    context.Context //nolint:containedctx // an encoder lives as long as the context that it was started with
	cancel context.CancelCauseFunc
	unhook func() bool
	log    *slog.Logger

	mu        sync.Mutex
	job       Job
	outputs   []*output
	recording *recording // nil unless an output has a limit
	tracks    []*track   // those that want every frame
	dirty     []image.Rectangle
	frames    int
	last      time.Duration
	over      bool
}

// output is one file that was asked for: a poster or, of a clip, the attempt
// that is under way or the best so far.
type output struct {
	spec    Spec
	attempt *attempt
	poster  *poster
	cpu     time.Duration // of attempts that were given up
}

var (
	errAborted = errors.New("encoding was aborted")
	errOver    = errors.New("encoding is over")
)

// Start prepares the files and starts ffmpeg for those that need it. When the
// context ends, everything that was started and made is removed.
func Start(ctx context.Context, job Job, log *slog.Logger) (*Encoder, error) {
	if err := job.check(); err != nil {
		return nil, err
	}
	if job.Stall == 0 {
		job.Stall = defaultStall
	}
	inner, cancel := context.WithCancelCause(ctx)
	e := &Encoder{ctx: inner, cancel: cancel, job: job, log: log}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, spec := range job.Outputs {
		if err := e.open(spec); err != nil {
			cancel(err)
			e.discard()
			return nil, err
		}
	}
	e.unhook = context.AfterFunc(ctx, e.Abort)
	return e, nil
}

func (e *Encoder) open(spec Spec) error {
	o := &output{spec: spec}
	if spec.Format == PNG {
		part, err := newPart(spec.Path, e.job.TempDir)
		if err != nil {
			return err
		}
		o.poster = &poster{part: part, size: image.Pt(e.job.Width, e.job.Height)}
		e.outputs = append(e.outputs, o)
		return nil
	}
	if spec.Fit > 0 && e.recording == nil {
		var err error
		if e.recording, err = startRecording(e.ctx, &e.job); err != nil {
			return err
		}
		e.tracks = append(e.tracks, e.recording.track)
	}
	var err error
	if o.attempt, err = startAttempt(e.ctx, &e.job, spec, firstSetting(&e.job, spec.Format)); err != nil {
		return err
	}
	e.tracks = append(e.tracks, o.attempt.track)
	e.outputs = append(e.outputs, o)
	return nil
}

// Write takes the next frame. It returns as soon as it has what it needs of it,
// unless the encoders are some frames behind; then it waits for them. After an
// error everything has been removed.
func (e *Encoder) Write(f Frame) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.over {
		return e.reason(errOver)
	}
	if err := e.write(f); err != nil {
		err = e.reason(err)
		e.end(err)
		return err
	}
	return nil
}

func (e *Encoder) write(f Frame) error {
	if want := 4 * e.job.Width * e.job.Height; len(f.Pix) < want {
		return fmt.Errorf("write frame: %d bytes of pixels, not %d", len(f.Pix), want)
	}
	if f.PTS < e.last {
		return fmt.Errorf("write frame: its time %v is before the last one's, %v", f.PTS, e.last)
	}
	e.last = f.PTS
	canvas := image.Rect(0, 0, e.job.Width, e.job.Height)
	e.dirty = append(e.dirty[:0], canvas)
	if f.Dirty != nil && e.frames > 0 {
		e.dirty = e.dirty[:0]
		for _, r := range f.Dirty {
			e.dirty = append(e.dirty, r.Intersect(canvas))
		}
	}
	tick := ticks(f.PTS, e.job.FPS)
	if e.frames == 0 {
		tick = 0
	}
	e.frames++
	for _, t := range e.tracks {
		if err := t.write(tick, f.Pix, e.dirty); err != nil {
			return err
		}
	}
	for _, o := range e.outputs {
		if o.poster != nil && (f.Poster || o.poster.pix == nil) {
			o.poster.take(f.Pix)
		}
	}
	return nil
}

// Abort ends encoding: its processes are gone and its files removed when it
// returns. It does nothing after Finish, and may be called more than once.
func (e *Encoder) Abort() {
	e.cancel(errAborted)
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.over {
		e.end(errAborted)
	}
}

// end releases everything. Outputs that were published have left their parts.
func (e *Encoder) end(why error) {
	e.over = true
	e.cancel(why)
	if e.unhook != nil {
		e.unhook()
	}
	e.discard()
}

func (e *Encoder) discard() {
	if e.recording != nil {
		e.recording.discard()
	}
	for _, o := range e.outputs {
		if o.attempt != nil {
			o.attempt.track.abort()
		}
		o.part().discard()
	}
}

// reason is the error behind an error: once encoding has been cancelled, the
// rest of it fails in many ways.
func (e *Encoder) reason(err error) error {
	if cause := context.Cause(e.ctx); cause != nil {
		return cause
	}
	return err
}
