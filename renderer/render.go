// Package renderer turns recordings into clips: it reads a recording, plans the
// clip, has Chromes rebuild and show its pages, composes the overlays and
// encodes the frames.
//
//	session → timeline → chrome → compose → encode
//
// It must not import the recorder, the store or the player's handlers.
package renderer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"image/color"
	"os"
	"time"

	"github.com/reelay/reelay/renderer/compose"
	"github.com/reelay/reelay/renderer/encode"
	"github.com/reelay/reelay/renderer/timeline"
	"github.com/reelay/reelay/session"
)

// FolderPrefix begins the names of jobs' temporary folders.
const FolderPrefix = "reelay-job-"

// Render makes the clip that req asks for. After an error no output exists. The
// error is a *session.UnusableError for a recording that can't be shown.
func (p *Pool) Render(ctx context.Context, req Request) (_ *Report, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	dir, err := os.MkdirTemp(p.config.TempDir, FolderPrefix)
	if err != nil {
		return nil, fmt.Errorf("make job folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	st := &stats{clock: p.config.Now, ownCPU: ownCPU()}
	began := st.clock()
	// Chrome starts while the recording is read.
	first, err := p.acquire(ctx, dir, req.Scale)
	if err != nil {
		return nil, err
	}
	taken := false
	defer func() {
		if !taken {
			cancel()
			first.release()
		}
	}()

	progress(req, Progress{Stage: "read"})
	reading := st.time(&st.reading)
	rec, err := session.Read(ctx, dir, req.Sources, p.config.Log)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rec.Close()) }()
	tl, err := timeline.Build(rec, timeline.Options{From: req.From, To: req.To, Speed: req.Speed, Idle: req.Idle, FPS: req.FPS})
	if err != nil {
		return nil, err
	}
	reading()

	job := &job{pool: p, req: req, dir: dir, rec: rec, tl: tl, layout: newLayout(tl.Largest(), req), stats: st}
	taken = true
	results, err := job.run(ctx, first)
	if err != nil {
		return nil, err
	}
	return job.report(results, st.clock().Sub(began)), nil
}

// job is one render under way.
type job struct {
	pool     *Pool
	req      Request
	dir      string
	rec      *session.Recording
	tl       *timeline.Timeline
	layout   layout
	stats    *stats
	director *director
	workers  int
}

// ground is chrome.Ground as a colour.
var ground = color.RGBA{0xe9, 0xec, 0xef, 0xff} //nolint:gochecknoglobals // a constant.

// run shoots, composes and encodes the clip. It releases the first Chrome.
func (j *job) run(ctx context.Context, first *lease) (_ []encode.Result, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	shares := share(j.tl, legs(j.tl), min(cmp.Or(j.req.Workers, worthwhile(j.tl)), cap(j.pool.slots)))
	j.workers = len(shares)
	reels, err := j.reels(len(shares))
	if err != nil {
		first.release()
		return nil, err
	}
	defer func() {
		for _, r := range reels {
			err = errors.Join(err, r.close())
		}
	}()
	shot := make(chan error, 1)
	go func() {
		crew := crew{pool: j.pool, req: j.req, dir: j.dir, rec: j.rec, tl: j.tl, layout: j.layout, stats: j.stats, first: first}
		shot <- crew.shoot(ctx, shares, reels)
	}()
	defer func() {
		cancel(nil)
		if shotErr := <-shot; err == nil {
			err = shotErr
		}
	}()

	composer, err := compose.New(j.layout.picture.width, j.layout.picture.height, j.layout.scale,
		compose.Options{Footer: j.req.Footer, Ground: ground})
	if err != nil {
		return nil, fmt.Errorf("prepare composer: %w", err)
	}
	encoder, err := encode.Start(ctx, j.encoding(composer.Canvas()), j.pool.config.Log)
	if err != nil {
		return nil, fmt.Errorf("start encoder: %w", err)
	}
	j.director = newDirector(j.req, j.tl, j.layout, composer, encoder, j.stats)
	for i, legs := range shares {
		if err := j.director.follow(ctx, reels[i], legs[len(legs)-1].end); err != nil {
			encoder.Abort()
			return nil, err
		}
	}
	progress(j.req, Progress{Stage: "encode", Done: j.tl.Clip(j.tl.Ticks()), Total: j.tl.Clip(j.tl.Ticks())})
	return j.finish(encoder)
}

