package compose

import (
	"image"
	"math"
	"strconv"
)

// Measures of a still's marks, in units of a CSS pixel.
const (
	outlineGap    = 3 // between the target and its outline
	outlineWidth  = 2.5
	outlineRadius = 6
	badgeRadius   = 13
	badgeGap      = 9   // between a badge and what it stands beside
	pointerShows  = 0.8 // opacity of the pointer: what lies under it can be read
	rippleInner   = 14  // the ripple's two rings
	rippleOuter   = 22
)

// mark draws the marks of a still over the page, an area of the canvas. unit is
// pixels per CSS pixel of the marks.
func (i *Illustrator) mark(canvas Picture, page image.Rectangle, s Still, unit float64) {
	colour := accent
	if s.Clicks >= rageCount {
		colour = warm
	}
	target, outlined := i.outline(page, s.Box, unit, colour)
	var at *Place
	if s.Point != nil && finite(s.Point.X) && finite(s.Point.Y) && inPicture(page, *s.Point) {
		at = s.Point
	}
	if at == nil && !outlined {
		return
	}
	b := berth{canvas: canvas, page: page, at: at, unit: unit}
	if outlined {
		b.target = &target
	}
	// What is typed fills the field, so the badge is tied to its outline.
	b.tied = at != nil && (s.Clicks > 0 || !outlined)
	spot := b.choose()
	if at != nil {
		i.ripple(*at, s.Clicks, unit, colour)
		i.pointer(*at, s, unit)
	}
	if b.tied {
		i.leader(spot, *at, s.Clicks, unit, colour)
	}
	i.badge(spot, s.Number, unit, colour)
}

func inPicture(page image.Rectangle, p Place) bool {
	return p.X >= float64(page.Min.X) && p.Y >= float64(page.Min.Y) && p.X < float64(page.Max.X) && p.Y < float64(page.Max.Y)
}

// outline draws a line around the target, kept in view where the target is
// larger than the picture; false if nothing of it is in the picture.
func (i *Illustrator) outline(page image.Rectangle, r *Rect, unit float64, colour rgba) (box, bool) {
	if r == nil || !finite(r.X) || !finite(r.Y) || !finite(r.Width) || !finite(r.Height) {
		return box{}, false
	}
	edge := outlineWidth * unit
	b := box{
		x0: max(r.X-outlineGap*unit, float64(page.Min.X)+edge), y0: max(r.Y-outlineGap*unit, float64(page.Min.Y)+edge),
		x1: min(r.X+r.Width+outlineGap*unit, float64(page.Max.X)-edge), y1: min(r.Y+r.Height+outlineGap*unit, float64(page.Max.Y)-edge),
		soft: 1,
	}
	if b.x1-b.x0 < 2*edge || b.y1-b.y0 < 2*edge {
		return box{}, false
	}
	b.radius = min(outlineRadius*unit, (b.x1-b.x0)/2, (b.y1-b.y0)/2)
	list := &i.pen.list
	line := func(width float64, c rgba) {
		l := b
		l.stroke = width * unit
		list.shape(l, c)
	}
	glow := b
	glow.stroke, glow.soft = outlineWidth*unit, 9*unit
	list.shape(glow, black.fade(0.3))
	line(outlineWidth+3, white.fade(0.95))
	line(outlineWidth, colour)
	return b, true
}

// ripple draws a click as it looks when the finger has just come up: rings, so
// that what was clicked can be read through them.
func (i *Illustrator) ripple(at Place, clicks int, unit float64, colour rgba) {
	if clicks == 0 {
		return
	}
	list := &i.pen.list
	list.shape(disc(at.X, at.Y, rippleInner*unit), colour.fade(0.14))
	circle := func(radius, width, opacity float64) {
		list.shape(ring(at.X, at.Y, radius*unit, (width+1.4)*unit), white.fade(0.65*opacity))
		list.shape(ring(at.X, at.Y, radius*unit, width*unit), colour.fade(opacity))
	}
	circle(rippleOuter, 1.2, 0.5)
	if clicks >= 2 {
		circle(rippleOuter+7, 1.2, 0.4)
	}
	circle(rippleInner, 1.8, 1)
}

// leader ties a badge to its place with a line that ends at the ripple.
func (i *Illustrator) leader(badge, at Place, clicks int, unit float64, colour rgba) {
	stop := 3 * unit
	if clicks > 0 {
		stop = rippleInner * unit
	}
	length := math.Hypot(badge.X-at.X, badge.Y-at.Y)
	straight := min(math.Abs(badge.X-at.X), math.Abs(badge.Y-at.Y)) < unit
	if length <= stop+badgeRadius*unit || !straight {
		return
	}
	ux, uy := (badge.X-at.X)/length, (badge.Y-at.Y)/length
	x0, y0 := at.X+ux*stop, at.Y+uy*stop
	line := func(width float64, c rgba) {
		half := width * unit / 2
		i.pen.list.shape(box{
			x0: min(x0, badge.X) - half, y0: min(y0, badge.Y) - half,
			x1: max(x0, badge.X) + half, y1: max(y0, badge.Y) + half,
			radius: half, soft: 1,
		}, c)
	}
	line(5, white.fade(0.9))
	line(2.2, colour)
}

// pointer draws the mouse pointer. A finger has none: it would hide what it
// touched, and the ripple shows where.
func (i *Illustrator) pointer(at Place, s Still, unit float64) {
	if s.Finger {
		return
	}
	size := unit / cursorScale // as large as on a screen
	if i.pen.cursors.scale != size {
		i.pen.cursors = cursorArt{scale: size}
	}
	x, phaseX := quarter(at.X)
	y, phaseY := quarter(at.Y)
	i.pen.list.picture(i.pen.cursors.sprite(s.Cursor, false, phaseX, phaseY), x, y, pointerShows)
}

// badge draws the step's number on a disc.
func (i *Illustrator) badge(at Place, number int, unit float64, colour rgba) {
	s := style{medium, 14 * unit}
	l := i.pen.text.label(s, strconv.Itoa(number), 1<<12, cutEnd)
	half := max(badgeRadius*unit, float64(l.width)/2+6*unit)
	b := box{
		x0: at.X - half, y0: at.Y - badgeRadius*unit, x1: at.X + half, y1: at.Y + badgeRadius*unit,
		radius: badgeRadius * unit, soft: 1,
	}
	list := &i.pen.list
	list.shape(b.shadow(2*unit, 9*unit), black.fade(0.4))
	list.shape(b, white)
	list.shape(b.grown(-2*unit), colour)
	l.draw(list, int(math.Round(at.X))-l.width/2, int(math.Round(at.Y))+i.pen.text.capHeight(s)/2, white)
}
