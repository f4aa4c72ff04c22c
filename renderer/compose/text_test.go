package compose

import (
	"math"
	"slices"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/go-text/typesetting/bidi"
)

func testTypesetter(tb testing.TB) *typesetter {
	tb.Helper()
	return newComposer(tb, 100, 100, 1, false, scripts()...).text
}

func TestFit(t *testing.T) {
	ts := testTypesetter(t)
	s := style{regular, 16}
	for _, test := range []struct {
		text  string
		limit int
		cut   cut
		want  string
	}{
		{"short", 200, cutEnd, "short"},
		{"a text of several words", 100, cutEnd, "a text of…"},
		{"a text of several words", 100, cutFront, "…veral words"},
		{"a text of several words", 100, cutMiddle, "a text…words"},
		{"Donaudampfschifffahrtsgesellschaft", 100, cutEnd, "Donaudamp…"},
		{"👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀", 70, cutEnd, "👩‍🚀👩‍🚀…"},
		{"never", 3, cutEnd, ""},
		{"", 3, cutEnd, ""},
	} {
		got := string(ts.fit(s, []rune(test.text), test.limit, test.cut))
		if got != test.want {
			t.Errorf("fit(%q, %d, %d) = %q, want %q", test.text, test.limit, test.cut, got, test.want)
		}
		if width := ts.measure(s, []rune(got)); width > test.limit {
			t.Errorf("fit(%q) is %d wide, limit %d", test.text, width, test.limit)
		}
	}
}

