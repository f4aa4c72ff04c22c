package encode

import (
	"context"
	"errors"
	"image"
	"image/png"
	"os"
	"strings"
	"testing"
)

// scroll is a clip of a page that scrolls for two seconds.
func scroll() []shot {
	var shots []shot
	for tick := range 60 {
		shots = append(shots, shot{at(tick), func(p *painter) []image.Rectangle { p.page(7 * tick); return nil }, false})
	}
	return shots
}

func TestFitKeepsItsLimit(t *testing.T) {
	const width, height = 400, 224
	for _, format := range []Format{MP4, WebM, GIF, WebP, PNG} {
		t.Run(string(format), func(t *testing.T) {
			job := newJob(t, width, height, format)
			shots := scroll()
			if format == PNG {
				shots = []shot{{0, noisy, true}}
			}
			results, err := encode(t.Context(), job, at(60), shots)
			if err != nil {
				t.Fatal(err)
			}
			whole := results[0]
			small := whole
			for _, share := range []int64{100, 75, 40, 15} {
				limit := whole.Bytes * share / 100
				job := newJob(t, width, height, format)
				job.Outputs[0].Fit = limit
				results, err := encode(t.Context(), job, at(60), shots)
				if err != nil {
					t.Fatalf("%d %%: %v", share, err)
				}
				r := results[0]
				info, err := os.Stat(job.Outputs[0].Path)
				if err != nil {
					t.Fatal(err)
				}
				if info.Size() > limit || info.Size() != r.Bytes {
					t.Errorf("%d %%: the file has %d bytes, the result %d, the limit is %d", share, info.Size(), r.Bytes, limit)
				}
				switch {
				case share == 100 && r.Note != whole.Note:
					t.Errorf("a file that fits was made as %q, without a limit as %q", r.Note, whole.Note)
				case share < 100 && r.Note == whole.Note:
					t.Errorf("%d %%: the note is still %q", share, r.Note)
				case r.Bytes > small.Bytes:
					t.Errorf("%d %%: larger than with a higher limit", share)
				case format != PNG && r.Bytes < limit/3:
					t.Errorf("%d %%: only %d bytes of %d were used (%s)", share, r.Bytes, limit, r.Note)
				case !near(r.Duration, whole.Duration, at(6)):
					t.Errorf("%d %%: it lasts %v, not %v", share, r.Duration, whole.Duration)
				}
				small = r
				if left := files(t, job.TempDir); len(left) > 0 {
					t.Errorf("%v is left", left)
				}
				checkSize(t, job.Outputs[0].Path, r)
			}
		})
	}
}

// checkSize decodes a file and compares its pictures' size with the result.
func checkSize(t *testing.T, path string, r Result) {
	t.Helper()
	switch r.Format {
	case MP4, WebM, GIF:
		if n := len(pictures(t, path, r.Width, r.Height)); n != r.Frames {
			t.Errorf("%s has %d pictures, the result says %d", path, n, r.Frames)
		}
	case PNG:
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		if m, err := png.Decode(file); err != nil || m.Bounds().Dx() != r.Width || m.Bounds().Dy() != r.Height {
			t.Errorf("%s can't be decoded or is not %dx%d: %v", path, r.Width, r.Height, err)
		}
	case WebP: // ffmpeg decodes still pictures only; it was inspected
	}
}

func TestFitIsDeterministic(t *testing.T) {
	var sums [2][]any
	for i := range sums {
		job := newJob(t, 320, 180, MP4, WebM, GIF, WebP)
		for n := range job.Outputs {
			job.Outputs[n].Fit = 20_000
		}
		if _, err := encode(t.Context(), job, at(60), scroll()); err != nil {
			t.Fatal(err)
		}
		for _, o := range job.Outputs {
			sums[i] = append(sums[i], sum(t, o.Path))
		}
	}
	for n := range sums[0] {
		if sums[0][n] != sums[1][n] {
			t.Errorf("output %d differs from run to run", n)
		}
	}
}

func TestFitImpossible(t *testing.T) {
	for _, format := range []Format{MP4, WebM, GIF, WebP, PNG} {
		t.Run(string(format), func(t *testing.T) {
			job := newJob(t, 320, 180, format)
			job.Outputs[0].Fit = 100
			_, err := encode(t.Context(), job, at(60), scroll())
			var fit *FitError
			if !errors.As(err, &fit) || fit.Limit != 100 || fit.Smallest <= 100 || !strings.Contains(fit.Hint(), "shorter") {
				t.Errorf("the error is %v", err)
			}
			nothingLeft(t, job)
		})
	}
}

func TestFitCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	job := newJob(t, 640, 360, MP4)
	job.Outputs[0].Fit = 10_000
	shots := scroll()
	shots = append(shots, shot{at(70), func(*painter) []image.Rectangle {
		go cancel() // some time while the file is made again, or before
		return nil
	}, false})
	if _, err := encode(ctx, job, at(80), shots); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	nothingLeft(t, job)
}

// Every ladder goes down, from better than needed to hardly anything.
func TestLadders(t *testing.T) {
	job := &Job{Width: 1280, Height: 720, FPS: 30}
	for _, format := range []Format{MP4, WebM, GIF, WebP} {
		list := ladder(job, format)
		if len(list) < 8 {
			t.Errorf("%s has %d settings", format, len(list))
		}
		for i, s := range list {
			if s.width%2 != 0 || s.height%2 != 0 || s.fps < 1 || s.fps > job.FPS {
				t.Errorf("%s: setting %d is %+v", format, i, s)
			}
			if i > 0 && s.width > list[i-1].width {
				t.Errorf("%s: setting %d is larger than the one before", format, i)
			}
		}
	}
}
