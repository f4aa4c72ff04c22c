package timeline

import (
	"maps"
	"testing"
	"time"

	"github.com/reelay/reelay/session"
)

// TestTabInView opens a second tab at 10 s and says what may bring the first
// one back.
func TestTabInView(t *testing.T) {
	const sec = time.Second
	for name, test := range map[string]struct {
		first  []session.Event // of the first tab
		second []session.Event
		back   time.Duration // when the first tab is in view again; 0 for never
	}{
		"nothing":               {first: []session.Event{mutation(20 * sec)}},
		"a click":               {first: []session.Event{interact(20*sec, session.MouseDown, 5, 5)}, back: 20 * sec},
		"a finger":              {first: []session.Event{interact(20*sec, session.TouchStart, 5, 5)}, back: 20 * sec},
		"the first of moves":    {first: []session.Event{positions(20*sec, session.MouseMove, 5, [3]int{1, 1, -400}, [3]int{2, 2, 0})}, back: 19600 * ms},
		"focus comes":           {first: []session.Event{interact(20*sec, session.Focus, 0, 0)}, back: 20 * sec},
		"focus goes":            {first: []session.Event{interact(20*sec, session.Blur, 0, 0)}},
		"a click by a script":   {first: []session.Event{interact(20*sec, session.Click, 0, 0)}},
		"a field by a script":   {first: []session.Event{typed(20*sec, 7, "x")}},
		"a field in use":        {first: []session.Event{interact(sec, session.Focus, 0, 0), typed(20*sec, 5, "x")}, back: 20 * sec},
		"typing by its mark":    {first: []session.Event{incremental(20*sec, session.Input, `"id":7,"text":"x","isChecked":false,"userTriggered":true`)}, back: 20 * sec},
		"scrolling":             {first: []session.Event{scrolled(20*sec, 1, 0, 9)}, back: 20 * sec},
		"scrolling at its side": {first: []session.Event{scrolled(20*sec, 1, 0, 9)}, second: []session.Event{move(19500*ms, 5, 1, 1)}},
		"a snapshot":            {first: page(20*sec, "https://a.example/")},
		"a resize":              {first: []session.Event{resize(20*sec, 300, 200)}},
		"its tab to the front":  {first: []session.Event{event(20*sec, session.Custom, `{"tag":"reelay.visible","payload":{}}`)}, back: 20 * sec},
		"moves that were sent late": {
			first:  []session.Event{move(19500*ms, 5, 1, 1)},
			second: []session.Event{positions(20*sec, session.MouseMove, 5, [3]int{1, 1, -900}, [3]int{2, 2, -600})},
			back:   19500 * ms,
		},
	} {
		t.Run(name, func(t *testing.T) {
			events := append(page(0, "https://a.example/"), test.first...)
			second := append([]session.Event{metaAt(10*sec, "https://b.example/", 400, 300), fullAt(10*sec, "")}, test.second...)
			tl := build(t, sorted(append(append(events, in(1, second...)...), end(30*sec))), plain())
			type look struct {
				url  string
				size Size
			}
			a, b := look{"https://a.example/", Size{800, 600}}, look{"https://b.example/", Size{400, 300}}
			for at := time.Duration(0); at < 30*sec; at += 100 * ms {
				want := a
				if at >= 10*sec && (test.back == 0 || at < test.back) {
					want = b
				}
				if got := (look{tl.PageAt(at).URL, tl.ViewAt(at)}); got != want {
					t.Fatalf("at %v in view is %v, not %v", at, got, want)
				}
			}
			shows := 0
			for _, d := range dueBetween(tl, 10*sec, 30*sec) {
				if d.Kind == Show && d.Stream == 0 && d.At == test.back {
					shows++
				}
			}
			if want := min(int(test.back), 1); shows != want {
				t.Errorf("the tab is brought back %d times, not %d", shows, want)
			}
		})
	}
}

// TestHiddenTab: what goes on behind the tab in view does not show, and scrolls
// there do not mix with its own.
func TestHiddenTab(t *testing.T) {
	events := append(page(0, "https://a.example/"), typed(12*time.Second, 7, "behind"), scrolled(12*time.Second, 1, 0, 50))
	second := append(page(10*time.Second, "https://b.example/"),
		move(11900*ms, 5, 1, 1), scrolled(11900*ms, 1, 0, 10), scrolled(12100*ms, 1, 0, 20), typed(13*time.Second, 7, "seen"))
	tl := build(t, sorted(append(append(events, in(1, second...)...), end(30*time.Second))), plain())
	strokes := tl.Strokes(0, 30*time.Second)
	if len(strokes) != 1 || strokes[0].Text != "seen" {
		t.Errorf("the keys are %v", strokes)
	}
	for _, s := range tl.Scrolling(12 * time.Second) {
		if s.Stream != 1 || s.Y != 15 {
			t.Errorf("on its way is %v", s)
		}
	}
	if n := len(tl.Scrolling(12 * time.Second)); n != 1 {
		t.Errorf("%d nodes are on their way", n)
	}
}

// TestHoverStays when a page is built once more, and ends with it.
func TestHoverStays(t *testing.T) {
	const sec = time.Second
	events := []session.Event{
		move(1*sec, 7, 10, 10), interact(5*sec, session.TouchStart, 1, 1), fullAt(6*sec, ""),
		event(7*sec, session.DOMContentLoaded, `{}`), move(7*sec, 9, 1, 1), fullAt(8*sec, ""), end(9 * sec),
	}
	for at, url := range map[time.Duration]string{2 * sec: "https://a.example/", 3 * sec: "https://b.example/", 4 * sec: "https://b.example/"} {
		events = append(events, page(at, url)...)
	}
	tl := build(t, visit(events...), plain())
	got := map[time.Duration]int{}
	for _, d := range dueBetween(tl, -1, 9*sec) {
		if d.Kind == Hover {
			got[d.At] = d.Enter.Node
		}
	}
	if want := map[time.Duration]int{1 * sec: 7, 2 * sec: 7, 5 * sec: 5, 7 * sec: 9}; !maps.Equal(got, want) {
		t.Errorf("nodes are entered at %v, not %v", got, want)
	}
}