func TestWrap(t *testing.T) {
	ts := testTypesetter(t)
	s := style{regular, 16}
	for _, test := range []struct {
		text string
		want []string
	}{
		{"one line", []string{"one line"}},
		{"these words fill a line and one", []string{"these words fill", "a line and one"}},
		{"these words fill much more than the two lines that there are", []string{"these words fill", "much more than…"}},
		{"Rindfleischetikettierungsüberwachung", []string{"Rindfleischetikettieru", "ngsüberwachung"}},
		{"合計は変わりません合計は変わりません", []string{"合計は変わりません", "合計は変わりません"}},
	} {
		var got []string
		for _, line := range ts.wrap(s, []rune(test.text), 150) {
			got = append(got, string(line))
			if width := ts.measure(s, line); width > 150 {
				t.Errorf("line %q is %d wide", string(line), width)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("wrap(%q) = %q, want %q", test.text, got, test.want)
		}
	}
}

func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		"a\tb\nc\u00a0d":       "a b c d",
		"moc.\u202eelpmaxe":    "moc.elpmaxe",
		"\u2067x\u2069\x07":    "x",
		"bad \xff bytes":       "bad  bytes",
		"⎋":                    "esc",
		"👩‍🚀 keeps its joiner": "👩‍🚀 keeps its joiner",
	} {
		if got := string(clean(text)); got != want {
			t.Errorf("clean(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestVisualOrder(t *testing.T) {
	for _, test := range []struct{ levels, want []bidi.Level }{
		{[]bidi.Level{0, 0}, []bidi.Level{0, 1}},
		{[]bidi.Level{0, 1, 0}, []bidi.Level{0, 1, 2}},
		{[]bidi.Level{1, 1, 1}, []bidi.Level{2, 1, 0}},
		{[]bidi.Level{0, 1, 2, 1, 0}, []bidi.Level{0, 3, 2, 1, 4}},
		{[]bidi.Level{1, 2, 2, 1}, []bidi.Level{3, 1, 2, 0}},
	} {
		runs := make([]levelled, len(test.levels))
		for i, level := range test.levels {
			runs[i].level = level
			runs[i].Runes.Offset = i
		}
		visualOrder(runs)
		for i, run := range runs {
			if run.Runes.Offset != int(test.want[i]) {
				t.Errorf("levels %v: run %d stands at %d, want %d", test.levels, run.Runes.Offset, i, test.want[i])
			}
		}
	}
}

// TestScriptsAreShaped checks by widths and glyphs what only a shaper gets
// right.
func TestScriptsAreShaped(t *testing.T) {
	ts := testTypesetter(t)
	s := style{regular, 32}
	joined, apart := ts.measure(s, []rune("بب")), 2*ts.measure(s, []rune("ب"))
	if joined >= apart {
		t.Errorf("two joined beh are %d wide, two single ones %d", joined, apart)
	}
	if with, without := ts.measure(s, []rune("e\u0301")), ts.measure(s, []rune("e")); with != without {
		t.Errorf("a combining accent changes the width from %d to %d", without, with)
	}
	glyphs, _ := ts.line(s, []rune("مرحبا 42"))
	if first := glyphs[0]; first.face != ts.builtin[regular] {
		t.Error("the number after an Arabic word does not stand at the left")
	}
	if kanji := ts.label(s, "合", 100, cutEnd); kanji.width != 32 || kanji.mask.rect.Dy() < 24 {
		t.Errorf("a kanji is %d × %d", kanji.width, kanji.mask.rect.Dy())
	}
	if emoji := ts.label(s, "🎉", 100, cutEnd); len(emoji.colour) != 1 {
		t.Errorf("an emoji has %d pictures", len(emoji.colour))
	}
	if missing := ts.label(s, "\U00013000", 100, cutEnd); missing.mask.rect.Empty() {
		t.Error("a rune that no font has is invisible")
	}
}

// TestTextIsCrisp checks that flat letters fill whole rows of pixels: full
// coverage in their top and bottom rows, none beyond.
func TestTextIsCrisp(t *testing.T) {
	ts := testTypesetter(t)
	for _, css := range []float64{badgeSize, footerSize, keySize, cardSize, captionSize} {
		for _, scale := range []float64{1, 1.5, 2} {
			for _, w := range []weight{regular, medium} {
				for _, letter := range []string{"E", "z"} {
					m := ts.label(style{w, css * scale}, letter, 100, cutEnd).mask
					width := m.rect.Dx()
					top := slices.Max(m.pix[:width])
					bottom := slices.Max(m.pix[len(m.pix)-width:])
					if m.rect.Max.Y != 0 || top < 240 || bottom < 240 {
						t.Errorf("%q at %g px: ends at row %d, top row %d, bottom row %d", letter, css*scale, m.rect.Max.Y, top, bottom)
					}
				}
			}
		}
	}
}

func TestDigitsAreTabular(t *testing.T) {
	ts := testTypesetter(t)
	for _, size := range []float64{11.5, 12.5, 18.75, 25} {
		d := newDigits(ts, style{medium, size})
		for _, digit := range "0123456789" {
			if d.cells[digit].width != d.cells['0'].width {
				t.Errorf("%c at %g px is %d wide, 0 is %d", digit, size, d.cells[digit].width, d.cells['0'].width)
			}
		}
	}
}

func TestWords(t *testing.T) {
	const day = 24 * time.Hour
	for d, want := range map[time.Duration]string{
		-time.Hour:                              "1 s",
		0:                                       "1 s",
		42 * time.Second:                        "42 s",
		59*time.Second + 600*time.Millisecond:   "1 min",
		102 * time.Second:                       "1 min 42 s",
		time.Hour - time.Millisecond:            "1 h",
		2*time.Hour + 5*time.Minute:             "2 h 5 min",
		day - time.Second:                       "1 d",
		3*day + 4*time.Hour + 20*time.Minute:    "3 d 4 h",
		time.Duration(math.MaxInt64) / 2 / 1000: "53 d 9 h",
	} {
		if got := spokenDuration(d); got != want {
			t.Errorf("spokenDuration(%v) = %q, want %q", d, got, want)
		}
	}
	for _, test := range []struct {
		d     time.Duration
		hours bool
		want  string
	}{
		{-time.Second, false, "0:00"},
		{7900 * time.Millisecond, false, "0:07"},
		{83 * time.Second, false, "1:23"},
		{754 * time.Second, false, "12:34"},
		{7 * time.Second, true, "0:00:07"},
		{27*time.Hour + 62*time.Second, true, "27:01:02"},
	} {
		if got := string(appendClock(nil, test.d, test.hours)); got != test.want {
			t.Errorf("clock of %v = %q, want %q", test.d, got, test.want)
		}
	}
	for speed, want := range map[float64]string{2: "2x", 1.5: "1.5x", 0.25: "0.25x", 1.0 / 3: "0.33x", 16: "16x"} {
		if got := string(appendSpeed(nil, speed)); got != want {
			t.Errorf("speed %g = %q, want %q", speed, got, want)
		}
	}
}

func TestSplitAddress(t *testing.T) {
	for url, want := range map[string][2]string{
		"https://shop.example.com/cart?x=1":     {"shop.example.com", "/cart?x=1"},
		"https://example.com/":                  {"example.com", ""},
		"http://localhost:8080":                 {"localhost:8080", ""},
		"https://user:secret@example.com/a@b":   {"example.com", "/a@b"},
		"https://example.com?next=https://evil": {"example.com", "?next=https://evil"},
		"about:blank":                           {"about:blank", ""},
		"/relative?to=https://example.com":      {"/relative?to=https://example.com", ""},
		"file:///tmp/page.html":                 {"file:///tmp/page.html", ""},
		"":                                      {"", ""},
	} {
		if host, path := splitAddress(url); host != want[0] || path != want[1] {
			t.Errorf("splitAddress(%q) = %q, %q, want %q", url, host, path, want)
		}
	}
}

// TestLabelCacheIsBounded sets more lines than the cache holds.
func TestLabelCacheIsBounded(t *testing.T) {
	ts := testTypesetter(t)
	for i := range 3 * maxLabels {
		ts.label(style{regular, 10}, string(rune('a'+i%26))+string(rune(0x100+i)), 100, cutEnd)
	}
	if len(ts.labels) > maxLabels {
		t.Errorf("%d lines are kept", len(ts.labels))
	}
}

// FuzzText sets hostile text in every way that overlays do.
func FuzzText(f *testing.F) {
	for _, seed := range []string{"hello", "⌘K ⏎", "مرحبا (12) x", "👩‍🚀 go", "e\u0301\u0323", "\u202eabc\xff", "กำ ก็", "\u200d\ufe0f\u0301"} {
		f.Add(seed, 60)
	}
	ts := testTypesetter(f)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		limit %= 400
		s := style{medium, 16}
		for _, c := range []cut{cutEnd, cutFront, cutMiddle} {
			if l := ts.label(s, text, limit, c); l.width > max(limit, 0) {
				t.Errorf("cut %d: %q is %d wide, limit %d", c, text, l.width, limit)
			}
		}
		lines := ts.wrap(s, trimSpace(clean(bounded(text, cutEnd))), limit)
		if len(lines) > 2 {
			t.Errorf("%q is wrapped into %d lines", text, len(lines))
		}
		for _, line := range lines {
			if !utf8.ValidString(string(line)) || ts.measure(s, line) > max(limit, 0) {
				t.Errorf("line %q of %q is %d wide, limit %d", string(line), text, ts.measure(s, line), limit)
			}
		}
	})
}
