package timeline

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Stroke is a change of a field's text. Text is what the key display shows from
// then on: what was typed in one go so far, or the key that took text away.
type Stroke struct {
	At     time.Duration
	Node   int
	Text   string
	Masked bool // the recording holds a mask in place of the text

	stream int
}

// pause is the longest time between strokes that show as one word.
const pause = 1200 * time.Millisecond

// longestRun is how many characters of one run are kept for display.
const longestRun = 48

// Backspace is the Text of a stroke that took text away.
const Backspace = "⌫"

// Strokes returns the strokes with from < At <= to.
func (tl *Timeline) Strokes(from, to time.Duration) []Stroke {
	return between(tl.strokes, from, to, func(s Stroke) time.Duration { return s.At })
}

// typist turns a field's successive texts into strokes.
type typist struct {
	texts map[int]string // last text by node
	last  Stroke
}

// typed notes the text of a field; false if there is nothing to show.
func (t *typist) typed(at time.Duration, node int, text string) (Stroke, bool) {
	old, known := t.texts[node]
	t.texts[node] = text
	if text == old {
		return Stroke{}, false
	}
	s := Stroke{At: at, Node: node, Masked: masked(text)}
	added := addition(old, text)
	switch {
	case !known && utf8.RuneCountInString(text) > 1:
		added = text // a field that was filled, or typed in before we could see
		fallthrough
	case added != "":
		s.Text = added
		continues := t.last.Node == node && t.last.Text != Backspace && at-t.last.At < pause
		if continues && s.Masked == t.last.Masked {
			s.Text = t.last.Text + added
		}
		s.Text = lastRunes(s.Text, longestRun)
	default:
		s.Text = Backspace
	}
	t.last = s
	return s, true
}

// addition is the text that new has and old has not, if it was typed at one
// place and took nothing away but a selection.
func addition(old, text string) string {
	o, n := []rune(old), []rune(text)
	head := 0
	for head < len(o) && head < len(n) && o[head] == n[head] {
		head++
	}
	tail := 0
	for tail < len(o)-head && tail < len(n)-head && o[len(o)-1-tail] == n[len(n)-1-tail] {
		tail++
	}
	return string(n[head : len(n)-tail])
}

// masked says whether text is a mask: rrweb writes one * for each character.
func masked(text string) bool {
	return text != "" && strings.Trim(text, "*•") == ""
}

func lastRunes(s string, n int) string {
	r := []rune(s)
	return string(r[max(0, len(r)-n):])
}
