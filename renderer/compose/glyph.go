package compose

import (
	"bytes"
	"image"
	"image/draw"
	"image/png"
	"math"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	scale "golang.org/x/image/draw"
)

// rasterise draws a line of text into a label.
func (t *typesetter) rasterise(s style, text []rune) *label {
	glyphs, advance := t.line(s, text)
	l := &label{width: int(math.Ceil(advance))}
	// Stacked marks and swashes may leave the line; what leaves it by more than
	// an em is cut.
	margin := int(math.Ceil(s.size))
	window := image.Rect(-margin, -2*margin, l.width+margin, margin)
	cover := image.NewAlpha(image.Rect(0, 0, window.Dx(), window.Dy()))

	t.raster.Reset(window.Dx(), window.Dy())
	for i := range glyphs {
		g := &glyphs[i]
		if g.face == nil {
			continue
		}
		outline, ok := g.face.GlyphDataOutline(g.id)
		if ok && len(outline.Segments) > 0 {
			t.trace(outline, g, s, window.Min)
			continue
		}
		if picture, ok := colourGlyph(g); ok {
			l.colour = append(l.colour, picture)
		}
	}
	t.raster.DrawOp = draw.Src
	t.raster.Draw(cover, cover.Rect, image.Opaque, image.Point{})
	for i := range glyphs {
		if g := &glyphs[i]; g.face == nil {
			drawSymbol(cover, g.symbol, g.x-float64(window.Min.X), -window.Min.Y, g.width, t.capHeight(s))
		}
	}
	l.mask = trim(cover, window.Min)
	return l
}

// trace adds a glyph's outline to the rasteriser.
func (t *typesetter) trace(outline font.GlyphOutline, g *glyph, s style, origin image.Point) {
	em := s.size / float64(g.face.Upem())
	fit := t.grid(g.face, s.size)
	at := func(p opentype.SegmentPoint) (x, y float32) {
		up := fit.snap(float64(p.Y)*em) - g.y
		return float32(g.x + float64(p.X)*em - float64(origin.X)), float32(-up - float64(origin.Y))
	}
	for _, segment := range outline.Segments {
		ax, ay := at(segment.Args[0])
		switch segment.Op {
		case opentype.SegmentOpMoveTo:
			t.raster.ClosePath()
			t.raster.MoveTo(ax, ay)
		case opentype.SegmentOpLineTo:
			t.raster.LineTo(ax, ay)
		case opentype.SegmentOpQuadTo:
			bx, by := at(segment.Args[1])
			t.raster.QuadTo(ax, ay, bx, by)
		case opentype.SegmentOpCubeTo:
			bx, by := at(segment.Args[1])
			cx, cy := at(segment.Args[2])
			t.raster.CubeTo(ax, ay, bx, by, cx, cy)
		}
	}
	t.raster.ClosePath()
}

// grid fits a face's horizontal features to whole pixels, so that the tops of
// small letters, capitals and ascenders are crisp lines at any size. The zero
// grid leaves outlines as they are.
type grid struct {
	zones     [4]zone
	capitals  float64
	overshoot float64
}

// zone moves the outline's height from to the pixel line to.
type zone struct{ from, to float64 }

// grid returns the fitting for the built-in faces; fallback fonts, whose
// scripts have other lines, stay unfitted.
func (t *typesetter) grid(face *font.Face, size float64) grid {
	if face != t.builtin[regular] && face != t.builtin[medium] {
		return grid{}
	}
	// Roboto's measures, in ems.
	const ascender, overshoot = 0.75, 0.0115
	em := size / float64(face.Upem())
	capital := float64(face.LineMetric(font.CapHeight)) * em
	small := float64(face.LineMetric(font.XHeight)) * em
	return grid{
		zones: [4]zone{
			{0, 0},
			{small, math.Round(small)},
			{capital, math.Round(capital)},
			{ascender * size, math.Round(ascender * size)},
		},
		capitals:  math.Round(capital),
		overshoot: overshoot * size,
	}
}

// snap maps a height above the baseline. Round letters lose their overshoot,
// which at these sizes would only blur their edge; between the zones heights
// are interpolated.
func (g *grid) snap(y float64) float64 {
	if g.overshoot == 0 {
		return y
	}
	if y < 0 {
		return min(0, y+g.overshoot)
	}
	for i := 1; i < len(g.zones); i++ {
		low, high := g.zones[i-1], g.zones[i]
		if y <= high.from {
			return lerp(low.to, high.to, span(y, min(low.from+g.overshoot, high.from-0.01), high.from))
		}
	}
	last := g.zones[len(g.zones)-1]
	return last.to + max(0, y-last.from-g.overshoot)
}

// colourGlyph decodes a glyph that the font holds as a picture and scales it to
// its place.
func colourGlyph(g *glyph) (glyphPicture, bool) {
	bitmap, ok := g.face.GlyphDataBitmap(g.id)
	if !ok || bitmap.Format != font.PNG {
		return glyphPicture{}, false
	}
	source, err := png.Decode(bytes.NewReader(bitmap.Data))
	if err != nil {
		return glyphPicture{}, false
	}
	box := image.Rect(0, 0, int(math.Round(g.width)), int(math.Round(g.height)))
	scaled := image.NewRGBA(box)
	scale.CatmullRom.Scale(scaled, box, source, source.Bounds(), draw.Src, nil)
	for i := 0; i < len(scaled.Pix); i += 4 {
		scaled.Pix[i], scaled.Pix[i+2] = scaled.Pix[i+2], scaled.Pix[i]
	}
	at := image.Pt(int(math.Round(g.x+g.left)), int(math.Round(g.y+g.top)))
	return glyphPicture{at: at, sprite: &sprite{rect: box, pix: scaled.Pix}}, true
}

// trim cuts the empty margins off a mask.
func trim(cover *image.Alpha, origin image.Point) *mask {
	var ink image.Rectangle
	for y := range cover.Rect.Dy() {
		row := cover.Pix[y*cover.Stride:][:cover.Rect.Dx()]
		left := len(row) - len(bytes.TrimLeft(row, "\x00"))
		right := len(bytes.TrimRight(row, "\x00"))
		if left >= right {
			continue
		}
		ink = ink.Union(image.Rect(left, y, right, y+1))
	}
	m := &mask{rect: ink.Add(origin), pix: make([]uint8, 0, area(ink))}
	for y := ink.Min.Y; y < ink.Max.Y; y++ {
		m.pix = append(m.pix, cover.Pix[y*cover.Stride+ink.Min.X:][:ink.Dx()]...)
	}
	return m
}
