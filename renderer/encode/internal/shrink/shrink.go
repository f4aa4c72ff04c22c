// Package shrink makes BGRA pictures smaller. Each pixel of the small picture
// is the mean of the area that it covers in the large one, which keeps text
// readable and thin lines visible.
package shrink

import "image"

// fraction is the number of bits of a weight; the weights of one pixel's area
// add up to 1<<fraction in each direction.
const fraction = 12

// Scaler makes smaller pictures of one size out of pictures of another.
type Scaler struct {
	from, to image.Point
	x, y     []window
}

// window is which pixels of one row or column make up a pixel, and how much of
// each.
type window struct {
	start   int
	weights []uint32
}

// New scales pictures of size from down to size to.
func New(from, to image.Point) *Scaler {
	return &Scaler{from: from, to: to, x: windows(from.X, to.X), y: windows(from.Y, to.Y)}
}

// windows splits a length in to parts of from/to pixels. In units of 1/to
// pixel, part i reaches from i·from to (i+1)·from, and pixel p from p·to to
// (p+1)·to.
func windows(from, to int) []window {
	w := make([]window, to)
	for i := range w {
		low, high := i*from, (i+1)*from
		w[i].start = low / to
		rest := uint32(1 << fraction)
		for p := w[i].start; p*to < high; p++ {
			covered := min((p+1)*to, high) - max(p*to, low)
			weight := uint32(covered << fraction / from)
			if (p+1)*to >= high {
				weight = rest // what rounding down has left, too
			}
			w[i].weights = append(w[i].weights, weight)
			rest -= weight
		}
	}
	return w
}

// Scale brings the part of the small picture dst up to date that the part r of
// the large picture src reaches, and returns it. Alpha becomes 255.
func (s *Scaler) Scale(dst, src []byte, r image.Rectangle) image.Rectangle {
	part := image.Rect(
		r.Min.X*s.to.X/s.from.X, r.Min.Y*s.to.Y/s.from.Y,
		(r.Max.X*s.to.X+s.from.X-1)/s.from.X, (r.Max.Y*s.to.Y+s.from.Y-1)/s.from.Y,
	)
	for y := part.Min.Y; y < part.Max.Y; y++ {
		out := dst[4*(y*s.to.X+part.Min.X) : 4*(y*s.to.X+part.Max.X)]
		for x := part.Min.X; x < part.Max.X; x++ {
			s.pixel((*[4]byte)(out), src, s.x[x], s.y[y])
			out = out[4:]
		}
	}
	return part
}

func (s *Scaler) pixel(out *[4]byte, src []byte, wx, wy window) {
	var blue, green, red uint32
	for j, weight := range wy.weights {
		row := src[4*((wy.start+j)*s.from.X+wx.start):]
		var b, g, r uint32
		for i, weight := range wx.weights {
			b += weight * uint32(row[4*i])
			g += weight * uint32(row[4*i+1])
			r += weight * uint32(row[4*i+2])
		}
		// Eight bits of fraction are enough between the two sums, and keep the
		// second one within 32 bits.
		blue += weight * (b >> (fraction - 8))
		green += weight * (g >> (fraction - 8))
		red += weight * (r >> (fraction - 8))
	}
	const half = 1 << (fraction + 8 - 1)
	*out = [4]byte{
		byte((blue + half) >> (fraction + 8)),
		byte((green + half) >> (fraction + 8)),
		byte((red + half) >> (fraction + 8)),
		255,
	}
}
