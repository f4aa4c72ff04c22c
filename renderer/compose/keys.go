package compose

import (
	"math"
	"time"
)

const (
	maxKeys = 8

	// The end of a chip's life: it fades, then its neighbours close up.
	keyFade  = 300 * time.Millisecond
	keyClose = 180 * time.Millisecond

	// Measures of the key display in CSS pixels.
	keyHeight   = 36
	keyMargin   = 22 // to the picture's lower edge
	keyGap      = 8
	keyPadding  = 13
	keyRadius   = 10
	keyMaxWidth = 460
)

// chip is a key on its way to the display.
type chip struct {
	label   *label
	width   int
	slot    float64 // room that it takes, gap included
	opacity float64
}

// drawKeys sets the chips side by side, centred at the picture's lower edge;
// when there are too many, the oldest ones give way. Where a
// chip has faded its neighbours close up.
func (c *Composer) drawKeys(keys []Key) {
	var chips [maxKeys]chip
	first, total := len(chips), 0.0
	room := c.page.Dx() - c.px(2*keyMargin)
	for i := len(keys) - 1; i >= 0 && first > 0; i-- {
		made, ok := c.makeChip(&keys[i], room)
		if !ok {
			continue
		}
		if total+made.slot > float64(room+c.px(keyGap)) {
			break
		}
		total += made.slot
		first--
		chips[first] = made
	}

	x := float64(c.page.Min.X+c.page.Max.X+c.px(keyGap))/2 - total/2
	y := c.page.Max.Y - c.px(keyMargin) - c.px(keyHeight)
	for i := range chips[first:] {
		k := &chips[first+i]
		c.drawChip(k, int(math.Round(x)), y)
		x += k.slot
	}
}

func (c *Composer) makeChip(k *Key, room int) (chip, bool) {
	if k.Text == "" || k.Age < 0 || k.Age >= KeyLife {
		return chip{}, false
	}
	limit := min(room, c.px(keyMaxWidth)) - c.px(2*keyPadding)
	l := c.text.label(style{medium, keySize * c.scale}, k.Text, limit, cutFront)
	if l.width == 0 {
		return chip{}, false
	}
	width := max(l.width+c.px(2*keyPadding), c.px(keyHeight+4))
	if l.cut {
		width = limit + c.px(2*keyPadding) // the text runs through a pane that stands still
	}
	left := float64(KeyLife - k.Age)
	return chip{
		label:   l,
		width:   width,
		slot:    float64(width+c.px(keyGap)) * easeInOut(span(left, 0, float64(keyClose))),
		opacity: easeInOut(span(left, float64(keyFade)/4, float64(keyFade))),
	}, true
}

func (c *Composer) drawChip(k *chip, x, y int) {
	height := c.px(keyHeight)
	b := rounded(rectAt(x, y, k.width, height), keyRadius*c.scale)
	c.glass(b, glass, k.opacity)
	baseline := y + (height+c.text.capHeight(style{medium, keySize * c.scale}))/2
	textAt := x + (k.width-k.label.width)/2
	if k.label.cut {
		textAt = x + k.width - c.px(keyPadding) - k.label.width
	}
	k.label.draw(&c.list, textAt, baseline, bright.fade(k.opacity))
}

// glass draws the dark pane with light rim and soft shadow that text over the
// page lies on.
func (c *Composer) glass(b box, fill rgba, opacity float64) {
	c.list.shape(b.shadow(3*c.scale, 16*c.scale), black.fade(0.3*opacity))
	c.list.shape(b, fill.fade(opacity))
	c.list.shape(b.rimmed(max(1, c.scale)), rim.fade(opacity))
}
