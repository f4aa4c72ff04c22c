package spool

import (
	"bytes"
	"errors"
	"image"
	"io"
	"math/rand/v2"
	"testing"
)

func TestRoundTrip(t *testing.T) {
	const width, height = 50, 30
	random := rand.New(rand.NewPCG(5, 6))
	pix := make([]byte, 4*width*height)
	var file bytes.Buffer
	w := NewWriter(&file, width)

	var want [][]byte
	changes := [][]image.Rectangle{
		{image.Rect(0, 0, width, height)},
		{image.Rect(10, 10, 11, 11)},
		nil,
		{image.Rect(0, 0, 50, 1), image.Rect(49, 1, 50, 30)},
	}
	for i, rects := range changes {
		for _, r := range rects {
			for y := r.Min.Y; y < r.Max.Y; y++ {
				for x := 4 * r.Min.X; x < 4*r.Max.X; x++ {
					pix[4*width*y+x] = byte(random.Uint32())
				}
			}
		}
		if err := w.Add(7*i, pix, rects); err != nil {
			t.Fatal(err)
		}
		want = append(want, bytes.Clone(pix))
	}

	r := NewReader(&file, width, height)
	for i := range want {
		time, got, rects, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if time != 7*i || !bytes.Equal(got, want[i]) || len(rects) != len(changes[i]) {
			t.Fatalf("picture %d is at %d with %d changes, or has other pixels", i, time, len(rects))
		}
	}
	if _, _, _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Fatalf("after the last picture: %v", err)
	}
}

func TestCutOff(t *testing.T) {
	var file bytes.Buffer
	pix := make([]byte, 4*8*8)
	if err := NewWriter(&file, 8).Add(0, pix, []image.Rectangle{image.Rect(0, 0, 8, 8)}); err != nil {
		t.Fatal(err)
	}
	for n := 1; n < file.Len(); n++ {
		_, _, _, err := NewReader(bytes.NewReader(file.Bytes()[:n]), 8, 8).Next()
		if err == nil || errors.Is(err, io.EOF) {
			t.Fatalf("%d of %d bytes: %v", n, file.Len(), err)
		}
	}
}

// A spool that is not what was written is an error, not a panic or a wrong size.
func FuzzReader(f *testing.F) {
	var file bytes.Buffer
	w := NewWriter(&file, 8)
	pix := bytes.Repeat([]byte{1, 2, 3, 4}, 8*8)
	_ = w.Add(0, pix, []image.Rectangle{image.Rect(0, 0, 8, 8)})
	_ = w.Add(1, pix, []image.Rectangle{image.Rect(1, 2, 3, 4)})
	f.Add(file.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		r := NewReader(bytes.NewReader(b), 8, 8)
		for {
			_, pix, rects, err := r.Next()
			if err != nil {
				return
			}
			for _, rect := range rects {
				if len(pix) != 4*8*8 || !rect.In(image.Rect(0, 0, 8, 8)) {
					t.Fatalf("%d bytes of pixels, %v", len(pix), rect)
				}
			}
		}
	})
}
