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
	badgeGap      = 9  // between a badge and what it stands beside
	rippleInner   = 14 // the ripple's two rings
	rippleOuter   = 22
	badgeFar      = 90 // a badge further from its place stands inside the target
)

// mark draws the marks of a still over the picture within page. unit is pixels
// per CSS pixel of the marks.
func (i *Illustrator) mark(page image.Rectangle, s Still, unit float64) {
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
	spot := badgeSpot(page, target, outlined, at, unit)
	if at != nil {
		i.ripple(*at, s.Clicks, unit, colour)
		i.leader(spot, *at, s.Clicks, unit, colour)
		i.pointer(*at, s, unit)
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
	i.pen.list.picture(i.pen.cursors.sprite(s.Cursor, false, phaseX, phaseY), x, y, 1)
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

// badgeSpot is where a badge covers neither the place it belongs to nor, if
// there is room, the target: straight above, beside or below the place, so that
// a short line can tie them.
func badgeSpot(page image.Rectangle, target box, outlined bool, at *Place, unit float64) Place {
	radius, gap := badgeRadius*unit, badgeGap*unit
	if at == nil {
		at = &Place{X: target.x0 + radius, Y: (target.y0 + target.y1) / 2}
		if target.y1-target.y0 > 4*radius {
			at.Y = target.y0 + radius
		}
	}
	reach := (rippleOuter+2)*unit + radius
	top, bottom, left, right := at.Y-reach, at.Y+reach, at.X-reach, at.X+reach
	if outlined {
		away := func(edge, place float64) float64 {
			if math.Abs(edge-place) > badgeFar*unit {
				return place + math.Copysign(2*reach, edge-place)
			}
			return edge
		}
		top = min(top, away(target.y0-gap-radius, at.Y))
		bottom = max(bottom, away(target.y1+gap+radius, at.Y))
		left = min(left, away(target.x0-gap-radius, at.X))
		right = max(right, away(target.x1+gap+radius, at.X))
	}
	// The pointer hangs down to the right of its place.
	spots := [...]struct {
		Place

		cost float64
	}{
		{Place{at.X, top}, at.Y - top},
		{Place{left, at.Y}, at.X - left + 4*unit},
		{Place{right, at.Y}, right - at.X + 24*unit},
		{Place{at.X, bottom}, bottom - at.Y + 40*unit},
	}
	margin := radius + 3*unit
	best, cost := *at, math.Inf(1)
	for n, spot := range spots {
		// At the picture's edge a badge moves along its target.
		inward := spot.Place
		if n == 0 || n == len(spots)-1 {
			inward.X = min(max(spot.X, float64(page.Min.X)+margin), float64(page.Max.X)-margin)
		} else {
			inward.Y = min(max(spot.Y, float64(page.Min.Y)+margin), float64(page.Max.Y)-margin)
		}
		spot.cost += 2 * math.Hypot(inward.X-spot.X, inward.Y-spot.Y)
		spot.Place = inward
		fits := spot.X-margin >= float64(page.Min.X) && spot.X+margin <= float64(page.Max.X) &&
			spot.Y-margin >= float64(page.Min.Y) && spot.Y+margin <= float64(page.Max.Y)
		if outlined && boxDistance(&target, spot.X, spot.Y) < radius {
			spot.cost += 200 * unit // on the target
		}
		if fits && spot.cost < cost {
			best, cost = spot.Place, spot.cost
		}
	}
	if math.IsInf(cost, 1) { // a picture that is hardly larger than its marks
		best = Place{
			X: min(max(at.X, float64(page.Min.X)+margin), float64(page.Max.X)-margin),
			Y: min(max(at.Y-reach, float64(page.Min.Y)+margin), float64(page.Max.Y)-margin),
		}
	}
	return best
}
