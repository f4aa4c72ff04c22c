package session

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Limits of a bundle, in bytes of decoded content unless they say otherwise.
const (
	maxBundleManifest = 16 << 20
	maxBundleEvents   = 2 << 30
	maxBundleAsset    = 64 << 20
	maxBundleTotal    = 4 << 30
	maxBundleEntries  = 50_000 // entries, not bytes
)

// Bundle is a session in one file. Its methods may be called at the same time.
type Bundle struct {
	Manifest Manifest

	name   string
	events *zip.File
	bodies map[string]*zip.File
	byURL  map[string][]BundleAsset // each in the order of time
}

// OpenBundle reads the directory and the manifest of a bundle of that size;
// name is for messages. A zip that is not a bundle, or that is made to do harm
// (entries that are there twice, are named like paths, or unpack to too much)
// is an *UnusableError.
func OpenBundle(name string, r io.ReaderAt, size int64) (*Bundle, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, unusableBundle(name, "", "it is not a complete zip file")
	}
	b := &Bundle{name: name, bodies: map[string]*zip.File{}, byURL: map[string][]BundleAsset{}}
	manifest, err := b.index(z)
	if err != nil {
		return nil, err
	}
	if err := b.readManifest(manifest); err != nil {
		return nil, err
	}
	return b, nil
}

// index checks the zip's directory and finds its entries.
func (b *Bundle) index(z *zip.Reader) (*zip.File, error) {
	if len(z.File) > maxBundleEntries {
		return nil, unusableBundle(b.name, "", "it has too many entries")
	}
	var manifest *zip.File
	var total uint64
	for _, f := range z.File {
		limit := uint64(maxBundleAsset)
		hash, isAsset := strings.CutPrefix(f.Name, bundleAssets)
		var double bool
		switch {
		case f.Name == bundleManifest:
			limit, double, manifest = maxBundleManifest, manifest != nil, f
		case f.Name == bundleEvents:
			limit, double, b.events = maxBundleEvents, b.events != nil, f
		case isAsset && validHash(hash):
			double, b.bodies[hash] = b.bodies[hash] != nil, f
		default:
			return nil, unusableBundle(b.name, f.Name, "it has an entry that does not belong in a bundle")
		}
		switch total += min(f.UncompressedSize64, maxBundleTotal+1); {
		case double:
			return nil, unusableBundle(b.name, f.Name, "it has an entry twice")
		case f.UncompressedSize64 > limit, total > maxBundleTotal:
			return nil, unusableBundle(b.name, f.Name, "it unpacks to too much")
		case f.Method != zip.Deflate && f.Method != zip.Store:
			return nil, unusableBundle(b.name, f.Name, "it is compressed in an unknown way")
		}
	}
	if manifest == nil || b.events == nil {
		return nil, unusableBundle(b.name, "", "it is not a bundle: it has no manifest or no events")
	}
	return manifest, nil
}

func (b *Bundle) readManifest(f *zip.File) error {
	data, err := b.read(f)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, &b.Manifest); err != nil {
		return unusableBundle(b.name, bundleManifest, "it can't be read")
	}
	if v := b.Manifest.Format; v < 1 || v > BundleFormat {
		return unusableBundle(b.name, bundleManifest, fmt.Sprintf("its format %d is not known to this version of reelay", v))
	}
	for _, a := range b.Manifest.Assets {
		if b.bodies[a.SHA256] == nil {
			return unusableBundle(b.name, bundleManifest, "it names an asset that is not there")
		}
		b.byURL[a.URL] = append(b.byURL[a.URL], a)
	}
	for _, list := range b.byURL {
		slices.SortStableFunc(list, func(a, c BundleAsset) int { return a.At.Compare(c.At) })
	}
	return nil
}

// Events is the session's recording, to be given to Read.
func (b *Bundle) Events() Part {
	return Part{Name: b.name, Open: func() (io.ReadCloser, error) { return b.open(b.events) }}
}

// Asset finds what was served for a URL at a time: the latest answer that was
// not later, else the first one.
func (b *Bundle) Asset(url string, at time.Time) (BundleAsset, bool) {
	list := b.byURL[url]
	if len(list) == 0 {
		return BundleAsset{}, false
	}
	found := list[0]
	for _, a := range list {
		if !a.At.After(at) {
			found = a
		}
	}
	return found, true
}

// Body reads the body of an asset and checks that it is the one that was kept.
func (b *Bundle) Body(hash string) ([]byte, error) {
	f := b.bodies[hash]
	if f == nil {
		return nil, fmt.Errorf("read bundle: no asset %s", hash)
	}
	data, err := b.read(f)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != hash {
		return nil, unusableBundle(b.name, f.Name, "its content was changed")
	}
	return data, nil
}

func (b *Bundle) open(f *zip.File) (io.ReadCloser, error) {
	r, err := f.Open()
	if err != nil {
		return nil, unusableBundle(b.name, f.Name, "it can't be unpacked")
	}
	return &limitedReader{src: r, left: int64(f.UncompressedSize64)}, nil //nolint:gosec // index has checked it
}

func (b *Bundle) read(f *zip.File) ([]byte, error) {
	r, err := b.open(f)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	var data bytes.Buffer
	if _, err := io.Copy(&data, r); err != nil {
		return nil, unusableBundle(b.name, f.Name, "it can't be unpacked")
	}
	return data.Bytes(), nil
}

// Verify reads a bundle as a whole: its events up to the end, and every body,
// which must be the one that its name says.
func (b *Bundle) Verify() error {
	events, err := b.open(b.events)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, events)
	if err := errors.Join(err, events.Close()); err != nil {
		return unusableBundle(b.name, bundleEvents, "it can't be unpacked")
	}
	for hash := range b.bodies {
		if _, err := b.Body(hash); err != nil {
			return err
		}
	}
	return nil
}
