// Package webp reads the structure of animated WebP files and sets their
// length, which libwebp's encoder does not know: it guesses how long the last
// frame is shown. Pixels are not decoded.
package webp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

// Info is what a file says about itself. A file of one frame is a still
// picture and has no duration.
type Info struct {
	Width, Height int
	Frames        int
	Duration      time.Duration
}

// File is a WebP file.
type File interface {
	io.ReaderAt
	io.WriterAt
}

var errFormat = errors.New("malformed webp")

const (
	riffHead    = 12 // "RIFF", size, "WEBP"
	chunkHead   = 8  // name, size
	frameHead   = 16 // of an ANMF chunk: place, size, duration, flags
	durationAt  = 12
	maxDuration = 1<<24 - 1
)

// layout is what the chunks of a file tell.
type layout struct {
	info Info
	last int64         // where the last frame's duration is
	rest time.Duration // of all frames but the last
}

// Inspect reads the structure of a file.
func Inspect(r io.ReaderAt) (Info, error) {
	l, err := read(r)
	return l.info, err
}

// SetDuration makes an animation as long as d by the duration of its last
// frame. A still picture stays one.
func SetDuration(f File, d time.Duration) error {
	l, err := read(f)
	if err != nil || l.last == 0 {
		return err
	}
	ms := int64((d - l.rest).Round(time.Millisecond) / time.Millisecond)
	if ms < 1 || ms > maxDuration {
		return fmt.Errorf("set webp duration: the last frame would last %d ms", ms)
	}
	var b [3]byte
	putUint24(b[:], uint32(ms))
	if _, err := f.WriteAt(b[:], l.last); err != nil {
		return fmt.Errorf("set webp duration: %w", err)
	}
	return nil
}

func read(r io.ReaderAt) (layout, error) {
	var l layout
	var head [riffHead]byte
	if _, err := r.ReadAt(head[:], 0); err != nil || string(head[:4]) != "RIFF" || string(head[8:]) != "WEBP" {
		return l, errors.Join(errFormat, err)
	}
	end := int64(binary.LittleEndian.Uint32(head[4:])) + chunkHead
	at := int64(riffHead)
	for at < end {
		var b [chunkHead + frameHead]byte
		if n, err := r.ReadAt(b[:], at); n < chunkHead {
			return l, errors.Join(errFormat, err)
		}
		size := int64(binary.LittleEndian.Uint32(b[4:]))
		next := at + chunkHead + size + size%2
		if next > end {
			return l, fmt.Errorf("%w: chunk beyond its end", errFormat)
		}
		if err := l.chunk(string(b[:4]), b[chunkHead:], size, at+chunkHead); err != nil {
			return l, err
		}
		at = next
	}
	// The last chunk must be there to its last byte, and nothing after it.
	if n, err := r.ReadAt(head[:2], end-1); n != 1 || !errors.Is(err, io.EOF) {
		return l, fmt.Errorf("%w: its size is not %d", errFormat, end)
	}
	if l.info.Frames == 0 {
		return l, fmt.Errorf("%w: no picture", errFormat)
	}
	l.info.Duration += l.rest
	return l, nil
}

// chunk takes in the beginning of a chunk's content, which lies at that place
// in the file.
func (l *layout) chunk(name string, content []byte, size, at int64) error {
	switch name {
	case "VP8X":
		if size < 10 {
			return errFormat
		}
		l.info.Width, l.info.Height = int(uint24(content[4:]))+1, int(uint24(content[7:]))+1
	case "VP8 ": // a still picture, lossy: sizes of 14 bits after a tag of 3 bytes and a start code of 3
		l.info.Frames = 1
		if l.info.Width == 0 {
			l.info.Width = int(binary.LittleEndian.Uint16(content[6:]) & 0x3fff)
			l.info.Height = int(binary.LittleEndian.Uint16(content[8:]) & 0x3fff)
		}
	case "VP8L": // a still picture, lossless: sizes of 14 bits, less one, after a signature of 1 byte
		l.info.Frames = 1
		if l.info.Width == 0 {
			v := binary.LittleEndian.Uint32(content[1:])
			l.info.Width, l.info.Height = int(v&0x3fff)+1, int(v>>14&0x3fff)+1
		}
	case "ANMF":
		if size < frameHead {
			return errFormat
		}
		l.rest += l.info.Duration
		l.info.Duration = time.Duration(uint24(content[durationAt:])) * time.Millisecond
		l.info.Frames++
		l.last = at + durationAt
	}
	return nil
}

func uint24(b []byte) uint32 { return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 }

func putUint24(b []byte, v uint32) { b[0], b[1], b[2] = byte(v), byte(v>>8), byte(v>>16) }
