package wal

import (
	"bufio"
	"fmt"
	"io"
	"slices"
)

// Recovery is what Open found.
type Recovery struct {
	Segments int
	Records  int
	// Torn lists the segments that hold bytes behind their last good record:
	// the end of a write that a crash cut short and nobody was told of, or,
	// in the middle of a file, damage.
	Torn []Torn
}

// Torn is the unreadable end of a segment.
type Torn struct {
	Segment uint64
	Offset  int64 // of the first unreadable byte
	Bytes   int64
}

// recoverAll reads all segments and returns the highest number in use.
func recoverAll(dir Dir, each func(Position, []byte) error) (Recovery, uint64, error) {
	var recovery Recovery
	names, err := dir.Names()
	if err != nil {
		return recovery, 0, fmt.Errorf("list segments: %w", err)
	}
	var numbers []uint64
	for _, n := range names {
		if number, ok := parseName(n); ok {
			numbers = append(numbers, number)
		}
	}
	slices.Sort(numbers)
	var last uint64
	for _, number := range numbers {
		if err := recovery.segment(dir, number, each); err != nil {
			return recovery, 0, err
		}
		last = number
	}
	return recovery, last, nil
}

func (r *Recovery) segment(dir Dir, number uint64, each func(Position, []byte) error) error {
	f, err := dir.Open(name(number))
	if err != nil {
		return fmt.Errorf("open segment: %w", err)
	}
	defer func() { _ = f.Close() }()
	size := f.Size()
	section := bufio.NewReaderSize(io.NewSectionReader(f, 0, size), 64<<10)
	end, err := scan(section, nil, func(offset int64, payload []byte) error {
		r.Records++
		return each(Position{Segment: number, Offset: offset, Length: len(payload)}, payload)
	})
	if err != nil {
		return fmt.Errorf("recover segment %d: %w", number, err)
	}
	r.Segments++
	if end < size {
		r.Torn = append(r.Torn, Torn{Segment: number, Offset: end, Bytes: size - end})
	}
	return nil
}
