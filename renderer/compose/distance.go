package compose

import "math"

// point is a position in the units of a drawing.
type point struct{ x, y float64 }

// capsule is the distance from p to the segment a–b thickened by radius: a
// finger, or a pen stroke with round ends.
func capsule(p, a, b point, radius float64) float64 {
	px, py := p.x-a.x, p.y-a.y
	bx, by := b.x-a.x, b.y-a.y
	t := 0.0
	if length := bx*bx + by*by; length > 0 {
		t = clamp01((px*bx + py*by) / length)
	}
	dx, dy := px-bx*t, py-by*t
	return math.Sqrt(dx*dx+dy*dy) - radius
}

// stroke is the distance from p to a polyline drawn with a round pen.
func stroke(p point, line []point, radius float64) float64 {
	d := math.Inf(1)
	for i := 1; i < len(line); i++ {
		d = min(d, capsule(p, line[i-1], line[i], radius))
	}
	return d
}

// polygon is the signed distance from p to a closed polygon.
func polygon(p point, corners []point) float64 {
	d, inside := math.Inf(1), false
	last := corners[len(corners)-1]
	for _, corner := range corners {
		d = min(d, capsule(p, last, corner, 0))
		if (corner.y > p.y) != (last.y > p.y) &&
			p.x < (last.x-corner.x)*(p.y-corner.y)/(last.y-corner.y)+corner.x {
			inside = !inside
		}
		last = corner
	}
	if inside {
		return -d
	}
	return d
}

// fuse is the smaller of two distances with the crease between the two shapes
// filled by a fillet of about the given size.
func fuse(a, b, fillet float64) float64 {
	h := max(fillet-math.Abs(a-b), 0) / fillet
	return min(a, b) - h*h*fillet/4
}
