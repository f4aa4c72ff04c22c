package session

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// BundleWriter writes a bundle as a stream: all events, then the assets, then
// the manifest. It is not complete, and not readable, before Close.
type BundleWriter struct {
	zip    *zip.Writer
	events io.Writer // nil once an asset was added
	bodies map[string]bool
}

// NewBundleWriter returns a writer of a bundle to w.
func NewBundleWriter(w io.Writer) (*BundleWriter, error) {
	z := zip.NewWriter(w)
	events, err := z.Create(bundleEvents)
	if err != nil {
		return nil, fmt.Errorf("write bundle: %w", err)
	}
	return &BundleWriter{zip: z, events: events, bodies: map[string]bool{}}, nil
}

// Event adds one rrweb event, which is one JSON object without line breaks, of
// the page with that id.
func (b *BundleWriter) Event(page string, event []byte) error {
	if b.events == nil {
		return errors.New("write bundle: events come before assets")
	}
	id, err := json.Marshal(page)
	if err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	line := make([]byte, 0, len(event)+len(id)+32)
	line = append(append(line, `{"windowId":`...), id...)
	line = append(append(line, `,"data":[`...), event...)
	if _, err := b.events.Write(append(line, "]}\n"...)); err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	return nil
}

// Asset adds the body of an asset, unless it is there already.
func (b *BundleWriter) Asset(sha256 string, body io.Reader) error {
	b.events = nil
	if b.bodies[sha256] {
		return nil
	}
	b.bodies[sha256] = true
	w, err := b.zip.Create(bundleAssets + sha256)
	if err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	if _, err := io.Copy(w, body); err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	return nil
}

// Close writes the manifest and ends the bundle.
func (b *BundleWriter) Close(m Manifest) error {
	m.Format = BundleFormat
	w, err := b.zip.Create(bundleManifest)
	if err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(m); err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	if err := b.zip.Close(); err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	return nil
}
