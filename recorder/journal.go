package recorder

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/reelay/reelay/recorder/redact"
	"github.com/reelay/reelay/recorder/wal"
)

// Errors of a journal that the caller answers differently.
var (
	// errHole says that events before the given ones are missing.
	errHole = errors.New("events are missing")
	// errLimit says that a session is as large as it may get.
	errLimit = errors.New("session has reached its limit")
	// errBusy says that there is no room for more at the moment.
	errBusy = errors.New("recorder is at its limit")
	// errLong says that a record will never fit into the journal: what is taken
	// out of an event may be shorter than what is put in its place.
	errLong = errors.New("record is too long")
	// errFinished says that a session has ended.
	errFinished = errors.New("session has ended")
)

// Limits of what is known at one time: anybody can say hello.
const (
	maxSessions = 20_000 // finished ones of the last day included
	maxPages    = 2000   // of a session
)

// pageKey names a stream: one page load in one session.
type pageKey struct{ session, page string }

// Journal keeps what scripts send: each event of a stream once and in order,
// redacted, and on the disk before its number is given back.
type Journal struct {
	log      *wal.Log
	redactor *redact.Redactor
	now      func() time.Time
	logger   *slog.Logger

	mu       sync.Mutex
	pages    map[pageKey]*page
	sessions map[string]*sessionState
	segments map[uint64]map[string]bool // which open sessions a segment holds records of
	newest   uint64                     // the latest segment that was written to

	parts atomic.Int64 // bytes of events that have come in part
}

// page is the state of one stream. Its mutex is held while records are on
// their way to the disk: there is at most one such group for each stream, and
// never a later one that succeeds behind one that failed.
type page struct {
	mu      sync.Mutex
	key     pageKey
	next    uint64 // every event before it is on the disk
	session *sessionState
}

// sessionState is what is known of a session. The journal's mutex guards it.
type sessionState struct {
	id       string
	bytes    int64
	first    time.Time
	last     time.Time
	pages    map[string]*pageState
	order    []string // pages as they began
	records  []wal.Position
	sealed   bool // it takes no more: it is being handed on
	finished bool // it was handed on
}

// pageState tells how a stream stands.
type pageState struct {
	left bool // it said good-bye
	full bool // the session's limit was noted
}

// OpenJournal opens the journal in dir and takes up what is in it.
func OpenJournal(dir wal.Dir, opts wal.Options, redactor *redact.Redactor, now func() time.Time, logger *slog.Logger) (*Journal, error) {
	j := &Journal{
		redactor: redactor, now: now, logger: logger,
		pages:    map[pageKey]*page{},
		sessions: map[string]*sessionState{},
		segments: map[uint64]map[string]bool{},
	}
	log, recovery, err := wal.Open(dir, opts, j.replay)
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	j.log = log
	for _, torn := range recovery.Torn {
		logger.Warn("journal ends in a record that was not completed",
			slog.Uint64("segment", torn.Segment), slog.Int64("offset", torn.Offset), slog.Int64("bytes", torn.Bytes))
	}
	if err := j.sweep(); err != nil {
		log.Close()
		return nil, err
	}
	return j, nil
}

// Close ends the journal. What was acknowledged is on the disk already.
func (j *Journal) Close() { j.log.Close() }

