package compose

import (
	"bytes"
	"fmt"
	"image"

	"eliasnaur.com/font/roboto/robotomedium"
	"eliasnaur.com/font/roboto/robotoregular"
	"github.com/go-text/typesetting/bidi"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/segmenter"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/vector"
)

// maxLabels bounds the cache of set lines; a clip shows few at a time.
const maxLabels = 256

// style is how a line is set: the built-in weight, and the em in pixels.
type style struct {
	weight weight
	size   float64
}

// label is a line of text ready to draw. Its masks' and sprites' origin is the
// left end of the baseline.
type label struct {
	width  int
	cut    bool // the text was too long
	mask   *mask
	colour []glyphPicture // colour emoji
}

// glyphPicture is a glyph that brings its own colours.
type glyphPicture struct {
	at     image.Point
	sprite *sprite
}

type labelKey struct {
	style style
	text  string
	limit int
	cut   cut
}

// typesetter turns text into labels: bidirectional order, shaping, fallback
// fonts, key symbols, rasterising; each line once.
type typesetter struct {
	builtin  [2]*font.Face
	fallback []*font.Face
	labels   map[labelKey]*label

	current weight // for ResolveFace
	levels  bidi.Paragraph
	split   shaping.Segmenter
	shaper  shaping.HarfbuzzShaper
	breaks  segmenter.Segmenter
	raster  vector.Rasterizer
}

func newTypesetter(fallback []Font) (*typesetter, error) {
	t := &typesetter{labels: make(map[labelKey]*label)}
	for weight, data := range [...][]byte{regular: robotoregular.TTF, medium: robotomedium.TTF} {
		face, err := parseFace(Font{Data: data})
		if err != nil {
			return nil, fmt.Errorf("parse built-in font: %w", err)
		}
		t.builtin[weight] = face
	}
	for i, f := range fallback {
		face, err := parseFace(f)
		if err != nil {
			return nil, fmt.Errorf("parse fallback font %d: %w", i, err)
		}
		t.fallback = append(t.fallback, face)
	}
	return t, nil
}

func parseFace(f Font) (*font.Face, error) {
	loaders, err := opentype.NewLoaders(bytes.NewReader(f.Data))
	if err != nil {
		return nil, err
	}
	if f.Face < 0 || f.Face >= len(loaders) {
		return nil, fmt.Errorf("face %d of %d", f.Face, len(loaders))
	}
	parsed, err := font.NewFont(loaders[f.Face])
	if err != nil {
		return nil, err
	}
	return font.NewFace(parsed), nil
}

// ResolveFace implements shaping.Fontmap: the built-in face where it has the
// rune, else the first fallback that has it.
func (t *typesetter) ResolveFace(r rune) *font.Face {
	face := t.builtin[t.current]
	if _, ok := face.NominalGlyph(r); ok {
		return face
	}
	for _, fallback := range t.fallback {
		if _, ok := fallback.NominalGlyph(r); ok {
			return fallback
		}
	}
	return face
}

// label sets text in at most limit pixels, cut as told where it is longer.
func (t *typesetter) label(s style, text string, limit int, c cut) *label {
	text = bounded(text, c)
	key := labelKey{style: s, text: text, limit: limit, cut: c}
	if l, ok := t.labels[key]; ok {
		return l
	}
	if len(t.labels) == maxLabels {
		clear(t.labels)
	}
	whole := clean(text)
	fitting := t.fit(s, whole, limit, c)
	l := t.rasterise(s, fitting)
	l.cut = len(fitting) != len(whole)
	t.labels[key] = l
	return l
}

// draw puts the label on the list with its baseline's left end at (x, y).
func (l *label) draw(list *displayList, x, y int, colour rgba) {
	list.stamp(l.mask, x, y, colour)
	for _, p := range l.colour {
		list.picture(p.sprite, x+p.at.X, y+p.at.Y, float64(colour.alpha())/255)
	}
}

// capHeight is the height of capitals and digits in whole pixels, by which text
// is centred in its box.
func (t *typesetter) capHeight(s style) int {
	return int(t.grid(t.builtin[s.weight], s.size).capitals)
}
