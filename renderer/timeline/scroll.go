package timeline

import (
	"sort"
	"time"
)

// scroll is a recorded scroll position of a node, in CSS pixels; next is the
// index of the node's next one on the same page, or 0.
type scroll struct {
	at     time.Duration
	stream int
	node   int
	x, y   float64
	next   int
}

// Scrolled is a position that a node is scrolled to.
type Scrolled struct {
	Stream, Node int
	X, Y         float64
}

// sampled is the longest time between two positions of one gesture: recorders
// sample scrolling every 100 to 200 ms.
const sampled = 250 * time.Millisecond

// adjacent is the longest time between two positions that a page showed one right
// after the other: there is nothing between them.
const adjacent = 20 * time.Millisecond

// Scrolls says whether a node is on its way at session time t.
func (tl *Timeline) Scrolls(t time.Duration) bool { return len(tl.Scrolling(t)) > 0 }

// Scrolling returns the positions, at session time t, of the nodes that are on
// their way from one recorded position to the next.
func (tl *Timeline) Scrolling(t time.Duration) []Scrolled {
	lo := sort.Search(len(tl.scrolls), func(i int) bool { return tl.scrolls[i].at > t-sampled })
	var moving []Scrolled
	for i := lo; i < len(tl.scrolls) && tl.scrolls[i].at <= t; i++ {
		from := tl.scrolls[i]
		if from.next == 0 {
			continue
		}
		to := tl.scrolls[from.next]
		if way := to.at - from.at; to.at <= t || way <= adjacent || way > sampled {
			continue
		}
		f := float64(t-from.at) / float64(to.at-from.at)
		moving = append(moving, Scrolled{Stream: from.stream, Node: from.node, X: from.x + (to.x-from.x)*f, Y: from.y + (to.y-from.y)*f})
	}
	return moving
}
