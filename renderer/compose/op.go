package compose

import (
	"image"
	"math"
)

// op is one step of drawing: a shape, a coverage mask in one colour, or a
// sprite. Ops are plain comparable values, so that two display lists can be
// compared step by step: what is equal in both needs no repainting.
type op struct {
	bounds image.Rectangle // canvas pixels it may touch
	colour rgba            // fill; a sprite uses its alpha as opacity
	box    box             // the shape, when neither mask nor sprite is set
	mask   *mask
	sprite *sprite
	at     image.Point // canvas position of the mask's or sprite's origin
}

// mask is 8-bit coverage; rect is relative to the mask's origin.
type mask struct {
	rect image.Rectangle
	pix  []uint8
}

// sprite is a picture in premultiplied BGRA; rect is relative to its origin.
type sprite struct {
	rect image.Rectangle
	pix  []uint8
}

// displayList is what lies over the page, bottom to top.
type displayList struct {
	ops  []op
	clip image.Rectangle // canvas area that ops may touch
}

func (l *displayList) reset() {
	l.ops = l.ops[:0]
}

// shape appends a rounded box, disc, ring or soft shadow.
func (l *displayList) shape(b box, colour rgba) {
	reach := b.stroke/2 + b.soft/2
	l.push(op{
		bounds: image.Rect(
			int(math.Floor(b.x0-reach)), int(math.Floor(b.y0-reach)),
			int(math.Ceil(b.x1+reach)), int(math.Ceil(b.y1+reach)),
		),
		colour: colour,
		box:    b,
	})
}

// stamp appends a mask in one colour with its origin at (x, y).
func (l *displayList) stamp(m *mask, x, y int, colour rgba) {
	at := image.Pt(x, y)
	l.push(op{bounds: m.rect.Add(at), colour: colour, mask: m, at: at})
}

// picture appends a sprite with its origin at (x, y).
func (l *displayList) picture(s *sprite, x, y int, opacity float64) {
	at := image.Pt(x, y)
	l.push(op{bounds: s.rect.Add(at), colour: white.fade(opacity), sprite: s, at: at})
}

func (l *displayList) push(o op) {
	o.bounds = o.bounds.Intersect(l.clip)
	if o.bounds.Empty() || o.colour.alpha() == 0 {
		return
	}
	l.ops = append(l.ops, o)
}

// changes adds to g where the lists differ. The ops that it regards as
// unchanged stand in the same order in both lists, so that everything else may
// be repainted without regard to what lies above or below.
func changes(was, is []op, g *region) {
	for i := range is {
		at := indexOp(was, &is[i])
		if at < 0 {
			g.add(is[i].bounds)
			continue
		}
		for _, gone := range was[:at] {
			g.add(gone.bounds)
		}
		was = was[at+1:]
	}
	for _, gone := range was {
		g.add(gone.bounds)
	}
}

func indexOp(ops []op, wanted *op) int {
	for i := range ops {
		if ops[i] == *wanted {
			return i
		}
	}
	return -1
}
