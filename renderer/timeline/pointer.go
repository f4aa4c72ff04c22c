package timeline

import (
	"sort"
	"time"
)

// Sample is a recorded place of the pointer: CSS pixels in the viewport of the
// document that holds Node.
type Sample struct {
	At   time.Duration
	X, Y float64
	Node int
	// Hidden: a touch, which moves :hover but no pointer.
	Hidden bool

	stream int
}

// Pointer is where the pointer is at one time: on a smooth path from From to To,
// F of the way (0 to 1). Before and After are the samples around them, for the
// curve; at rest all are equal.
type Pointer struct {
	Before, From, To, After Sample
	F                       float64
}

// glide is the longest time that the pointer takes to a sample: where samples
// lie further apart it rests first.
const glide = 300 * time.Millisecond

// Pointer returns the mouse pointer at session time t; false while there is none.
func (tl *Timeline) Pointer(t time.Duration) (Pointer, bool) {
	next := sort.Search(len(tl.pointer), func(i int) bool { return tl.pointer[i].At > t })
	if next == 0 {
		return Pointer{}, false
	}
	from := tl.pointer[next-1]
	if from.Hidden {
		return Pointer{}, false
	}
	rest := Pointer{Before: from, From: from, To: from, After: from}
	if next == len(tl.pointer) || tl.pointer[next].Hidden {
		return rest, true
	}
	to := tl.pointer[next]
	begin := max(from.At, to.At-glide)
	if t <= begin {
		return rest, true
	}
	p := Pointer{Before: from, From: from, To: to, After: to, F: float64(t-begin) / float64(to.At-begin)}
	if next >= 2 && from.At-tl.pointer[next-2].At < glide && begin == from.At {
		p.Before = tl.pointer[next-2]
	}
	if next+1 < len(tl.pointer) && tl.pointer[next+1].At-to.At < glide {
		p.After = tl.pointer[next+1]
	}
	return p, true
}

// Curve is the value at f between b and c on a path through a, b, c and d that
// never overshoots b or c.
func Curve(a, b, c, d, f float64) float64 {
	mb, mc := slope(b-a, c-b), slope(c-b, d-c)
	f2, f3 := f*f, f*f*f
	return b*(2*f3-3*f2+1) + mb*(f3-2*f2+f) + c*(3*f2-2*f3) + mc*(f3-f2)
}

// slope is the tangent between two steps: none at a turning point, and never
// steep enough to overshoot (Fritsch and Carlson 1980).
func slope(before, after float64) float64 {
	if before*after <= 0 {
		return 0
	}
	return 2 * before * after / (before + after)
}

// Click is a click or a part of several: Count is 2 for the second of a double
// click, 3 and more for what follows.
type Click struct {
	Sample

	Count int
}

// Clicks returns the clicks with from < At <= to.
func (tl *Timeline) Clicks(from, to time.Duration) []Click {
	return between(tl.clicks, from, to, func(c Click) time.Duration { return c.At })
}

// Pressed says whether a mouse button looks held at t: for a moment around each
// click.
func (tl *Timeline) Pressed(t time.Duration) bool {
	return len(tl.Clicks(t-120*time.Millisecond, t+40*time.Millisecond)) > 0
}

// between returns the part of sorted items with from < time <= to.
func between[T any](items []T, from, to time.Duration, time func(T) time.Duration) []T {
	lo := sort.Search(len(items), func(i int) bool { return time(items[i]) > from })
	hi := sort.Search(len(items), func(i int) bool { return time(items[i]) > to })
	return items[lo:max(lo, hi)]
}
