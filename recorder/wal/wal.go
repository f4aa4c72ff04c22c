// Package wal is an append-only log whose records survive the machine: an
// append returns when its record is on the disk, and the records of all
// appenders that wait at the same time share one fdatasync. It knows nothing
// of what the records mean.
package wal

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Sizes of the log, in bytes.
const (
	// MaxRecord is the longest record.
	MaxRecord = 64 << 20
	// maxPending bounds what waits for the disk. Appenders wait for room.
	maxPending = 64 << 20
	// DefaultSegment is the size at which a new file is begun.
	DefaultSegment = 64 << 20
)

// ErrClosed is returned by appends to a closed log.
var ErrClosed = errors.New("log is closed")

// Position is where a record is.
type Position struct {
	Segment uint64
	Offset  int64 // of the record's header
	Length  int   // of the payload, in bytes
}

// Options configures a log.
type Options struct {
	// SegmentSize is the size at which a new file is begun; 0 means
	// DefaultSegment.
	SegmentSize int64
	// Admit is asked before each write of n bytes; its error fails the
	// appends. It keeps room on the disk for others. Nil admits everything.
	// AppendFreeing does not ask.
	Admit func(n int64) error
}

// Log is a write-ahead log in one directory. Its methods may be called from
// several goroutines.
type Log struct {
	dir  Dir
	opts Options

	mu      sync.Mutex
	pending []request
	size    int64 // bytes of pending
	closed  bool
	room    *sync.Cond    // pending was taken
	work    chan struct{} // capacity 1: there is something to do
	done    chan struct{} // the committer has ended

	current *segment // of the committer alone
	next    uint64
	buf     []byte
}

// request is one append that waits for the disk.
type request struct {
	payload []byte
	freeing bool // it is written even where there is no room
	result  chan<- result
}

type result struct {
	pos Position
	err error
}

// segment is the file that is being written.
type segment struct {
	number uint64
	file   File
	size   int64 // bytes that are on the disk
}

// Open reads the log in dir, calling each with every record in it, in the
// order in which they were written, and begins a new segment behind them.
// The payload is only valid during the call. What a crash left half written is
// reported in the recovery and never seen again.
func Open(dir Dir, opts Options, each func(Position, []byte) error) (*Log, Recovery, error) {
	if opts.SegmentSize == 0 {
		opts.SegmentSize = DefaultSegment
	}
	recovery, last, err := recoverAll(dir, each)
	if err != nil {
		return nil, recovery, err
	}
	l := &Log{
		dir: dir, opts: opts, next: last + 1,
		work: make(chan struct{}, 1), done: make(chan struct{}),
	}
	l.room = sync.NewCond(&l.mu)
	go l.commitAll()
	return l, recovery, nil
}

// Append writes one record and returns when it is on the disk. After an error
// the record may or may not be found by a later Open. Cancelling ctx stops
// waiting, not the write.
func (l *Log) Append(ctx context.Context, payload []byte) (Position, error) {
	return l.append(ctx, payload, false)
}

// AppendFreeing is Append for a short record after which segments can be
// removed: it does not ask whether there is room.
func (l *Log) AppendFreeing(ctx context.Context, payload []byte) (Position, error) {
	return l.append(ctx, payload, true)
}

func (l *Log) append(ctx context.Context, payload []byte, freeing bool) (Position, error) {
	if len(payload) == 0 || len(payload) > MaxRecord {
		return Position{}, fmt.Errorf("append record: length %d", len(payload))
	}
	result := make(chan result, 1)
	if err := l.enqueue(request{payload, freeing, result}); err != nil {
		return Position{}, err
	}
	select {
	case r := <-result:
		return r.pos, r.err
	case <-ctx.Done():
		return Position{}, fmt.Errorf("append record: %w", ctx.Err())
	}
}

func (l *Log) enqueue(r request) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.size > maxPending && !l.closed {
		l.room.Wait()
	}
	if l.closed {
		return ErrClosed
	}
	l.pending = append(l.pending, r)
	l.size += int64(len(r.payload))
	select {
	case l.work <- struct{}{}:
	default:
	}
	return nil
}

// Close waits for the appends that have begun and closes the files. It may be
// called more than once.
func (l *Log) Close() {
	l.mu.Lock()
	if !l.closed {
		l.closed = true
		close(l.work)
		l.room.Broadcast()
	}
	l.mu.Unlock()
	<-l.done
}

// Read returns the payload of the record at pos, or ErrTorn where the disk has
// damaged it.
func (l *Log) Read(pos Position) ([]byte, error) {
	f, err := l.dir.Open(name(pos.Segment))
	if err != nil {
		return nil, fmt.Errorf("read record: %w", err)
	}
	defer func() { _ = f.Close() }()
	return readAt(f, pos)
}

// Remove deletes a segment. The one that is being written stays.
func (l *Log) Remove(number uint64) error {
	if err := l.dir.Remove(name(number)); err != nil {
		return fmt.Errorf("remove segment: %w", err)
	}
	return nil
}
