package compose

// captionText is the caption that was set last, since setting it in lines is
// dear and it stays for seconds.
type captionText struct {
	text  string
	lines []*label
}

// Measures of the caption in CSS pixels.
const (
	captionLead     = 27 // from baseline to baseline
	captionPaddingX = 14
	captionPaddingY = 9
	captionRadius   = 9
	captionMaxWidth = 680
	captionGap      = 12 // to the key display
)

// drawCaption draws the caption above the place of the key display, where it
// stays whether keys are shown or not.
func (c *Composer) drawCaption(caption string) {
	if caption == "" {
		return
	}
	s := style{medium, captionSize * c.scale}
	c.setCaption(s, caption)
	width := 0
	for _, l := range c.caption.lines {
		width = max(width, l.width)
	}
	if width == 0 {
		return
	}
	capitals := c.text.capHeight(s)
	lead := c.px(captionLead)
	height := (len(c.caption.lines)-1)*lead + c.px(captionLead+2*captionPaddingY)
	width += c.px(2 * captionPaddingX)
	x := (c.page.Min.X + c.page.Max.X - width) / 2
	y := c.page.Max.Y - c.px(keyMargin+keyHeight+captionGap) - height
	c.glass(rounded(rectAt(x, y, width, height), captionRadius*c.scale), glass, 1)

	y += c.px(captionPaddingY) + (lead+capitals)/2
	for _, l := range c.caption.lines {
		l.draw(&c.list, x+(width-l.width)/2, y, bright)
		y += lead
	}
}

func (c *Composer) setCaption(s style, caption string) {
	if c.caption.text == caption {
		return
	}
	room := min(c.page.Dx()-c.px(2*keyMargin), c.px(captionMaxWidth)) - c.px(2*captionPaddingX)
	c.caption.text, c.caption.lines = caption, nil
	for _, line := range c.text.wrap(s, trimSpace(clean(bounded(caption, cutEnd))), room) {
		c.caption.lines = append(c.caption.lines, c.text.rasterise(s, line))
	}
}
