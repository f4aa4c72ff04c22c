package encode

import (
	"fmt"
	"strings"
)

// setting is how one file is encoded. Quality is the format's own measure: the
// quantiser for MP4, or its constant rate factor when it was made to fit; the
// constant rate factor for WebM; percent for WebP. GIF has none.
type setting struct {
	width, height int
	fps           int
	quality       int
	fitted        bool // chosen to keep a size limit
}

// animationFPS is the highest rate of GIF and WebP. Browsers slow GIFs down
// that are much faster, and nobody sees the difference on a user interface.
const animationFPS = 20

// firstSetting is the setting that a file gets unless a limit forbids it.
func firstSetting(job *Job, format Format) setting {
	s := setting{width: job.Width, height: job.Height, fps: job.FPS}
	switch format {
	case MP4:
		// At 25 soft gradients break into blocks that can be seen; at 21 they
		// don't, for a third more bytes.
		s.quality = 21
	case WebM:
		s.quality = 28
	case WebP:
		s.quality = 75
		s.fps = min(job.FPS, animationFPS)
	case GIF, PNG:
		s.fps = min(job.FPS, animationFPS)
	}
	return s
}

// rungsPerBit is about how many settings of a ladder halve a file.
func rungsPerBit(format Format) float64 {
	if format == GIF {
		return 2
	}
	return 4
}

// rung is a range of qualities at one size and rate.
type rung struct {
	eighths            int // of width and height
	fps                int // at most
	first, last, steps int // qualities
}

// ladder is the settings to choose from when a file has to be smaller than its
// first setting makes it, best first. First the quality falls, then the size
// and the rate, with the quality better again: a smaller clip beats a spoilt
// one.
func ladder(job *Job, format Format) []setting {
	var rungs []rung
	switch format {
	case MP4:
		rungs = []rung{{8, 120, 22, 34, 1}, {6, 120, 29, 35, 1}, {4, 15, 28, 36, 1}, {3, 15, 31, 37, 2}, {2, 10, 32, 44, 2}}
	case WebM:
		rungs = []rung{{8, 120, 35, 53, 3}, {6, 120, 44, 56, 3}, {4, 15, 42, 57, 3}, {3, 15, 46, 60, 3}, {2, 10, 45, 63, 3}}
	case WebP:
		rungs = []rung{{8, 20, 65, 25, -10}, {6, 15, 45, 25, -10}, {4, 10, 55, 25, -10}, {3, 10, 45, 15, -10}, {2, 5, 45, 5, -10}}
	case GIF:
		rungs = []rung{{8, 15, 0, 0, 1}, {8, 10, 0, 0, 1}, {6, 15, 0, 0, 1}, {6, 10, 0, 0, 1}, {5, 10, 0, 0, 1}, {4, 10, 0, 0, 1}, {4, 5, 0, 0, 1}, {3, 5, 0, 0, 1}, {2, 5, 0, 0, 1}, {2, 2, 0, 0, 1}}
	case PNG:
	}
	var list []setting
	for _, r := range rungs {
		for q := r.first; (r.last-q)*r.steps >= 0; q += r.steps {
			list = append(list, setting{
				width: even(job.Width * r.eighths / 8), height: even(job.Height * r.eighths / 8),
				fps: min(job.FPS, r.fps), quality: q, fitted: true,
			})
		}
	}
	return list
}

// even rounds up to what 4:2:0 can be made of.
func even(n int) int { return max(2, (n+1)&^1) }

// note says how the setting differs from the frames as they came.
func (s setting) note(format Format, job *Job) string {
	var parts []string
	if s.width != job.Width || s.height != job.Height {
		parts = append(parts, fmt.Sprintf("scaled to %dx%d", s.width, s.height))
	}
	if s.fps != job.FPS {
		parts = append(parts, fmt.Sprintf("%d fps", s.fps))
	}
	switch {
	case format == MP4 && !s.fitted:
		parts = append(parts, fmt.Sprintf("qp %d", s.quality))
	case format == MP4, format == WebM:
		parts = append(parts, fmt.Sprintf("crf %d", s.quality))
	case format == WebP:
		parts = append(parts, fmt.Sprintf("quality %d", s.quality))
	}
	return strings.Join(parts, ", ")
}
