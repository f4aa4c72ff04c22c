package session

import (
	"fmt"
	"math"
)

// noTime marks an entry whose timestamp can't be one.
const noTime = math.MinInt64

// collector keeps the events that the walker finds, in file order.
type collector struct {
	lim     limits
	spool   *spool
	index   []entry
	notes   notebook
	windows map[string]uint16
	names   []string // of windows, by number
	part    string   // name of the part being read
	seen    int      // values with the shape of an event, kept or not
}

func newCollector(s *spool, lim limits) *collector {
	return &collector{lim: lim, spool: s, notes: notebook{}, windows: map[string]uint16{}}
}

// found is one event as it was found, before its place in time is known.
type found struct {
	typ    EventType
	source Source
	millis float64 // Unix time as recorded
	window string
	data   []byte // canonical JSON
}

// add appends an event to spool and index.
func (c *collector) add(f found, at place) error {
	if len(c.index) == c.lim.events {
		return c.unusable(at, fmt.Sprintf("there are more than %d events", c.lim.events), "split the recording into shorter ones")
	}
	stream, err := c.stream(f.window, at)
	if err != nil {
		return err
	}
	offset, err := c.spool.append(f.data)
	if err != nil {
		return err
	}
	c.index = append(c.index, entry{
		offset: offset,
		micros: toMicros(f.millis),
		size:   uint32(len(f.data)), //nolint:gosec // limits.value is far below 4 GiB
		stream: stream,
		typ:    uint8(f.typ),   //nolint:gosec // one of the nine types
		source: int8(f.source), //nolint:gosec // NoSource or one of the seventeen sources
	})
	return nil
}

// stream numbers the windows as they appear.
func (c *collector) stream(window string, at place) (uint16, error) {
	if n, ok := c.windows[window]; ok {
		return n, nil
	}
	if len(c.names) == c.lim.windows {
		return 0, c.unusable(at, fmt.Sprintf("there are more than %d windows", c.lim.windows), "pass one session at a time")
	}
	n := uint16(len(c.names)) //nolint:gosec // limits.windows is below 65536
	c.windows[window] = n
	c.names = append(c.names, window)
	return n, nil
}

// relabel moves the events from index first on that were given to one window
// to another: a wrapper may name its window after its events.
func (c *collector) relabel(first int, from, to string, at place) error {
	if from == to || first == len(c.index) {
		return nil
	}
	old, err := c.stream(from, at)
	if err != nil {
		return err
	}
	stream, err := c.stream(to, at)
	if err != nil {
		return err
	}
	for i := range c.index[first:] {
		if e := &c.index[first+i]; e.stream == old {
			e.stream = stream
		}
	}
	return nil
}

// place is where in a part something was found.
type place struct {
	offset   int64
	inflated bool // offset is one of decompressed text
}

func (p place) String() string {
	s := fmt.Sprintf("byte %d", p.offset)
	if p.inflated {
		s += " after decompression"
	}
	return s
}

// unusable makes the error that ends the read at a place of the current part.
func (c *collector) unusable(at place, reason, hint string) error {
	return &UnusableError{Source: c.part, Place: at.String(), Reason: reason, Hint: hint}
}

// note counts a repair at a place of the current part.
func (c *collector) note(kind NoteKind, at place) {
	c.notes.add(Note{Kind: kind, Count: 1, Source: c.part, Place: at.String()})
}

// toMicros converts a recorder's time. What is no number, or so far from 1970
// that the difference of two times could overflow, is noTime.
func toMicros(millis float64) int64 {
	const farthest = 1 << 52
	if math.IsNaN(millis) || math.Abs(millis) > farthest {
		return noTime
	}
	return int64(math.Round(millis * 1000))
}
