package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/reelay/reelay/session"
)

// zipMagic begins every bundle: the header of its first entry.
const zipMagic = "PK\x03\x04"

// fileSource is the recording in a file: as it is, or the events of a bundle.
func fileSource(path string) session.Part {
	return session.Part{
		Name: path,
		Open: func() (io.ReadCloser, error) {
			f, err := os.Open(path)
			if err != nil {
				return nil, err
			}
			// A pipe has no offsets and cannot be a bundle.
			head := make([]byte, len(zipMagic))
			if _, err := f.ReadAt(head, 0); err != nil || !bytes.Equal(head, []byte(zipMagic)) {
				return f, nil //nolint:nilerr // what is not a bundle is judged by its reader
			}
			return bundleEvents(path, f)
		},
	}
}

// bundleEvents opens the events of a bundle; closing them closes the file.
func bundleEvents(path string, f *os.File) (io.ReadCloser, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open bundle: %w", err), f.Close())
	}
	b, err := session.OpenBundle(path, f, info.Size())
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	events, err := b.Events().Open()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &eventsOfFile{ReadCloser: events, file: f}, nil
}

type eventsOfFile struct {
	io.ReadCloser

	file *os.File
}

func (e *eventsOfFile) Close() error { return errors.Join(e.ReadCloser.Close(), e.file.Close()) }
