package session

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

var (
	errNotLatin1 = errors.New("text holds characters beyond Latin-1")
	errBadEscape = errors.New("bad escape in a JSON string")
)

// latin1Reader reads the bytes that UTF-8 text spells as Latin-1 characters.
type latin1Reader struct{ r *bufio.Reader }

func (l *latin1Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	head, err := l.r.Peek(2)
	if len(head) == 0 {
		return 0, err
	}
	n := min(l.r.Buffered(), len(p))
	if n == 1 && head[0] >= utf8.RuneSelf {
		n = len(head) // one character of two bytes
	}
	chunk, err := l.r.Peek(n)
	if err != nil {
		return 0, err
	}
	out, used, err := appendLatin1(p[:0], chunk)
	if err != nil {
		return 0, err
	}
	if used == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	_, err = l.r.Discard(used)
	return len(out), err
}

// appendLatin1 appends the bytes that text spells, and returns how much of
// text it took: all, or all but half a character at the end.
func appendLatin1(dst, text []byte) (out []byte, used int, _ error) {
	for used < len(text) {
		c := text[used]
		switch {
		case c < utf8.RuneSelf:
			dst = append(dst, c)
			used++
		case c == 0xc2 || c == 0xc3:
			if used+1 == len(text) {
				return dst, used, nil
			}
			dst = append(dst, c<<6|text[used+1]&0x3f)
			used += 2
		default:
			return dst, used, errNotLatin1
		}
	}
	return dst, used, nil
}

// quotedReader reads the text inside a JSON string of any length, up to the
// closing quote. It is as lenient as a reader must be whose text is parsed
// again: lone surrogates become U+FFFD.
type quotedReader struct {
	r      *bufio.Reader
	opened bool
	closed bool
	left   []byte // decoded characters that did not fit
	space  [utf8.UTFMax]byte
}

func (q *quotedReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if !q.opened {
		if _, err := q.r.Discard(1); err != nil {
			return 0, err
		}
		q.opened = true
	}
	for len(q.left) == 0 && !q.closed {
		if _, err := q.r.Peek(1); err != nil {
			return 0, noEOF(err)
		}
		chunk, err := q.r.Peek(min(q.r.Buffered(), len(p)))
		if err != nil {
			return 0, err
		}
		n := bytes.IndexAny(chunk, `"\`)
		if n < 0 {
			n = len(chunk)
		}
		if n > 0 {
			copy(p, chunk[:n])
			_, err := q.r.Discard(n)
			return n, err
		}
		if err := q.special(); err != nil {
			return 0, noEOF(err)
		}
	}
	if len(q.left) == 0 {
		return 0, io.EOF
	}
	n := copy(p, q.left)
	q.left = q.left[n:]
	return n, nil
}

// special consumes a closing quote or an escape.
func (q *quotedReader) special() error {
	c, err := q.r.ReadByte()
	if err != nil {
		return err
	}
	if c == '"' {
		q.closed = true
		return nil
	}
	if c, err = q.r.ReadByte(); err != nil {
		return err
	}
	q.left = q.space[:0]
	switch c {
	case 'u':
		return q.unicode()
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	}
	q.left = append(q.left, c)
	return nil
}

// unicode consumes the digits of a \u escape, and the second escape of a pair.
func (q *quotedReader) unicode() error {
	digits, err := q.r.Peek(4)
	if err != nil {
		return err
	}
	r, ok := hex4(digits)
	if !ok {
		return errBadEscape
	}
	used := len(digits)
	if utf16.IsSurrogate(r) {
		second := rune(utf8.RuneError)
		if more, err := q.r.Peek(10); err == nil && string(more[4:6]) == `\u` {
			second, _ = hex4(more[6:])
		}
		if r = utf16.DecodeRune(r, second); r != utf8.RuneError {
			used = 10
		}
	}
	q.left = utf8.AppendRune(q.left, r)
	_, err = q.r.Discard(used)
	return err
}

// hex4 is the number that four hexadecimal digits spell.
func hex4(digits []byte) (rune, bool) {
	n, err := strconv.ParseUint(string(digits), 16, 16)
	return rune(n), err == nil
}

// noEOF makes the end of input inside a string what it is.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
