package inject

import (
	"bytes"
	"io"
	"slices"
	"strings"
)

// units reads a document as a sequence of code units, one byte each, in which
// every ASCII character is itself and everything else is a filler. It keeps
// the bytes that they stand for until they are taken, so that markup can be
// found in UTF-16 and ISO-2022-JP without decoding, and thus without changing,
// anything.
type units struct {
	src     io.Reader
	width   int // bytes per unit
	big     bool
	escapes bool // ISO-2022-JP: escape sequences switch to two-byte characters

	started bool
	double  bool   // within two-byte characters
	escape  []byte // the escape sequence that is being read
	pending []byte // bytes read and not taken
	shown   int    // how many of them have been handed out as units
	total   int64  // bytes read
	charset string
	err     error
}

// chunk is how much is read of the source at a time, in bytes. What is behind
// the head then leaves in as few pieces as it came.
const chunk = 16 << 10

// filler stands for a unit that is not ASCII.
const filler = 'x'

func newUnits(src io.Reader, charset string) *units {
	return &units{src: src, width: 1, charset: strings.ToLower(strings.TrimSpace(charset))}
}

// Read hands out units. It returns as soon as there is one.
func (u *units) Read(p []byte) (int, error) {
	if !u.started {
		u.start()
	}
	for {
		n := (len(u.pending) - u.shown) / u.width
		if n > 0 {
			n = min(n, len(p))
			u.show(p[:n])
			return n, nil
		}
		if u.err != nil {
			return 0, u.err
		}
		u.fill(max(len(p), chunk))
	}
}

// fill reads up to n more bytes.
func (u *units) fill(n int) {
	u.pending = slices.Grow(u.pending, n)
	end := len(u.pending)
	n, u.err = u.src.Read(u.pending[end : end+n])
	u.pending = u.pending[:end+n]
	u.total += int64(n)
}

// start looks for a byte order mark, which outranks the header.
func (u *units) start() {
	u.started = true
	for u.err == nil && u.mayBeMark() {
		u.fill(3 - len(u.pending))
	}
	utf16 := func(big bool) { u.width, u.big = 2, big }
	switch {
	case bytes.HasPrefix(u.pending, []byte{0xEF, 0xBB, 0xBF}):
	case bytes.HasPrefix(u.pending, []byte{0xFE, 0xFF}):
		utf16(true)
	case bytes.HasPrefix(u.pending, []byte{0xFF, 0xFE}):
		utf16(false)
	case u.charset == "utf-16be" || u.charset == "unicodefffe":
		utf16(true)
	case u.charset == "utf-16" || u.charset == "utf-16le" || u.charset == "unicode" ||
		u.charset == "ucs-2" || u.charset == "csunicode" || u.charset == "iso-10646-ucs-2" || u.charset == "unicodefeff":
		utf16(false)
	case u.charset == "iso-2022-jp" || u.charset == "csiso2022jp":
		u.escapes = true
	}
}

// mayBeMark reports whether what has been read could begin with a mark.
func (u *units) mayBeMark() bool {
	for _, mark := range []string{"\xEF\xBB\xBF", "\xFE\xFF", "\xFF\xFE"} {
		if len(u.pending) < len(mark) && strings.HasPrefix(mark, string(u.pending)) {
			return true
		}
	}
	return false
}

// show writes the next units to p. A byte order mark shows as white space.
func (u *units) show(p []byte) {
	for i := range p {
		at := u.shown
		u.shown += u.width
		switch {
		case u.width == 2:
			hi, lo := u.pending[at], u.pending[at+1]
			if !u.big {
				hi, lo = lo, hi
			}
			p[i] = filler
			if hi == 0 && lo < 0x80 {
				p[i] = lo
			} else if hi == 0xFE && lo == 0xFF && u.first(at) {
				p[i] = ' '
			}
		case u.escapes:
			p[i] = u.unescape(u.pending[at])
		default:
			p[i] = u.pending[at]
			if p[i] >= 0x80 {
				p[i] = u.mark(at)
			}
		}
	}
}

// mark is the unit for a byte that is not ASCII: white space within a UTF-8
// byte order mark.
func (u *units) mark(at int) byte {
	if u.first(at) && u.pending[0] == 0xEF && len(u.pending) >= 3 && u.pending[1] == 0xBB && u.pending[2] == 0xBF {
		return ' '
	}
	return filler
}

// first reports whether offset at of pending is in the document's first three
// bytes.
func (u *units) first(at int) bool {
	return u.total-int64(len(u.pending)) == 0 && at < 3
}

// unescape is the unit for one byte of ISO-2022-JP.
func (u *units) unescape(b byte) byte {
	if b == 0x1B {
		u.escape = append(u.escape[:0], b)
		return filler
	}
	if n := len(u.escape); n > 0 && n < 3 {
		u.escape = append(u.escape, b)
		if n == 2 {
			u.double = u.escape[1] == '$'
			u.escape = u.escape[:0]
		}
		return filler
	}
	if u.double && b > 0x20 {
		return filler
	}
	return b
}

// ahead returns the units that have been handed out and not taken. Nothing is
// known where a unit is not a byte.
func (u *units) ahead() []byte {
	if u.width > 1 || u.escapes {
		return nil
	}
	return u.pending[:u.shown]
}

// take returns the bytes of the next n units, for good.
func (u *units) take(n int) []byte {
	b := u.pending[:n*u.width]
	u.pending = u.pending[n*u.width:]
	u.shown -= n * u.width
	return b
}

// rest returns all bytes that have been read and not taken.
func (u *units) rest() []byte {
	b := u.pending
	u.pending, u.shown = nil, 0
	return b
}

// readRest reads on in the source.
func (u *units) readRest(p []byte) (int, error) {
	if u.err != nil {
		return 0, u.err
	}
	return u.src.Read(p)
}

// encode appends ASCII text in the document's encoding.
func (u *units) encode(dst, ascii []byte) []byte {
	for _, c := range ascii {
		switch {
		case u.width == 1:
			dst = append(dst, c)
		case u.big:
			dst = append(dst, 0, c)
		default:
			dst = append(dst, c, 0)
		}
	}
	return dst
}
