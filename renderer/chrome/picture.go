package chrome

import (
	"bytes"
	"image"
)

// Picture is a captured page: rows of BGRA without padding, opaque.
type Picture struct {
	Width, Height int
	Pix           []byte
}

// All is one rectangle over all of the picture.
func (a Picture) All() []image.Rectangle {
	return []image.Rectangle{image.Rect(0, 0, a.Width, a.Height)}
}

// Chrome draws what changed and leaves the rest, but draws all for a screenshot.
// Where the edge of a change cuts through a smoothed line, the two may differ in
// the last bits of a few pixels: six levels are the most that was seen. Another
// picture differs by more, or in more.
const (
	slack      = 12   // in a channel's 256 levels
	slackCount = 2000 // one pixel of so many may differ
)

// alike says whether b, of the same size, is the same picture drawn another way.
func (a Picture) alike(b Picture) bool {
	differing := 0
	for i := 0; i < len(a.Pix); i += 4 {
		if [4]byte(a.Pix[i:i+4]) == [4]byte(b.Pix[i:i+4]) {
			continue
		}
		differing++
		for c := range 3 {
			if d := int(a.Pix[i+c]) - int(b.Pix[i+c]); d > slack || d < -slack {
				return false
			}
		}
	}
	return differing <= len(a.Pix)/4/slackCount
}

// block is the grain, in pixels, in which pictures are compared.
const block = 64

// Changed returns the parts in which b differs from a picture of the same size,
// as rectangles that don't overlap; nil if there are none.
func (a Picture) Changed(b Picture) []image.Rectangle {
	var rects []image.Rectangle
	columns := (a.Width + block - 1) / block
	dirty := make([]bool, columns)
	for top := 0; top < a.Height; top += block {
		bottom := min(top+block, a.Height)
		clear(dirty)
		a.compareRows(b, top, bottom, dirty)
		rects = appendRuns(rects, dirty, image.Rect(0, top, a.Width, bottom))
	}
	return rects
}

// compareRows marks in dirty the columns of blocks that differ between the rows
// top and bottom.
func (a Picture) compareRows(b Picture, top, bottom int, dirty []bool) {
	stride := 4 * a.Width
	for y := top; y < bottom; y++ {
		rowA, rowB := a.Pix[y*stride:(y+1)*stride], b.Pix[y*stride:(y+1)*stride]
		if bytes.Equal(rowA, rowB) {
			continue
		}
		for c := range dirty {
			if dirty[c] {
				continue
			}
			from, to := c*4*block, min((c+1)*4*block, stride)
			dirty[c] = !bytes.Equal(rowA[from:to], rowB[from:to])
		}
	}
}

// appendRuns adds one rectangle for each run of dirty blocks within the row of
// blocks, and joins it to the rectangle above where both are as wide.
func appendRuns(rects []image.Rectangle, dirty []bool, row image.Rectangle) []image.Rectangle {
	for c := 0; c < len(dirty); c++ {
		if !dirty[c] {
			continue
		}
		from := c
		for c < len(dirty) && dirty[c] {
			c++
		}
		r := image.Rect(from*block, row.Min.Y, min(c*block, row.Max.X), row.Max.Y)
		rects = appendJoined(rects, r)
	}
	return rects
}

func appendJoined(rects []image.Rectangle, r image.Rectangle) []image.Rectangle {
	for i := range rects {
		above := &rects[i]
		if above.Max.Y == r.Min.Y && above.Min.X == r.Min.X && above.Max.X == r.Max.X {
			above.Max.Y = r.Max.Y
			return rects
		}
	}
	return append(rects, r)
}
