package encode

import (
	"context"
	"fmt"
	"image"
	"os"
	"time"

	"github.com/reelay/reelay/renderer/encode/internal/mkv"
	"github.com/reelay/reelay/renderer/encode/internal/spool"
	"github.com/reelay/reelay/renderer/encode/internal/webp"
)

// attempt is one file being made with one setting.
type attempt struct {
	format  Format
	setting setting
	part    *part
	track   *track
	process *process // nil where ffmpeg has no part in it
}

// startAttempt starts to make a file. What the context's end leaves of it is
// removed by discard.
func startAttempt(ctx context.Context, job *Job, spec Spec, s setting) (_ *attempt, err error) {
	p, err := newPart(spec.Path, job.TempDir)
	if err != nil {
		return nil, err
	}
	a := &attempt{format: spec.Format, setting: s, part: p}
	defer func() {
		if err != nil {
			p.discard()
		}
	}()
	size := image.Pt(job.Width, job.Height)
	if spec.Format == GIF {
		sink, err := newAnimation(p.file, size, s)
		if err != nil {
			return nil, err
		}
		a.track = newTrack(ctx, size, packed, job.FPS, s.fps, sink)
		return a, nil
	}

	header := mkv.Header{Format: mkv.I420, Width: job.Width, Height: job.Height, FPS: s.fps}
	shape, beat := planar, heartbeat
	if spec.Format == WebP {
		header.Format = mkv.BGRA
		shape, beat = packed, 0
	} else {
		header.Title, header.Chapters = cleanTitle(job.Title), job.chapters()
	}
	arguments := args(spec.Format, s, size, p.path())
	a.process, err = startProcess(ctx, job.Tools.FFmpeg, arguments, job.Stall)
	if err != nil {
		return nil, err
	}
	sink, err := startStream(a.process, header, beat)
	if err != nil {
		return nil, err
	}
	a.track = newTrack(ctx, size, shape, job.FPS, s.fps, sink)
	return a, nil
}

// chapters are the job's chapters with their ends: the next one's start or the
// clip's end. Where that is not known the last one is as short as can be, since
// a chapter that reaches beyond the pictures makes the file longer.
func (j *Job) chapters() []mkv.Chapter {
	var list []mkv.Chapter
	for i, c := range j.Chapters {
		end := j.Duration
		switch {
		case i+1 < len(j.Chapters) && (end == 0 || j.Chapters[i+1].Start < end):
			end = j.Chapters[i+1].Start
		case end == 0:
			end = c.Start + time.Millisecond
		}
		if c.Start >= 0 && end > c.Start {
			list = append(list, mkv.Chapter{Start: c.Start, End: end, Title: cleanTitle(c.Title)})
		}
	}
	return list
}

// finish checks the file, once the track has ended well.
func (a *attempt) finish(ctx context.Context, ffprobe string, end time.Duration) (facts, error) {
	want := facts{
		width: a.setting.width, height: a.setting.height,
		frames: a.track.sink.frames(), duration: end,
	}
	if a.format == WebP {
		if err := webp.SetDuration(a.part.file, end); err != nil {
			return facts{}, err
		}
	}
	got, err := probe(ctx, ffprobe, a.format, a.part)
	if err != nil {
		return facts{}, err
	}
	if a.format == WebP && got.frames <= want.frames {
		// libwebp leaves out frames that look the same as the one before, and
		// makes a still picture of a single one.
		want.frames = got.frames
		if got.frames == 1 {
			want.duration, got.duration = 0, 0
		}
	}
	// Less than a frame: on a coarser grid than the job's, videos end on the
	// nearest tick.
	return got, got.compare(want, time.Second/time.Duration(a.setting.fps)-1)
}

// cpu is what ffmpeg has used, once the track has ended.
func (a *attempt) cpu() time.Duration {
	if a.process == nil {
		return 0
	}
	return a.process.cpu()
}

// discard stops what is under way and removes the file.
func (a *attempt) discard() {
	a.track.abort()
	a.part.discard()
}

// recording is a spool being filled, for outputs that may have to be made
// again. Its file has no name.
type recording struct {
	file  *os.File
	track *track
}

func startRecording(ctx context.Context, job *Job) (*recording, error) {
	file, err := os.CreateTemp(job.TempDir, "frames-*")
	if err != nil {
		return nil, fmt.Errorf("make spool: %w", err)
	}
	if err := os.Remove(file.Name()); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("make spool: %w", err)
	}
	r := &recording{file: file}
	size := image.Pt(job.Width, job.Height)
	r.track = newTrack(ctx, size, packed, job.FPS, job.FPS, &archive{writer: spool.NewWriter(file, job.Width)})
	return r, nil
}

// discard stops the recording and removes its file.
func (r *recording) discard() {
	r.track.abort()
	_ = r.file.Close()
}
