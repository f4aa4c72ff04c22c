package timeline

import (
	"sort"
	"time"
)

// Step is a stretch of session time that a page is brought over in one go.
type Step struct{ From, To time.Duration }

// frame is the session time from one tick to the next where nothing is cut.
func (tl *Timeline) frame() time.Duration {
	return time.Duration(tl.Speed * float64(time.Second) / float64(tl.FPS))
}

// Before is the session time that the tick before shows; for the first tick,
// what a tick before it would show.
func (tl *Timeline) Before(tick int) time.Duration {
	if tick == 0 {
		return tl.At(0) - tl.frame()
	}
	return tl.At(tick - 1)
}

// Lead returns the steps that build, from nothing, the page that the tick
// before the given one left behind: from the last full snapshot on, in the
// ticks' own rhythm, those steps in which something is due.
func (tl *Timeline) Lead(tick int) []Step {
	// The page that this tick shows is built by this tick itself if its
	// snapshot is due now.
	start := tl.Start(tl.At(tick))
	end := tl.Before(tick)
	if start >= end {
		return nil
	}
	var steps []Step
	first, frame := tl.Before(0), tl.frame()
	// Before the first tick there are no ticks; steps end where they would.
	for t := start; t < min(first, end); {
		next, ok := tl.Next(t)
		if !ok || next > first {
			break
		}
		to := next + (first-next)%frame
		steps = append(steps, Step{From: max(t, to-frame), To: to})
		if len(steps) == 1 {
			steps[0].From = start
		}
		t = to
	}
	for n := range tick {
		from, to := tl.Before(n), tl.At(n)
		if to <= start {
			continue
		}
		if next, ok := tl.Next(max(from, start)); ok && next <= to || tl.Scrolls(to) {
			steps = append(steps, Step{From: max(from, start), To: to})
		}
	}
	return steps
}

// Busy says whether something is due at a tick.
func (tl *Timeline) Busy(tick int) bool {
	at := tl.At(tick)
	next, ok := tl.Next(tl.Before(tick))
	return ok && next <= at || tl.Scrolls(at)
}

// Rebuilds says whether what is due at a tick builds the page that it shows from
// nothing.
func (tl *Timeline) Rebuilds(tick int) bool {
	before, at := tl.Before(tick), tl.At(tick)
	i := sort.Search(len(tl.snapshots), func(i int) bool { return tl.snapshots[i].at > before })
	return i < len(tl.snapshots) && tl.snapshots[i].at <= at && tl.Start(at) >= before
}
