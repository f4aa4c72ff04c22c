package wal_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"sync"

	"github.com/reelay/reelay/recorder/wal"
)

// disk is a Dir that forgets on a crash what was not synced, or keeps a part
// of it, as a real one does.
type disk struct {
	mu    sync.Mutex
	files map[string]*platter
	room  int64 // bytes that still fit; negative means no limit
	lie   bool  // Sync answers without doing anything
	fail  error // what the next Sync returns
	syncs int
	hold  chan struct{} // if set, Sync waits until it is closed
}

type platter struct {
	disk   *disk
	data   []byte
	synced int
}

func newDisk() *disk { return &disk{files: map[string]*platter{}, room: -1} }

var errFull = errors.New("no space left on device")

func (d *disk) Create(name string) (wal.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.files[name] != nil {
		return nil, fs.ErrExist
	}
	d.files[name] = &platter{disk: d}
	return d.files[name], nil
}

func (d *disk) Open(name string) (wal.ReadFile, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.files[name]
	if f == nil {
		return nil, fs.ErrNotExist
	}
	return reading{bytes.NewReader(f.data)}, nil
}

func (d *disk) Names() ([]string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var names []string
	for name := range d.files {
		names = append(names, name)
	}
	return names, nil
}

func (d *disk) Remove(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.files, name)
	return nil
}

// crash returns what is left: of the bytes that were not synced a random part,
// some of them wrong.
func (d *disk) crash(rng *rand.Rand) *disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	after := newDisk()
	for name, f := range d.files {
		left := f.synced + rng.IntN(len(f.data)-f.synced+1)
		data := bytes.Clone(f.data[:left])
		for i := f.synced; i < left; i++ {
			if rng.IntN(50) == 0 {
				data[i] = byte(rng.Uint32())
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
	if f.disk.room >= 0 {
		n = min(n, int(f.disk.room))
		f.disk.room -= int64(n)
	}
	f.data = append(f.data, p[:n]...)
	if n < len(p) {
		return n, errFull
	}
	return n, nil
}

func (f *platter) Sync() error {
	if f.disk.hold != nil {
		<-f.disk.hold
	}
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	f.disk.syncs++
	if err := f.disk.fail; err != nil {
		f.disk.fail = nil
		return err
	}
	if !f.disk.lie {
		f.synced = len(f.data)
	}
	return nil
}

func (f *platter) Truncate(size int64) error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.disk.room >= 0 {
		f.disk.room += int64(len(f.data)) - size
	}
	f.data = f.data[:size]
	f.synced = min(f.synced, int(size))
	return nil
}

func (f *platter) Close() error { return nil }

type reading struct{ *bytes.Reader }

func (reading) Close() error { return nil }

var _ io.ReaderAt = reading{}
