package compose

import (
	"fmt"
	"image"
	"math"
)

// Theme colours what lies around a picture: the caption of a still, the ground
// of a storyboard.
type Theme int

// The themes.
const (
	Dark Theme = iota
	Light
)

// Still is what is drawn on and below one picture: where somebody acted, and
// what they did. Positions are in the pixels of the picture.
type Still struct {
	Number  int
	Caption string
	Detail  string // set small: time and address

	Box   *Rect  // the target's; nil leaves the outline out
	Point *Place // the exact place; nil where there was none

	Cursor CursorShape
	Finger bool // a touch in place of the pointer
	Clicks int  // 0: no ripple; 2: a double click; 3 and more: a rage click
}

// Rect is a rectangle in pixels of the picture.
type Rect struct{ X, Y, Width, Height float64 }

// Place is a point in pixels of the picture.
type Place struct{ X, Y float64 }

// Illustrator draws stills and storyboards. It is not safe for concurrent use.
type Illustrator struct {
	scale float64
	look  look
	pen   *Composer // for its marks; it has no canvas
}

// look is a theme's palette.
type look struct{ ground, line, text, soft, number rgba }

func (t Theme) look() look {
	if t == Light {
		return look{ground: 0xffffffff, line: 0xd9dde3ff, text: ink, soft: 0x626a76ff, number: 0x1b5fd9ff}
	}
	return look{ground: ink, line: faint, text: bright, soft: muted, number: 0x7db0ffff}
}

// NewIllustrator returns an illustrator for pictures at scale device pixels per
// CSS pixel, with fonts for what the built-in typeface lacks.
func NewIllustrator(scale float64, theme Theme, fonts []Font) (*Illustrator, error) {
	if math.IsNaN(scale) || scale < minScale || scale > maxScale {
		return nil, fmt.Errorf("prepare illustrator: scale %g is out of bounds", scale)
	}
	text, err := newTypesetter(fonts)
	if err != nil {
		return nil, err
	}
	return &Illustrator{
		scale: scale,
		look:  theme.look(),
		pen:   &Composer{scale: scale, text: text, cursors: cursorArt{scale: scale}},
	}, nil
}

// Measures of the caption strip in CSS pixels.
const (
	stripSize    = 17
	detailSize   = 12.5
	stripLead    = 24
	stripMargin  = 16
	stripPadding = 10
	stripGap     = 28  // between caption and detail on one line
	stripWide    = 640 // from here on both are on one line
)

// strip is a caption that was set.
type strip struct {
	number *label // empty for what is no step
	lines  []*label
	detail *label
	height int
	beside bool // the detail stands beside the caption
}

// Draw returns the page with the still's marks, and its caption below it.
func (i *Illustrator) Draw(page Picture, s Still) Picture {
	strip := i.set(page.Width, s)
	canvas := Picture{Width: page.Width, Height: page.Height + strip.height}
	canvas.Pix = make([]byte, 4*canvas.Width*canvas.Height)
	copy(canvas.Pix, page.Pix)

	list := &i.pen.list
	list.reset()
	list.clip = page.bounds()
	i.mark(canvas, page.bounds(), s, i.scale)
	list.clip = image.Rect(0, page.Height, canvas.Width, canvas.Height)
	i.drawStrip(list.clip, strip)
	i.paint(canvas)
	return canvas
}

// paint draws the pen's list.
func (i *Illustrator) paint(canvas Picture) {
	for n := range i.pen.list.ops {
		paint(canvas, &i.pen.list.ops[n], canvas.bounds())
	}
}

// set sets the caption for a picture of the given width.
func (i *Illustrator) set(width int, s Still) strip {
	text := i.pen.text
	big, small := style{medium, stripSize * i.scale}, style{regular, detailSize * i.scale}
	room := max(width-2*i.px(stripMargin), 1)
	strip := strip{detail: text.label(small, s.Detail, room*2/5, cutMiddle)}
	strip.number = text.label(big, numbered(s.Number), room, cutEnd)
	room -= strip.number.width
	caption := trimSpace(clean(bounded(s.Caption, cutEnd)))
	if width >= i.px(stripWide) && text.measure(big, caption) <= room-strip.detail.width-i.px(stripGap) {
		strip.beside = true
	} else {
		strip.detail = text.label(small, s.Detail, max(width-2*i.px(stripMargin), 1), cutMiddle)
	}
	for _, line := range text.wrap(big, caption, max(room, 1)) {
		strip.lines = append(strip.lines, text.rasterise(big, line))
	}
	rows := len(strip.lines)
	if !strip.beside && strip.detail.width > 0 {
		rows++
	}
	strip.height = i.px(float64(max(rows, 1)*stripLead + 2*stripPadding))
	return strip
}

func (i *Illustrator) drawStrip(area image.Rectangle, s strip) {
	list, text := &i.pen.list, i.pen.text
	list.shape(rounded(area, 0), i.look.ground)
	list.shape(rounded(image.Rect(area.Min.X, area.Min.Y, area.Max.X, area.Min.Y+max(1, i.px(1))), 0), i.look.line)
	lead := i.px(stripLead)
	x := area.Min.X + i.px(stripMargin)
	row := area.Min.Y + i.px(stripPadding)
	baseline := func(size float64) int {
		return row + (lead+text.capHeight(style{medium, size * i.scale}))/2
	}
	s.number.draw(list, x, baseline(stripSize), i.look.number)
	x += s.number.width
	if s.beside {
		s.detail.draw(list, area.Max.X-i.px(stripMargin)-s.detail.width, baseline(stripSize), i.look.soft)
	}
	for _, line := range s.lines {
		line.draw(list, x, baseline(stripSize), i.look.text)
		row += lead
	}
	if !s.beside {
		s.detail.draw(list, area.Min.X+i.px(stripMargin), baseline(detailSize), i.look.soft)
	}
}

func (i *Illustrator) px(css float64) int { return int(math.Round(css * i.scale)) }
