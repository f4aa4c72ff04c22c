package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/reelay/reelay/recorder"
	"github.com/reelay/reelay/recorder/redact"
	"github.com/reelay/reelay/renderer/chrome"
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

// archive is the assets of the bundles among the sources of a render.
type archive struct {
	files   []*os.File
	bundles []*session.Bundle
}

// openArchive opens the bundles among paths. The caller closes the archive.
func openArchive(paths []string) (_ *archive, err error) {
	a := &archive{}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	for _, path := range paths {
		if path == stdio {
			continue
		}
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		a.files = append(a.files, f)
		head := make([]byte, len(zipMagic))
		if _, err := f.ReadAt(head, 0); err != nil || !bytes.Equal(head, []byte(zipMagic)) {
			continue // what is not a bundle has no assets
		}
		info, err := f.Stat()
		if err != nil {
			return nil, err
		}
		b, err := session.OpenBundle(path, f, info.Size())
		if err != nil {
			return nil, err
		}
		a.bundles = append(a.bundles, b)
	}
	return a, nil
}

// find is what a bundle holds of a URL; a chrome.Assets. Bundles name what they
// hold without the secrets that style sheets still ask with.
func (a *archive) find(url string, at time.Time) (chrome.Asset, bool) {
	for _, b := range a.bundles {
		asset, ok := b.Asset(url, at)
		if !ok {
			asset, ok = b.Asset(redact.New(recorder.Level(b.Manifest.Level).Scope(), nil).URL(url), at)
		}
		if !ok || asset.Status >= http.StatusBadRequest {
			continue
		}
		body, err := b.Body(asset.SHA256)
		if err != nil {
			continue // a damaged asset counts as missing
		}
		return chrome.Asset{ContentType: asset.Type, Body: body}, true
	}
	return chrome.Asset{}, false
}

func (a *archive) Close() error {
	var errs []error
	for _, f := range a.files {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}

type eventsOfFile struct {
	io.ReadCloser

	file *os.File
}

func (e *eventsOfFile) Close() error { return errors.Join(e.ReadCloser.Close(), e.file.Close()) }
