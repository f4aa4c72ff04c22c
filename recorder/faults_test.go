package recorder_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/reelay/reelay/recorder"
	"github.com/reelay/reelay/recorder/redact"
	"github.com/reelay/reelay/recorder/wal"
	"github.com/reelay/reelay/recorder/wal/waltest"
)

// talkerCount is how many pages talk at the same time.
const talkerCount = 8

// The promise: no acknowledged event is ever lost, each is stored once and in
// order, and every loss is visible.
func TestAccountingUnderFaults(t *testing.T) {
	const cycles = 200
	rng := rand.New(rand.NewPCG(3, 4))
	v := &victim{t: t, dir: t.TempDir()}
	v.start()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var talkers []*talker
	var wg sync.WaitGroup
	for i := range talkerCount {
		k := newTalker(i)
		talkers = append(talkers, k)
		wg.Go(func() { k.run(ctx, v.address) })
	}
	faults := map[string]int{}
	for range cycles {
		wait(ctx, time.Duration(10+rng.IntN(50))*time.Millisecond)
		switch rng.IntN(4) {
		case 0:
			faults["kill -9"]++
			v.kill()
			v.start()
		case 1:
			faults["SIGSTOP"]++
			v.signal(syscall.SIGSTOP)
			wait(ctx, 30*time.Millisecond)
			v.signal(syscall.SIGCONT)
		case 2:
			faults["reset"]++
			for _, k := range talkers {
				k.reset()
			}
		case 3:
			faults["full disk"]++
			full := filepath.Join(v.dir, "full")
			if err := os.WriteFile(full, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			wait(ctx, 20*time.Millisecond)
			if err := os.Remove(full); err != nil {
				t.Fatal(err)
			}
		}
	}
	v.kill()
	cancel()
	wg.Wait()
	account(t, wal.Folder(v.dir), talkers, faults)
}

// account compares what is stored with what was acknowledged.
func account(t *testing.T, dir wal.Dir, talkers []*talker, faults map[string]int) {
	t.Helper()
	stored := readStore(t, dir)
	var acked, made, gaps, lost, behind uint64
	for _, k := range talkers {
		s := stored.pages[k.page]
		acked += k.ackedSeq()
		made += k.made
		gaps += s.gaps
		lost += uint64(len(s.lost))
		behind += s.next - min(s.next, k.ackedSeq())
		if s.next < k.ackedSeq() {
			t.Errorf("page %s: %d acknowledged, %d stored", k.page, k.ackedSeq(), s.next)
		}
		for i := range s.next {
			if k.dropped[i] != s.lost[i] {
				t.Errorf("page %s: event %d dropped: %v, in a gap: %v", k.page, i, k.dropped[i], s.lost[i])
			}
		}
	}
	t.Logf("faults %v: made %d, acked %d, stored %d (%d of them not acked), duplicates %d, gaps %d with %d events",
		faults, made, acked, stored.events+lost, behind, stored.duplicates, gaps, lost)
	if acked == 0 || lost == 0 || stored.duplicates > 0 {
		t.Errorf("acked %d, lost in gaps %d, duplicates %d", acked, lost, stored.duplicates)
	}
}

// store is what a journal holds of the talkers' session.
type store struct {
	pages      map[string]*storedPage
	events     uint64
	duplicates int
}

type storedPage struct {
	next uint64          // every event before it is there or in a gap
	lost map[uint64]bool // events in gaps
	gaps uint64
}

// readStore reads it as a start after a crash does. It fails where the events of
// a page are out of order or are not those that were sent.
func readStore(t *testing.T, dir wal.Dir) store {
	t.Helper()
	journal, err := recorder.OpenJournal(dir, wal.Options{}, redact.New(redact.Personal, nil), time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer journal.Close()
	out := store{pages: map[string]*storedPage{}}
	for i := range talkerCount {
		out.pages[newTalker(i).page] = &storedPage{lost: map[uint64]bool{}}
	}
	seen := map[string]bool{}
	for item, err := range journal.Items(sessionID) {
		if err != nil {
			t.Fatal(err)
		}
		p := out.pages[item.Page]
		if item.Seq != p.next {
			t.Fatalf("page %s: event %d follows %d", item.Page, item.Seq, p.next)
		}
		p.next += max(item.Lost, 1)
		if item.Lost > 0 {
			p.gaps++
			for i := range item.Lost {
				p.lost[item.Seq+i] = true
			}
			continue
		}
		want := fmt.Sprintf(`{"type":3,"page":%q,"n":%d}`, item.Page, item.Seq)
		if string(item.Event) != want {
			t.Fatalf("event %d of page %s is %s", item.Seq, item.Page, item.Event)
		}
		if seen[want] {
			out.duplicates++
		}
		seen[want] = true
		out.events++
	}
	return out
}

// The same on a disk that loses in a power cut what was not synced; and the
// proof that this test would see a sync that is missing.
func TestAccountingUnderPowerCuts(t *testing.T) {
	for _, lie := range []bool{false, true} {
		cuts, acked, lost := powerCuts(t, lie)
		t.Logf("sync does nothing: %v: %d power cuts, acked %d, acked and lost %d", lie, cuts, acked, lost)
		if acked == 0 || lie != (lost > 0) {
			t.Errorf("sync does nothing: %v: acked %d, acked and lost %d", lie, acked, lost)
		}
	}
}

func powerCuts(t *testing.T, lie bool) (cuts int, acked, lost uint64) {
	t.Helper()
	rng := rand.New(rand.NewPCG(7, 8))
	disk := waltest.NewDisk()
	var talkers []*talker
	for i := range talkerCount {
		talkers = append(talkers, newTalker(i))
	}
	for cuts = range 50 {
		disk.Lie = lie
		r := newRig(t, http.NotFoundHandler(), rigOptions{dir: disk, wal: wal.Options{SegmentSize: 16 << 10}})
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for _, k := range talkers {
			wg.Go(func() { k.run(ctx, r.Listener.Addr().String) })
		}
		wait(ctx, time.Duration(5+rng.IntN(15))*time.Millisecond)
		known := map[string]uint64{}
		for _, k := range talkers {
			known[k.page] = k.ackedSeq()
		}
		disk = disk.Crash(rng)
		cancel()
		wg.Wait()
		r.recorder.Close()
		stored := readStore(t, disk)
		sofar := uint64(0)
		for _, k := range talkers {
			next := stored.pages[k.page].next
			sofar += known[k.page]
			lost += known[k.page] - min(next, known[k.page])
			for seq := range stored.pages[k.page].lost {
				if seq < known[k.page] && !k.dropped[seq] {
					lost++
				}
			}
			k.acked = min(next, known[k.page])
		}
		acked = max(acked, sofar) // what a lying disk lost is acknowledged no more
	}
	return cuts + 1, acked, lost
}
