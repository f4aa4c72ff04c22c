package session

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// Part is one file of a recording.
type Part struct {
	Name string // for messages
	Open func() (io.ReadCloser, error)
}

// Read reads the parts of one recording, in order, into a spool file in dir
// and an index in memory of 24 bytes an event. It takes the recordings of
// rrweb 0.6 to 2.x as products export them, and tells by their content how
// they are wrapped, packed and compressed.
//
// The events are sorted by time; the Recording's notes tell what else was
// repaired. The error is an *UnusableError if no clip can be made of the
// recording, and otherwise one of reading the parts or writing the spool.
// Nothing stays in dir after an error.
func Read(ctx context.Context, dir string, parts []Part, log *slog.Logger) (*Recording, error) {
	return read(ctx, dir, parts, log, defaultLimits())
}

func read(ctx context.Context, dir string, parts []Part, log *slog.Logger, lim limits) (*Recording, error) {
	s, err := newSpool(dir)
	if err != nil {
		return nil, err
	}
	rec, err := readInto(ctx, s, parts, lim)
	if err != nil {
		if closeErr := s.close(); closeErr != nil {
			return nil, errors.Join(err, closeErr)
		}
		return nil, err
	}
	for _, n := range rec.notes {
		log.Info("repaired recording", "kind", n.Kind, "count", n.Count, "source", n.Source, "place", n.Place)
	}
	return rec, nil
}

func readInto(ctx context.Context, s *spool, parts []Part, lim limits) (*Recording, error) {
	c := newCollector(s, lim)
	budget := lim.decoded
	w := &walker{lim: lim, out: c, budget: &budget}
	for _, p := range parts {
		if err := w.part(ctx, p); err != nil {
			return nil, err
		}
	}
	if err := s.flush(); err != nil {
		return nil, err
	}
	return c.arrange(parts, budget == lim.decoded)
}

// part reads one part. What is damaged in it ends the part and not the read.
func (w *walker) part(ctx context.Context, p Part) (err error) {
	w.out.part = p.Name
	r, err := p.Open()
	if err != nil {
		return fmt.Errorf("open %s: %w", p.Name, err)
	}
	defer func() {
		if closeErr := r.Close(); err == nil && closeErr != nil {
			err = fmt.Errorf("close %s: %w", p.Name, closeErr)
		}
	}()
	text := bufio.NewReaderSize(capped(source(ctx, r), w.budget), peekSize)
	err = w.documents(text, 0, false)
	switch {
	case err == nil, errors.Is(err, errDamaged):
		return nil
	case errors.Is(err, errDecoded):
		return w.out.unusable(w.placeAt(w.base), fmt.Sprintf("it inflates to more than %d bytes", w.lim.decoded), "it may be a decompression bomb; split it if it is not")
	case errors.Is(err, errOversize):
		return w.out.unusable(w.place(), fmt.Sprintf("one event is larger than %d bytes", w.lim.value), "record without inlined images")
	default:
		if unusable, ok := errors.AsType[*UnusableError](err); ok {
			return unusable
		}
		return fmt.Errorf("read %s: %w", p.Name, err)
	}
}
