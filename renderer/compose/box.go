package compose

import (
	"image"
	"math"
)

// box is a rounded rectangle in canvas pixels and, by its parameters, every
// other simple mark: with its radius at half its side a disc, with a stroke a
// ring, with a wide soft edge a shadow. It is drawn from its signed distance,
// so it stands at any sub-pixel position and needs no cache.
type box struct {
	x0, y0, x1, y1 float64
	radius         float64
	stroke         float64 // width of the ring along the edge; 0 fills the box
	soft           float64 // width over which the edge goes from full to nothing; 1 is a crisp edge
}

// disc returns a filled circle.
func disc(x, y, radius float64) box {
	return box{x0: x - radius, y0: y - radius, x1: x + radius, y1: y + radius, radius: radius, soft: 1}
}

// ring returns a circle's line of the given width, centred on the radius.
func ring(x, y, radius, width float64) box {
	b := disc(x, y, radius)
	b.stroke = width
	return b
}

// rounded returns a filled rectangle with rounded corners.
func rounded(r image.Rectangle, radius float64) box {
	return box{
		x0: float64(r.Min.X), y0: float64(r.Min.Y), x1: float64(r.Max.X), y1: float64(r.Max.Y),
		radius: min(radius, float64(r.Dx())/2, float64(r.Dy())/2), soft: 1,
	}
}

// rimmed returns the line of the given width just inside the box's edge.
func (b box) rimmed(width float64) box {
	b = b.grown(-width / 2)
	b.stroke = width
	return b
}

// grown returns the box enlarged by d on every side, its corners concentric.
func (b box) grown(d float64) box {
	b.x0, b.y0, b.x1, b.y1 = b.x0-d, b.y0-d, b.x1+d, b.y1+d
	b.radius = max(0, b.radius+d)
	return b
}

// shadow returns a soft shadow of the box, dropped by dy.
func (b box) shadow(dy, blur float64) box {
	b.y0, b.y1 = b.y0+dy, b.y1+dy
	b.radius = max(b.radius, blur/2)
	b.soft = blur
	return b
}

// boxDistance is positive outside the box, negative inside.
func boxDistance(b *box, x, y float64) float64 {
	qx := math.Abs(x-(b.x0+b.x1)/2) - (b.x1-b.x0)/2 + b.radius
	qy := math.Abs(y-(b.y0+b.y1)/2) - (b.y1-b.y0)/2 + b.radius
	if qx <= 0 || qy <= 0 {
		return max(qx, qy) - b.radius
	}
	return math.Sqrt(qx*qx+qy*qy) - b.radius
}

// boxCover turns a distance from the box into coverage, 0 to 255.
func boxCover(b *box, d float64) uint32 {
	if b.stroke > 0 {
		d = math.Abs(d) - b.stroke/2
	}
	t := clamp01(0.5 - d/b.soft)
	if b.soft > 1 {
		t = easeInOut(t)
	}
	return uint32(t*255 + 0.5)
}

func paintBox(dst Picture, o *op, clip image.Rectangle) {
	source, opacity := o.colour.bgra(), o.colour.alpha()
	b := &o.box
	// Between the corners a row's coverage is constant as long as the left and
	// the right edge are out of reach.
	reach := max(b.radius, b.soft+b.stroke) + 1
	from := min(max(int(math.Ceil(b.x0+reach)), clip.Min.X), clip.Max.X)
	to := min(max(int(math.Floor(b.x1-reach)), from), clip.Max.X)
	for y := clip.Min.Y; y < clip.Max.Y; y++ {
		cy := float64(y) + 0.5
		paintEdge(dst, o, cy, clip.Min.X, from)
		paintEdge(dst, o, cy, to, clip.Max.X)
		if from == to {
			continue
		}
		d := max(b.y0-cy, cy-b.y1)
		if a := div255(boxCover(b, d) * opacity); a != 0 {
			y := int(cy)
			blendSpan(dst.Pix[dst.offset(from, y):dst.offset(to, y)], source, a)
		}
	}
}

// paintEdge draws the pixels from…to of one row, each by its own distance.
func paintEdge(dst Picture, o *op, cy float64, from, to int) {
	source, opacity := o.colour.bgra(), o.colour.alpha()
	y := int(cy)
	for x := from; x < to; x++ {
		d := boxDistance(&o.box, float64(x)+0.5, cy)
		if a := div255(boxCover(&o.box, d) * opacity); a != 0 {
			blend(dst.Pix[dst.offset(x, y):], source, a)
		}
	}
}
