package session

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

const (
	// headSize is how much of a stream is looked at to tell its coding.
	headSize = 512
	// peekSize is how far the end of a string is looked for: shorter ones go
	// to the JSON decoder in one piece.
	peekSize = 64 << 10
)

// documents follows all that one stream of bytes holds: JSON text, or layers
// around it, one after the other. isText says that the bytes came out of a string.
func (w *walker) documents(r *bufio.Reader, depth int, isText bool) error {
	var offset int64
	for {
		w.inflated = depth > 0
		n, err := skipBlanks(r, offset == 0)
		offset += n
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return w.damaged(err, offset)
		}
		head, _ := r.Peek(headSize) // an error shows again when the bytes before it are used up
		c := sniff(head)
		if isText {
			c = sniffText(head)
		}
		if n := headerLine(head); n > 0 {
			if _, err := r.Discard(n); err != nil {
				return w.damaged(err, offset)
			}
			offset += int64(n)
			continue
		}
		if c == plain || c == quoted && endsSoon(r) {
			return w.stream(r, offset)
		}
		if err := w.inside(c, r, depth, offset); err != nil {
			return err
		}
	}
}

// inside follows what is in one layer.
func (w *walker) inside(c coding, r *bufio.Reader, depth int, offset int64) error {
	if depth == w.lim.layers {
		return w.out.unusable(w.placeAt(offset), "it is compressed too many times over", "decompress it first")
	}
	inner, err := unlayer(c, r)
	if err != nil {
		return w.damaged(err, offset)
	}
	below := bufio.NewReaderSize(capped(layer(inner), w.budget), peekSize)
	err = w.documents(below, depth+1, c == quoted)
	if closeErr := inner.Close(); err == nil && closeErr != nil {
		return w.damaged(closeErr, offset)
	}
	return err
}

// damaged notes bytes that can't be decoded, unless the error is no fault of theirs.
func (w *walker) damaged(err error, offset int64) error {
	if isFatal(err) {
		return err
	}
	w.out.note(NoteTruncated, w.placeAt(offset))
	return errDamaged
}

// skipBlanks discards blanks, and before any text the byte order mark.
func skipBlanks(r *bufio.Reader, first bool) (int64, error) {
	const bom = "\xef\xbb\xbf"
	var n int64
	if head, _ := r.Peek(len(bom)); first && string(head) == bom {
		if _, err := r.Discard(len(bom)); err != nil {
			return n, err
		}
		n += int64(len(bom))
	}
	for ; ; n++ {
		c, err := r.ReadByte()
		if err != nil {
			return n, err
		}
		if strings.IndexByte(blanks, c) < 0 {
			return n, r.UnreadByte()
		}
	}
}

// headerLine is the length of a line of JSON before compressed data, such as
// the one that Sentry puts before each segment; 0 without one.
func headerLine(head []byte) int {
	if len(head) == 0 || head[0] != '{' {
		return 0
	}
	end := bytes.IndexByte(head, '\n') + 1
	if end == 0 {
		return 0
	}
	switch sniff(head[end:]) {
	case gzipped, zlibbed, zstandard:
		return end
	case plain, latin1, base64ed, quoted:
	}
	return 0
}

// endsSoon reports whether the JSON string at the reader ends within reach.
func endsSoon(r *bufio.Reader) bool {
	head, err := r.Peek(peekSize)
	return err != nil || stringLen(head) < len(head)
}
