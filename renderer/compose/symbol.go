package compose

import (
	"image"
	"math"
)

// Key symbols are drawn here rather than taken from a font: few fonts have them
// all, and none in one hand.

// isSymbol tells whether r is drawn as a key symbol or as a dot of masked text.
func isSymbol(r rune) bool {
	return isDot(r) || symbolLines(r) != nil
}

// isDot tells whether r stands for one masked character.
func isDot(r rune) bool {
	return r == '•' || r == '●' || r == '∙'
}

// symbolAdvance is the width of a symbol in ems.
func symbolAdvance(r rune) float64 {
	if isDot(r) {
		return 0.66
	}
	return 1.28
}

// drawSymbol draws the symbol into the advance that starts at x, centred on
// half the height of the capitals above the baseline.
func drawSymbol(cover *image.Alpha, r rune, x float64, baseline int, advance float64, capitals int) {
	middle := point{x + advance/2, float64(baseline) - float64(capitals)/2}
	if isDot(r) {
		drawDistance(cover, middle, advance/2, func(p point) float64 {
			return math.Hypot(p.x, p.y) - 0.36*advance
		})
		return
	}
	// Symbols stand on a grid of 24 units, whole pixels for the middle so that
	// upright strokes are crisp.
	const units, pen = 24, 1.2
	size := advance * 0.97
	lines := symbolLines(r)
	middle = point{math.Round(middle.x*2) / 2, math.Round(middle.y*2) / 2}
	drawDistance(cover, middle, size/2, func(p point) float64 {
		p = point{p.x*units/size + units/2, p.y*units/size + units/2}
		d := math.Inf(1)
		for _, line := range lines {
			d = min(d, stroke(p, line, pen))
		}
		return d * size / units
	})
}

// drawDistance adds what lies within a signed distance, given relative to the
// middle in pixels, to the mask.
func drawDistance(cover *image.Alpha, middle point, reach float64, distance func(point) float64) {
	area := image.Rect(
		int(middle.x-reach)-2, int(middle.y-reach)-2,
		int(middle.x+reach)+3, int(middle.y+reach)+3,
	).Intersect(cover.Rect)
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			d := distance(point{float64(x) + 0.5 - middle.x, float64(y) + 0.5 - middle.y})
			held := &cover.Pix[cover.PixOffset(x, y)]
			*held = max(*held, level(255*clamp01(0.5-d)))
		}
	}
}

// symbolLines returns the pen strokes of a key symbol on a grid of 24 by 24,
// nil for other runes.
func symbolLines(r rune) [][]point {
	switch r {
	case '⏎', '↵', '↩':
		return [][]point{
			{{20, 5}, {20, 11}, {19.4, 12.9}, {17.9, 14}, {16, 14.3}, {4.5, 14.3}},
			{{9, 9.8}, {4.5, 14.3}, {9, 18.8}},
		}
	case '⌫':
		return [][]point{
			{{9, 5.5}, {19.5, 5.5}, {21, 6.1}, {21.5, 7.5}, {21.5, 16.5}, {21, 17.9}, {19.5, 18.5}, {9, 18.5}, {2.5, 12}, {9, 5.5}},
			{{11.5, 9}, {17, 15}},
			{{17, 9}, {11.5, 15}},
		}
	case '⌦':
		return mirrored(symbolLines('⌫'))
	case '⇥':
		return [][]point{{{20.5, 6}, {20.5, 18}}, {{3, 12}, {16.5, 12}}, {{11.5, 7}, {16.5, 12}, {11.5, 17}}}
	case '⇤':
		return mirrored(symbolLines('⇥'))
	case '⇧':
		return [][]point{{{12, 4}, {20, 12.5}, {15.7, 12.5}, {15.7, 19.5}, {8.3, 19.5}, {8.3, 12.5}, {4, 12.5}, {12, 4}}}
	case '⇪':
		return [][]point{
			{{12, 3}, {19.5, 11}, {15.5, 11}, {15.5, 16}, {8.5, 16}, {8.5, 11}, {4.5, 11}, {12, 3}},
			{{8.5, 20}, {15.5, 20}},
		}
	case '⌃':
		return [][]point{{{5.5, 12.5}, {12, 6}, {18.5, 12.5}}}
	case '⌥':
		return [][]point{{{3.5, 6}, {8.5, 6}, {15.5, 18}, {20.5, 18}}, {{14.5, 6}, {20.5, 6}}}
	case '⌘':
		return [][]point{
			loop(point{6.6, 6.6}, 0, -270),
			loop(point{17.4, 6.6}, 180, 450),
			loop(point{6.6, 17.4}, 0, 270),
			loop(point{17.4, 17.4}, 180, -90),
			{{9.4, 6.6}, {9.4, 17.4}},
			{{14.6, 6.6}, {14.6, 17.4}},
			{{6.6, 9.4}, {17.4, 9.4}},
			{{6.6, 14.6}, {17.4, 14.6}},
		}
	case '␣':
		return [][]point{{{4, 12}, {4, 16.5}, {20, 16.5}, {20, 12}}}
	case '↑':
		return [][]point{{{12, 19.5}, {12, 5}}, {{6, 11}, {12, 5}, {18, 11}}}
	case '↓':
		return [][]point{{{12, 4.5}, {12, 19}}, {{6, 13}, {12, 19}, {18, 13}}}
	case '←':
		return [][]point{{{19.5, 12}, {5, 12}}, {{11, 6}, {5, 12}, {11, 18}}}
	case '→':
		return mirrored(symbolLines('←'))
	case '⇞':
		return [][]point{{{12, 20}, {12, 4.5}}, {{6, 10.5}, {12, 4.5}, {18, 10.5}}, {{8, 14}, {16, 14}}, {{8, 17.5}, {16, 17.5}}}
	case '⇟':
		return [][]point{{{12, 4}, {12, 19.5}}, {{6, 13.5}, {12, 19.5}, {18, 13.5}}, {{8, 6.5}, {16, 6.5}}, {{8, 10}, {16, 10}}}
	case '↖':
		return [][]point{{{18, 18}, {6.5, 6.5}}, {{6.5, 14.5}, {6.5, 6.5}, {14.5, 6.5}}}
	case '↘':
		return [][]point{{{6, 6}, {17.5, 17.5}}, {{17.5, 9.5}, {17.5, 17.5}, {9.5, 17.5}}}
	}
	return nil
}

// loop returns a corner of the command sign: an arc about its middle, angles in
// degrees, clockwise on screen from the positive x axis.
func loop(middle point, from, to float64) []point {
	const radius, steps = 2.8, 27
	points := make([]point, steps+1)
	for i := range points {
		angle := lerp(from, to, float64(i)/steps) * math.Pi / 180
		points[i] = point{middle.x + radius*math.Cos(angle), middle.y + radius*math.Sin(angle)}
	}
	return points
}

// mirrored flips strokes left to right.
func mirrored(lines [][]point) [][]point {
	for _, line := range lines {
		for i := range line {
			line[i].x = 24 - line[i].x
		}
	}
	return lines
}
