package compose

import (
	"slices"

	"github.com/go-text/typesetting/bidi"
	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

// glyph is one glyph of a laid-out line, its origin relative to the left end of
// the baseline, y downwards, in pixels. A key symbol has no face.
type glyph struct {
	face   *font.Face
	id     font.GID
	symbol rune
	x, y   float64

	left, top, width, height float64 // ink box relative to the origin
}

// line lays text out on one line and returns its glyphs from left to right and
// its advance in pixels.
func (t *typesetter) line(s style, text []rune) (glyphs []glyph, advance float64) {
	for len(text) > 0 {
		if isSymbol(text[0]) {
			width := symbolAdvance(text[0]) * s.size
			glyphs = append(glyphs, glyph{symbol: text[0], x: advance, width: width})
			advance += width
			text = text[1:]
			continue
		}
		end := slices.IndexFunc(text, isSymbol)
		if end < 0 {
			end = len(text)
		}
		glyphs, advance = t.shape(glyphs, advance, s, text[:end])
		text = text[end:]
	}
	return glyphs, advance
}

// levelled is a shaped run with its embedding level.
type levelled struct {
	shaping.Output
	level bidi.Level
}

// shape appends the glyphs of text from pen position x on.
func (t *typesetter) shape(glyphs []glyph, x float64, s style, text []rune) (_ []glyph, end float64) {
	t.current = s.weight
	var runs []levelled
	found := t.levels.Segment(text, bidi.LeftToRight)
	for i := range found.NumRuns() {
		run := found.Run(i)
		input := shaping.Input{
			Text: text, RunStart: run.Start, RunEnd: run.End,
			Direction: di.DirectionRTL,
			Size:      fixed.Int26_6(s.size*64 + 0.5),
			Language:  language.NewLanguage("en"),
		}
		if run.IsLeftToRight() {
			input.Direction = di.DirectionLTR
		}
		for _, part := range t.split.Split(input, t) {
			runs = append(runs, levelled{Output: t.shaper.Shape(part), level: run.Level})
		}
	}
	visualOrder(runs)
	for _, run := range runs {
		for _, g := range run.Glyphs {
			glyphs = append(glyphs, glyph{
				face: run.Face, id: g.GlyphID,
				x: x + pixels(g.XOffset), y: -pixels(g.YOffset),
				left: pixels(g.XBearing), top: -pixels(g.YBearing),
				width: pixels(g.Width), height: -pixels(g.Height),
			})
			// A fallback font that took a run takes its spaces too, and those of
			// emoji fonts are as wide as an emoji.
			if at := g.TextIndex(); at < len(text) && text[at] == ' ' && run.Face != t.builtin[s.weight] {
				x += t.spaceWidth(s)
				continue
			}
			x += pixels(g.Advance)
		}
	}
	return glyphs, x
}

// visualOrder puts runs from reading order into left-to-right order: from the
// highest level down to the lowest odd one, what stands at a level or above is
// reversed (rule L2 of Unicode's bidirectional algorithm).
func visualOrder(runs []levelled) {
	var top bidi.Level
	for _, run := range runs {
		top = max(top, run.level)
	}
	for level := top; level > 0; level-- {
		for from := 0; from < len(runs); from++ {
			to := from
			for to < len(runs) && runs[to].level >= level {
				to++
			}
			if to > from {
				slices.Reverse(runs[from:to])
				from = to
			}
		}
	}
}

func (t *typesetter) spaceWidth(s style) float64 {
	face := t.builtin[s.weight]
	space, _ := face.NominalGlyph(' ')
	return float64(face.HorizontalAdvance(space)) * s.size / float64(face.Upem())
}

func pixels(v fixed.Int26_6) float64 {
	return float64(v) / 64
}
