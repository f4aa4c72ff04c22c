package timeline

import (
	"slices"
	"sort"
	"time"
)

// Kind says what is due.
type Kind uint8

// What can be due: an event to apply, a node that the pointer enters, a node to
// scroll, a page size to fit, a stream that comes into view.
const (
	Apply Kind = iota
	Hover
	Scroll
	View
	Show
)

// Due is one thing that changes the page.
type Due struct {
	At   time.Duration
	Kind Kind

	Stream   int    // Hover, Scroll, Show
	Event    int    // Apply: the index of the event
	Snapshot bool   // Apply: the event is a full snapshot
	Enter    Sample // Hover: where the pointer enters
	Next     Sample // Hover: where it goes from there
	Scroll   Scrolled
	View     Size
}

// due is a Due in few bytes; index points into the list that its kind says,
// but for a View, which its time finds, and a Show, whose stream it is.
type due struct {
	at       time.Duration
	index    int32
	kind     Kind
	snapshot bool
}

// Due returns what happens at the session times from < t <= to, in order; and,
// for nodes that are scrolling at to, where they are by then.
func (tl *Timeline) Due(from, to time.Duration) []Due {
	var list []Due
	for _, d := range between(tl.dues, from, to, func(d due) time.Duration { return d.at }) {
		list = append(list, tl.expand(d))
	}
	for _, s := range tl.Scrolling(to) {
		list = append(list, Due{At: to, Kind: Scroll, Stream: s.Stream, Scroll: s})
	}
	return list
}

// Next is the time of the first thing due after t; false if there is none.
func (tl *Timeline) Next(t time.Duration) (time.Duration, bool) {
	i := sort.Search(len(tl.dues), func(i int) bool { return tl.dues[i].at > t })
	if i == len(tl.dues) {
		return 0, false
	}
	return tl.dues[i].at, true
}

// Start is a time from which on what is due builds the page at t from nothing:
// just before the last full snapshot at or before t, of each stream that is
// in view at t or will go on. A snapshot that says nothing of its page's size
// does not do; -1 is the time before everything.
func (tl *Timeline) Start(t time.Duration) time.Duration {
	start, view := time.Duration(-1), tl.inView(t)
	wanted := map[int]bool{} // by stream: an earlier snapshot is needed
	for _, s := range slices.Backward(tl.snapshots) {
		if s.at > t {
			continue
		}
		want, met := wanted[s.stream]
		if !met {
			want = s.stream == view || tl.streams[s.stream] > t
		}
		if want {
			start = s.at - 1
		}
		wanted[s.stream] = want && !s.sized
	}
	for _, want := range wanted {
		if want {
			return -1
		}
	}
	return start
}

// Ended lists the streams without any event after t.
func (tl *Timeline) Ended(t time.Duration) []int {
	var ended []int
	for stream, last := range tl.streams {
		if last <= t {
			ended = append(ended, stream)
		}
	}
	slices.Sort(ended)
	return ended
}

func (tl *Timeline) expand(d due) Due {
	full := Due{At: d.at, Kind: d.kind, Snapshot: d.snapshot}
	i := int(d.index)
	switch d.kind {
	case Apply:
		full.Event = i
	case Hover:
		full.Enter, full.Next, full.Stream = tl.pointer[i], tl.pointer[i], tl.pointer[i].stream
		for _, s := range tl.pointer[i+1:] {
			if s.stream != full.Stream {
				break
			}
			if s.Node != full.Enter.Node {
				full.Next = s
				break
			}
		}
	case Scroll:
		s := tl.scrolls[i]
		full.Stream, full.Scroll = s.stream, Scrolled{Stream: s.stream, Node: s.node, X: s.x, Y: s.y}
	case View:
		full.View = tl.ViewAt(d.at)
	case Show:
		full.Stream = i
	}
	return full
}
