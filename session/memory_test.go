package session

import (
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"testing"
	"unsafe"
)

// TestReadMemory reads a recording of over 200 MB as it is being written, and
// measures the live heap, by a full collection, after every 8 MB: it must not
// grow with the recording but for the index.
func TestReadMemory(t *testing.T) {
	const (
		total = 208 << 20
		every = 8 << 20
		most  = 64 << 20
	)
	base := liveHeap()
	var peak uint64
	r, w := io.Pipe()
	written := make(chan int64, 1)
	go func() {
		n, err := writeLong(w, total, every, func() { peak = max(peak, liveHeap()) })
		written <- n
		w.CloseWithError(err)
	}()
	rec, err := Read(t.Context(), t.TempDir(), []Part{{Name: "long", Open: func() (io.ReadCloser, error) { return r, nil }}}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := rec.Close(); err != nil {
			t.Error(err)
		}
	}()
	if n := <-written; n < 200<<20 || rec.spool.size < n*9/10 {
		t.Errorf("%d bytes were written, %d are in the spool", n, rec.spool.size)
	}
	index := uint64(rec.Len()) * uint64(unsafe.Sizeof(entry{}))
	t.Logf("%d events, index %d MB, peak of the live heap %d MB", rec.Len(), index>>20, (peak-base)>>20)
	if peak == 0 || peak-base > most+3*index {
		t.Errorf("the live heap grew to %d bytes over an index of %d", peak-base, index)
	}
}

// liveHeap is the number of bytes that a full collection leaves.
func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// writeLong writes a wrapped recording of at least total bytes in which one
// snapshot of 4 MB comes with every 4,000 smaller events, and calls check
// after every so many bytes.
func writeLong(w io.Writer, total, every int64, check func()) (int64, error) {
	rnd := rand.New(rand.NewPCG(1, 2))
	text := make([]byte, 1<<12)
	for i := range text {
		text[i] = byte('a' + rnd.IntN(26))
	}
	page := snapshots(4 << 20)[1]
	var n, checked int64
	put := func(s string) error {
		k, err := io.WriteString(w, s)
		n += int64(k)
		if n-checked >= every {
			checked = n
			check()
		}
		return err
	}
	if err := put(`{"data":{"snapshots":[` + ev(4, metaData, t0)); err != nil {
		return n, err
	}
	for i := int64(0); n < total; i++ {
		e := ev(3, fmt.Sprintf(`{"source":0,"texts":[{"id":2,"value":%q}],"attributes":[],"removes":[],"adds":[]}`, text[:rnd.IntN(len(text))]), t0+i)
		if i%4000 == 0 {
			e = ev(2, page[len(`{"type":2,"data":`):len(page)-len(`,"timestamp":1700000000001}`)], t0+i)
		}
		if err := put("," + e); err != nil {
			return n, err
		}
	}
	return n, put(`]}}`)
}
