package timeline

import (
	"slices"
	"sort"
	"time"
)

// touch is one finger from its first to its last contact.
type touch struct {
	path []Sample
	end  time.Duration // when it was lifted
}

// Touch is a finger's place; Lifted is how long ago, in session time, it left
// the screen, or 0.
type Touch struct {
	Sample

	Lifted time.Duration
}

// Touches returns the fingers in view at t, those lifted up to fade ago included.
func (tl *Timeline) Touches(t, fade time.Duration) []Touch {
	var seen []Touch
	first := sort.Search(len(tl.touches), func(i int) bool { return tl.touches[i].end+fade > t })
	for _, touch := range tl.touches[first:] {
		if touch.path[0].At > t {
			break
		}
		i := sort.Search(len(touch.path), func(i int) bool { return touch.path[i].At > t })
		s := touch.path[i-1]
		if i < len(touch.path) {
			n := touch.path[i]
			f := float64(t-s.At) / float64(n.At-s.At)
			s.X, s.Y = s.X+(n.X-s.X)*f, s.Y+(n.Y-s.Y)*f
		}
		seen = append(seen, Touch{Sample: s, Lifted: max(0, t-touch.end)})
	}
	return seen
}

// change is what a contact says of its finger.
type change uint8

const (
	placed change = iota
	moved
	lifted
	cancelled
)

// contact is a recorded place of a finger.
type contact struct {
	Sample

	what change
}

// straggler is how long after a finger was lifted a position can still be its:
// recorders round times and sample moves every 50 ms.
const straggler = 50 * time.Millisecond

// fingers makes touches of contacts, one after the other. Recorders write moves
// in batches, most often after their finger was lifted, so the order of events
// says little.
func fingers(contacts []contact) []touch {
	slices.SortStableFunc(contacts, func(a, b contact) int { return int(a.At - b.At) })
	var touches []touch
	touching := false
	for _, c := range contacts {
		n := len(touches)
		switch {
		case c.what == placed:
			touches = append(touches, touch{path: []Sample{c.Sample}, end: c.At})
			touching = true
		case touching && c.what != cancelled:
			t := &touches[n-1]
			t.path, t.end = append(t.path, c.Sample), c.At
			touching = c.what == moved
		case c.what == moved && (n == 0 || c.At-touches[n-1].end > straggler):
			// Its start was not recorded.
			touches = append(touches, touch{path: []Sample{c.Sample}, end: c.At})
			touching = true
		default:
			touching = false
		}
	}
	return touches
}
