package session

import "testing"

func TestNoteString(t *testing.T) {
	for want, n := range map[string]Note{
		"27 events out of order sorted by time":                            {Kind: NoteSorted, Count: 27},
		"1 absurd timestamp replaced by the neighbouring event's":          {Kind: NoteClamped, Count: 1},
		"1 part cut off or damaged, read up to there (first in a, byte 7)": {Kind: NoteTruncated, Count: 1, Source: "a", Place: "byte 7"},
		"2 events of unknown type left out (first in a, byte 7)":           {Kind: NoteUnknown, Count: 2, Source: "a", Place: "byte 7"},
		"2 unreadable events left out (first in a, byte 7)":                {Kind: NoteUndecodable, Count: 2, Source: "a", Place: "byte 7"},
		"118 events before the first full snapshot left out":               {Kind: NoteBeforeSnapshot, Count: 118},
		"3 gaps where events were lost while recording":                    {Kind: NoteLost, Count: 3},
		"1 page size inferred for want of a meta event":                    {Kind: NoteAddedMeta, Count: 1},
	} {
		if got := n.String(); got != want {
			t.Errorf("the note says %q, want %q", got, want)
		}
	}
}
