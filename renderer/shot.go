package renderer

import (
	"image"

	"github.com/reelay/reelay/renderer/chrome"
)

// shot is what came of one tick of a span: the parts of the page that look
// different since the shot before, and what the stage told.
type shot struct {
	tick  int
	whole bool              // all of the picture, whatever changed: Chrome's first
	rects []image.Rectangle // changed parts, in device pixels; they don't overlap
	pix   []byte            // their pixels, one rectangle after the other, BGRA
	facts []chrome.Result   // told at the tick, and on the way to the first
}

// since is a whole shot as one that follows a picture of the same size.
func (s shot) since(last chrome.Picture) shot {
	now := chrome.Picture{Width: last.Width, Height: last.Height, Pix: s.pix}
	s.rects = now.Changed(last)
	s.pix = pack(nil, now, s.rects)
	return s
}

// pack appends the pixels of the rectangles of a picture to buf.
func pack(buf []byte, p chrome.Picture, rects []image.Rectangle) []byte {
	for _, r := range rects {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			row := 4 * y * p.Width
			buf = append(buf, p.Pix[row+4*r.Min.X:row+4*r.Max.X]...)
		}
	}
	return buf
}

// unpack writes a shot's pixels into a picture.
func (s shot) unpack(p chrome.Picture) {
	pix := s.pix
	for _, r := range s.rects {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			row := 4 * y * p.Width
			n := copy(p.Pix[row+4*r.Min.X:row+4*r.Max.X], pix)
			pix = pix[n:]
		}
	}
}
