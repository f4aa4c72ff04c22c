package wal_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"github.com/reelay/reelay/recorder/wal"
	"github.com/reelay/reelay/recorder/wal/waltest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open opens a log and returns the records in it.
func open(t *testing.T, dir wal.Dir, opts wal.Options) (*wal.Log, []string, wal.Recovery) {
	t.Helper()
	var records []string
	log, recovery, err := wal.Open(dir, opts, func(_ wal.Position, payload []byte) error {
		records = append(records, string(payload))
		return nil
	})
	if err != nil {
		t.Fatalf("open log: %v", err)
	}
	t.Cleanup(log.Close)
	return log, records, recovery
}

func appendTo(t *testing.T, log *wal.Log, payload string) wal.Position {
	t.Helper()
	pos, err := log.Append(t.Context(), []byte(payload))
	if err != nil {
		t.Fatalf("append: %v", err)
	}
	return pos
}

func TestRecordsAreFoundAgain(t *testing.T) {
	dir := wal.Folder(t.TempDir())
	log, records, _ := open(t, dir, wal.Options{SegmentSize: 200})
	if len(records) != 0 {
		t.Fatalf("a new log holds %q", records)
	}
	var want []string
	var positions []wal.Position
	for i := range 20 {
		want = append(want, fmt.Sprintf("record %d %s", i, strings.Repeat("x", i)))
		positions = append(positions, appendTo(t, log, want[i]))
	}
	for i, pos := range positions {
		if got, err := log.Read(pos); err != nil || string(got) != want[i] {
			t.Errorf("record %d: %q, %v", i, got, err)
		}
	}
	log.Close()
	_, records, recovery := open(t, dir, wal.Options{})
	if !slices.Equal(records, want) || len(recovery.Torn) != 0 || recovery.Segments < 3 {
		t.Errorf("recovered %q, %+v", records, recovery)
	}
}

func TestTornTail(t *testing.T) {
	folder := t.TempDir()
	log, _, _ := open(t, wal.Folder(folder), wal.Options{})
	appendTo(t, log, "one")
	appendTo(t, log, "two")
	log.Close()
	file := filepath.Join(folder, "0000000000000001.wal")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	// The magic, then "one" and "two" behind their headers.
	const begin, length = 13, 11
	for cut := range whole {
		if err := os.WriteFile(file, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		var want []string
		if cut >= begin+length {
			want = append(want, "one")
		}
		log, records, recovery := open(t, wal.Folder(folder), wal.Options{})
		log.Close()
		if !slices.Equal(records, want) {
			t.Errorf("cut at %d: recovered %q, want %q", cut, records, want)
		}
		clean := cut == 0 || cut == begin || cut == begin+length
		if clean != (len(recovery.Torn) == 0) {
			t.Errorf("cut at %d: torn %+v", cut, recovery.Torn)
		}
	}
}

func TestAppendersShareASync(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := waltest.NewDisk()
		d.Hold = make(chan struct{})
		log, _, err := wal.Open(d, wal.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		const appenders = 100
		var wg sync.WaitGroup
		for i := range appenders {
			wg.Go(func() {
				if _, err := log.Append(t.Context(), fmt.Appendf(nil, "record %d", i)); err != nil {
					t.Error(err)
				}
			})
		}
		// One group is at the disk, and all others wait behind it.
		synctest.Wait()
		close(d.Hold)
		wg.Wait()
		log.Close()
		if d.Syncs > 2 {
			t.Errorf("%d syncs", d.Syncs)
		}
		if _, records, _ := open(t, d, wal.Options{}); len(records) != appenders {
			t.Errorf("%d records", len(records))
		}
	})
}

