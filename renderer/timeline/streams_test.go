package timeline

import (
	"slices"
	"testing"
	"time"

	"github.com/reelay/reelay/session"
)

// tabs are two: the first from 0 to 40 s; the second from 10 to 30 s, with a
// second page from 20 s on.
func tabs() memory {
	events := append(page(0, "https://a.example/"), mutation(5*time.Second), mutation(40*time.Second))
	second := append(page(10*time.Second, "https://b.example/"), page(20*time.Second, "https://b.example/2")...)
	return sorted(append(events, in(1, append(second, mutation(30*time.Second))...)...))
}

func TestStart(t *testing.T) {
	tl := build(t, tabs(), plain())
	for at, want := range map[time.Duration]time.Duration{
		0:                -1,
		7 * time.Second:  -1,
		10 * time.Second: -1, // the first tab goes on
		25 * time.Second: -1,
		40 * time.Second: 20*time.Second - 1, // nothing more comes of the first
	} {
		if got := tl.Start(at); got != want {
			t.Errorf("what is shown at %v begins at %v, not %v", at, got, want)
		}
	}
	one := build(t, visit(append(page(8*time.Second, "https://b.example/"), end(10*time.Second))...), plain())
	for at, want := range map[time.Duration]time.Duration{8*time.Second - 1: -1, 8 * time.Second: 8*time.Second - 1, 9 * time.Second: 8*time.Second - 1} {
		if got := one.Start(at); got != want {
			t.Errorf("of one tab, what is shown at %v begins at %v, not %v", at, got, want)
		}
	}
}

// TestStartKnowsTheSize: a snapshot that comes without a Meta leaves the page as
// large as it was made before.
func TestStartKnowsTheSize(t *testing.T) {
	tl := build(t, visit(resize(5*time.Second, 400, 300), fullAt(8*time.Second, ""), end(10*time.Second)), plain())
	if got := tl.Start(9 * time.Second); got >= 5*time.Second {
		t.Errorf("what begins at %v knows nothing of the page's size", got)
	}
}

func TestEnded(t *testing.T) {
	tl := build(t, tabs(), plain())
	for at, want := range map[time.Duration][]int{
		0: nil, 29 * time.Second: nil, 30 * time.Second: {1}, 39 * time.Second: {1}, 40 * time.Second: {0, 1},
	} {
		if got := tl.Ended(at); !slices.Equal(got, want) {
			t.Errorf("at %v the streams %v have ended, not %v", at, got, want)
		}
	}
}

// TestWaitingMetas: of several tabs that never come to their snapshot, the
// order of what is due is always the same.
func TestWaitingMetas(t *testing.T) {
	src := visit(end(time.Second))
	for stream := range 20 {
		src = append(src, in(stream+1, metaAt(2*time.Second, "https://a.example/", 100+stream, 100))...)
	}
	for range 5 {
		tl := build(t, src, plain())
		var order []int
		for _, d := range dueBetween(tl, time.Second, 3*time.Second) {
			if d.Kind == Apply {
				order = append(order, src.Header(d.Event).Stream)
			}
		}
		if !slices.IsSorted(order) || len(order) != 20 {
			t.Fatalf("streams in the order %v", order)
		}
		if got := tl.ViewAt(2 * time.Second); got != (Size{800, 600}) {
			t.Fatalf("the page is %v", got)
		}
	}
}

func TestUnreadablePayloads(t *testing.T) {
	var events []session.Event
	for source := session.Mutation; source <= session.CustomElement; source++ {
		events = append(events,
			incremental(time.Second, source, `"id":"x","positions":7,"type":"click","text":[],"x":"1","width":true`),
			incremental(2*time.Second, source, `"positions":null`))
	}
	tl := build(t, visit(append(events, end(3*time.Second))...), plain())
	if got := tl.Ticks(); got != 90 {
		t.Errorf("%d ticks", got)
	}
	if n := len(tl.Strokes(-1, tl.Session)) + len(tl.Clicks(-1, time.Second)); n != 0 {
		t.Errorf("%d gestures came of payloads that can't be read", n)
	}
}
