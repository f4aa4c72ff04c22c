package compose

import (
	"image"
	"image/color"
	"math"
	"testing"

	emoji "eliasnaur.com/font/noto/emoji/color"
	arabic "eliasnaur.com/font/noto/sans/arabic/regular"
	japanese "eliasnaur.com/font/noto/sans/jp/regular"
)

// groundPicture paints a page of a kind that every overlay must be legible on:
// "light" or "dark", a layout with lines of text and a button, or "photo", a
// busy colourful picture.
func groundPicture(kind string, width, height int, scale float64) Picture {
	p := Picture{Width: width, Height: height, Pix: make([]byte, 4*width*height)}
	for y := range height {
		for x := range width {
			c := groundColour(kind, float64(x)/scale, float64(y)/scale)
			copy(p.Pix[p.offset(x, y):], []byte{c.B, c.G, c.R, 255})
		}
	}
	return p
}

func groundColour(kind string, x, y float64) color.RGBA {
	line := math.Mod(y, 22) > 9 && math.Mod(y, 22) < 14 && math.Mod(x+37*math.Floor(y/22), 190) < 150
	button := x > 24 && x < 120 && y > 26 && y < 58
	switch {
	case kind == "light" && button:
		return color.RGBA{R: 38, G: 110, B: 230, A: 255}
	case kind == "light" && line:
		return color.RGBA{R: 205, G: 210, B: 218, A: 255}
	case kind == "light":
		return color.RGBA{R: 255, G: 255, B: 255, A: 255}
	case kind == "dark" && button:
		return color.RGBA{R: 233, G: 84, B: 32, A: 255}
	case kind == "dark" && line:
		return color.RGBA{R: 62, G: 66, B: 78, A: 255}
	case kind == "dark":
		return color.RGBA{R: 17, G: 19, B: 24, A: 255}
	}
	// Coarse grain keeps the goldens small.
	x, y = 15*math.Floor(x/15), 15*math.Floor(y/15)
	wave := func(a, b, c float64) uint8 {
		v := math.Sin(x/a+math.Sin(y/b)*2) + math.Sin(y/c+x/90) + math.Sin((x+y)/17)
		return uint8(128+44*v) &^ 31
	}
	return color.RGBA{R: wave(41, 23, 37), G: wave(29, 47, 31), B: wave(67, 19, 53), A: 255}
}

// scripts are fallback fonts for the scripts of the tests.
func scripts() []Font {
	return []Font{{Data: arabic.TTF}, {Data: japanese.TTF}, {Data: emoji.TTF}}
}

func newComposer(tb testing.TB, width, height int, scale float64, footer bool, fallback ...Font) *Composer {
	tb.Helper()
	c, err := New(width, height, scale, Options{
		Footer: footer,
		Fonts:  fallback,
		Ground: color.RGBA{R: 40, G: 42, B: 48, A: 255},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// toImage converts a picture for encoding and viewing.
func toImage(p Picture) *image.RGBA {
	img := image.NewRGBA(p.bounds())
	for i := 0; i < len(p.Pix); i += 4 {
		img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = p.Pix[i+2], p.Pix[i+1], p.Pix[i], p.Pix[i+3]
	}
	return img
}
