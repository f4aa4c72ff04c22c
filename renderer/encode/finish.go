package encode

import (
	"errors"
	"time"
)

// Finish ends the clip at the given time, makes outputs smaller that are over
// their limit, checks all of them and puts them in place. The results are in
// the order of the job's outputs. After an error there are no files.
func (e *Encoder) Finish(end time.Duration) ([]Result, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.over {
		return nil, e.reason(errOver)
	}
	results, err := e.finish(max(ticks(end, e.job.FPS), ticks(e.last, e.job.FPS)+1))
	if err != nil {
		err = e.reason(err)
		e.end(err)
		return nil, err
	}
	e.end(errOver)
	return results, nil
}

func (e *Encoder) finish(end int) ([]Result, error) {
	if e.frames == 0 {
		return nil, errors.New("finish clip: it has no frames")
	}
	for _, t := range e.tracks {
		t.end(end)
	}
	if e.recording != nil {
		if err := e.recording.track.wait(); err != nil {
			return nil, err
		}
	}
	var results []Result
	for _, o := range e.outputs {
		result, err := e.complete(o, end)
		if err != nil {
			return nil, err
		}
		results = append(results, result)
	}
	if err := e.publish(); err != nil {
		return nil, err
	}
	return results, nil
}

// complete brings one output to its final form.
func (e *Encoder) complete(o *output, end int) (Result, error) {
	if o.poster != nil {
		return o.poster.complete(o.spec)
	}
	if err := o.attempt.track.wait(); err != nil {
		return Result{}, err
	}
	size, err := o.attempt.part.size()
	if err != nil {
		return Result{}, err
	}
	if o.spec.Fit > 0 && size > o.spec.Fit {
		e.log.Info("making a smaller output", "path", o.spec.Path, "bytes", size, "limit", o.spec.Fit)
		if err := e.refit(o, size, end); err != nil {
			return Result{}, err
		}
	}
	got, err := o.attempt.finish(e.ctx, e.job.Tools.FFprobe, moment(end, e.job.FPS))
	if err != nil {
		return Result{}, err
	}
	if size, err = o.attempt.part.size(); err != nil {
		return Result{}, err
	}
	return Result{
		Path: o.spec.Path, Format: o.spec.Format, Bytes: size,
		Frames: got.frames, Duration: got.duration, Width: got.width, Height: got.height,
		Note: o.attempt.setting.note(o.spec.Format, &e.job), CPU: o.cpu + o.attempt.cpu(),
	}, nil
}

// publish puts all outputs in place, once every one is on the disk.
func (e *Encoder) publish() error {
	var parts []*part
	for _, o := range e.outputs {
		p := o.part()
		if err := p.sync(); err != nil {
			return err
		}
		parts = append(parts, p)
	}
	if err := e.ctx.Err(); err != nil {
		return err
	}
	for _, p := range parts {
		if p.target == "" {
			if err := p.copyTo(e.job.Stdout); err != nil {
				return err
			}
		}
	}
	for _, p := range parts {
		if p.target != "" {
			if err := p.publish(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (o *output) part() *part {
	if o.poster != nil {
		return o.poster.part
	}
	return o.attempt.part
}
