package recorder

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/reelay/reelay/recorder/wal"
)

// SessionInfo is a session in the journal.
type SessionInfo struct {
	ID          string
	First, Last time.Time // when its first and latest record came
	Pages       []string  // in the order in which they began
	Left        bool      // every page has said good-bye
	Bytes       int64
}

// Item is a part of a session: an event, or, with Lost above 0, a place where
// that many events are missing. Seq numbers the events of a page from 0.
type Item struct {
	Page, Tab string
	Level     Level // that the page was recorded at; empty if it is not known
	Seq       uint64
	Event     []byte
	Lost      uint64
	Reason    string
	Skew      time.Duration // our clock less the browser's, when the page began
	Received  time.Time
}

// Sessions lists the sessions that were not handed on, the oldest first.
func (j *Journal) Sessions() []SessionInfo {
	j.mu.Lock()
	defer j.mu.Unlock()
	var out []SessionInfo
	for _, s := range j.sessions {
		if s.finished || len(s.records) == 0 {
			continue
		}
		info := SessionInfo{ID: s.id, First: s.first, Last: s.last, Pages: slices.Clone(s.order), Left: true, Bytes: s.bytes}
		for _, p := range s.pages {
			info.Left = info.Left && p.left
		}
		out = append(out, info)
	}
	slices.SortFunc(out, func(a, b SessionInfo) int { return a.First.Compare(b.First) })
	return out
}

// Items reads a session: of each page every event once and in order, the
// pages interleaved as they came.
func (j *Journal) Items(id string) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		j.mu.Lock()
		s := j.sessions[id]
		if s == nil {
			j.mu.Unlock()
			return
		}
		records, last := slices.Clone(s.records), s.last
		ends := map[string]uint64{}
		for _, page := range s.order {
			ends[page] = j.pages[pageKey{id, page}].next
		}
		j.mu.Unlock()
		reader := itemReader{pages: map[string]*pageRead{}}
		for _, pos := range records {
			r, body, err := j.read(pos)
			if errors.Is(err, wal.ErrTorn) {
				continue // its events are missing in what is around it
			}
			if err != nil {
				yield(Item{}, fmt.Errorf("read session %s: %w", id, err))
				return
			}
			if !reader.record(r, body, yield) {
				return
			}
		}
		for page, p := range reader.pages {
			if p.next < ends[page] && !yield(p.damaged(page, ends[page], last), nil) {
				return
			}
		}
	}
}

// read returns the record at pos, or wal.ErrTorn where the disk has damaged it.
func (j *Journal) read(pos wal.Position) (record, []byte, error) {
	payload, err := j.log.Read(pos)
	if err != nil {
		return record{}, nil, err
	}
	return decodeRecord(payload)
}

// itemReader turns records into items.
type itemReader struct{ pages map[string]*pageRead }

type pageRead struct {
	tab   string
	level Level
	skew  time.Duration
	next  uint64
}

// damaged is the place of events before the number end that the disk has lost.
func (p *pageRead) damaged(page string, end uint64, at time.Time) Item {
	lost := Item{
		Page: page, Tab: p.tab, Level: p.level, Skew: p.skew, Received: at,
		Seq: p.next, Lost: end - p.next, Reason: "the journal is damaged",
	}
	p.next = end
	return lost
}

// record yields the items of one record that were not there before. It returns
// false when the reading is over.
func (ir itemReader) record(r record, body []byte, yield func(Item, error) bool) bool {
	p := ir.pages[r.Page]
	if p == nil {
		p = &pageRead{}
		ir.pages[r.Page] = p
	}
	item := Item{Page: r.Page, Tab: p.tab, Level: p.level, Skew: p.skew, Received: time.UnixMilli(r.At)}
	if (r.Kind == recordEvents || r.Kind == recordGap) && r.First > p.next {
		// No record is written behind a hole: the disk has lost one.
		if !yield(p.damaged(r.Page, r.First, item.Received), nil) {
			return false
		}
	}
	switch r.Kind {
	case recordPage:
		p.tab, p.level, p.skew = r.Tab, r.Level, time.Duration(r.Skew*float64(time.Millisecond))
	case recordGap:
		if r.First+r.Count > p.next {
			item.Seq, item.Lost, item.Reason = p.next, r.First+r.Count-p.next, r.Reason
			p.next = r.First + r.Count
			return yield(item, nil)
		}
	case recordEvents:
		seq := r.First
		for line := range bytes.SplitSeq(body, []byte("\n")) {
			if seq >= p.next {
				item.Seq, item.Event = seq, line
				p.next = seq + 1
				if !yield(item, nil) {
					return false
				}
			}
			seq++
		}
	case recordBye, recordDone:
	}
	return true
}

// Seal ends a session: when it returns, nothing is on its way any more, and
// nothing more is taken. Scripts are told to go on in another session.
func (j *Journal) Seal(id string) {
	j.mu.Lock()
	s := j.sessions[id]
	if s == nil {
		j.mu.Unlock()
		return
	}
	s.sealed = true
	var busy []*page
	for _, p := range j.pages {
		if p.session == s {
			busy = append(busy, p)
		}
	}
	j.mu.Unlock()
	for _, p := range busy {
		p.mu.Lock()
		p.mu.Unlock() //nolint:staticcheck // whoever held it has written
	}
}

// Finish notes that a session was handed on, so that its records may go.
func (j *Journal) Finish(ctx context.Context, id string) error {
	r := record{Kind: recordDone, Session: id, At: j.now().UnixMilli()}
	payload, err := r.encode(nil)
	if err != nil {
		return err
	}
	pos, err := j.log.AppendFreeing(ctx, payload)
	if err != nil {
		return fmt.Errorf("finish session: %w", err)
	}
	j.mu.Lock()
	j.apply(pos, r)
	j.mu.Unlock()
	return j.sweep()
}

// forget drops a finished session's state, but for the fact that it has
// finished. The caller holds the journal's mutex.
func (j *Journal) forget(s *sessionState) {
	for _, p := range s.order {
		delete(j.pages, pageKey{s.id, p})
	}
	s.records, s.order, s.pages = nil, nil, map[string]*pageState{}
	for _, in := range j.segments {
		delete(in, s.id)
	}
}

// forgetOldest makes room for a session: of those that have finished, the one
// that did so first is known no more. The caller holds the journal's mutex.
func (j *Journal) forgetOldest() bool {
	var oldest *sessionState
	for _, s := range j.sessions {
		if s.finished && (oldest == nil || s.last.Before(oldest.last)) {
			oldest = s
		}
	}
	if oldest != nil {
		delete(j.sessions, oldest.id)
	}
	return oldest != nil
}

// remembered is how long the id of a finished session is kept, to tell a
// script that comes late.
const remembered = 24 * time.Hour

// sweep removes the oldest segments, as long as they hold nothing of an open
// session. A segment between others stays: it may hold the note that a session
// has finished whose records are in an older one. The segment that is being
// written stays as well.
func (j *Journal) sweep() error {
	j.mu.Lock()
	var empty []uint64
	for _, segment := range slices.Sorted(maps.Keys(j.segments)) {
		if len(j.segments[segment]) > 0 || segment == j.newest {
			break
		}
		empty = append(empty, segment)
		delete(j.segments, segment)
	}
	for id, s := range j.sessions {
		if s.finished && j.now().Sub(s.last) > remembered {
			delete(j.sessions, id)
		}
	}
	j.mu.Unlock()
	for _, segment := range empty {
		if err := j.log.Remove(segment); err != nil {
			return err
		}
	}
	return nil
}
