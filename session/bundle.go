package session

import (
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"
)

// BundleFormat is the version of the bundle's layout that is written. A reader
// refuses a newer one.
const BundleFormat = 1

// A bundle is a zip with these entries.
const (
	bundleManifest = "manifest.json"
	bundleEvents   = "events.ndjson" // one line per event: {"windowId": page, "data": [event]}
	bundleAssets   = "assets/"       // then the SHA-256 of the body in hex
)

// Manifest describes a bundle's session.
type Manifest struct {
	Format  int           `json:"format"`
	Session string        `json:"session"`
	Level   string        `json:"level"` // of privacy: standard, strict or open
	Started time.Time     `json:"started"`
	Ended   time.Time     `json:"ended"`
	Context BundleContext `json:"context"`
	Pages   []BundlePage  `json:"pages"`
	Gaps    []BundleGap   `json:"gaps,omitempty"`
	Assets  []BundleAsset `json:"assets,omitempty"`
}

// BundleContext is where and how a session took place: what is known of the
// browser and of the first page.
type BundleContext struct {
	URL         string  `json:"url,omitempty"`
	Width       int     `json:"width,omitempty"`  // of the viewport, in CSS pixels
	Height      int     `json:"height,omitempty"` // likewise
	DPR         float64 `json:"dpr,omitempty"`
	ColorScheme string  `json:"color_scheme,omitempty"` // light or dark
	Language    string  `json:"language,omitempty"`
	TimeZone    string  `json:"time_zone,omitempty"` // of the IANA data base
	UserAgent   string  `json:"user_agent,omitempty"`
}

// BundlePage is one page load: one rrweb stream.
type BundlePage struct {
	ID     string  `json:"id"`
	Tab    string  `json:"tab"`
	Events uint64  `json:"events"`
	Skew   float64 `json:"skew_ms"` // what was added to the browser's times to get the recorder's
	Left   bool    `json:"left"`    // it said that nothing follows
}

// BundleGap is a place where events are missing. Among the events it is a custom
// event, reelay.gap.
type BundleGap struct {
	Page   string `json:"page"`
	Seq    uint64 `json:"seq"` // of the first missing event, from 0
	Count  uint64 `json:"count"`
	Reason string `json:"reason"`
}

// BundleAsset is what was served for a URL. Several may share a body.
type BundleAsset struct {
	URL    string    `json:"url"`
	SHA256 string    `json:"sha256"` // of the decoded body, in hex
	Type   string    `json:"type"`   // its Content-Type
	Status int       `json:"status"`
	Size   int64     `json:"size"` // bytes
	At     time.Time `json:"at"`
}

// unusableBundle says what is wrong with a bundle.
func unusableBundle(name, place, reason string) error {
	return &UnusableError{
		Source: name, Place: place, Reason: reason,
		Hint: "export the session again; a bundle is written by reelay and not changed by hand",
	}
}

// validHash reports whether text is a SHA-256 in lower-case hex.
func validHash(text string) bool {
	raw, err := hex.DecodeString(text)
	return err == nil && len(raw) == 32 && text == strings.ToLower(text)
}

// limitedReader fails where an entry holds more than its header says, instead
// of ending there.
type limitedReader struct {
	src  io.ReadCloser
	left int64
}

func (r *limitedReader) Read(p []byte) (int, error) {
	if int64(len(p)) > r.left+1 {
		p = p[:r.left+1]
	}
	n, err := r.src.Read(p)
	r.left -= int64(n)
	if r.left < 0 {
		return 0, fmt.Errorf("read bundle: an entry is longer than it says")
	}
	return n, err
}

func (r *limitedReader) Close() error { return r.src.Close() }
