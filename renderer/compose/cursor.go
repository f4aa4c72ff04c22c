package compose

import (
	"image"
	"math"
)

const (
	// phases is the number of sub-pixel positions per axis at which a cursor is
	// rasterised: quarter-pixel steps are below what an eye can follow.
	phases = 4

	// pressScale is how much a pressed cursor shrinks towards its hot spot.
	pressScale = 0.92

	cursorShapes = int(Caret) + 1
)

// cursorScale enlarges the drawings below to the size at which a pointer is
// found at a glance in a video that is itself shown reduced.
const cursorScale = 1.14

// cursorArt draws the pointer's pictures once per shape, press and sub-pixel
// phase, and keeps them.
type cursorArt struct {
	scale   float64
	sprites [cursorShapes][2][phases][phases]*sprite
}

func (c *Composer) drawCursor(cursor *Cursor) {
	if cursor == nil || !finite(cursor.X) || !finite(cursor.Y) {
		return
	}
	x, phaseX := quarter(cursor.X)
	y, phaseY := quarter(cursor.Y)
	c.list.picture(c.cursors.sprite(cursor.Shape, cursor.Pressed, phaseX, phaseY), x, y, 1)
}

// quarter splits v into whole pixels and quarter-pixel phase.
func quarter(v float64) (whole, phase int) {
	steps := int(math.Floor(v*phases + 0.5))
	whole = int(math.Floor(float64(steps) / phases))
	return whole, steps - whole*phases
}

func (a *cursorArt) sprite(shape CursorShape, pressed bool, phaseX, phaseY int) *sprite {
	if shape < Arrow || shape > Caret {
		shape = Arrow
	}
	size, press := a.scale*cursorScale, 0
	if pressed {
		size, press = size*pressScale, 1
	}
	held := &a.sprites[shape][press][phaseX][phaseY]
	if *held == nil {
		*held = rasterCursor(shape, size, float64(phaseX)/phases, float64(phaseY)/phases)
	}
	return *held
}

// rasterCursor draws a white shape with a dark outline and a soft shadow; scale
// is pixels per CSS pixel, (dx, dy) the hot spot within its pixel.
func rasterCursor(shape CursorShape, scale, dx, dy float64) *sprite {
	const (
		outline       = 1.15 // CSS pixels
		shadowDrop    = 1.4
		shadowBlur    = 4.5
		shadowOpacity = 0.42
	)
	frame := cursorFrame(shape)
	rect := image.Rect(
		int(math.Floor(float64(frame.Min.X)*scale))-1, int(math.Floor(float64(frame.Min.Y)*scale))-1,
		int(math.Ceil(float64(frame.Max.X)*scale))+2, int(math.Ceil(float64(frame.Max.Y)*scale))+2,
	)
	s := &sprite{rect: rect, pix: make([]uint8, 0, 4*area(rect))}
	for y := rect.Min.Y; y < rect.Max.Y; y++ {
		for x := rect.Min.X; x < rect.Max.X; x++ {
			p := point{(float64(x) + 0.5 - dx) / scale, (float64(y) + 0.5 - dy) / scale}
			d, crease := cursorDistance(shape, p)
			below, _ := cursorDistance(shape, point{p.x, p.y - shadowDrop})
			fall := easeInOut(clamp01(0.5 - (below-outline)/shadowBlur))
			body := clamp01(0.5 - (d-outline)*scale)
			light := clamp01(0.5-d*scale) * (1 - clamp01(0.5-crease*scale))

			tone := 0x15*body*(1-light) + 255*light
			alpha := body + (1-body)*fall*shadowOpacity
			s.pix = append(s.pix, level(tone), level(tone), level(tone), level(alpha*255))
		}
	}
	return s
}

func level(v float64) uint8 {
	return uint8(v + 0.5)
}

// cursorFrame bounds a cursor with its shadow, in CSS pixels about the hot spot.
func cursorFrame(shape CursorShape) image.Rectangle {
	switch shape {
	case Hand:
		return image.Rect(-11, -5, 17, 30)
	case Caret:
		return image.Rect(-9, -16, 9, 18)
	case Arrow:
	}
	return image.Rect(-5, -4, 19, 28)
}

// cursorDistance returns the signed distance in CSS pixels from p, relative to
// the hot spot, to the white body and to the dark creases on it.
func cursorDistance(shape CursorShape, p point) (body, crease float64) {
	switch shape {
	case Hand:
		return handDistance(p)
	case Caret:
		return caretDistance(p), math.Inf(1)
	case Arrow:
	}
	return arrowDistance(p), math.Inf(1)
}

// arrowDistance draws the classic arrow with its tail; corners are rounded by
// the pen's width.
func arrowDistance(p point) float64 {
	const pen = 0.45
	corners := [...]point{
		{1.35, 2.1},
		{1.35, 17.4},
		{5.2, 13.75},
		{7.9, 20},
		{10.25, 19},
		{7.6, 12.9},
		{12.9, 12.9},
	}
	return polygon(p, corners[:]) - pen
}

// handDistance draws a pointing hand from capsules.
func handDistance(p point) (body, crease float64) {
	const fillet = 1.2
	fingers := min(
		capsule(p, point{0.2, 2.6}, point{0.2, 14}, 1.6),
		capsule(p, point{3.6, 9.2}, point{3.6, 14}, 1.65),
		capsule(p, point{6.9, 9.8}, point{6.9, 14}, 1.6),
		capsule(p, point{10, 10.9}, point{10, 14}, 1.45),
	)
	palm := box{x0: -1.4, y0: 11.5, x1: 11.45, y1: 21.4, radius: 3.6}
	thumb := min(
		capsule(p, point{-4.2, 12.6}, point{-1, 17}, 1.6),
		capsule(p, point{-1, 17}, point{1.5, 19}, 1.6),
	)
	body = fuse(min(fingers, boxDistance(&palm, p.x, p.y)), thumb, fillet)
	crease = min(
		capsule(p, point{1.95, 9.4}, point{1.95, 13.2}, 0.42),
		capsule(p, point{5.25, 10.2}, point{5.25, 13.4}, 0.42),
		capsule(p, point{8.5, 11.2}, point{8.5, 13.6}, 0.42),
	)
	return body, crease
}

// caretDistance draws the I-beam.
func caretDistance(p point) float64 {
	const pen = 0.75
	p = point{math.Abs(p.x), math.Abs(p.y)}
	serif := [...]point{{0, 6.6}, {0.5, 7.9}, {1.5, 8.7}, {3, 8.9}}
	return min(capsule(p, point{0, 0}, point{0, 6.6}, pen), stroke(p, serif[:], pen))
}
