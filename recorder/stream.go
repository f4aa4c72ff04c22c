package recorder

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"time"
)

// stream is the recorder's side of one conversation with a script.
type stream struct {
	journal *Journal
	level   Level // the recorder's
	key     pageKey
	part    []byte // the event that comes in parts
	partSeq uint64
	pieces  int       // how many of its parts have come
	begun   time.Time // when the first of them came
}

// deadline is when the next message must be there. The time of an event that
// comes in parts is bounded: it takes room that others wait for.
func (s *stream) deadline(now time.Time) time.Time {
	next := now.Add(silence)
	if end := s.begun.Add(partsWithin); s.partial() && end.Before(next) {
		return end
	}
	return next
}

// partial reports whether an event has come in part.
func (s *stream) partial() bool { return len(s.part) > 0 }

// take handles one frame and returns the answer to it; its kind is empty when
// there is none. The error is for the log.
func (s *stream) take(ctx context.Context, f frame) (answer, error) {
	if f.Kind == kindHello {
		// A page that was opened before the recorder got stricter.
		if f.Level.laxer(s.level) {
			return answer{Kind: kindStop}, fmt.Errorf("take hello: the page was opened at the level %q, and the recorder's is %q", f.Level, s.level)
		}
		s.key = pageKey{f.Session, f.Page}
		next, err := s.journal.open(ctx, f.header)
		return s.answer(kindReady, next, err)
	}
	if s.key == (pageKey{}) {
		return answer{Kind: kindStop}, fmt.Errorf("take %s: there was no hello", f.Kind)
	}
	switch f.Kind {
	case kindEvents:
		next, err := s.journal.append(ctx, s.key, f.Seq, f.lines)
		return s.answer(kindAck, next, err)
	case kindPart:
		return s.takePart(ctx, f)
	case kindGap:
		next, err := s.journal.gap(ctx, s.key, f.Seq, f.Count, f.Reason)
		return s.answer(kindAck, next, err)
	case kindBye:
		return s.answer("", 0, s.journal.bye(ctx, s.key))
	case kindHello, kindReady, kindAck, kindHold, kindStop, kindOver:
	}
	return answer{Kind: kindStop}, fmt.Errorf("take %s: not expected", f.Kind)
}

// takePart gathers an event that is longer than a message. It is stored, and
// acknowledged, as a whole. One that is longer than an event may be becomes a
// gap.
func (s *stream) takePart(ctx context.Context, f frame) (answer, error) {
	if f.Piece == 0 {
		s.drop()
		s.partSeq, s.pieces, s.begun = f.Seq, 0, s.journal.now()
	}
	if f.Seq != s.partSeq || f.Piece != s.pieces {
		return answer{Kind: kindStop}, fmt.Errorf("take part: piece %d of event %d is out of order", f.Piece, f.Seq)
	}
	s.pieces++
	if len(s.part) <= maxEvent {
		if s.journal.parts.Add(int64(len(f.lines[0]))) > maxParts {
			s.journal.parts.Add(-int64(len(f.lines[0])))
			return answer{Kind: kindHold}, errBusy
		}
		s.part = append(s.part, f.lines[0]...)
	}
	if !f.Last {
		return answer{}, nil
	}
	defer s.drop()
	event := s.part
	if len(event) > maxEvent {
		next, err := s.journal.gap(ctx, s.key, f.Seq, 1, longReason)
		return s.answer(kindAck, next, err)
	}
	next, err := s.journal.append(ctx, s.key, f.Seq, [][]byte{event})
	return s.answer(kindAck, next, err)
}

// drop forgets the event that comes in parts. It must be called when the
// conversation ends.
func (s *stream) drop() {
	s.journal.parts.Add(-int64(len(s.part)))
	s.part = nil
}

// answer turns the outcome of a write into what the script is told.
func (s *stream) answer(k kind, next uint64, err error) (answer, error) {
	switch {
	case err == nil:
		return answer{Kind: k, Seq: next}, nil
	case errors.Is(err, errHole):
		return answer{Kind: kindReady, Seq: next}, nil
	case errors.Is(err, errLimit):
		return answer{Kind: kindStop}, err
	case errors.Is(err, errFinished):
		return answer{Kind: kindOver}, nil
	}
	return answer{Kind: kindHold}, err
}

// splitFrames yields the frames of a POST's body: each ends where the next
// header begins, at a line of one record separator (0x1E, RFC 7464).
func splitFrames(body []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for part := range bytes.SplitSeq(body, []byte("\x1e\n")) {
			part = bytes.TrimSuffix(part, []byte("\n"))
			if len(part) > 0 && !yield(part) {
				return
			}
		}
	}
}
