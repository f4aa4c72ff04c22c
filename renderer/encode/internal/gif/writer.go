// Package gif writes animated GIFs of a screen, frame by frame. It is made for
// user interfaces: a frame holds the pixels that changed and no others, flat
// colours stay exact, and a cursor that moves costs what its few pixels cost.
// Memory does not grow with the length of the animation.
package gif

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"image"
	"io"
	"math/bits"
)

// maxDelay is the longest delay of one frame, in hundredths of a second.
const maxDelay = 1<<16 - 1

// Writer writes one animation that repeats for ever.
type Writer struct {
	file   io.WriteSeeker
	w      *bufio.Writer
	canvas *canvas
	lzw    compressor
	code   []byte // LZW code of a frame, reused

	width, height int

	// first is the palette of the file's head. It is the first frame's and
	// grows with those that extend it, so that they need none of their own; the
	// head is filled in at the end.
	first     []rgb
	firstDone bool

	held   []byte // the last frame, whose delay is still open
	delay  int
	frames int
}

// NewWriter writes the head of an animation of width by height pixels. The
// palette in it is written by Close.
func NewWriter(file io.WriteSeeker, width, height int) (*Writer, error) {
	w := &Writer{
		file: file, w: bufio.NewWriterSize(file, 1<<16),
		canvas: newCanvas(width, height), width: width, height: height,
	}
	_, err := w.w.Write(w.head())
	return w, err
}

// headPalette is where the palette lies in the file.
const headPalette = 6 + 7

// head is the file up to the first frame.
func (w *Writer) head() []byte {
	b := append(make([]byte, 0, 1024), "GIF89a"...)
	b = binary.LittleEndian.AppendUint16(b, uint16(w.width))
	b = binary.LittleEndian.AppendUint16(b, uint16(w.height))
	b = append(b, 0x80|7<<4|7, 0, 0) // a palette of 256, 8 bits a colour; no background, square pixels
	b = appendPalette(b, w.first, 256)
	b = append(b, 0x21, 0xff, 11)
	b = append(b, "NETSCAPE2.0"...)
	return append(b, 3, 1, 0, 0, 0) // repeat for ever
}

// appendPalette appends size entries, of which number 0 is the transparent one.
func appendPalette(b []byte, colours []rgb, size int) []byte {
	end := len(b) + 3*size
	b = append(b, 0, 0, 0)
	for _, c := range colours {
		b = append(b, byte(c>>16), byte(c>>8), byte(c))
	}
	return append(b, make([]byte, end-len(b))...)
}

// Add shows a BGRA picture (stride 4·width, every alpha 255) for delay
// hundredths of a second. It differs from the one before at most within the
// rectangles; the first one must be covered by them.
func (w *Writer) Add(pix []byte, rects []image.Rectangle, delay int) error {
	f := w.canvas.next(pix, rects)
	if f.rect.Empty() && w.frames > 0 {
		w.delay += delay
		return nil
	}
	if err := w.release(); err != nil {
		return err
	}
	w.hold(f)
	w.delay = delay
	return nil
}

// hold encodes a frame, all but its delay.
func (w *Writer) hold(f frame) {
	inHead := !w.firstDone && extends(f.colours, w.first)
	if inHead {
		w.first = append(w.first, f.colours[len(w.first):]...)
	} else {
		w.firstDone = true
	}
	depth := max(2, bits.Len(uint(len(f.colours)))) // bits of an index

	b := append(w.held[:0], 0x21, 0xf9, 4, 1<<2|1, 0, 0, transparent, 0) // leave in place; has transparency
	b = append(b, 0x2c)
	for _, v := range [...]int{f.rect.Min.X, f.rect.Min.Y, f.rect.Dx(), f.rect.Dy()} {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	if inHead {
		b = append(b, 0)
	} else {
		b = append(b, 0x80|byte(depth-1))
		b = appendPalette(b, f.colours, 1<<depth)
	}
	b = append(b, byte(depth))
	w.code = w.lzw.compress(w.code[:0], f.index, uint(depth))
	for code := w.code; len(code) > 0; {
		n := min(len(code), 255)
		b = append(append(b, byte(n)), code[:n]...)
		code = code[n:]
	}
	w.held = append(b, 0)
	w.frames++
}

// extends says whether longer starts with all of shorter.
func extends(longer, shorter []rgb) bool {
	if len(longer) < len(shorter) {
		return false
	}
	for i, c := range shorter {
		if longer[i] != c {
			return false
		}
	}
	return true
}

// delayAt is where the delay lies in a held frame.
const delayAt = 4

// release writes the held frame. What its delay cannot hold is left to frames
// of one transparent pixel.
func (w *Writer) release() error {
	if len(w.held) == 0 {
		return nil
	}
	for {
		n := min(w.delay, maxDelay)
		binary.LittleEndian.PutUint16(w.held[delayAt:], uint16(n))
		if _, err := w.w.Write(w.held); err != nil {
			return err
		}
		if w.delay -= n; w.delay == 0 {
			w.held = w.held[:0]
			return nil
		}
		w.hold(frame{image.Rect(0, 0, 1, 1), []uint8{transparent}, w.canvas.colours.colours})
	}
}

// Frames is the number of frames so far; pictures that differ in nothing from
// the one before make none.
func (w *Writer) Frames() int { return w.frames }

// Close ends the animation. It does not close the file.
func (w *Writer) Close() error {
	if w.frames == 0 {
		return fmt.Errorf("close gif: no frames")
	}
	if err := w.release(); err != nil {
		return err
	}
	if err := w.w.WriteByte(0x3b); err != nil {
		return err
	}
	if err := w.w.Flush(); err != nil {
		return err
	}
	if _, err := w.file.Seek(headPalette, io.SeekStart); err != nil {
		return err
	}
	_, err := w.file.Write(appendPalette(nil, w.first, 256))
	return err
}
