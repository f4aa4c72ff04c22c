package renderer

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/reelay/reelay/renderer/chrome"
	"github.com/reelay/reelay/renderer/timeline"
	"github.com/reelay/reelay/session"
)

const ms = time.Millisecond

// plan is a recording in memory: pages, and events that make Chrome work.
type plan []session.Event

func (p plan) Len() int                          { return len(p) }
func (p plan) Header(i int) session.Header       { return p[i].Header }
func (p plan) Load(i int) (session.Event, error) { return p[i], nil }

// opened is a page of 800 by 600.
func opened(at time.Duration, url, title string) plan {
	return plan{
		{Header: session.Header{Time: at, Type: session.Meta, Source: session.NoSource}, Raw: []byte(`{"type":4,"data":{"href":"` + url + `","width":800,"height":600}}`)},
		{Header: session.Header{Time: at, Type: session.FullSnapshot, Source: session.NoSource}, Raw: []byte(`{"type":2,"data":{"node":{"tagName":"title","childNodes":[{"textContent":"` + title + `"}]}}}`)},
	}
}

func mutated(at time.Duration) session.Event {
	return session.Event{Header: session.Header{Time: at, Type: session.Incremental, Source: session.Mutation}, Raw: []byte(`{"type":3,"data":{"source":0}}`)}
}

func planned(t *testing.T, o timeline.Options, events ...session.Event) *timeline.Timeline {
	t.Helper()
	tl, err := timeline.Build(plan(events), o)
	if err != nil {
		t.Fatal(err)
	}
	return tl
}

func TestWriteVTT(t *testing.T) {
	var out strings.Builder
	err := writeVTT(&out, []caption{
		{0, 1500 * ms, "Open “Shop”"},
		{59999 * ms, 61001 * ms, "Click “<b> & --> c”"},
		{100*time.Hour + 2*time.Minute + 3*time.Second, 101 * time.Hour, "Grüße 😀"},
	})
	if err != nil {
		t.Fatal(err)
	}
	const want = `WEBVTT

00:00:00.000 --> 00:00:01.500
Open “Shop”

00:00:59.999 --> 00:01:01.001
Click “&lt;b&gt; &amp; --&gt; c”

100:02:03.000 --> 101:00:00.000
Grüße 😀
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
	out.Reset()
	if err := writeVTT(&out, nil); err != nil || out.String() != "WEBVTT\n" {
		t.Errorf("no captions are %q, %v", out.String(), err)
	}
}

func TestCaptionFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clip.vtt")
	v, err := newVTT(path, []caption{{0, time.Second, "Open"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the file is there before the clip")
	}
	if err := v.publish(); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path); err != nil || !strings.Contains(string(text), "Open") {
		t.Errorf("the file holds %q, %v", text, err)
	}
	if v, err = newVTT(path, nil); err != nil {
		t.Fatal(err)
	}
	if err := v.discard(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if text, err := os.ReadFile(path); err != nil || !strings.Contains(string(text), "Open") {
		t.Errorf("a render that failed leaves %q, %v", text, err)
	}
	if _, err := newVTT(filepath.Join(t.TempDir(), "none", "clip.vtt"), nil); err == nil {
		t.Error("captions were written into a folder that does not exist")
	}
	none, err := newVTT("", nil)
	if err != nil || none.publish() != nil || none.discard() != nil {
		t.Errorf("no path: %v", err)
	}
}

// TestNarration tells of pages and clicks, one caption at a time.
func TestNarration(t *testing.T) {
	events := slices.Concat(opened(0, "https://a.example/", "Shop"), opened(10*time.Second, "https://a.example/b", ""))
	tl := planned(t, timeline.Options{Speed: 1, FPS: 10}, append(events, mutated(12*time.Second))...)
	d := &director{req: Request{Captions: "clip.vtt"}, tl: tl}
	seen := map[time.Duration]string{}
	for tick := range tl.Ticks() {
		d.announce(tick)
		switch tl.Clip(tick) {
		case time.Second:
			d.narrate(time.Second, "Buy")
		case 2 * time.Second:
			d.narrate(2*time.Second, "")       // nothing to call it by
			d.narrate(2*time.Second, "**** *") // nothing that may be told
			d.narrate(time.Hour, "Never shown")
		}
		seen[tl.Clip(tick)] = d.captionAt(tl.Clip(tick))
	}
	for at, want := range map[time.Duration]string{
		0: "Open “Shop”", 900 * ms: "Open “Shop”", time.Second: "Click “Buy”", 3400 * ms: "Click “Buy”", 3500 * ms: "",
		9900 * ms: "", 10 * time.Second: "Open “https://a.example/b”", 11900 * ms: "Open “https://a.example/b”",
	} {
		if seen[at] != want {
			t.Errorf("at %v the caption is %q, want %q", at, seen[at], want)
		}
	}
	want := []caption{{0, time.Second, "Open “Shop”"}, {time.Second, 3500 * ms, "Click “Buy”"}, {10 * time.Second, 12 * time.Second, "Open “https://a.example/b”"}}
	if !slices.Equal(d.captions, want) {
		t.Errorf("captions %v, want %v", d.captions, want)
	}
	silent := &director{tl: tl}
	silent.announce(0)
	silent.narrate(time.Second, "Buy")
	if len(silent.captions) > 0 {
		t.Errorf("captions that nobody asked for: %v", silent.captions)
	}
}

func TestNotes(t *testing.T) {
	var n notes
	note := func(kind, url string, at time.Duration) chrome.Note { return chrome.Note{Kind: kind, URL: url, At: at} }
	n.add([]chrome.Note{note("image", "https://a.example/1.png", time.Second), note("canvas", "", time.Second)}, 0)
	n.add([]chrome.Note{note("image", "https://a.example/1.png", 2*time.Second), note("late", "https://a.example/1.png", 2*time.Second)}, 0)
	n.add([]chrome.Note{note("image", "https://a.example/2.png?size=1&token=s3cret", 11*time.Second)}, 10*time.Second)
	events := slices.Concat(opened(0, "https://a.example/", ""), opened(10*time.Second, "https://a.example/b", ""))
	tl := planned(t, timeline.Options{Speed: 1, FPS: 10}, append(events, mutated(30*time.Second))...)
	assets, content := (&director{tl: tl, notes: n}).missing()
	const a, b, image = "https://a.example/", "https://a.example/b", "https://a.example/1.png"
	if want := []Missing{{"image", image, a, 1, 10, 2}, {"late", image, a, 2, 10, 1}, {"image", "https://a.example/2.png?size=1&token=•••••", b, 11, 30, 1}}; !slices.Equal(assets, want) {
		t.Errorf("assets %v, want %v", assets, want)
	}
	if want := []Missing{{"canvas", "", a, 1, 10, 1}}; !slices.Equal(content, want) {
		t.Errorf("content %v, want %v", content, want)
	}
}

func TestNotesAreBounded(t *testing.T) {
	var n notes
	long := "https://a.example/" + strings.Repeat("a", 1<<20)
	for i := range 3 * mostNotes {
		n.add([]chrome.Note{{Kind: "image", URL: long}, {Kind: "frame"}}, time.Duration(i))
	}
	if len(n.list) != mostNotes {
		t.Errorf("%d notes", len(n.list))
	}
	if got := len(n.list[0].URL); got > longestURL+len("…") {
		t.Errorf("an address of %d bytes", got)
	}
	n.add([]chrome.Note{{Kind: "frame"}}, 0)
	if n.list[1].count != 2 {
		t.Errorf("what is known is not counted any more: %d", n.list[1].count)
	}
}
