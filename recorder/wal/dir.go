package wal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Dir is the directory that a log lives in.
type Dir interface {
	// Create makes a file that is not there yet and whose name survives a
	// crash from then on.
	Create(name string) (File, error)
	Open(name string) (ReadFile, error)
	Names() ([]string, error)
	// Remove deletes a file; one that is not there is no error.
	Remove(name string) error
}

// File is a segment that is being written.
type File interface {
	io.WriteCloser
	// Sync returns when all that was written survives a crash.
	Sync() error
	// Truncate cuts the file to size, where the next write goes.
	Truncate(size int64) error
}

// ReadFile is a segment that is being read.
type ReadFile interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// Folder is a Dir in the file system. It must exist.
type Folder string

// Create implements Dir.
func (d Folder) Create(name string) (File, error) {
	f, err := os.OpenFile(filepath.Join(string(d), name), os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("create segment: %w", err)
	}
	if err := d.sync(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return osFile{f}, nil
}

// sync makes the names in the folder durable.
func (d Folder) sync() error {
	f, err := os.Open(string(d))
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	defer func() { _ = f.Close() }()
	if err := f.Sync(); err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	return nil
}

// Open implements Dir.
func (d Folder) Open(name string) (ReadFile, error) {
	f, err := os.Open(filepath.Join(string(d), name))
	if err != nil {
		return nil, fmt.Errorf("open segment: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open segment: %w", err), f.Close())
	}
	return readFile{f, info.Size()}, nil
}

// Names implements Dir.
func (d Folder) Names() ([]string, error) {
	entries, err := os.ReadDir(string(d))
	if err != nil {
		return nil, fmt.Errorf("read folder: %w", err)
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, nil
}

// Remove implements Dir.
func (d Folder) Remove(name string) error {
	err := os.Remove(filepath.Join(string(d), name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove segment: %w", err)
	}
	return nil
}

// osFile syncs with fdatasync: the file's times need not survive, its length
// does and is included.
type osFile struct{ *os.File }

func (f osFile) Sync() error {
	for {
		err := unix.Fdatasync(int(f.Fd()))
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

type readFile struct {
	*os.File

	size int64
}

func (f readFile) Size() int64 { return f.size }
