package renderer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/klauspost/compress/s2"
)

// spoolReel keeps the shots of a span whose turn has not come in a file, so
// that its Chrome never waits and memory stays as it is.
type spoolReel struct {
	file *os.File

	mu      sync.Mutex
	more    chan struct{} // closed and replaced when something was added
	waiting []spooled
	size    int64
	ended   bool
	err     error

	packed, pix []byte   // buffers of the two ends
	free        [][]byte // lent before, and back
}

// spooled is a shot whose pixels are in the file.
type spooled struct {
	shot   shot
	offset int64
	length int
}

func newSpoolReel(dir string) (*spoolReel, error) {
	file, err := os.CreateTemp(dir, "span-")
	if err != nil {
		return nil, fmt.Errorf("make span file: %w", err)
	}
	return &spoolReel{file: file, more: make(chan struct{})}, nil
}

func (r *spoolReel) close() error {
	return errors.Join(r.file.Close(), os.Remove(r.file.Name()))
}

func (r *spoolReel) borrow(context.Context) ([]byte, error) {
	n := len(r.free)
	if n == 0 {
		return nil, nil
	}
	pix := r.free[n-1]
	r.free = r.free[:n-1]
	return pix[:0], nil
}

func (r *spoolReel) put(_ context.Context, s shot) error {
	r.free = append(r.free, s.pix)
	entry := spooled{shot: s, offset: r.size}
	entry.shot.pix = nil
	if len(s.pix) > 0 {
		r.packed = s2.Encode(r.packed[:cap(r.packed)], s.pix)
		entry.length = len(r.packed)
		if _, err := r.file.WriteAt(r.packed, r.size); err != nil {
			return fmt.Errorf("write span file: %w", err)
		}
		r.size += int64(entry.length)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiting = append(r.waiting, entry)
	r.wake()
	return nil
}

func (r *spoolReel) end(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.ended {
		r.ended, r.err = true, err
		r.wake()
	}
}

// wake lets next look again. The caller holds the lock.
func (r *spoolReel) wake() {
	close(r.more)
	r.more = make(chan struct{})
}

func (r *spoolReel) next(ctx context.Context) (shot, bool, error) {
	for {
		r.mu.Lock()
		if len(r.waiting) > 0 {
			entry := r.waiting[0]
			r.waiting = r.waiting[1:]
			r.mu.Unlock()
			s, err := r.load(entry)
			return s, err == nil, err
		}
		more, ended, err := r.more, r.ended, r.err
		r.mu.Unlock()
		if ended {
			return shot{}, false, err
		}
		select {
		case <-more:
		case <-ctx.Done():
			return shot{}, false, context.Cause(ctx)
		}
	}
}

func (r *spoolReel) load(entry spooled) (shot, error) {
	s := entry.shot
	if entry.length == 0 {
		return s, nil
	}
	packed := make([]byte, entry.length)
	if _, err := r.file.ReadAt(packed, entry.offset); err != nil {
		return shot{}, fmt.Errorf("read span file: %w", err)
	}
	pix, err := s2.Decode(r.pix[:cap(r.pix)], packed)
	if err != nil {
		return shot{}, fmt.Errorf("read span file: %w", err)
	}
	r.pix, s.pix = pix, pix
	return s, nil
}

func (r *spoolReel) giveBack(shot) {}
