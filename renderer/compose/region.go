package compose

import "image"

const (
	// maxRects bounds the pieces of a region; beyond it they collapse into
	// their bounding box, so that a page that reports thousands of changes costs
	// no more than one that changed entirely.
	maxRects = 48

	// mergeSlack is how many unchanged pixels may be repainted to save a
	// rectangle.
	mergeSlack = 1024
)

// region is the area to compose anew, as rectangles. They may overlap where
// their common box would be much larger than both; composing a pixel twice
// gives the same pixel.
type region struct {
	rects []image.Rectangle
}

func (g *region) reset() {
	g.rects = g.rects[:0]
}

// add puts r into the region and merges it with what lies close.
func (g *region) add(r image.Rectangle) {
	if r.Empty() {
		return
	}
	for i := 0; i < len(g.rects); {
		held := g.rects[i]
		box := held.Union(r)
		if area(box) > area(held)+area(r)+mergeSlack {
			i++
			continue
		}
		r = box
		g.rects[i] = g.rects[len(g.rects)-1]
		g.rects = g.rects[:len(g.rects)-1]
		i = 0 // the grown box may now lie close to one already passed
	}
	if len(g.rects) == maxRects {
		for _, held := range g.rects {
			r = r.Union(held)
		}
		g.reset()
	}
	g.rects = append(g.rects, r)
}

func area(r image.Rectangle) int {
	return r.Dx() * r.Dy()
}
