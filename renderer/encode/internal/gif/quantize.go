package gif

// leaderShare makes a colour keep its exact value when it fills 1/512 of what
// changed: a line of text on 720p.
const (
	leaderShare = 512
	maxLeaders  = 96
)

// quantize fills the palette with the best colours for a histogram: those that
// dominate exactly, and for the rest boxes of cells, of which again and again
// the one is cut in two where that lowers the squared error most (the variance
// criterion of Wu, "Efficient statistical computations for optimal color
// quantization", 1991). The histogram is used up. It returns the error that is
// left, see loss.
func (p *palette) quantize(h *histogram) float64 {
	p.reset()
	for _, c := range h.takeLeaders(leaderShare, maxLeaders) {
		p.add(c)
	}

	var points []point
	for i := range h.cells {
		if c := &h.cells[i]; c.count > 0 {
			points = append(points, point{
				at:    [3]uint8{uint8(i >> 10), uint8(i >> 5 & 31), uint8(i & 31)},
				count: c.count,
				sum:   [3]int64{c.r, c.g, c.b},
			})
		}
	}
	if len(points) == 0 {
		return 0
	}
	boxes := []box{newBox(points)}
	for len(boxes) < maxColours-len(p.colours) {
		worst := 0
		for i := range boxes {
			if boxes[i].gain > boxes[worst].gain {
				worst = i
			}
		}
		if boxes[worst].gain <= 0 {
			break
		}
		low, high := boxes[worst].split()
		boxes[worst] = low
		boxes = append(boxes, high)
	}
	for i := range boxes {
		if c := boxes[i].mean(); p.exact(c) == 0 {
			p.add(c)
		}
	}
	return h.loss(p)
}

// point is one cell of the histogram that is not empty.
type point struct {
	at    [3]uint8 // its place on each axis: red, green, blue
	count int64
	sum   [3]int64
}

// box is a set of cells with the best place to cut it in two.
type box struct {
	points []point
	gain   float64 // how much the cut lowers the squared error; 0 if it cannot be cut
	axis   int
	below  uint8 // the lower part has at[axis] < below
}

func newBox(points []point) box {
	b := box{points: points}
	weight := [3]float64{2, 4, 1} // as in distance
	for axis := range 3 {
		var slices [32]struct{ count, sum int64 }
		var count, sum int64
		for i := range points {
			p := &points[i]
			slices[p.at[axis]].count += p.count
			slices[p.at[axis]].sum += p.sum[axis]
			count += p.count
			sum += p.sum[axis]
		}
		// Cutting a set in two lowers its sum of squares by
		// s1²/n1 + s2²/n2 - s²/n, whatever the spread inside the parts.
		whole := float64(sum) * float64(sum) / float64(count)
		var n1, s1 int64
		for at := range slices {
			if n1 > 0 && n1 < count {
				n2, s2 := count-n1, sum-s1
				parts := float64(s1)*float64(s1)/float64(n1) + float64(s2)*float64(s2)/float64(n2)
				if gain := weight[axis] * (parts - whole); gain > b.gain {
					b.gain, b.axis, b.below = gain, axis, uint8(at)
				}
			}
			n1 += slices[at].count
			s1 += slices[at].sum
		}
	}
	return b
}

func (b *box) split() (low, high box) {
	n := 0
	for i := range b.points {
		if b.points[i].at[b.axis] < b.below {
			b.points[n], b.points[i] = b.points[i], b.points[n]
			n++
		}
	}
	return newBox(b.points[:n]), newBox(b.points[n:])
}

func (b *box) mean() rgb {
	var count int64
	var sum [3]int64
	for i := range b.points {
		count += b.points[i].count
		for axis, s := range b.points[i].sum {
			sum[axis] += s
		}
	}
	half := count / 2
	return rgb((sum[0]+half)/count)<<16 | rgb((sum[1]+half)/count)<<8 | rgb((sum[2]+half)/count)
}
