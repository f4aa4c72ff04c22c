package session

import (
	"cmp"
	"fmt"
	"slices"
)

// arrange makes a Recording of what was collected: times are made sense of,
// events sorted, and each stream gets a Meta and a full snapshot to begin with.
func (c *collector) arrange(parts []Part, empty bool) (*Recording, error) {
	c.notes.add(Note{Kind: NoteClamped, Count: settleTimes(c.index)})
	c.notes.add(Note{Kind: NoteSorted, Count: sortByTime(c.index, len(c.names))})
	starts := findStarts(c.index, len(c.names))
	if !slices.ContainsFunc(starts, func(s streamStart) bool { return s.snapshot >= 0 }) {
		return nil, c.unusableAsWhole(parts, empty)
	}
	added, err := c.addMetas(starts)
	if err != nil {
		return nil, err
	}
	before := len(c.index)
	kept := trim(c.index, starts)
	c.notes.add(Note{Kind: NoteBeforeSnapshot, Count: before - len(kept)})
	c.notes.add(Note{Kind: NoteAddedMeta, Count: len(added)})
	if len(added) > 0 {
		// Stable: a Meta that was added stands before the snapshot of its time.
		kept = append(added, kept...)
		slices.SortStableFunc(kept, byTime)
	}
	return &Recording{spool: c.spool, index: kept, streams: c.number(kept), notes: c.notes.list()}, nil
}

func byTime(a, b entry) int { return cmp.Compare(a.micros, b.micros) }

// frame is how much later an event may come that its recorder dated by the frame
// that showed it, in microseconds. That is in order.
const frame = 100_000

// sortByTime sorts, and returns how many events came after later ones of
// their stream. Streams may well come one after the other.
func sortByTime(index []entry, streams int) int {
	late := 0
	latest := make([]int64, streams)
	for i := range latest {
		latest[i] = noTime
	}
	for _, e := range index {
		if e.micros+frame < latest[e.stream] {
			late++
		}
		latest[e.stream] = max(latest[e.stream], e.micros)
	}
	if !slices.IsSortedFunc(index, byTime) {
		slices.SortStableFunc(index, byTime)
	}
	return late
}

// streamStart says where a stream begins to be of use; -1 where it does not.
type streamStart struct {
	first    int // index of the first event after the last change before the snapshot
	meta     int // index of the last Meta before the snapshot
	snapshot int // index of the first full snapshot
}

// findStarts finds the start of each stream in a sorted index.
func findStarts(index []entry, streams int) []streamStart {
	starts := make([]streamStart, streams)
	for i := range starts {
		starts[i] = streamStart{-1, -1, -1}
	}
	for i, e := range index {
		s := &starts[e.stream]
		if s.snapshot >= 0 {
			continue
		}
		if s.first < 0 {
			s.first = i
		}
		switch EventType(e.typ) {
		case Incremental:
			s.first = -1
		case Meta:
			s.meta = i
		case FullSnapshot:
			s.snapshot = i
		case DOMContentLoaded, Load, Custom, Plugin, Asset, Annotation:
		}
	}
	return starts
}

// trim drops, in place, changes that come before each stream's first full
// snapshot and what comes before them, but for the Meta that belongs to it. What
// a page's loading records stays: time counts from there.
func trim(index []entry, starts []streamStart) []entry {
	kept := index[:0]
	for i, e := range index {
		s := starts[e.stream]
		if s.snapshot >= 0 && (i >= s.first || i == s.meta) {
			kept = append(kept, e)
		}
	}
	return kept
}

// number renumbers the streams in the order of their first event.
func (c *collector) number(index []entry) []StreamInfo {
	var streams []StreamInfo
	numbers := make(map[uint16]uint16, len(c.names))
	for i := range index {
		e := &index[i]
		n, ok := numbers[e.stream]
		if !ok {
			n = uint16(len(streams)) //nolint:gosec // at most limits.windows
			numbers[e.stream] = n
			streams = append(streams, StreamInfo{ID: int(n), Window: c.names[e.stream]})
		}
		e.stream = n
	}
	return streams
}

// unusableAsWhole says why there is nothing to show.
func (c *collector) unusableAsWhole(parts []Part, empty bool) error {
	e := &UnusableError{Hint: "pass a recording that rrweb made, from its first event on"}
	if len(parts) > 0 {
		e.Source = parts[0].Name
	}
	if len(parts) > 1 {
		e.Source += fmt.Sprintf(" and %d more", len(parts)-1)
	}
	cut := c.notes[NoteTruncated]
	if cut != nil {
		e.Source, e.Place = cut.Source, cut.Place
	}
	switch {
	case empty:
		e.Reason = "it is empty"
	case c.seen > 0 && cut != nil:
		e.Reason = "it is cut off before its first full snapshot"
		e.Hint = "fetch the recording again: its first part is incomplete"
	case c.seen > 0:
		e.Reason = fmt.Sprintf("none of its %d events is a full snapshot", c.seen)
		e.Hint = "pass the part that holds the page's first full snapshot (type 2) as well"
	case cut != nil:
		e.Reason = "it is cut off or damaged before its first event"
	default:
		e.Reason = "it holds no rrweb events"
		if n := c.notes[NoteUndecodable]; n != nil {
			e.Source, e.Place = n.Source, n.Place
		}
	}
	return e
}
