// Package waltest has a disk for tests of what is written to a wal.Log.
package waltest

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"sync"

	"github.com/reelay/reelay/recorder/wal"
)

// Disk is a wal.Dir that forgets on a crash what was not synced, or keeps a part
// of it, as a real one does. Change its fields in Set.
type Disk struct {
	Room  int64 // bytes that still fit; negative means no limit
	Lie   bool  // Sync answers without doing anything
	Fail  error // what the next Sync returns
	Syncs int
	Hold  chan struct{} // if set, Sync waits until it is closed

	mu    sync.Mutex
	files map[string]*platter
}

type platter struct {
	disk   *Disk
	data   []byte
	synced int
}

// NewDisk returns an empty disk without a limit.
func NewDisk() *Disk { return &Disk{files: map[string]*platter{}, Room: -1} }

// Set calls change while nothing else uses the disk.
func (d *Disk) Set(change func(d *Disk)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change(d)
}

// Put makes a file with that content, all of it synced.
func (d *Disk) Put(name string, data []byte) {
	d.Set(func(d *Disk) { d.files[name] = &platter{disk: d, data: bytes.Clone(data), synced: len(data)} })
}

// Data returns the content of a file.
func (d *Disk) Data(name string) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	return bytes.Clone(d.files[name].data)
}

// ErrFull is what writes fail with when there is no room.
var ErrFull = errors.New("no space left on device")

// Create implements wal.Dir.
func (d *Disk) Create(name string) (wal.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.files[name] != nil {
		return nil, fs.ErrExist
	}
	d.files[name] = &platter{disk: d}
	return d.files[name], nil
}

// Open implements wal.Dir.
func (d *Disk) Open(name string) (wal.ReadFile, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.files[name]
	if f == nil {
		return nil, fs.ErrNotExist
	}
	return reading{bytes.NewReader(f.data)}, nil
}

// Names implements wal.Dir.
func (d *Disk) Names() ([]string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var names []string
	for name := range d.files {
		names = append(names, name)
	}
	return names, nil
}

// Remove implements wal.Dir.
func (d *Disk) Remove(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.files, name)
	return nil
}

// Crash returns what is left: of the bytes that were not synced a random part,
// some of them wrong.
func (d *Disk) Crash(rng *rand.Rand) *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	after := NewDisk()
	for name, f := range d.files {
		left := f.synced + rng.IntN(len(f.data)-f.synced+1)
		data := bytes.Clone(f.data[:left])
		for i := f.synced; i < left; i++ {
			if rng.IntN(50) == 0 {
				data[i] ^= 0x55
			}
		}
		after.files[name] = &platter{disk: after, data: data, synced: left}
	}
	return after
}

func (f *platter) Write(p []byte) (int, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	n := len(p)
	if f.disk.Room >= 0 {
		n = min(n, int(f.disk.Room))
		f.disk.Room -= int64(n)
	}
	f.data = append(f.data, p[:n]...)
	if n < len(p) {
		return n, ErrFull
	}
	return n, nil
}

func (f *platter) Sync() error {
	f.disk.mu.Lock()
	hold := f.disk.Hold
	f.disk.mu.Unlock()
	if hold != nil {
		<-hold
	}
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	f.disk.Syncs++
	if err := f.disk.Fail; err != nil {
		f.disk.Fail = nil
		return err
	}
	if !f.disk.Lie {
		f.synced = len(f.data)
	}
	return nil
}

func (f *platter) Truncate(size int64) error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.disk.Room >= 0 {
		f.disk.Room += int64(len(f.data)) - size
	}
	f.data = f.data[:size]
	f.synced = min(f.synced, int(size))
	return nil
}

func (f *platter) Close() error { return nil }

type reading struct{ *bytes.Reader }

func (reading) Close() error { return nil }

var _ io.ReaderAt = reading{}
