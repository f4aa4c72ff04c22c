package encode

import (
	"bufio"
	"fmt"
	"image"
	"image/png"
	"io"

	"github.com/reelay/reelay/renderer/encode/internal/shrink"
)

// poster is a PNG of one frame.
type poster struct {
	part *part
	size image.Point
	pix  []byte // nil until the first frame
}

func (p *poster) take(pix []byte) {
	p.pix = append(p.pix[:0], pix[:4*p.size.X*p.size.Y]...)
}

// complete writes the file, smaller and smaller until it keeps its limit.
func (p *poster) complete(spec Spec) (Result, error) {
	smallest := int64(0)
	level := png.DefaultCompression
	if spec.Fit > 0 {
		level = png.BestCompression
	}
	for _, size := range posterSizes(p.size) {
		if err := p.write(size, level); err != nil {
			return Result{}, err
		}
		bytes, err := p.part.size()
		if err != nil {
			return Result{}, err
		}
		if spec.Fit == 0 || bytes <= spec.Fit {
			note := ""
			if size != p.size {
				note = fmt.Sprintf("scaled to %dx%d", size.X, size.Y)
			}
			return Result{
				Path: spec.Path, Format: PNG, Bytes: bytes, Frames: 1,
				Width: size.X, Height: size.Y, Note: note,
			}, nil
		}
		smallest = bytes
	}
	return Result{}, &FitError{Path: spec.Path, Limit: spec.Fit, Smallest: smallest}
}

func (p *poster) write(size image.Point, level png.CompressionLevel) error {
	if err := p.part.file.Truncate(0); err != nil {
		return fmt.Errorf("write png: %w", err)
	}
	if _, err := p.part.file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("write png: %w", err)
	}
	w := bufio.NewWriter(p.part.file)
	encoder := png.Encoder{CompressionLevel: level}
	if err := encoder.Encode(w, p.scaled(size)); err != nil {
		return fmt.Errorf("write png: %w", err)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write png: %w", err)
	}
	return nil
}

// scaled is the frame at that size.
func (p *poster) scaled(size image.Point) image.Image {
	m := image.NewRGBA(image.Rectangle{Max: size})
	if size == p.size {
		copy(m.Pix, p.pix)
	} else {
		shrink.New(p.size, size).Scale(m.Pix, p.pix, image.Rectangle{Max: p.size})
	}
	for i := 0; i < len(m.Pix); i += 4 {
		m.Pix[i], m.Pix[i+2], m.Pix[i+3] = m.Pix[i+2], m.Pix[i], 255
	}
	return m
}

// posterSizes are the sizes to try, from full to an eighth.
func posterSizes(full image.Point) []image.Point {
	var sizes []image.Point
	for _, eighths := range [...]int{8, 6, 5, 4, 3, 2, 1} {
		sizes = append(sizes, image.Pt(max(1, full.X*eighths/8), max(1, full.Y*eighths/8)))
	}
	return sizes
}
