package compose

import (
	"image"
	"math"
)

// berth looks for the place of a badge: close to what it belongs to, and where
// it hides the least of the page.
type berth struct {
	canvas Picture
	page   image.Rectangle // the part of the canvas that shows the page
	target *box            // the outline; nil if there is none
	at     *Place          // the exact place; nil if there is none
	tied   bool            // a line leads from the badge to the place
	unit   float64         // pixels per CSS pixel
}

// Measures of berths, in units of a CSS pixel.
const (
	berthStep = 12 // between the places that are looked at in one direction
	berthFar  = 72 // how much further than need be a badge may stand
	berthSide = 90 // an outline further from the place than this has the badge in it
)

// Costs of a berth, in CSS pixels of distance.
const (
	costLeft     = 4 // rather above than beside or below, where the pointer hangs
	costRight    = 24
	costBelow    = 40
	costOnTarget = 200
	costDetail   = 2.5 // for each grey level that the hidden pixels deviate
)

// spot is a place for a badge and what speaks against it.
type spot struct {
	Place

	cost float64
}

// choose returns the best place. Of a picture that is hardly larger than its
// marks it is some place within.
func (b berth) choose() Place {
	best := spot{cost: math.Inf(1)}
	consider := func(x, y, cost float64) {
		s := spot{b.inward(Place{x, y}), cost}
		s.cost += 2*math.Hypot(s.X-x, s.Y-y)/b.unit + b.hidden(s.Place)
		if s.cost < best.cost {
			best = s
		}
	}
	if b.tied {
		b.around(consider)
	} else {
		b.along(consider)
	}
	return best.Place
}

// around tries the places straight above, beside and below the act's place, so
// that a short line can tie them.
func (b berth) around(try func(x, y, cost float64)) {
	at, unit := *b.at, b.unit
	reach := (rippleOuter + 2 + badgeRadius) * unit
	top, bottom, left, right := reach, reach, reach, reach
	if b.target != nil {
		beyond := func(edge float64) float64 {
			if edge > berthSide*unit {
				return 2 * reach
			}
			return max(reach, edge+(badgeGap+badgeRadius)*unit)
		}
		top, bottom = beyond(at.Y-b.target.y0), beyond(b.target.y1-at.Y)
		left, right = beyond(at.X-b.target.x0), beyond(b.target.x1-at.X)
	}
	for more := 0.0; more <= berthFar*unit; more += berthStep * unit {
		try(at.X, at.Y-top-more, (top+more)/unit)
		try(at.X-left-more, at.Y, (left+more)/unit+costLeft)
		try(at.X+right+more, at.Y, (right+more)/unit+costRight)
		try(at.X, at.Y+bottom+more, (bottom+more)/unit+costBelow)
	}
}

// along tries the places at the outline's sides.
func (b berth) along(try func(x, y, cost float64)) {
	t := *b.target
	radius, out := badgeRadius*b.unit, (badgeGap+badgeRadius)*b.unit
	x, y := t.x0+radius, (t.y0+t.y1)/2
	if b.at != nil {
		x = b.at.X
	}
	if t.y1-t.y0 > 4*radius {
		y = t.y0 + radius
	}
	try(t.x0-out, y, 0)
	try(x, t.y0-out, 0)
	try(t.x1+out, y, costLeft)
	try(t.x1-radius, t.y0-out, costLeft)
	try(x, t.y1+out, costRight)
	try(t.x1-radius, t.y1+out, costRight)
}

// inward is the nearest place at which the whole badge is in the picture.
func (b berth) inward(p Place) Place {
	margin := (badgeRadius + 3) * b.unit
	return Place{
		X: max(min(p.X, float64(b.page.Max.X)-margin), float64(b.page.Min.X)+margin),
		Y: max(min(p.Y, float64(b.page.Max.Y)-margin), float64(b.page.Min.Y)+margin),
	}
}

// hidden is the cost of what a badge at a place, and the line to it, hide.
func (b berth) hidden(p Place) float64 {
	radius := badgeRadius * b.unit
	cost := costDetail * b.detail(p.X-radius, p.Y-radius, p.X+radius, p.Y+radius)
	if b.target != nil && boxDistance(b.target, p.X, p.Y) < radius {
		cost += costOnTarget
	}
	if b.at == nil {
		return cost
	}
	if math.Hypot(p.X-b.at.X, p.Y-b.at.Y) < radius+rippleInner*b.unit {
		cost += costOnTarget // on the place itself
	}
	if b.tied {
		// A quarter as wide as the badge: the line hides less.
		half := radius / 4
		cost += costDetail / 4 * b.detail(
			min(p.X, b.at.X)-half, min(p.Y, b.at.Y)-half, max(p.X, b.at.X)+half, max(p.Y, b.at.Y)+half)
	}
	return cost
}

// detail is the standard deviation of the brightness, 0 to 255, of a part of
// the page: nothing on a plain ground, much on text.
func (b berth) detail(x0, y0, x1, y1 float64) float64 {
	area := image.Rect(int(x0), int(y0), int(x1)+1, int(y1)+1).Intersect(b.page)
	var n, sum, squares float64
	for y := area.Min.Y; y < area.Max.Y; y++ {
		row := b.canvas.Pix[b.canvas.offset(area.Min.X, y):b.canvas.offset(area.Max.X, y)]
		for i := 0; i+3 < len(row); i += 4 {
			// Rec. 709's weights of blue, green and red.
			v := 0.0722*float64(row[i]) + 0.7152*float64(row[i+1]) + 0.2126*float64(row[i+2])
			n, sum, squares = n+1, sum+v, squares+v*v
		}
	}
	if n == 0 {
		return 0
	}
	mean := sum / n
	return math.Sqrt(max(squares/n-mean*mean, 0))
}
