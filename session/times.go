package session

import (
	"slices"
	"time"
)

// Times that far apart are not taken on trust.
const (
	// clusterGap is the longest idle stretch inside a cluster of events. Real
	// recordings have gaps of most of a week, from tabs that stayed open.
	clusterGap = int64(7 * 24 * time.Hour / time.Microsecond)

	// longestSession bounds how far any event may be from the median one:
	// events beyond it are in seconds, in 1970 or in the next century.
	longestSession = int64(365 * 24 * time.Hour / time.Microsecond)
)

// settleTimes replaces absurd times by the time of the sound event before, in
// file order, or after where there is none before; it returns how many.
//
// A time is absurd if no Date can have it, if it is over a year from the
// median, or if its event stands alone: alone are one event, or two that are
// not a Meta and its snapshot, over a week from all others.
func settleTimes(index []entry) int {
	if withinOneCluster(index) {
		return 0 // as nearly always
	}
	times := make([]int64, 0, len(index))
	for _, e := range index {
		if e.micros != noTime {
			times = append(times, e.micros)
		}
	}
	if len(times) == 0 {
		for i := range index {
			index[i].micros = 0
		}
		return len(index)
	}
	slices.Sort(times)
	median := times[len(times)/2]
	sound := soundRanges(index, times, median)
	return clamp(index, func(t int64) bool {
		return t != noTime && slices.ContainsFunc(sound, func(r timeRange) bool { return r.from <= t && t <= r.to })
	})
}

// withinOneCluster reports whether all times are believable at first sight.
func withinOneCluster(index []entry) bool {
	var low, high int64
	for i, e := range index {
		if e.micros == noTime {
			return false
		}
		if i == 0 {
			low, high = e.micros, e.micros
		}
		low, high = min(low, e.micros), max(high, e.micros)
	}
	return high-low <= clusterGap
}

// timeRange is a stretch of time, both ends included.
type timeRange struct{ from, to int64 }

// soundRanges returns the clusters of sorted times that are believed.
func soundRanges(index []entry, times []int64, median int64) []timeRange {
	near := slices.DeleteFunc(slices.Clone(times), func(t int64) bool {
		return t < median-longestSession || t > median+longestSession
	})
	var sound []timeRange
	for first, i := 0, 1; i <= len(near); i++ {
		if i < len(near) && near[i]-near[i-1] <= clusterGap {
			continue
		}
		r := timeRange{near[first], near[i-1]}
		alone := i-first <= 2 && (median < r.from || median > r.to)
		if !alone || isPageLoad(index, r) {
			sound = append(sound, r)
		}
		first = i
	}
	return sound
}

// isPageLoad reports whether the events of a range are a Meta and a full snapshot.
func isPageLoad(index []entry, r timeRange) bool {
	var meta, snapshot bool
	for _, e := range index {
		if r.from <= e.micros && e.micros <= r.to {
			meta = meta || EventType(e.typ) == Meta
			snapshot = snapshot || EventType(e.typ) == FullSnapshot
		}
	}
	return meta && snapshot
}

// clamp gives each event whose time is not sound the time of its neighbour.
func clamp(index []entry, isSound func(int64) bool) int {
	first := slices.IndexFunc(index, func(e entry) bool { return isSound(e.micros) })
	last := index[first].micros
	clamped := 0
	for i := range index {
		switch e := &index[i]; {
		case i >= first && isSound(e.micros):
			last = e.micros
		default:
			e.micros = last
			clamped++
		}
	}
	return clamped
}
