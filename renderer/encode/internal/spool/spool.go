// Package spool keeps the pictures of a clip in a file, without loss and each
// as what changed since the one before, so that the clip can be encoded again
// at another size or quality. Memory does not grow with the clip.
package spool

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"slices"

	"github.com/klauspost/compress/s2"
)

// A record is its head, the rectangles that changed (four 16-bit numbers each)
// and their BGRA rows, s2-compressed together.
const (
	headSize = 4 + 2 + 4 // time, number of rectangles, compressed size
	rectSize = 4 * 2
)

// Writer appends pictures to a spool.
type Writer struct {
	w      io.Writer
	width  int
	raw    []byte // the changed rows, gathered
	record []byte
}

// NewWriter writes pictures of width pixels.
func NewWriter(w io.Writer, width int) *Writer { return &Writer{w: w, width: width} }

// Add appends a BGRA picture (stride 4·width) that differs from the one before
// at most within the rectangles. The time is the caller's.
func (w *Writer) Add(time int, pix []byte, rects []image.Rectangle) error {
	w.raw = w.raw[:0]
	head := append(w.record[:0], make([]byte, headSize)...) // filled in below
	for _, r := range rects {
		for _, v := range [...]int{r.Min.X, r.Min.Y, r.Max.X, r.Max.Y} {
			head = binary.LittleEndian.AppendUint16(head, uint16(v))
		}
		for y := r.Min.Y; y < r.Max.Y; y++ {
			w.raw = append(w.raw, pix[4*(y*w.width+r.Min.X):4*(y*w.width+r.Max.X)]...)
		}
	}
	size := len(head)
	w.record = slices.Grow(head, s2.MaxEncodedLen(len(w.raw)))
	packed := s2.Encode(w.record[size:cap(w.record)], w.raw)
	w.record = w.record[:size+len(packed)]
	binary.LittleEndian.PutUint32(w.record, uint32(time))
	binary.LittleEndian.PutUint16(w.record[4:], uint16(len(rects)))
	binary.LittleEndian.PutUint32(w.record[6:], uint32(len(packed)))
	if _, err := w.w.Write(w.record); err != nil {
		return fmt.Errorf("write spool: %w", err)
	}
	return nil
}

// Reader reads a spool from its beginning.
type Reader struct {
	r             io.Reader
	width, height int
	pix           []byte
	head          [headSize]byte
	rects         []image.Rectangle
	packed, raw   []byte
}

// NewReader reads pictures of width by height pixels.
func NewReader(r io.Reader, width, height int) *Reader {
	return &Reader{r: r, width: width, height: height, pix: make([]byte, 4*width*height)}
}

var errFormat = errors.New("malformed spool")

// Next returns the next picture, what changed in it and its time, or io.EOF.
// The slices are valid until the next call.
func (r *Reader) Next() (time int, pix []byte, rects []image.Rectangle, err error) {
	if _, err := io.ReadFull(r.r, r.head[:]); err != nil {
		if errors.Is(err, io.EOF) {
			return 0, nil, nil, io.EOF
		}
		return 0, nil, nil, fmt.Errorf("read spool: %w", err)
	}
	if err := r.readRects(int(binary.LittleEndian.Uint16(r.head[4:]))); err != nil {
		return 0, nil, nil, fmt.Errorf("read spool: %w", err)
	}
	if err := r.readPixels(int(binary.LittleEndian.Uint32(r.head[6:]))); err != nil {
		return 0, nil, nil, fmt.Errorf("read spool: %w", err)
	}
	return int(binary.LittleEndian.Uint32(r.head[:])), r.pix, r.rects, nil
}

func (r *Reader) readRects(n int) error {
	r.packed = resize(r.packed, rectSize*n)
	if err := r.fill(r.packed); err != nil {
		return err
	}
	r.rects = r.rects[:0]
	canvas := image.Rect(0, 0, r.width, r.height)
	for b := r.packed; len(b) > 0; b = b[rectSize:] {
		v := func(i int) int { return int(binary.LittleEndian.Uint16(b[2*i:])) }
		rect := image.Rectangle{image.Pt(v(0), v(1)), image.Pt(v(2), v(3))}
		if rect.Empty() || !rect.In(canvas) {
			return errFormat
		}
		r.rects = append(r.rects, rect)
	}
	return nil
}

func (r *Reader) readPixels(packed int) error {
	want := 0
	for _, rect := range r.rects {
		want += 4 * rect.Dx() * rect.Dy()
	}
	if packed > s2.MaxEncodedLen(4*r.width*r.height) || want > 4*r.width*r.height {
		return errFormat
	}
	r.packed = resize(r.packed, packed)
	if err := r.fill(r.packed); err != nil {
		return err
	}
	if n, err := s2.DecodedLen(r.packed); err != nil || n != want {
		return errors.Join(errFormat, err)
	}
	raw, err := s2.Decode(resize(r.raw, want), r.packed)
	if err != nil {
		return err
	}
	r.raw = raw
	for _, rect := range r.rects {
		for y := rect.Min.Y; y < rect.Max.Y; y++ {
			raw = raw[copy(r.pix[4*(y*r.width+rect.Min.X):4*(y*r.width+rect.Max.X)], raw):]
		}
	}
	return nil
}

// fill reads the next bytes of a record, within which the spool can't end.
func (r *Reader) fill(b []byte) error {
	_, err := io.ReadFull(r.r, b)
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func resize(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}
