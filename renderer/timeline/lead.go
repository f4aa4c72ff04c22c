package timeline

import "time"

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
