package compose

import (
	"fmt"
	"image"
	"time"
)

const (
	cardFade = 150 * time.Millisecond

	// Measures of the card in CSS pixels.
	cardHeight = 60
	cardRadius = 18
	cardLift   = 6 // how far it rises while it fades in
	cardSign   = 32
)

// cardText is the wording of the card shown last.
type cardText struct {
	skipped time.Duration
	words   string
	sign    *mask // the fast-forward sign
}

// drawCard dims the page and says on a centred card how much was skipped.
func (c *Composer) drawCard(k *Card) {
	if k == nil || k.Age < 0 || k.Age >= k.Life {
		return
	}
	opacity := min(
		span(float64(k.Age), 0, float64(cardFade)),
		span(float64(k.Life-k.Age), 0, float64(cardFade)),
	)
	opacity = easeInOut(opacity)
	c.list.shape(rounded(c.page, 0), dimming.fade(opacity))

	if c.card.words == "" || c.card.skipped != k.Skipped {
		c.card.skipped, c.card.words = k.Skipped, spokenDuration(k.Skipped)
	}
	strong := style{medium, cardSize * c.scale}
	plain := style{regular, cardSize * c.scale}
	room := c.page.Dx() - c.px(2*keyMargin+cardSign+50)
	amount := c.text.label(strong, c.card.words, room, cutEnd)
	skipped := c.text.label(plain, "skipped", room-amount.width, cutEnd)

	height, sign := c.px(cardHeight), c.px(cardSign)
	inset := (height - sign) / 2
	textAt := inset + sign + c.px(14)
	width := textAt + amount.width + c.px(6) + skipped.width + c.px(24)
	x := (c.page.Min.X + c.page.Max.X - width) / 2
	y := (c.page.Min.Y+c.page.Max.Y-height)/2 + c.px(cardLift*(1-opacity))

	c.list.shape(rounded(rectAt(x, y, width, height), cardRadius*c.scale).shadow(8*c.scale, 40*c.scale), black.fade(0.4*opacity))
	c.glass(rounded(rectAt(x, y, width, height), cardRadius*c.scale), slate, opacity)
	c.drawForward(x+inset, y+inset, sign, opacity)
	baseline := y + (height+c.text.capHeight(strong))/2
	amount.draw(&c.list, x+textAt, baseline, bright.fade(opacity))
	skipped.draw(&c.list, x+textAt+amount.width+c.px(6), baseline, muted.fade(opacity))
}

// drawForward draws the fast-forward sign on an accent disc.
func (c *Composer) drawForward(x, y, size int, opacity float64) {
	half := float64(size) / 2
	c.list.shape(disc(float64(x)+half, float64(y)+half, half), accent.fade(opacity))
	if c.card.sign == nil {
		c.card.sign = forwardSign(size)
	}
	c.list.stamp(c.card.sign, x, y, white.fade(opacity))
}

// forwardSign draws two triangles with soft corners into a square of the given
// side.
func forwardSign(side int) *mask {
	const pen = 0.9
	cover := image.NewAlpha(image.Rect(0, 0, side, side))
	first := [...]point{{-6.3, -4.6}, {-6.3, 4.6}, {-0.2, 0}}
	second := [...]point{{1.5, -4.6}, {1.5, 4.6}, {7.6, 0}}
	unit := float64(side) / cardSign
	middle := point{float64(side) / 2, float64(side) / 2}
	drawDistance(cover, middle, middle.x, func(p point) float64 {
		p = point{p.x / unit, p.y / unit}
		return (min(polygon(p, first[:]), polygon(p, second[:])) - pen) * unit
	})
	return trim(cover, image.Point{})
}

// spokenDuration words d with its two largest units: "42 s", "1 min 42 s",
// "2 h 5 min", "3 d 4 h".
func spokenDuration(d time.Duration) string {
	const day = 24 * time.Hour
	two := func(large time.Duration, largeName string, small time.Duration, smallName string) string {
		d := d.Round(small)
		words := fmt.Sprintf("%d %s", d/large, largeName)
		if rest := d % large / small; rest > 0 {
			words += fmt.Sprintf(" %d %s", rest, smallName)
		}
		return words
	}
	switch seconds := max(time.Second, d.Round(time.Second)); {
	case seconds < time.Minute:
		return fmt.Sprintf("%d s", seconds/time.Second)
	case seconds < time.Hour:
		return two(time.Minute, "min", time.Second, "s")
	case d.Round(time.Minute) < day:
		return two(time.Hour, "h", time.Minute, "min")
	default:
		return two(day, "d", time.Hour, "h")
	}
}
