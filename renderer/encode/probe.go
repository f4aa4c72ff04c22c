package encode

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/reelay/reelay/renderer/encode/internal/gif"
	"github.com/reelay/reelay/renderer/encode/internal/webp"
)

// facts is what a finished file says about itself.
type facts struct {
	width, height int
	frames        int
	duration      time.Duration
}

// probe reads a finished file. It looks at every frame's place and time, not at
// its pixels, which costs next to nothing.
func probe(ctx context.Context, ffprobe string, format Format, p *part) (facts, error) {
	switch format {
	case GIF:
		info, err := gif.Inspect(whole(p.file))
		if err != nil {
			return facts{}, fmt.Errorf("probe gif: %w", err)
		}
		return facts{info.Width, info.Height, info.Frames, info.Duration}, nil
	case WebP:
		info, err := webp.Inspect(p.file)
		if err != nil {
			return facts{}, fmt.Errorf("probe webp: %w", err)
		}
		return facts{info.Width, info.Height, info.Frames, info.Duration}, nil
	case PNG:
		config, err := png.DecodeConfig(whole(p.file))
		if err != nil {
			return facts{}, fmt.Errorf("probe png: %w", err)
		}
		return facts{config.Width, config.Height, 1, 0}, nil
	case MP4, WebM:
	}
	return probeVideo(ctx, ffprobe, p.path())
}

// whole reads a file from its beginning.
func whole(file io.ReaderAt) io.Reader { return io.NewSectionReader(file, 0, math.MaxInt64) }

func probeVideo(ctx context.Context, ffprobe, path string) (facts, error) {
	cmd := command(ctx, ffprobe, []string{
		"-v", "error", "-select_streams", "v:0", "-count_packets",
		"-show_entries", "stream=width,height,nb_read_packets:format=duration", "-of", "json", "file:" + path,
	})
	var out bytes.Buffer
	var words tail
	cmd.Stdout, cmd.Stderr = &out, &words
	if err := cmd.Run(); err != nil {
		return facts{}, fmt.Errorf("run ffprobe: %w: %s", err, words.String())
	}
	var said struct {
		Streams []struct {
			Width   int    `json:"width"`
			Height  int    `json:"height"`
			Packets string `json:"nb_read_packets"`
		} `json:"streams"`
		Format struct {
			Duration string `json:"duration"`
		} `json:"format"`
	}
	if err := json.Unmarshal(out.Bytes(), &said); err != nil {
		return facts{}, fmt.Errorf("read ffprobe's answer: %w", err)
	}
	if len(said.Streams) != 1 {
		return facts{}, fmt.Errorf("probe video: it has no picture")
	}
	frames, err := strconv.Atoi(said.Streams[0].Packets)
	if err != nil {
		return facts{}, fmt.Errorf("probe video: count frames: %w", err)
	}
	seconds, err := strconv.ParseFloat(said.Format.Duration, 64)
	if err != nil {
		return facts{}, fmt.Errorf("probe video: read duration: %w", err)
	}
	return facts{
		width: said.Streams[0].Width, height: said.Streams[0].Height,
		frames: frames, duration: time.Duration(seconds * float64(time.Second)),
	}, nil
}

// compare says what is wrong with a file that should have been as wanted.
func (f facts) compare(want facts, tolerance time.Duration) error {
	if f.width != want.width || f.height != want.height {
		return fmt.Errorf("check output: it is %dx%d, not %dx%d", f.width, f.height, want.width, want.height)
	}
	if f.frames != want.frames {
		return fmt.Errorf("check output: it has %d frames, not %d", f.frames, want.frames)
	}
	if d := f.duration - want.duration; d > tolerance || d < -tolerance {
		return fmt.Errorf("check output: it lasts %v, not %v", f.duration, want.duration)
	}
	return nil
}
