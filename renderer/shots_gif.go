package renderer

import (
	"context"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"time"

	"github.com/disintegration/imaging"
	"github.com/klauspost/compress/s2"

	"github.com/reelay/reelay/renderer/encode"
)

const (
	// stillLife is how long the animation shows each still: long enough to read.
	stillLife = 2500 * time.Millisecond
	// widestGIF and tallestGIF bound the animation, in pixels.
	widestGIF  = 960
	tallestGIF = 1080
	// rateGIF is the grid of the animation's times, in frames a second.
	rateGIF = 10
)

// keepFrame puts a still aside for the animation.
func (a *album) keepFrame(picture *image.RGBA) error {
	size := picture.Rect.Size()
	shrink := min(float64(widestGIF)/float64(size.X), float64(tallestGIF)/float64(size.Y), 1)
	small := fromNRGBA(imaging.Resize(picture, int(float64(size.X)*shrink), int(float64(size.Y)*shrink), imaging.CatmullRom))
	path := a.frame(len(a.frames))
	if err := os.WriteFile(path, s2.Encode(nil, small.Pix), 0o600); err != nil {
		return fmt.Errorf("keep frame: %w", err)
	}
	a.frames = append(a.frames, image.Pt(small.Width, small.Height))
	return nil
}

func (a *album) frame(n int) string { return filepath.Join(a.scratch, fmt.Sprintf("frame-%d", n)) }

// writeGIF makes the animation of all stills, each on a canvas that holds them
// all.
func (a *album) writeGIF(ctx context.Context, path string) error {
	var size image.Point
	for _, f := range a.frames {
		size.X, size.Y = max(size.X, f.X+f.X&1), max(size.Y, f.Y+f.Y&1)
	}
	encoder, err := encode.Start(ctx, encode.Job{
		Tools: a.shoot.pool.config.Tools, Width: size.X, Height: size.Y, FPS: rateGIF, TempDir: a.scratch,
		Outputs: []encode.Spec{{Path: path, Format: encode.GIF}}, Title: a.title(),
	}, a.shoot.pool.config.Log)
	if err != nil {
		return fmt.Errorf("start encoder: %w", err)
	}
	canvas := make([]byte, 4*size.X*size.Y)
	for n, f := range a.frames {
		if err := a.loadFrame(canvas, size, n, f); err != nil {
			encoder.Abort()
			return err
		}
		if err := encoder.Write(encode.Frame{PTS: time.Duration(n) * stillLife, Pix: canvas}); err != nil {
			return fmt.Errorf("encode still: %w", err)
		}
	}
	if _, err := encoder.Finish(time.Duration(len(a.frames)) * stillLife); err != nil {
		return fmt.Errorf("encode stills: %w", err)
	}
	return nil
}

// loadFrame puts a still on the canvas, its caption at the lower edge of the
// still; what it does not reach is the ground.
func (a *album) loadFrame(canvas []byte, size image.Point, n int, f image.Point) error {
	packed, err := os.ReadFile(a.frame(n))
	if err != nil {
		return fmt.Errorf("read frame: %w", err)
	}
	pix, err := s2.Decode(nil, packed)
	if err != nil {
		return fmt.Errorf("read frame: %w", err)
	}
	for i := 0; i < len(canvas); i += 4 {
		canvas[i], canvas[i+1], canvas[i+2], canvas[i+3] = ground.B, ground.G, ground.R, 0xff
	}
	left := (size.X - f.X) / 2
	for y := range f.Y {
		copy(canvas[4*(y*size.X+left):], pix[4*y*f.X:4*(y+1)*f.X])
	}
	return nil
}