// Two records of one appender are found in the order of their appends, though
// others append at the same time.
func TestOrderOfAnAppender(t *testing.T) {
	d := waltest.NewDisk()
	log, _, _ := open(t, d, wal.Options{})
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			for j := range 20 {
				if _, err := log.Append(t.Context(), fmt.Appendf(nil, "%d/%d", i, j)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	log.Close()
	_, records, _ := open(t, d, wal.Options{})
	next := map[string]int{}
	for _, r := range records {
		who, n, _ := strings.Cut(r, "/")
		if n != fmt.Sprint(next[who]) {
			t.Fatalf("appender %s: record %s, want %d", who, n, next[who])
		}
		next[who]++
	}
	if len(next) != 20 {
		t.Errorf("%d appenders", len(next))
	}
}

// The promise of the log, and the proof that the test would see it broken: on
// a disk whose sync lies, acknowledged records get lost.
func TestCrashes(t *testing.T) {
	for _, lie := range []bool{false, true} {
		lost, acked, stored := crashes(t, lie)
		t.Logf("sync lies: %v: acked %d, stored %d, acked and lost %d", lie, acked, stored, lost)
		if lie && lost == 0 {
			t.Error("a disk that drops what was not synced goes unnoticed")
		}
		if !lie && lost > 0 {
			t.Errorf("%d acknowledged records are lost", lost)
		}
	}
}

// crashes appends from several goroutines, pulls the plug, and goes on with
// what is left, 100 times.
func crashes(t *testing.T, lie bool) (lost, acked, stored int) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	d := waltest.NewDisk()
	known := map[string]bool{}
	for cycle := range 100 {
		d.Lie = lie
		log, records, _ := open(t, d, wal.Options{SegmentSize: 4 << 10})
		found := map[string]bool{}
		for _, r := range records {
			if found[r] {
				t.Fatalf("record %q is there twice", r)
			}
			found[r] = true
		}
		for r := range known {
			if !found[r] {
				lost++
			}
		}
		known = found
		plug := rng.IntN(60)
		left := d
		var mu sync.Mutex
		var wg sync.WaitGroup
		pulled := false
		for w := range 4 {
			wg.Go(func() {
				for i := range 20 {
					record := fmt.Sprintf("%d-%d-%d-%s", cycle, w, i, strings.Repeat("y", i*7))
					_, err := log.Append(t.Context(), []byte(record))
					mu.Lock()
					if err == nil && !pulled {
						known[record] = true
						acked++
					}
					if plug--; plug == 0 {
						left, pulled = d.Crash(rng), true
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		log.Close()
		d = left
	}
	stored = len(slices.Collect(maps.Keys(known)))
	return lost, acked, stored
}

func TestFullDisk(t *testing.T) {
	d := waltest.NewDisk()
	log, _, _ := open(t, d, wal.Options{})
	appendTo(t, log, "before")
	d.Set(func(d *waltest.Disk) { d.Room = 10 })
	for range 5 {
		if _, err := log.Append(t.Context(), []byte("does not fit")); !errors.Is(err, waltest.ErrFull) {
			t.Fatalf("error %v", err)
		}
	}
	d.Set(func(d *waltest.Disk) { d.Room = -1 })
	appendTo(t, log, "after")
	log.Close()
	_, records, recovery := open(t, d, wal.Options{})
	if !slices.Equal(records, []string{"before", "after"}) || len(recovery.Torn) > 0 {
		t.Errorf("recovered %q, %+v", records, recovery)
	}
}

func TestReserve(t *testing.T) {
	reserve := errors.New("reserve reached")
	full := false
	log, _, _ := open(t, waltest.NewDisk(), wal.Options{Admit: func(int64) error {
		if full {
			return reserve
		}
		return nil
	}})
	appendTo(t, log, "one")
	full = true
	if _, err := log.Append(t.Context(), []byte("two")); !errors.Is(err, reserve) {
		t.Errorf("error %v", err)
	}
}

// After a failed sync nothing that a later sync says about the same file can
// be trusted.
func TestFailedSyncEndsTheSegment(t *testing.T) {
	d := waltest.NewDisk()
	log, _, _ := open(t, d, wal.Options{})
	first := appendTo(t, log, "one")
	d.Set(func(d *waltest.Disk) { d.Fail = errors.New("input/output error") })
	if _, err := log.Append(t.Context(), []byte("two")); err == nil {
		t.Fatal("a failed sync was acknowledged")
	}
	if pos := appendTo(t, log, "three"); pos.Segment == first.Segment {
		t.Errorf("went on in segment %d", pos.Segment)
	}
}

func TestAppendStopsWaitingWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, _, err := wal.Open(waltest.NewDisk(), wal.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := log.Append(ctx, []byte("x")); err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
		log.Close()
		log.Close()
		if _, err := log.Append(t.Context(), []byte("x")); !errors.Is(err, wal.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	})
}

func TestRemove(t *testing.T) {
	d := waltest.NewDisk()
	log, _, _ := open(t, d, wal.Options{SegmentSize: 1})
	a := appendTo(t, log, "a")
	appendTo(t, log, "b")
	for range 2 {
		if err := log.Remove(a.Segment); err != nil {
			t.Fatal(err)
		}
	}
	log.Close()
	if _, records, _ := open(t, d, wal.Options{}); !slices.Equal(records, []string{"b"}) {
		t.Errorf("left %q", records)
	}
}

func FuzzOpen(f *testing.F) {
	d := waltest.NewDisk()
	log, _, err := wal.Open(d, wal.Options{}, nil)
	if err != nil {
		f.Fatal(err)
	}
	for _, r := range []string{"one", strings.Repeat("two", 100)} {
		if _, err := log.Append(f.Context(), []byte(r)); err != nil {
			f.Fatal(err)
		}
	}
	log.Close()
	f.Add(d.Data("0000000000000001.wal"))
	f.Add([]byte("reelay wal 1\n\xff\xff\xff\xff\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d := waltest.NewDisk()
		d.Put("0000000000000007.wal", data)
		log, records, recovery := open(t, d, wal.Options{})
		if len(records) != recovery.Records {
			t.Fatalf("%d records, said %d", len(records), recovery.Records)
		}
		appendTo(t, log, "appended")
		log.Close()
		log, again, _ := open(t, d, wal.Options{})
		log.Close()
		if !slices.Equal(again, append(records, "appended")) {
			t.Fatalf("first %q, then %q", records, again)
		}
	})
}