// finish publishes the clip and, with it, its captions.
func (j *job) finish(encoder *encode.Encoder) ([]encode.Result, error) {
	captions, err := newVTT(j.req.Captions, j.director.captions)
	if err != nil {
		encoder.Abort()
		return nil, err
	}
	results, err := encoder.Finish(j.tl.Clip(j.tl.Ticks()))
	if err != nil {
		return nil, errors.Join(err, captions.discard())
	}
	return results, captions.publish()
}

// reels makes one reel a span. The first span's turn comes at once; the others
// keep their shots in files meanwhile, which go with the job's folder.
func (j *job) reels(n int) ([]reel, error) {
	reels := []reel{newLiveReel()}
	for len(reels) < n {
		r, err := newSpoolReel(j.dir)
		if err != nil {
			return nil, err
		}
		reels = append(reels, r)
	}
	return reels, nil
}

func (j *job) encoding(canvas compose.Picture) encode.Job {
	e := encode.Job{
		Width: canvas.Width, Height: canvas.Height, FPS: j.req.FPS, TempDir: j.dir, Tools: j.pool.config.Tools,
		Stdout: j.req.Stdout, Duration: j.tl.Clip(j.tl.Ticks()),
	}
	for _, o := range j.req.Outputs {
		e.Outputs = append(e.Outputs, encode.Spec{Path: o.Path, Format: encode.Format(o.Format), Fit: o.Fit})
	}
	e.Chapters = chapters(j.tl)
	return e
}

// chapters begin with the page that is in view when the clip starts; each
// later page begins another.
func chapters(tl *timeline.Timeline) []encode.Chapter {
	var list []encode.Chapter
	add := func(at time.Duration, page timeline.Page) {
		list = append(list, encode.Chapter{Start: at, Title: cmp.Or(page.Title, page.URL)})
	}
	from := tl.At(0)
	if page := tl.PageAt(from); page != (timeline.Page{}) {
		add(0, page)
	}
	for _, page := range tl.Pages() {
		if at, ok := tl.ClipTime(page.At); ok && page.At > from {
			add(at, page)
		}
	}
	return list
}

func progress(req Request, p Progress) {
	if req.Progress != nil {
		req.Progress(p)
	}
}

func (j *job) report(results []encode.Result, wall time.Duration) *Report {
	st := j.stats
	clip := j.tl.Clip(j.tl.Ticks())
	r := &Report{
		Session: (j.tl.At(j.tl.Ticks()) - j.tl.At(0)).Seconds(), Clip: clip.Seconds(), Wall: wall.Seconds(),
		Ticks: j.tl.Ticks(), Captured: int(st.captured.Load()), Composed: int(st.composed.Load()),
		Workers: j.workers, Retries: int(st.restarts.Load()),
		Isolated: st.isolated.Load(), Stages: map[string]float64{},
	}
	cpu := time.Duration(st.cpu.Load()) + ownCPU() - st.ownCPU
	r.RealTime = r.Session / r.Wall
	for _, gap := range j.tl.Gaps() {
		r.Skipped += gap.Skipped.Seconds()
	}
	for name, stage := range map[string]int64{
		"read": st.reading.Load(), "start": st.start.Load(), "lead": st.lead.Load(), "apply": st.apply.Load(),
		"draw": st.draw.Load(), "capture": st.read.Load(), "compose": st.compose.Load(), "encode": st.encode.Load(),
	} {
		r.Stages[name] = time.Duration(stage).Seconds()
	}
	r.Path = "surface"
	if st.shots.Load() > 0 {
		r.Path = "screenshot"
		if st.surface.Load() > 0 {
			r.Path = "mixed"
		}
		r.PathWhy, _ = st.denied.Load().(string)
	}
	for _, result := range results {
		cpu += result.CPU
		r.Outputs = append(r.Outputs, OutputReport{
			Path: result.Path, Format: string(result.Format), Bytes: result.Bytes,
			Frames: result.Frames, Seconds: result.Duration.Seconds(), Note: result.Note,
		})
	}
	r.CPU = cpu.Seconds()
	if len(results) > 0 {
		r.Encoded = results[0].Frames
	}
	r.Repaired = repairs(j.rec.Notes(), &j.director.notes)
	r.Missing, r.Unsupported = j.director.missing()
	return r
}
