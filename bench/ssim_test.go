package bench

import (
	"image"
	"image/color"
	"testing"
)

// grey is a picture's luma, 0 to 255, row by row.
type grey struct {
	width, height int
	pix           []float64
}

func greyOf(m *image.RGBA) grey {
	g := grey{width: m.Rect.Dx(), height: m.Rect.Dy(), pix: make([]float64, len(m.Pix)/4)}
	for i := range g.pix {
		p := m.Pix[4*i:]
		g.pix[i] = 0.299*float64(p[0]) + 0.587*float64(p[1]) + 0.114*float64(p[2])
	}
	return g
}

// window is the side of the squares that ssim compares.
const window = 7

// ssim is the mean structural similarity of two pictures of one size, 1 for
// equal ones: Wang et al., "Image quality assessment: from error visibility to
// structural similarity" (2004), with uniform 7x7 windows at every pixel, as
// scikit-image computes it.
func ssim(a, b grey) float64 {
	const (
		n  = window * window
		c1 = 0.01 * 255 * 0.01 * 255
		c2 = 0.03 * 255 * 0.03 * 255
	)
	product := func(p, q []float64) []float64 {
		out := make([]float64, len(p))
		for i := range p {
			out[i] = p[i] * q[i]
		}
		return out
	}
	w, h := a.width, a.height
	sumA, sumB := sums(a.pix, w, h), sums(b.pix, w, h)
	sumAA, sumBB, sumAB := sums(product(a.pix, a.pix), w, h), sums(product(b.pix, b.pix), w, h), sums(product(a.pix, b.pix), w, h)
	total := 0.0
	for i := range sumA {
		ma, mb := sumA[i]/n, sumB[i]/n
		// The unbiased variances and covariance.
		va, vb, vab := (sumAA[i]-n*ma*ma)/(n-1), (sumBB[i]-n*mb*mb)/(n-1), (sumAB[i]-n*ma*mb)/(n-1)
		total += (2*ma*mb + c1) * (2*vab + c2) / ((ma*ma + mb*mb + c1) * (va + vb + c2))
	}
	return total / float64(len(sumA))
}

// sums adds up the values in every window of a picture.
func sums(pix []float64, w, h int) []float64 {
	table := make([]float64, (w+1)*(h+1)) // of the sums above and to the left
	for y := range h {
		row := 0.0
		for x := range w {
			row += pix[y*w+x]
			table[(y+1)*(w+1)+x+1] = table[y*(w+1)+x+1] + row
		}
	}
	out := make([]float64, 0, (w-window+1)*(h-window+1))
	for y := window; y <= h; y++ {
		for x := window; x <= w; x++ {
			out = append(out, table[y*(w+1)+x]-table[(y-window)*(w+1)+x]-table[y*(w+1)+x-window]+table[(y-window)*(w+1)+x-window])
		}
	}
	return out
}

func TestSSIM(t *testing.T) {
	paint := func(shift int) grey {
		m := image.NewRGBA(image.Rect(0, 0, 64, 64))
		for y := range 64 {
			for x := range 64 {
				m.Set(x, y, color.Gray{Y: uint8(255 * ((x + shift) / 4 % 2))})
			}
		}
		return greyOf(m)
	}
	if got := ssim(paint(0), paint(0)); got < 0.999999 || got > 1.000001 {
		t.Errorf("a picture and itself: %v, want 1", got)
	}
	if got := ssim(paint(0), paint(4)); got > -0.5 {
		t.Errorf("a picture and its opposite: %v, want about -1", got)
	}
	if got := ssim(paint(0), paint(1)); got < 0.2 || got > 0.9 {
		t.Errorf("a picture and itself moved by a pixel: %v, want something between", got)
	}
}
