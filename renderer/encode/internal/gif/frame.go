package gif

import (
	"bytes"
	"encoding/binary"
	"image"
)

// canvas turns pictures into indexed frames. It knows what is on the screen, so
// a frame holds only what differs.
type canvas struct {
	width int
	shown []byte // BGRA; alpha is 0 where nothing was drawn yet, else 255
	index []uint8

	colours   *palette
	spare     *palette
	histogram histogram

	// quantised says that the palette stands for more colours than it has; then
	// loss is the error that it had when it was made.
	quantised bool
	loss      float64
}

// frame is a part of a picture as indices into a palette.
type frame struct {
	rect    image.Rectangle
	index   []uint8
	colours []rgb
}

// A computed palette is kept while its error has not grown by more than reuse,
// and in any case below slack: about two levels of each colour, see distance.
const (
	reuse = 1.3
	slack = 32
)

// samples is about how many pixels a palette is computed from.
const samples = 1 << 18

func newCanvas(width, height int) *canvas {
	return &canvas{
		width:   width,
		shown:   make([]byte, 4*width*height),
		index:   make([]uint8, width*height),
		colours: new(palette),
		spare:   new(palette),
	}
}

// next makes the frame that leads from the picture on the screen to pix. The
// two differ at most within the rectangles; if they do not differ at all, the
// frame is empty. It is valid until the next call.
func (c *canvas) next(pix []byte, rects []image.Rectangle) frame {
	var r image.Rectangle
	for _, part := range rects {
		r = r.Union(c.differing(pix, part))
	}
	if r.Empty() {
		return frame{}
	}
	c.mapColours(pix, r)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		at, end := c.span(r, y)
		copy(c.shown[at:end], pix[at:end])
	}
	return frame{rect: r, index: c.index[:r.Dx()*r.Dy()], colours: c.colours.colours}
}

// span is where row y of r lies in a picture's bytes.
func (c *canvas) span(r image.Rectangle, y int) (at, end int) {
	return 4 * (y*c.width + r.Min.X), 4 * (y*c.width + r.Max.X)
}

// differing is the smallest rectangle within r that holds all changes.
func (c *canvas) differing(pix []byte, r image.Rectangle) image.Rectangle {
	var d image.Rectangle
	for y := r.Min.Y; y < r.Max.Y; y++ {
		at, end := c.span(r, y)
		now, before := pix[at:end], c.shown[at:end]
		if bytes.Equal(now, before) {
			continue
		}
		x0, x1 := 0, r.Dx()
		for pixel(now, x0) == pixel(before, x0) {
			x0++
		}
		for pixel(now, x1-1) == pixel(before, x1-1) {
			x1--
		}
		d = d.Union(image.Rect(r.Min.X+x0, y, r.Min.X+x1, y+1))
	}
	return d
}

// mapColours fills the index for the part r of pix. As long as there are few
// colours they stay as they are: in the palette at hand, or else in a new one
// from this frame on. Beyond that a palette is computed, and kept while it
// serves the frames that follow.
func (c *canvas) mapColours(pix []byte, r image.Rectangle) {
	if c.mapExactly(c.colours, pix, r) {
		return
	}
	c.spare.reset()
	if c.mapExactly(c.spare, pix, r) {
		c.colours, c.spare = c.spare, c.colours
		c.quantised = false
		return
	}
	c.count(pix, r)
	if !c.quantised || c.histogram.loss(c.colours) > max(reuse*c.loss, slack) {
		c.loss = c.colours.quantize(&c.histogram)
		c.quantised = true
	}
	c.mapNearest(pix, r)
}

// mapExactly maps with the palette as it is, adding what it lacks, and reports
// whether all colours found room.
func (c *canvas) mapExactly(p *palette, pix []byte, r image.Rectangle) bool {
	index := c.index
	last, lastIndex := uint32(0), uint8(0) // alpha is never 0 in pix
	for y := r.Min.Y; y < r.Max.Y; y++ {
		at, end := c.span(r, y)
		now, before := pix[at:end], c.shown[at:end]
		row := index[:r.Dx()]
		index = index[r.Dx():]
		for x := range row {
			v := pixel(now, x)
			if v == pixel(before, x) {
				row[x] = transparent
				continue
			}
			if v != last {
				i := p.exact(v & 0xffffff)
				if i == 0 {
					if p.full() {
						return false
					}
					i = p.add(v & 0xffffff)
				}
				last, lastIndex = v, i
			}
			row[x] = lastIndex
		}
	}
	return true
}

// mapNearest maps with the nearest colours of a computed palette.
func (c *canvas) mapNearest(pix []byte, r image.Rectangle) {
	index := c.index
	last, lastIndex := uint32(0), uint8(0)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		at, end := c.span(r, y)
		now, before := pix[at:end], c.shown[at:end]
		row := index[:r.Dx()]
		index = index[r.Dx():]
		for x := range row {
			v := pixel(now, x)
			if v == pixel(before, x) {
				row[x] = transparent
				continue
			}
			if v != last {
				last, lastIndex = v, c.colours.nearest(v&0xffffff)
			}
			row[x] = lastIndex
		}
	}
}

// count makes the histogram of what changed within r, from every pixel of a
// small part and from an even sample of a large one.
func (c *canvas) count(pix []byte, r image.Rectangle) {
	c.histogram.reset()
	step := 1 + r.Dx()*r.Dy()/samples
	for y := r.Min.Y; y < r.Max.Y; y++ {
		at, end := c.span(r, y)
		now, before := pix[at:end], c.shown[at:end]
		for x := y % step; x < r.Dx(); x += step {
			if v := pixel(now, x); v != pixel(before, x) {
				c.histogram.add(v & 0xffffff)
			}
		}
	}
}

func pixel(row []byte, x int) uint32 { return binary.LittleEndian.Uint32(row[4*x:]) }
