package timeline

import (
	"sort"
	"time"
)

// segment is a stretch of session time that plays without a gap.
type segment struct {
	from, to time.Duration // session time
	clip     time.Duration // clip time at from
	length   time.Duration // clip time that it takes
	skipped  time.Duration // session time left out before it
}

func (s segment) clipEnd() time.Duration { return s.clip + s.length }

// cut plays from..to at speed and leaves the middle of each idle stretch out,
// so that idle of it remains. activity holds the times at which something
// happened, in order; idle 0 cuts nothing.
func cut(activity []time.Duration, from, to, idle time.Duration, speed float64) []segment {
	var segments []segment
	var clip, skipped time.Duration
	play := func(from, to time.Duration) {
		length := time.Duration(float64(to-from) / speed)
		segments = append(segments, segment{from: from, to: to, clip: clip, length: length, skipped: skipped})
		clip += length
		skipped = 0
	}
	start, last := from, from
	step := func(t time.Duration) {
		if idle > 0 && t-last > idle+idle/2 {
			play(start, last+idle/2)
			start = t - idle/2
			skipped = start - (last + idle/2)
		}
		last = t
	}
	for _, t := range activity {
		if t > from && t < to {
			step(t)
		}
	}
	step(to)
	play(start, to)
	return segments
}

// at is the session time at a clip time.
func at(segments []segment, clip time.Duration, speed float64) time.Duration {
	i := max(0, sort.Search(len(segments), func(i int) bool { return segments[i].clip > clip })-1)
	s := segments[i]
	return min(s.from+time.Duration(float64(clip-s.clip)*speed), s.to)
}

// Gap is idle time left out at the clip time At.
type Gap struct {
	At      time.Duration
	Skipped time.Duration
}

// Gaps lists what was left out.
func (tl *Timeline) Gaps() []Gap {
	var gaps []Gap
	for _, s := range tl.segments {
		if s.skipped > 0 {
			gaps = append(gaps, Gap{At: s.clip, Skipped: s.skipped})
		}
	}
	return gaps
}

// GapLife is how long the card of a gap is shown: half before, half after it.
const GapLife = 1600 * time.Millisecond

// GapAt returns the gap whose card is in view at a clip time, and its age.
func (tl *Timeline) GapAt(clip time.Duration) (gap Gap, age time.Duration, ok bool) {
	i := sort.Search(len(tl.segments), func(i int) bool { return tl.segments[i].clip > clip+GapLife/2 }) - 1
	for ; i >= 0 && tl.segments[i].clip+GapLife/2 > clip; i-- {
		if s := tl.segments[i]; s.skipped > 0 {
			return Gap{At: s.clip, Skipped: s.skipped}, clip - s.clip + GapLife/2, true
		}
	}
	return Gap{}, 0, false
}

// ClipTime is the clip time at which a session time is shown first, for
// chapters and captions; false if it lies outside the range.
func (tl *Timeline) ClipTime(t time.Duration) (time.Duration, bool) {
	for _, s := range tl.segments {
		if t > s.to {
			continue
		}
		if t < s.from {
			return s.clip, s.skipped > 0 // inside a cut: shown right after it
		}
		clip := s.clip + time.Duration(float64(t-s.from)/tl.Speed)
		return min(clip, tl.Clip(tl.ticks-1)), true // no tick comes later
	}
	return 0, false
}
