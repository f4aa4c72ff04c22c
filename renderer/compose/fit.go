package compose

import (
	"math"
	"sort"
	"unicode"
)

// cut says where a text that is too long loses its middle, front or end.
type cut uint8

const (
	cutEnd cut = iota
	cutFront
	cutMiddle
)

const (
	ellipsis = '…'

	// maxText bounds in bytes what is looked at of any text; nothing on screen is
	// longer.
	maxText = 1024
)

// bounded returns the part of text that can be shown at all.
func bounded(text string, c cut) string {
	if c == cutFront {
		return text[max(0, len(text)-maxText):]
	}
	return text[:min(len(text), maxText)]
}

// clean makes recorded text safe to set on one line: white space becomes
// spaces, control characters and those that reorder their surroundings (a way
// to forge addresses) go.
func clean(text string) []rune {
	runes := make([]rune, 0, len(text))
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
			runes = append(runes, ' ')
		case r == '⎋':
			runes = append(runes, 'e', 's', 'c') // as keyboards have it; few know the sign
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == unicode.ReplacementChar:
		default:
			runes = append(runes, r)
		}
	}
	return runes
}

// measure is the advance of text in whole pixels.
func (t *typesetter) measure(s style, text []rune) int {
	_, advance := t.line(s, text)
	return int(math.Ceil(advance))
}

// fit shortens text to at most limit pixels; graphemes stay whole.
func (t *typesetter) fit(s style, text []rune, limit int, c cut) []rune {
	if t.measure(s, text) <= limit {
		return text
	}
	ends := t.graphemes(text)
	// The more graphemes go, the shorter the text.
	lost := sort.Search(len(ends), func(lost int) bool {
		return t.measure(s, without(text, ends, lost, c)) <= limit
	})
	if lost == len(ends) {
		return nil
	}
	if c == cutEnd {
		lost = wholeWords(text, ends, lost)
	}
	return without(text, ends, lost, c)
}

// wholeWords raises the number of graphemes lost at the end of text so that no
// word is cut in two, unless that word is long.
func wholeWords(text []rune, ends []int, lost int) int {
	const longWord = 12
	for more := lost; more < min(lost+longWord, len(ends)-1); more++ {
		if text[ends[len(ends)-more-1]] == ' ' {
			return more
		}
	}
	return lost
}

// graphemes returns where each grapheme of text ends.
func (t *typesetter) graphemes(text []rune) []int {
	t.breaks.Init(text)
	var ends []int
	for it := t.breaks.GraphemeIterator(); it.Next(); {
		g := it.Grapheme()
		ends = append(ends, g.Offset+len(g.Text))
	}
	return ends
}

// without returns text with lost graphemes replaced by an ellipsis.
func without(text []rune, ends []int, lost int, c cut) []rune {
	first := 0 // the first grapheme to go
	switch c {
	case cutFront:
	case cutMiddle:
		first = (len(ends) - lost) / 2
	case cutEnd:
		first = len(ends) - lost
	}
	from, to := 0, ends[max(0, first+lost-1)]
	if first > 0 {
		from = ends[first-1]
	}
	shorter := make([]rune, 0, len(text)+1)
	shorter = append(shorter, text[:from]...)
	for len(shorter) > 0 && shorter[len(shorter)-1] == ' ' {
		shorter = shorter[:len(shorter)-1]
	}
	shorter = append(shorter, ellipsis)
	rest := text[max(from, to):]
	for len(rest) > 0 && rest[0] == ' ' {
		rest = rest[1:]
	}
	return append(shorter, rest...)
}

// wrap breaks text into at most two lines of at most limit pixels. Two lines
// are made as even as the words allow, which reads better than a long line over
// a single word; what does not fit on two loses its end.
func (t *typesetter) wrap(s style, text []rune, limit int) [][]rune {
	if t.measure(s, text) <= limit {
		return [][]rune{text}
	}
	var at, best int
	shortest := math.MaxInt
	t.breaks.Init(text)
	for it := t.breaks.LineIterator(); it.Next(); {
		line := it.Line()
		end := line.Offset + len(line.Text)
		first := t.measure(s, trimSpace(text[:end]))
		if first > limit {
			break
		}
		best = end // the fullest first line so far
		if longest := max(first, t.measure(s, trimSpace(text[end:]))); longest <= limit && longest < shortest {
			at, shortest = end, longest
		}
	}
	if at == 0 {
		at = best
	}
	if at == 0 { // one long word
		ends := t.graphemes(text)
		fitting := sort.Search(len(ends), func(i int) bool { return t.measure(s, text[:ends[i]]) > limit })
		if fitting == 0 {
			return nil
		}
		at = ends[fitting-1]
	}
	second := t.fit(s, trimSpace(text[at:]), limit, cutEnd)
	return [][]rune{trimSpace(text[:at]), second}
}

func trimSpace(text []rune) []rune {
	for len(text) > 0 && text[0] == ' ' {
		text = text[1:]
	}
	for len(text) > 0 && text[len(text)-1] == ' ' {
		text = text[:len(text)-1]
	}
	return text
}
