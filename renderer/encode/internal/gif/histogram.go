package gif

// A histogram counts colours in 32x32x32 cells. Each cell also keeps the one
// colour that makes up most of it, found by the majority vote of Boyer and
// Moore: flat areas of a user interface are one exact colour, and must stay it.
type histogram struct {
	cells [1 << 15]cell
	total int64
}

type cell struct {
	count   int64
	r, g, b int64 // sums
	votes   int32
	leader  rgb
}

func (h *histogram) reset() {
	clear(h.cells[:])
	h.total = 0
}

func (h *histogram) add(c rgb) {
	r, g, b := c>>16&0xff, c>>8&0xff, c&0xff
	at := &h.cells[r>>3<<10|g>>3<<5|b>>3]
	at.count++
	at.r += int64(r)
	at.g += int64(g)
	at.b += int64(b)
	switch {
	case at.leader == c:
		at.votes++
	case at.votes == 0:
		at.leader, at.votes = c, 1
	default:
		at.votes--
	}
	h.total++
}

// mean is the mean colour of a cell that is not empty.
func (c *cell) mean() rgb {
	half := c.count / 2
	return rgb((c.r+half)/c.count)<<16 | rgb((c.g+half)/c.count)<<8 | rgb((c.b+half)/c.count)
}

// takeLeaders removes the colours that fill at least one part in share of the
// picture, at most limit of them, and returns them in the order of the cells.
func (h *histogram) takeLeaders(share int64, limit int) []rgb {
	var leaders []rgb
	for i := range h.cells {
		c := &h.cells[i]
		if c.votes == 0 || int64(c.votes)*share < h.total || len(leaders) == limit {
			continue
		}
		leaders = append(leaders, c.leader)
		n := int64(c.votes)
		c.count -= n
		c.r -= n * int64(c.leader>>16&0xff)
		c.g -= n * int64(c.leader>>8&0xff)
		c.b -= n * int64(c.leader&0xff)
	}
	return leaders
}

// loss is the mean squared distance from the colours of the histogram to those
// of the palette, taken cell by cell.
func (h *histogram) loss(p *palette) float64 {
	if h.total == 0 {
		return 0
	}
	var sum float64
	for i := range h.cells {
		c := &h.cells[i]
		if c.count == 0 {
			continue
		}
		mean := c.mean()
		if c.votes > int32(c.count/2) {
			mean = c.leader
		}
		sum += float64(c.count) * float64(distance(mean, p.colours[p.nearest(mean)-1]))
	}
	return sum / float64(h.total)
}
