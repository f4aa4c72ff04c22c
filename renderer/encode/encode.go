// Package encode turns the frames of a clip into files: MP4, WebM and animated
// WebP through ffmpeg, GIF and PNG by itself. One stream of frames makes any
// number of files. The same frames give the same bytes, and a file appears
// under its name only when it is complete and has been looked over.
//
// It must not import other packages of this program but its own internal ones.
package encode

import (
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"
)

// Format is a kind of file.
type Format string

// The formats that can be made.
const (
	MP4  Format = "mp4"  // H.264 High, 4:2:0, playable everywhere
	WebM Format = "webm" // VP9, 4:2:0
	GIF  Format = "gif"
	WebP Format = "webp" // animated
	PNG  Format = "png"  // one frame: the poster
)

// Job is a clip to encode.
type Job struct {
	Tools Tools

	// Width and Height are the size of the frames in pixels: even, at most
	// 4096.
	Width, Height int

	// FPS is the grid of frame times, 1 to 120 per second. GIF and WebP have a
	// grid of their own, at most 20 per second.
	FPS int

	Outputs []Spec

	// TempDir is where files go that are not next to their target: the job's
	// own folder, which the caller removes.
	TempDir string

	// Stdout gets the output whose path is "-".
	Stdout io.Writer

	// Title and Chapters go into MP4 and WebM files. Duration is when the last
	// chapter ends: what Finish will be told, or 0 if that is not known yet.
	Title    string
	Chapters []Chapter
	Duration time.Duration

	// Stall is how long ffmpeg may make no progress before it is killed; 0
	// means 15 s.
	Stall time.Duration
}

// Spec is one file to make.
type Spec struct {
	Path   string // "-" is Job.Stdout
	Format Format
	Fit    int64 // largest size in bytes; 0 is no limit
}

// Chapter is a named part of a clip, which lasts until the next one.
type Chapter struct {
	Start time.Duration
	Title string
}

// Frame is a picture of the clip from a moment on.
type Frame struct {
	// PTS is the time since the clip's start, rounded to the grid of Job.FPS.
	// It never decreases; of frames at the same place of the grid the last one
	// is shown. The first frame is shown from the start, whatever its time.
	PTS time.Duration

	// Pix is the whole picture: blue, green, red, ignored; stride 4·Width. It
	// is not kept after Write.
	Pix []byte

	// Dirty is where the picture differs from the frame before. Nil means
	// everywhere.
	Dirty []image.Rectangle

	// Poster marks the frame that PNG outputs show: the last one marked, or the
	// first frame of all.
	Poster bool
}

// Result is a file that was made.
type Result struct {
	Path          string
	Format        Format
	Bytes         int64
	Frames        int           // in the file, repeats for seeking included
	Duration      time.Duration // 0 for PNG
	Width, Height int

	// Note is the quality chosen, such as "scaled to 960x540, crf 31".
	Note string

	// CPU is what ffmpeg's processes for this file used, user and system. GIF
	// and PNG are made in this process and show 0.
	CPU time.Duration
}

const (
	maxSide      = 4096
	maxFPS       = 120
	defaultStall = 15 * time.Second
)

func (j *Job) check() error {
	switch {
	case j.Width < 2 || j.Height < 2 || j.Width > maxSide || j.Height > maxSide || j.Width%2 != 0 || j.Height%2 != 0:
		return fmt.Errorf("check job: size %dx%d is not even or not within 2 to %d", j.Width, j.Height, maxSide)
	case j.FPS < 1 || j.FPS > maxFPS:
		return fmt.Errorf("check job: %d frames a second is not within 1 to %d", j.FPS, maxFPS)
	case len(j.Outputs) == 0:
		return errors.New("check job: no outputs")
	}
	seen := map[string]bool{}
	for _, o := range j.Outputs {
		switch o.Format {
		case MP4, WebM, GIF, WebP, PNG:
		default:
			return fmt.Errorf("check job: unknown format %q", o.Format)
		}
		if o.Path == "-" && j.Stdout == nil {
			return errors.New("check job: no standard output to write to")
		}
		if name := filepath.Clean(o.Path); seen[name] {
			return fmt.Errorf("check job: two outputs named %s", o.Path)
		} else {
			seen[name] = true
		}
		if info, err := os.Stat(o.Path); o.Path != "-" && err == nil && !info.Mode().IsRegular() {
			return fmt.Errorf("check job: %s is not a regular file", o.Path)
		}
	}
	return nil
}

// maxTitle is how many runes of a title are kept: a page's title can be as long
// as the page likes.
const maxTitle = 200

// cleanTitle makes a title fit for a file's metadata.
func cleanTitle(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > maxTitle {
		s = string(runes[:maxTitle-1]) + "…"
	}
	return s
}
