package shrink

import (
	"bytes"
	"image"
	"math/rand/v2"
	"testing"
)

func noise(size image.Point) []byte {
	random := rand.New(rand.NewPCG(7, 8))
	pix := make([]byte, 4*size.X*size.Y)
	for i := range pix {
		pix[i] = byte(random.Uint32())
	}
	return pix
}

// mean is the mean of one component over the area of a small pixel, computed
// from the definition.
func mean(src []byte, from, to image.Point, x, y, component int) float64 {
	overlap := func(i, p, from, to int) float64 { // of small pixel i and large pixel p, in large pixels
		scale := float64(from) / float64(to)
		return max(0, min(float64(i+1)*scale, float64(p+1))-max(float64(i)*scale, float64(p)))
	}
	var sum, area float64
	for py := range from.Y {
		for px := range from.X {
			a := overlap(x, px, from.X, to.X) * overlap(y, py, from.Y, to.Y)
			sum += a * float64(src[4*(py*from.X+px)+component])
			area += a
		}
	}
	return sum / area
}

func TestPixelsAreMeans(t *testing.T) {
	from := image.Pt(40, 24)
	src := noise(from)
	for _, to := range []image.Point{{40, 24}, {30, 18}, {20, 12}, {13, 7}, {39, 23}, {1, 1}} {
		dst := make([]byte, 4*to.X*to.Y)
		if got := New(from, to).Scale(dst, src, image.Rectangle{Max: from}); got != (image.Rectangle{Max: to}) {
			t.Errorf("%v: %v was brought up to date", to, got)
		}
		for y := range to.Y {
			for x := range to.X {
				for c := range 3 {
					want := mean(src, from, to, x, y, c)
					if got := float64(dst[4*(y*to.X+x)+c]); got < want-1 || got > want+1 {
						t.Fatalf("%v: component %d at %d,%d is %v, want %.2f", to, c, x, y, got, want)
					}
				}
				if dst[4*(y*to.X+x)+3] != 255 {
					t.Fatalf("%v: %d,%d is not opaque", to, x, y)
				}
			}
		}
	}
}

func TestFlatStaysFlat(t *testing.T) {
	from, to := image.Pt(4096, 2), image.Pt(1537, 1)
	src := bytes.Repeat([]byte{255, 128, 1, 255}, from.X*from.Y)
	dst := make([]byte, 4*to.X*to.Y)
	New(from, to).Scale(dst, src, image.Rectangle{Max: from})
	if want := bytes.Repeat([]byte{255, 128, 1, 255}, to.X*to.Y); !bytes.Equal(dst, want) {
		t.Error("a flat picture changed its colour")
	}
}

// Scaling only what changed gives the picture that scaling all of it does.
func TestPartsMakeTheWhole(t *testing.T) {
	from, to := image.Pt(64, 40), image.Pt(37, 23)
	src := noise(from)
	s := New(from, to)
	got := make([]byte, 4*to.X*to.Y)
	s.Scale(got, src, image.Rectangle{Max: from})
	random := rand.New(rand.NewPCG(9, 10))
	for range 50 {
		r := image.Rect(random.IntN(65), random.IntN(41), random.IntN(65), random.IntN(41))
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				src[4*(y*from.X+x)+random.IntN(3)] = byte(random.Uint32())
			}
		}
		s.Scale(got, src, r)
		want := make([]byte, len(got))
		s.Scale(want, src, image.Rectangle{Max: from})
		if !bytes.Equal(got, want) {
			t.Fatalf("after a change of %v the pictures differ", r)
		}
	}
}
