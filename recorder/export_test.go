package recorder_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/reelay/reelay/recorder"
	"github.com/reelay/reelay/recorder/wal"
	"github.com/reelay/reelay/session"
)

// exported is a session's bundle and its events, one for each line.
func exported(t *testing.T, r *rig, id string) (*session.Bundle, []string) {
	t.Helper()
	var file bytes.Buffer
	if _, err := recorder.Export(r.journal, r.archive, id, recorder.Standard, &file); err != nil {
		t.Fatal(err)
	}
	b, err := session.OpenBundle("x.reelay", bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	body, err := b.Events().Open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = body.Close() }()
	var text bytes.Buffer
	if _, err := text.ReadFrom(body); err != nil {
		t.Fatal(err)
	}
	return b, strings.Split(strings.TrimSpace(text.String()), "\n")
}

// A browser whose clock is an hour off: its events get the recorder's time.
func TestClockSkewIsTakenOut(t *testing.T) {
	for _, off := range []time.Duration{-time.Hour, time.Hour, 2 * time.Second} {
		r := newRig(t, http.NotFoundHandler(), rigOptions{})
		c, _, err := dial(t, r, r.URL)
		if err != nil {
			t.Fatal(err)
		}
		now := time.Now()
		browser := now.Add(off).UnixMilli()
		c.say(`{"t":"hello","level":"standard","clock":%d,"session":%q,"tab":%q,"page":%q}`, browser, sessionID, tabID, pageID)
		c.hear()
		c.say(`{"t":"events","seq":0}`+"\n"+`{"type":3,"data":{"timestamp":7},"timestamp":%d}`, browser)
		c.hear()
		_, lines := exported(t, r, sessionID)
		var at int64
		_, rest, _ := strings.Cut(lines[0], `{"type":3,"data":{"timestamp":7},"timestamp":`)
		if _, err := fmt.Sscan(strings.TrimSuffix(rest, "}]}"), &at); err != nil {
			t.Fatalf("%s: %v", lines[0], err)
		}
		apart := time.UnixMilli(at).Sub(now).Abs()
		if off.Abs() >= time.Hour && apart > time.Minute || off.Abs() < time.Hour && at != browser {
			t.Errorf("clock off by %v: the event is %v from when it happened", off, apart)
		}
	}
}

func TestBundlesTellTheirContextAndTheirGaps(t *testing.T) {
	r := newRig(t, http.NotFoundHandler(), rigOptions{})
	c, _ := call(t, r, pageID)
	c.say("%s", strings.Join([]string{
		`{"t":"events","seq":0}`,
		`{"type":4,"data":{"href":"https://shop.test/","width":1280,"height":720},"timestamp":1}`,
		`{"type":5,"data":{"tag":"reelay.env","payload":{"dpr":2,"colorScheme":"dark","language":"de","timeZone":"Europe/Berlin","userAgent":"x"}},"timestamp":1}`,
		`{"type":4,"data":{"href":"https://shop.test/2","width":1,"height":1},"timestamp":2}`,
	}, "\n"))
	c.hear()
	c.say(`{"t":"gap","seq":3,"count":9,"reason":"overflow"}`)
	c.hear()
	b, lines := exported(t, r, sessionID)
	want := session.BundleContext{
		URL: "https://shop.test/", Width: 1280, Height: 720, DPR: 2, ColorScheme: "dark", Language: "de", TimeZone: "Europe/Berlin", UserAgent: "x",
	}
	if b.Manifest.Context != want {
		t.Errorf("context %+v", b.Manifest.Context)
	}
	if g := b.Manifest.Gaps; len(g) != 1 || g[0].Seq != 3 || g[0].Count != 9 || b.Manifest.Pages[0].Events != 3 {
		t.Errorf("gaps %+v, pages %+v", g, b.Manifest.Pages)
	}
	if last := lines[len(lines)-1]; len(lines) != 4 || !strings.Contains(last, `"tag":"reelay.gap","payload":{"count":9,"reason":"overflow"}`) {
		t.Errorf("%d lines, the last is %s", len(lines), last)
	}
}

// What is acknowledged while a session is being handed on would be lost with
// its journal.
func TestASealedSessionTakesNothing(t *testing.T) {
	r := newRig(t, http.NotFoundHandler(), rigOptions{})
	c, _ := call(t, r, pageID)
	acked := make(chan uint64, 1)
	go func() {
		var last uint64
		defer func() { acked <- last }()
		for n := range 100_000 {
			if c.WriteMessage(1, []byte(events(n, n+1))) != nil {
				return
			}
			var a answer
			if c.ReadJSON(&a) != nil || a.T == "over" {
				return
			}
			last = a.Seq
		}
	}()
	eventually(t, "events", func() bool { return len(r.items(t, sessionID)) > 10 })
	r.journal.Seal(sessionID)
	stored := uint64(len(r.items(t, sessionID)))
	if last := <-acked; last != stored || last == 0 {
		t.Errorf("%d acknowledged, %d stored when it was sealed", last, stored)
	}
}

