package timeline

import (
	"cmp"
	"slices"
	"sort"
	"time"
)

// show is a stream that comes into view.
type show struct {
	at     time.Duration
	stream int
}

// inView is the stream in view at t, or the first one before any; -1 if there
// is none.
func (tl *Timeline) inView(t time.Duration) int {
	if len(tl.shows) == 0 {
		return -1
	}
	i := sort.Search(len(tl.shows), func(i int) bool { return tl.shows[i].at > t })
	return tl.shows[max(0, i-1)].stream
}

// claim is a stream's claim to be the one in view: recordings don't tell which
// tab a person looks at.
type claim struct {
	at     time.Duration
	stream int
	why    reason
}

type reason uint8

const (
	byAct    reason = iota // somebody acts on it, or its tab comes to the front
	byScroll               // it scrolls, as a page may by itself
	byPage                 // its page is there
)

// rested is how long nobody has acted on the stream in view when another one
// that scrolls takes its place.
const rested = time.Second

// decide settles which stream is in view when. What is due for it is returned
// in two parts: what comes before all else that is due at a time, and what comes
// after it, since a page that is new has to be built before it is shown.
func decide(claims []claim) (shows []show, first, last []due) {
	slices.SortStableFunc(claims, func(a, b claim) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.why, b.why))
	})
	view, used := -1, -rested
	known := map[int]bool{}
	for _, c := range claims {
		switch {
		case c.why == byPage && known[c.stream] && c.stream != view:
			continue // recorders take snapshots of what lies behind, too
		case c.why != byPage && !known[c.stream]:
			continue
		case c.why == byScroll && c.stream != view && c.at-used < rested:
			continue
		}
		known[c.stream] = true
		if c.why != byPage {
			used = c.at
		}
		if c.stream != view {
			shows = append(shows, show{at: c.at, stream: c.stream})
		}
		d := due{at: c.at, index: int32(c.stream), kind: Show} //nolint:gosec // streams are numbered by 16 bits.
		switch {
		case c.why == byPage:
			last = append(last, d)
		case c.stream != view:
			first = append(first, d)
		}
		view = c.stream
	}
	return shows, first, last
}

// told is what a stream tells about its page from a time on.
type told[T any] struct {
	at     time.Duration
	stream int
	what   T
}

// seen is what is told of the stream in view. Of one that comes into view again,
// what was told last counts anew.
func seen[T any](list []told[T], shows []show) []told[T] {
	slices.SortStableFunc(list, func(a, b told[T]) int { return cmp.Compare(a.at, b.at) })
	var kept []told[T]
	latest := map[int]told[T]{}
	view := -1
	for len(list) > 0 || len(shows) > 0 {
		if len(list) > 0 && (len(shows) == 0 || list[0].at <= shows[0].at) {
			next := list[0]
			list = list[1:]
			latest[next.stream] = next
			if next.stream == view {
				kept = append(kept, next)
			}
			continue
		}
		view = shows[0].stream
		if again, ok := latest[view]; ok {
			again.at = shows[0].at
			kept = append(kept, again)
		}
		shows = shows[1:]
	}
	return kept
}

// onlySeen leaves out, in place, what was done in streams while others were in
// view.
func onlySeen[T any](tl *Timeline, list []T, what func(T) (time.Duration, int)) []T {
	return slices.DeleteFunc(list, func(item T) bool {
		at, stream := what(item)
		return tl.inView(at) != stream
	})
}
