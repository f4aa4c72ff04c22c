package compose

import (
	"math"
	"strconv"
	"time"
)

// digits sets numbers in cells of whole pixels, so that a running clock neither
// jitters nor has to be shaped anew.
type digits struct {
	cells    [128]*label
	capitals int
}

func newDigits(t *typesetter, s style) *digits {
	d := &digits{capitals: t.capHeight(s)}
	for _, r := range "0123456789:./ " {
		d.cells[r] = t.cell(s, r)
	}
	d.cells['x'] = t.cell(s, '×')
	return d
}

// cell is a label of one rune whose width is rounded to the nearest pixel.
func (t *typesetter) cell(s style, r rune) *label {
	_, advance := t.line(s, []rune{r})
	l := t.rasterise(s, []rune{r})
	l.width = int(math.Round(advance))
	return l
}

func (d *digits) width(text []byte) int {
	width := 0
	for _, b := range text {
		width += d.cells[b].width
	}
	return width
}

func (d *digits) draw(list *displayList, text []byte, x, y int, colour rgba) {
	for _, b := range text {
		d.cells[b].draw(list, x, y, colour)
		x += d.cells[b].width
	}
}

// baseline centres capitals and digits in a box at y.
func (d *digits) baseline(y, height int) int {
	return y + (height+d.capitals)/2
}

// appendClock appends d as m:ss, or h:mm:ss where hours are wanted.
func appendClock(text []byte, d time.Duration, hours bool) []byte {
	seconds := max(0, int64(d/time.Second))
	if hours {
		text = strconv.AppendInt(text, seconds/3600, 10)
		text = append(text, ':', byte('0'+seconds/600%6))
	} else if seconds >= 600 {
		text = append(text, byte('0'+seconds/600%6))
	}
	return append(text, byte('0'+seconds/60%10), ':', byte('0'+seconds/10%6), byte('0'+seconds%10))
}

// appendCount appends n as "×3".
func appendCount(text []byte, n int) []byte {
	return strconv.AppendInt(append(text, 'x'), int64(min(n, 999)), 10)
}

// appendSpeed appends v as "1.5×", with at most two decimals.
func appendSpeed(text []byte, v float64) []byte {
	text = strconv.AppendFloat(text, math.Round(v*100)/100, 'f', -1, 64)
	return append(text, 'x')
}