// A session that reaches its limit says so.
func TestTheLimitOfASessionIsVisible(t *testing.T) {
	r := newRig(t, http.NotFoundHandler(), rigOptions{})
	c, _ := call(t, r, pageID)
	c.say("%s", events(0, 2))
	c.hear()
	r.journal.Fill(sessionID)
	c.say("%s", events(2, 5))
	if got := c.hear(); got.T != "stop" {
		t.Errorf("got %+v", got)
	}
	items := r.items(t, sessionID)
	if last := items[len(items)-1]; last.Lost != 3 || !strings.Contains(last.Reason, "limit") {
		t.Errorf("the last of %d items is %+v", len(items), last)
	}
}

// Whatever a page sends, its session can be handed on.
func TestHostileEventsAreExported(t *testing.T) {
	r := newRig(t, http.NotFoundHandler(), rigOptions{})
	c, _ := call(t, r, pageID)
	hostile := []string{
		`{"type":2,"rr_href":0,"attributes":{"n":1e999}}`,
		`{"type":2,"tagName":"\ud800","title":"stylesheet"}`,
		`{"type":3,"timestamp":1e999}`,
	}
	c.say("%s", `{"t":"events","seq":0}`+"\n"+strings.Join(hostile, "\n"))
	c.hear()
	c.say(`{"t":"gap","seq":3,"count":1,"reason":"overflow"}`)
	c.hear()
	_, lines := exported(t, r, sessionID)
	for i, event := range append(hostile, "reelay.gap") {
		if len(lines) != 4 || !strings.Contains(lines[i], event) {
			t.Errorf("%s is not in %q", event, lines)
		}
	}
}

// A disk that has damaged records keeps nothing from being handed on; what is
// missing shows.
func TestDamagedRecordsBecomeGaps(t *testing.T) {
	dir := t.TempDir()
	r := newRig(t, http.NotFoundHandler(), rigOptions{dir: wal.Folder(dir)})
	c, _ := call(t, r, pageID)
	for n := range 4 {
		c.say("%s", events(2*n, 2*n+2))
		c.hear()
	}
	segments, err := filepath.Glob(filepath.Join(dir, "*.wal"))
	if err != nil || len(segments) != 1 {
		t.Fatalf("segments %v, %v", segments, err)
	}
	data, err := os.ReadFile(segments[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []string{"2", "6"} {
		data = bytes.Replace(data, []byte(`"timestamp":`+n), []byte(`"timestamp":x`), 1)
	}
	if err := os.WriteFile(segments[0], data, 0o600); err != nil {
		t.Fatal(err)
	}
	b, lines := exported(t, r, sessionID)
	var gaps []string
	for _, g := range b.Manifest.Gaps {
		gaps = append(gaps, fmt.Sprintf("%d+%d %s", g.Seq, g.Count, g.Reason))
	}
	if got := strings.Join(gaps, ", "); got != "2+2 the journal is damaged, 6+2 the journal is damaged" || len(lines) != 6 {
		t.Errorf("gaps %s in %d lines", got, len(lines))
	}
}

// The level is the pages', not that of the recorder that hands them on, and a
// session is as private as its laxest page.
func TestTheLaxestLevelIsTold(t *testing.T) {
	dir := wal.Folder(t.TempDir())
	told := func(level recorder.Level) string {
		r := newRig(t, http.NotFoundHandler(), rigOptions{dir: dir, level: level})
		c, _, err := dial(t, r, r.URL)
		if err != nil {
			t.Fatal(err)
		}
		c.say("%s", strings.ReplaceAll(hello(string(level)+"-"+pageID), "standard", string(level)))
		c.hear()
		c.say("%s", events(0, 1))
		c.hear()
		b, _ := exported(t, r, sessionID)
		r.recorder.Close()
		r.journal.Close()
		return b.Manifest.Level
	}
	for _, tt := range [][2]recorder.Level{{"strict", "strict"}, {"open", "open"}, {"strict", "open"}} {
		if got := told(tt[0]); got != string(tt[1]) {
			t.Errorf("handed on at %s as %s, want %s", tt[0], got, tt[1])
		}
	}
}

// A disk that takes no more events still takes the note that a session was
// handed on, which is what frees it.
func TestAFullDiskCanBeEmptied(t *testing.T) {
	var full atomic.Bool
	dir := t.TempDir()
	r := newRig(t, http.NotFoundHandler(), rigOptions{dir: wal.Folder(dir), wal: wal.Options{SegmentSize: 1, Admit: func(int64) error {
		if full.Load() {
			return recorder.ErrReserve
		}
		return nil
	}}})
	c, _ := call(t, r, pageID)
	c.say("%s", events(0, 2))
	c.hear()
	full.Store(true)
	c.say("%s", events(2, 4))
	if got := c.hear(); got.T != "hold" {
		t.Errorf("a full disk answers %+v", got)
	}
	r.journal.Seal(sessionID)
	if err := r.journal.Finish(t.Context(), sessionID); err != nil {
		t.Error(err)
	}
	if segments, err := filepath.Glob(filepath.Join(dir, "*.wal")); err != nil || len(segments) != 1 {
		t.Errorf("segments %v, %v", segments, err)
	}
}