// open makes sure that a stream is known and returns the number of the event
// that it goes on with.
func (j *Journal) open(ctx context.Context, hello header) (uint64, error) {
	p, err := j.page(hello)
	if err != nil {
		return 0, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	j.mu.Lock()
	_, known := p.session.pages[p.key.page]
	j.mu.Unlock()
	if !known {
		skew := 0.0
		if hello.Clock != 0 {
			skew = float64(j.now().UnixMilli()) - hello.Clock
		}
		if err := j.write(ctx, p, record{Kind: recordPage, Tab: hello.Tab, Level: hello.Level, Skew: skew}, nil); err != nil {
			return 0, err
		}
	}
	return p.next, nil
}

// page finds or makes a stream's state in memory.
func (j *Journal) page(hello header) (*page, error) {
	key := pageKey{hello.Session, hello.Page}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.sessions[key.session] == nil && len(j.sessions) >= maxSessions && !j.forgetOldest() {
		return nil, errBusy
	}
	s := j.sessionOf(key.session, j.now())
	if s.sealed || s.finished {
		return nil, errFinished
	}
	if s.pages[key.page] == nil && len(s.pages) >= maxPages {
		return nil, errLimit
	}
	return j.pageOf(s, key), nil
}

func (j *Journal) sessionOf(id string, at time.Time) *sessionState {
	s := j.sessions[id]
	if s == nil {
		s = &sessionState{id: id, pages: map[string]*pageState{}, first: at, last: at}
		j.sessions[id] = s
	}
	return s
}

func (j *Journal) pageOf(s *sessionState, key pageKey) *page {
	p := j.pages[key]
	if p == nil {
		p = &page{key: key, session: s}
		j.pages[key] = p
	}
	return p
}

// lookup returns a stream that was opened.
func (j *Journal) lookup(key pageKey) (*page, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	p := j.pages[key]
	if p == nil {
		return nil, errFinished
	}
	return p, nil
}

// append stores a run of events, the first of which has the number first, and
// returns the number that the stream goes on with. Events that are there
// already are skipped. With errHole nothing was stored.
func (j *Journal) append(ctx context.Context, key pageKey, first uint64, events [][]byte) (uint64, error) {
	p, err := j.lookup(key)
	if err != nil {
		return 0, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if first > p.next {
		return p.next, errHole
	}
	if seen := p.next - first; seen >= uint64(len(events)) {
		return p.next, nil
	} else if seen > 0 {
		events = events[seen:]
	}
	count := uint64(len(events))
	err = j.write(ctx, p, record{Kind: recordEvents, First: p.next, Count: count}, j.body(key, events))
	switch {
	case errors.Is(err, errLong):
		err = j.write(ctx, p, record{Kind: recordGap, First: p.next, Count: count, Reason: longReason}, nil)
	case errors.Is(err, errLimit):
		err = j.noteLimit(ctx, p, count)
	}
	return p.next, err
}

// body is a record's: the events, redacted, one per line. The number of one
// that is not valid must not stay open, or the script would send it for ever.
func (j *Journal) body(key pageKey, events [][]byte) []byte {
	invalid := 0
	lines := make([][]byte, len(events))
	for i, e := range events {
		var err error
		if lines[i], err = j.redactor.JSON(e); err != nil {
			lines[i] = []byte(invalidEvent)
			invalid++
		}
	}
	if invalid > 0 {
		j.logger.Warn("events are not valid and left out", slog.String("session", key.session), slog.Int("events", invalid))
	}
	return bytes.Join(lines, []byte("\n"))
}

// invalidEvent stands for a line that was not an event.
const invalidEvent = `{"type":5,"data":{"tag":"reelay.invalid","payload":{}}}`

// gap stores that count events from the number first on are lost.
func (j *Journal) gap(ctx context.Context, key pageKey, first, count uint64, reason string) (uint64, error) {
	p, err := j.lookup(key)
	if err != nil {
		return 0, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if first > p.next {
		return p.next, errHole
	}
	if first+count <= p.next {
		return p.next, nil
	}
	err = j.write(ctx, p, record{Kind: recordGap, First: p.next, Count: first + count - p.next, Reason: j.redactor.String(cut(reason, 200))}, nil)
	return p.next, err
}

// bye stores that a stream has ended as it should.
func (j *Journal) bye(ctx context.Context, key pageKey) error {
	p, err := j.lookup(key)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return j.write(ctx, p, record{Kind: recordBye, First: p.next}, nil)
}

// write puts one record on the disk and then into the state. The caller holds
// the page's mutex.
func (j *Journal) write(ctx context.Context, p *page, r record, body []byte) error {
	r.Session, r.Page, r.At = p.key.session, p.key.page, j.now().UnixMilli()
	payload, err := r.encode(body)
	if err != nil {
		return err
	}
	if err := j.admit(p, r, len(payload)); err != nil {
		return err
	}
	if len(payload) > wal.MaxRecord {
		return errLong
	}
	// The record is written whether or not somebody still waits for it, and
	// the state must say so.
	pos, err := j.log.Append(context.WithoutCancel(ctx), payload)
	if err != nil {
		return fmt.Errorf("write journal: %w", err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.apply(pos, r)
	return nil
}

// admit reports whether a session takes a record of n bytes. The caller holds
// the page's mutex, so that Seal sees what was admitted written.
func (j *Journal) admit(p *page, r record, n int) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case p.session.sealed || p.session.finished:
		return errFinished
	case p.session.bytes+int64(n) > maxSession && r.Kind != recordBye && r.Reason != limitReason:
		return errLimit
	}
	return nil
}

// longReason is said of events that are too long to be kept.
const longReason = "event is too long"

// limitReason is said where a session has reached its limit.
const limitReason = "the session has reached its limit"

// noteLimit stores, once for each stream, that count events and all behind them
// are lost. The caller holds the page's mutex.
func (j *Journal) noteLimit(ctx context.Context, p *page, count uint64) error {
	j.mu.Lock()
	state := p.session.pages[p.key.page]
	noted := state == nil || state.full
	if !noted {
		state.full = true
	}
	j.mu.Unlock()
	if noted {
		return errLimit
	}
	return errors.Join(errLimit, j.write(ctx, p, record{Kind: recordGap, First: p.next, Count: count, Reason: limitReason}, nil))
}

// apply brings the state up to a record that is on the disk. The caller holds
// the journal's mutex. Records can be there twice if a write was reported as
// failed and was not.
func (j *Journal) apply(pos wal.Position, r record) {
	at := time.UnixMilli(r.At)
	s := j.sessionOf(r.Session, at)
	j.newest = max(j.newest, pos.Segment)
	if j.segments[pos.Segment] == nil {
		j.segments[pos.Segment] = map[string]bool{}
	}
	if r.Kind == recordDone {
		s.finished, s.last = true, at
		j.forget(s)
		return
	}
	p := j.pageOf(s, pageKey{r.Session, r.Page})
	state := s.pages[r.Page]
	if state == nil {
		state = &pageState{}
		s.pages[r.Page] = state
		s.order = append(s.order, r.Page)
	}
	s.last = at
	s.bytes += int64(pos.Length)
	s.records = append(s.records, pos)
	j.segments[pos.Segment][s.id] = true
	state.left = r.Kind == recordBye
	if (r.Kind == recordEvents || r.Kind == recordGap) && r.First <= p.next {
		p.next = max(p.next, r.First+r.Count)
	}
}

// cut shortens a text to at most n bytes.
func cut(s string, n int) string { return s[:min(n, len(s))] }
