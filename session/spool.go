package session

import (
	"bufio"
	"errors"
	"fmt"
	"os"
)

// spool is an append-only file of event payloads. Appending is for one
// goroutine; reading is for any number, once flushed.
type spool struct {
	file *os.File
	w    *bufio.Writer
	size int64
}

// newSpool creates an empty spool file in dir.
func newSpool(dir string) (*spool, error) {
	f, err := os.CreateTemp(dir, "events-*.spool")
	if err != nil {
		return nil, fmt.Errorf("create spool: %w", err)
	}
	return &spool{file: f, w: bufio.NewWriterSize(f, 256<<10)}, nil
}

// append adds a payload and returns its offset.
func (s *spool) append(payload []byte) (int64, error) {
	at := s.size
	if _, err := s.w.Write(payload); err != nil {
		return 0, fmt.Errorf("write spool: %w", err)
	}
	s.size += int64(len(payload))
	return at, nil
}

// flush makes all that was appended readable.
func (s *spool) flush() error {
	if err := s.w.Flush(); err != nil {
		return fmt.Errorf("write spool: %w", err)
	}
	return nil
}

// read fills p from offset.
func (s *spool) read(p []byte, offset int64) error {
	if _, err := s.file.ReadAt(p, offset); err != nil {
		return fmt.Errorf("read spool: %w", err)
	}
	return nil
}

// close removes the file.
func (s *spool) close() error {
	err := errors.Join(s.file.Close(), os.Remove(s.file.Name()))
	if err != nil {
		return fmt.Errorf("remove spool: %w", err)
	}
	return nil
}
