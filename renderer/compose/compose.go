// Package compose draws a clip's overlays on captured pictures: pointer,
// clicks, touches, keys, captions, the card over skipped time, and the footer.
// It is pure: the same pictures and scenes give the same bytes. It must not
// touch a clock, file, network or process, nor start goroutines.
package compose

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
)

// Picture is a raster in Chrome's surface order: four bytes a pixel, blue,
// green, red, alpha (always opaque), rows from top to bottom without padding.
type Picture struct {
	Width, Height int
	Pix           []byte // 4·Width·Height bytes
}

func (p Picture) offset(x, y int) int {
	return 4 * (y*p.Width + x)
}

func (p Picture) bounds() image.Rectangle {
	return image.Rect(0, 0, p.Width, p.Height)
}

// Font is a font file for runes that the built-in typeface lacks.
type Font struct {
	Data []byte // TrueType, OpenType or a collection of them
	Face int    // index in a collection, else 0
}

// Options says what a Composer draws besides the overlays of each scene.
type Options struct {
	Footer bool       // add a strip below the picture
	Fonts  []Font     // tried in order after the built-in typeface
	Ground color.RGBA // fills what the page does not reach; alpha is ignored
}

// Composer holds the canvas of one clip. It is not safe for concurrent use.
type Composer struct {
	scale  float64
	ground uint32 // BGRA
	page   image.Rectangle
	strip  image.Rectangle // empty without a footer

	canvas, fresh Picture // what was returned last, and where regions are composed
	started       bool
	list, shown   displayList // this call's and the last call's
	region        region
	dirty         []image.Rectangle

	text        *typesetter
	cursors     cursorArt
	footer      footerText
	badgeDigits *digits
	number      []byte // scratch for digits
	card        cardText
	caption     captionText
}

const (
	maxSide = 1 << 14 // pixels; no codec of ours takes more
	maxArea = 1 << 26

	minScale, maxScale = 0.25, 8
)

// New returns a Composer for captured pictures of width × height device pixels
// at scale device pixels per CSS pixel. The canvas is the picture, below it the
// footer strip if there is one, rounded up to even sides.
func New(width, height int, scale float64, opts Options) (*Composer, error) {
	if width < 1 || height < 1 || width > maxSide || height > maxSide || width*height > maxArea {
		return nil, fmt.Errorf("picture of %d × %d pixels is out of bounds", width, height)
	}
	if math.IsNaN(scale) || scale < minScale || scale > maxScale {
		return nil, errors.New("scale is out of bounds (0.25 to 8)")
	}
	text, err := newTypesetter(opts.Fonts)
	if err != nil {
		return nil, err
	}
	c := &Composer{
		scale:   scale,
		ground:  uint32(opts.Ground.B) | uint32(opts.Ground.G)<<8 | uint32(opts.Ground.R)<<16 | 0xff000000,
		page:    image.Rect(0, 0, width, height),
		text:    text,
		cursors: cursorArt{scale: scale},
	}
	size := image.Pt(even(width), even(height))
	if opts.Footer {
		c.strip = image.Rect(0, height, size.X, height+FooterHeight(height, scale))
		size.Y = c.strip.Max.Y
	}
	c.canvas = Picture{Width: size.X, Height: size.Y, Pix: make([]byte, 4*size.X*size.Y)}
	c.fresh = Picture{Width: size.X, Height: size.Y, Pix: make([]byte, 4*size.X*size.Y)}
	c.badgeDigits = newDigits(text, style{medium, badgeSize * scale})
	c.footer = newFooterText(text, scale)
	return c, nil
}

// FooterHeight is the height in device pixels of the footer strip below a
// picture of the given height: about 32 CSS pixels, such that both together are
// even.
func FooterHeight(pictureHeight int, scale float64) int {
	height := int(math.Round(footerHeight * scale))
	return height + (pictureHeight+height)&1
}

func even(n int) int {
	return n + n&1
}

// Canvas returns the composed picture. It shares its pixels with the Composer:
// the next Draw changes them.
func (c *Composer) Canvas() Picture {
	return c.canvas
}

// Draw brings the canvas up to date with the page and the scene and returns the
// rectangles in which the canvas now differs from the last call's; nil when it
// does not differ at all. The first call returns the whole canvas.
//
// page is the whole captured picture. Outside the changed rectangles it must be
// as in the last call, since what old overlays covered is restored from it. A
// page of another size than New was told is cut, or padded with the ground. The
// result is valid until the next call.
func (c *Composer) Draw(page Picture, changed []image.Rectangle, s Scene) []image.Rectangle {
	c.list, c.shown = c.shown, c.list
	c.lay(&s)

	c.region.reset()
	if c.started {
		for _, r := range changed {
			c.region.add(r.Intersect(c.page))
		}
		changes(c.shown.ops, c.list.ops, &c.region)
	} else {
		c.region.add(c.canvas.bounds())
	}

	c.dirty = c.dirty[:0]
	for _, r := range c.region.rects {
		c.restore(page, r)
		for i := range c.list.ops {
			paint(c.fresh, &c.list.ops[i], r)
		}
		c.dirty = settle(c.dirty, c.canvas, c.fresh, r)
	}
	if !c.started {
		c.started = true
		c.dirty = append(c.dirty[:0], c.canvas.bounds())
	}
	if len(c.dirty) == 0 {
		return nil
	}
	return c.dirty
}

// lay fills the display list from the scene, bottom to top.
func (c *Composer) lay(s *Scene) {
	c.list.reset()
	c.list.clip = c.strip
	if !c.strip.Empty() {
		c.drawFooter(s.Footer)
	}

	c.list.clip = c.page
	ripples := last(s.Ripples, maxRipples)
	for i := range ripples {
		c.drawRipple(&ripples[i])
	}
	touches := last(s.Touches, maxTouches)
	for i := range touches {
		c.drawTouch(&touches[i])
	}
	c.drawCursor(s.Cursor)
	c.drawKeys(s.Keys)
	c.drawCaption(s.Caption)
	c.drawCard(s.Card)
}

// last returns the last n elements of s at most.
func last[T any](s []T, n int) []T {
	return s[max(0, len(s)-n):]
}

// restore composes the ground and the bare page within r.
func (c *Composer) restore(page Picture, r image.Rectangle) {
	covered := r.Intersect(c.page).Intersect(page.bounds())
	if len(page.Pix) < 4*page.Width*page.Height {
		covered = image.Rectangle{}
	}
	if covered != r {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			blendSpan(c.fresh.Pix[c.fresh.offset(r.Min.X, y):c.fresh.offset(r.Max.X, y)], c.ground, 255)
		}
	}
	for y := covered.Min.Y; y < covered.Max.Y; y++ {
		copy(c.fresh.Pix[c.fresh.offset(covered.Min.X, y):],
			page.Pix[page.offset(covered.Min.X, y):page.offset(covered.Max.X, y)])
	}
}

// px converts CSS pixels to whole device pixels.
func (c *Composer) px(css float64) int {
	return int(math.Round(css * c.scale))
}

func rectAt(x, y, width, height int) image.Rectangle {
	return image.Rect(x, y, x+width, y+height)
}
