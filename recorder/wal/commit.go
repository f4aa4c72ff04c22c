package wal

import "fmt"

// commitAll writes what is pending, again and again, until the log is closed.
// While one group is on its way to the disk the next one gathers.
func (l *Log) commitAll() {
	defer close(l.done)
	for range l.work {
		l.commit(l.take())
	}
	l.commit(l.take())
	l.retire()
}

func (l *Log) take() []request {
	l.mu.Lock()
	defer l.mu.Unlock()
	group := l.pending
	l.pending, l.size = nil, 0
	l.room.Broadcast()
	return group
}

// commit makes a group of records durable and answers their appenders.
func (l *Log) commit(group []request) {
	group = l.admitted(group)
	if len(group) == 0 {
		return
	}
	positions, err := l.write(group)
	for i, r := range group {
		if err != nil {
			r.result <- result{err: err}
			continue
		}
		r.result <- result{pos: positions[i]}
	}
}

// admitted answers the appenders whose records there is no room for and returns
// the others.
func (l *Log) admitted(group []request) []request {
	var n int64
	for _, r := range group {
		if !r.freeing {
			n += int64(headerSize + len(r.payload))
		}
	}
	if l.opts.Admit == nil || n == 0 {
		return group
	}
	err := l.opts.Admit(n)
	if err == nil {
		return group
	}
	var freeing []request
	for _, r := range group {
		if r.freeing {
			freeing = append(freeing, r)
			continue
		}
		r.result <- result{err: fmt.Errorf("append records: %w", err)}
	}
	return freeing
}

// write writes and syncs a group. After a write that failed, the file is cut
// back to what was durable. After a sync that failed the kernel may have
// dropped the pages and call the next sync a success, so the file is given up
// and the next group begins another.
func (l *Log) write(group []request) ([]Position, error) {
	if err := l.rotate(); err != nil {
		return nil, err
	}
	s := l.current
	l.buf = l.buf[:0]
	positions := make([]Position, len(group))
	for i, r := range group {
		positions[i] = Position{Segment: s.number, Offset: s.size + int64(len(l.buf)), Length: len(r.payload)}
		l.buf = appendRecord(l.buf, r.payload)
	}
	if _, err := s.file.Write(l.buf); err != nil {
		if cut := s.file.Truncate(s.size); cut != nil {
			l.retire()
		}
		return nil, fmt.Errorf("append records: %w", err)
	}
	if err := s.file.Sync(); err != nil {
		l.retire()
		return nil, fmt.Errorf("sync records: %w", err)
	}
	s.size += int64(len(l.buf))
	if cap(l.buf) > 4<<20 {
		l.buf = nil
	}
	return positions, nil
}

// rotate makes sure that there is a file to write to.
func (l *Log) rotate() error {
	if l.current != nil && l.current.size < l.opts.SegmentSize {
		return nil
	}
	l.retire()
	number := l.next
	l.next++
	f, err := l.dir.Create(name(number))
	if err != nil {
		return fmt.Errorf("begin segment: %w", err)
	}
	if _, err := f.Write([]byte(magic)); err != nil {
		_ = f.Close()
		_ = l.dir.Remove(name(number))
		return fmt.Errorf("begin segment: %w", err)
	}
	l.current = &segment{number: number, file: f, size: int64(len(magic))}
	return nil
}

// retire ends writing to the current file. What it holds has been synced or
// was reported as failed, so that an error of Close tells nothing new.
func (l *Log) retire() {
	if l.current != nil {
		_ = l.current.file.Close()
		l.current = nil
	}
}
