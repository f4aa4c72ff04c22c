package encode

import (
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/reelay/reelay/renderer/encode/internal/spool"
)

// FitError says that a file can't be made small enough.
type FitError struct {
	Path            string
	Limit, Smallest int64 // bytes
}

func (e *FitError) Error() string {
	return fmt.Sprintf("fit %s: %d bytes at the lowest quality, over the limit of %d", e.Path, e.Smallest, e.Limit)
}

// Hint is the remedy.
func (e *FitError) Hint() string {
	return "render a shorter range with --from and --to, a smaller --size, or raise --fit"
}

// enough is the part of a limit that is well used: no better setting is tried.
const enough = 0.9

// refit makes an output of that many bytes again until it keeps its limit, with
// the best setting that does. Sizes fall by about the same factor from one
// setting to the next, which tells where to look.
func (e *Encoder) refit(o *output, size int64, end int) error {
	list := ladder(&e.job, o.spec.Format)
	over, under := -1, len(list)                         // the last setting known to be too large, the first known to fit
	overBits, underBits := math.Log2(float64(size)), 0.0 // their sizes
	goal := math.Log2(enough * float64(o.spec.Fit))
	var best *attempt
	for under-over > 1 {
		next := over + int(math.Ceil((overBits-goal)*rungsPerBit(o.spec.Format)))
		if best != nil {
			next = over + int(math.Ceil((overBits-goal)/(overBits-underBits)*float64(under-over)))
		}
		next = max(over+1, min(next, under-1))
		a, size, err := e.retake(o.spec, list[next], end)
		if err != nil {
			return err
		}
		e.log.Debug("tried a setting", "path", o.spec.Path, "setting", list[next].note(o.spec.Format, &e.job), "bytes", size)
		if size > o.spec.Fit {
			over, overBits = next, math.Log2(float64(size))
			o.cpu += a.cpu()
			a.discard()
			continue
		}
		o.cpu += o.attempt.cpu()
		o.attempt.discard()
		o.attempt, best = a, a
		under, underBits = next, math.Log2(float64(size))
		if underBits >= goal {
			break
		}
	}
	if best == nil {
		return &FitError{Path: o.spec.Path, Limit: o.spec.Fit, Smallest: int64(math.Exp2(overBits))}
	}
	return nil
}

// retake makes a file from the recording and returns it with its size. As soon
// as the file is over the limit it is given up, and its size is an estimate.
func (e *Encoder) retake(spec Spec, s setting, end int) (_ *attempt, size int64, err error) {
	a, err := startAttempt(e.ctx, &e.job, spec, s)
	if err != nil {
		return nil, 0, err
	}
	defer func() {
		if err != nil {
			a.discard()
		}
	}()
	if _, err := e.recording.file.Seek(0, io.SeekStart); err != nil {
		return nil, 0, fmt.Errorf("read spool: %w", err)
	}
	frames := spool.NewReader(e.recording.file, e.job.Width, e.job.Height)
	for n := 1; ; n++ {
		tick, pix, changed, err := frames.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, 0, err
		}
		if err := a.track.write(tick, pix, changed); err != nil {
			return nil, 0, err
		}
		if n%lookEvery == 0 {
			size, err := a.part.size()
			if err != nil {
				return nil, 0, err
			}
			if size > spec.Fit {
				a.track.abort()
				return a, size * int64(end) / int64(max(tick, 1)), nil
			}
		}
	}
	a.track.end(end)
	if err := a.track.wait(); err != nil {
		return nil, 0, err
	}
	size, err = a.part.size()
	return a, size, err
}

// lookEvery is how many frames pass between two looks at the size of a file.
const lookEvery = 16
