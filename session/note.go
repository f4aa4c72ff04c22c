package session

import (
	"cmp"
	"fmt"
	"slices"
)

// NoteKind names one way in which a recording was repaired while it was read.
type NoteKind string

// The repairs that Read makes.
const (
	NoteSorted         NoteKind = "out-of-order"    // events moved to where their timestamps belong
	NoteClamped        NoteKind = "absurd-time"     // timestamps replaced by their neighbours'
	NoteTruncated      NoteKind = "cut-off"         // parts that end, or are damaged, in the middle
	NoteUnknown        NoteKind = "unknown-type"    // events of types or sources that rrweb does not define
	NoteUndecodable    NoteKind = "undecodable"     // events or stretches of text that can't be read
	NoteBeforeSnapshot NoteKind = "before-snapshot" // events of a stream before its first full snapshot
	NoteAddedMeta      NoteKind = "added-meta"      // Meta events made up for streams that lack one
	NoteLost           NoteKind = "lost"            // gaps where the recorder says that events never arrived
)

// Note counts one kind of repair.
type Note struct {
	Kind   NoteKind
	Count  int
	Source string // name of the part that has the first one; empty where it is in none
	Place  string // of the first one in the part, such as "byte 1093"
}

// String says the note in words, such as `2 events out of order were sorted`.
func (n Note) String() string {
	var s string
	switch n.Kind {
	case NoteSorted:
		s = plural(n.Count, "event", "out of order sorted by time")
	case NoteClamped:
		s = plural(n.Count, "absurd timestamp", "replaced by the neighbouring event's")
	case NoteTruncated:
		s = plural(n.Count, "part", "cut off or damaged, read up to there")
	case NoteUnknown:
		s = plural(n.Count, "event", "of unknown type left out")
	case NoteUndecodable:
		s = plural(n.Count, "unreadable event", "left out")
	case NoteBeforeSnapshot:
		s = plural(n.Count, "event", "before the first full snapshot left out")
	case NoteAddedMeta:
		s = plural(n.Count, "page size", "inferred for want of a meta event")
	case NoteLost:
		s = plural(n.Count, "gap", "where events were lost while recording")
	}
	if n.Place != "" {
		s += fmt.Sprintf(" (first in %s, %s)", n.Source, n.Place)
	}
	return s
}

func plural(n int, noun, rest string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s %s", n, noun, rest)
}

// notebook collects notes by kind.
type notebook map[NoteKind]*Note

// add counts a note's repairs; the place of the first one is kept.
func (b notebook) add(n Note) {
	switch have := b[n.Kind]; {
	case n.Count == 0:
	case have != nil:
		have.Count += n.Count
	default:
		b[n.Kind] = &n
	}
}

// list returns the notes in a fixed order.
func (b notebook) list() []Note {
	all := make([]Note, 0, len(b))
	for _, n := range b {
		all = append(all, *n)
	}
	slices.SortFunc(all, func(a, c Note) int { return cmp.Compare(a.Kind, c.Kind) })
	return all
}
