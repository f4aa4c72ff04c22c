package compose

// Bounds on what is drawn at once; later marks win.
const (
	maxRipples = 16
	maxTouches = 12
)

// drawRipple draws a click: a disc pops under the pointer while a ring runs
// outwards. A double click has two rings; from three clicks on the mark turns
// warm, grows, and says how many.
func (c *Composer) drawRipple(r *Ripple) {
	if r.Age < 0 || r.Age >= RippleLife || !finite(r.X) || !finite(r.Y) {
		return
	}
	t := float64(r.Age) / float64(RippleLife)
	colour, size := accent, c.scale
	if r.Count >= rageCount {
		colour, size = warm, 1.25*c.scale
	}

	fill := 1 - easeInOut(span(t, 0.15, 0.8))
	pop := 12 * size * lerp(0.35, 1, easePop(span(t, 0, 0.35)))
	c.list.shape(disc(r.X, r.Y, pop), white.fade(0.25*fill))
	c.list.shape(disc(r.X, r.Y, pop), colour.fade(0.45*fill))

	c.drawRing(r.X, r.Y, 30*size, t, colour)
	if r.Count >= 2 {
		c.drawRing(r.X, r.Y, 22*size, span(t, 0.18, 1), colour)
	}
	if r.Count >= rageCount {
		c.drawCount(r, t)
	}
}

// rageCount is the number of clicks from which a ripple is drawn as anger.
const rageCount = 3

// drawRing draws one expanding ring with its halo; t runs from 0 to 1.
func (c *Composer) drawRing(x, y, reach, t float64, colour rgba) {
	if t == 0 || t == 1 {
		return
	}
	radius := lerp(0.35*reach, reach, easeOut(t))
	width := lerp(3.2, 1.2, t) * c.scale
	opacity := 1 - easeInOut(span(t, 0.25, 1))
	c.list.shape(ring(x, y, radius, width+1.8*c.scale), white.fade(0.6*opacity))
	c.list.shape(ring(x, y, radius, width), colour.fade(opacity))
}

// drawCount draws the badge of a rage click at its upper right, kept within the
// picture.
func (c *Composer) drawCount(r *Ripple, t float64) {
	opacity := span(t, 0.02, 0.12) * (1 - easeInOut(span(t, 0.75, 1)))
	c.number = appendCount(c.number[:0], r.Count)
	height := c.px(20)
	width := max(height, c.badgeDigits.width(c.number)+c.px(12))
	x := min(max(int(r.X)+c.px(16), c.px(4)), c.page.Max.X-width-c.px(4))
	y := min(max(int(r.Y)-c.px(36), c.px(4)), c.page.Max.Y-height-c.px(4))
	pill := rounded(rectAt(x, y, width, height), float64(height)/2)
	c.list.shape(pill.shadow(c.scale, 6*c.scale), black.fade(0.35*opacity))
	c.list.shape(pill, warm.fade(opacity))
	c.list.shape(pill.grown(c.scale).rimmed(1.5*c.scale), white.fade(opacity))
	c.badgeDigits.draw(&c.list, c.number, x+(width-c.badgeDigits.width(c.number))/2,
		c.badgeDigits.baseline(y, height), white.fade(opacity))
}

// drawTouch draws a finger as a disc of grey glass with a bright edge; lifted,
// it grows a little and fades.
func (c *Composer) drawTouch(t *Touch) {
	if !finite(t.X) || !finite(t.Y) {
		return
	}
	radius, opacity := 19*c.scale, 1.0
	if !t.Down {
		if t.Released < 0 || t.Released >= TouchFade {
			return
		}
		gone := float64(t.Released) / float64(TouchFade)
		radius *= lerp(1, 1.3, easeOut(gone))
		opacity = 1 - easeInOut(gone)
	}
	b := disc(t.X, t.Y, radius)
	edge := b
	edge.stroke, edge.soft = 1.5*c.scale, 8*c.scale
	c.list.shape(edge, black.fade(0.34*opacity))
	c.list.shape(b, smoke.fade(0.4*opacity))
	c.list.shape(b.rimmed(3.2*c.scale), ink.fade(0.5*opacity))
	c.list.shape(b.grown(-0.7*c.scale).rimmed(1.8*c.scale), white.fade(0.95*opacity))
}
