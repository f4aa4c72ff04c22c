package gif

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

// Info is what a GIF file says about itself.
type Info struct {
	Width, Height int
	Frames        int
	Duration      time.Duration
}

var errFormat = errors.New("malformed gif")

// Inspect reads a file block by block to its end. It does not decode pixels.
func Inspect(r io.Reader) (Info, error) {
	b := &blockReader{r: bufio.NewReader(r)}
	head := b.take(13)
	if b.err != nil || string(head[:6]) != "GIF89a" {
		return Info{}, errors.Join(errFormat, b.err)
	}
	info := Info{
		Width:  int(binary.LittleEndian.Uint16(head[6:])),
		Height: int(binary.LittleEndian.Uint16(head[8:])),
	}
	b.skipPalette(head[10])
	for b.err == nil {
		switch kind := b.take(1)[0]; kind {
		case 0x21:
			if label := b.take(1)[0]; label == 0xf9 {
				control := b.take(6)
				info.Duration += time.Duration(binary.LittleEndian.Uint16(control[2:])) * 10 * time.Millisecond
			} else {
				b.skipBlocks()
			}
		case 0x2c:
			b.skipPalette(b.take(9)[8])
			b.take(1)
			b.skipBlocks()
			info.Frames++
		case 0x3b:
			if _, err := b.r.ReadByte(); !errors.Is(err, io.EOF) {
				return Info{}, fmt.Errorf("%w: data after its end", errFormat)
			}
			return info, b.err
		default:
			if b.err == nil {
				b.err = fmt.Errorf("%w: block %#x", errFormat, kind)
			}
		}
	}
	return Info{}, b.err
}

// blockReader reads until the first error, then only zeros.
type blockReader struct {
	r   *bufio.Reader
	buf [16]byte
	err error
}

func (b *blockReader) take(n int) []byte {
	clear(b.buf[:])
	if b.err == nil {
		_, err := io.ReadFull(b.r, b.buf[:n])
		b.fail(err)
	}
	return b.buf[:n]
}

func (b *blockReader) skip(n int) {
	if b.err == nil {
		_, err := b.r.Discard(n)
		b.fail(err)
	}
}

func (b *blockReader) fail(err error) {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF // the end of a file is a block of its own
	}
	b.err = err
}

// skipPalette skips the palette that the flags of a head or a frame announce.
func (b *blockReader) skipPalette(flags byte) {
	if flags&0x80 != 0 {
		b.skip(3 << (flags&7 + 1))
	}
}

func (b *blockReader) skipBlocks() {
	for b.err == nil {
		n := b.take(1)[0]
		if n == 0 {
			return
		}
		b.skip(int(n))
	}
}
