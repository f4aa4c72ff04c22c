package encode

import "time"

// ticks is the place on a grid of fps ticks a second that is nearest to t.
func ticks(t time.Duration, fps int) int {
	return int((t*time.Duration(fps) + time.Second/2) / time.Second)
}

// moment is the time of a tick, to the nearest nanosecond.
func moment(tick, fps int) time.Duration {
	return (time.Duration(tick)*time.Second + time.Duration(fps)/2) / time.Duration(fps)
}

// coarser is the tick of a slower grid in which a tick falls.
func coarser(tick, fps, slower int) int { return tick * slower / fps }

// hundredths is a time in the unit of GIF.
func hundredths(t time.Duration) int { return int((t + 5*time.Millisecond) / (10 * time.Millisecond)) }
