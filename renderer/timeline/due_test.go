package timeline

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/reelay/reelay/session"
)

// random is a recording of up to three tabs that do anything at any time.
func random(r *rand.Rand) memory {
	var events []session.Event
	length := 40 * time.Second
	when := func() time.Duration { return time.Duration(r.IntN(int(length/(25*ms)))) * 25 * ms }
	for stream := range 1 + r.IntN(3) {
		start := when() / 2
		if stream == 0 {
			start = 0
		}
		list := page(start, "https://a.example/")
		for range r.IntN(60) {
			at := max(start, when())
			switch r.IntN(10) {
			case 0:
				list = append(list, metaAt(at, "https://b.example/", 300+r.IntN(900), 500), fullAt(at+time.Duration(r.IntN(16))*time.Second, "B"))
			case 1:
				list = append(list, fullAt(at, "no size"))
			case 2:
				list = append(list, metaAt(at, "https://c.example/", 400, 300))
			case 3:
				list = append(list, resize(at, 200+r.IntN(900), 600))
			case 4, 5:
				list = append(list, scrolled(at, r.IntN(3), 0, r.IntN(900)))
			case 6:
				list = append(list, positions(at, session.MouseMove, r.IntN(4), [3]int{r.IntN(800), r.IntN(600), -r.IntN(800)}, [3]int{r.IntN(800), r.IntN(600), 0}))
			case 7:
				list = append(list, interact(at, session.Click, r.IntN(800), r.IntN(600)))
			default:
				list = append(list, mutation(at))
			}
		}
		events = append(events, in(stream, list...)...)
	}
	return sorted(events)
}

// options shape a clip in any way.
func options(r *rand.Rand) Options {
	o := Options{Speed: []float64{0.5, 1, 1.7, 8}[r.IntN(4)], FPS: []int{1, 7, 25, 60}[r.IntN(4)]}
	if r.IntN(2) == 0 {
		o.Idle = time.Duration(1+r.IntN(3000)) * ms
	}
	if r.IntN(2) == 0 {
		o.From = time.Duration(r.IntN(5000)) * ms
	}
	return o
}

// each runs a check on many random timelines.
func each(t *testing.T, check func(t *testing.T, src memory, tl *Timeline)) {
	t.Helper()
	checked := 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		src := random(r)
		tl, err := Build(src, options(r))
		if err != nil {
			continue // the range lies behind a short recording's end
		}
		checked++
		if check(t, src, tl); t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	if checked < 40 {
		t.Errorf("only %d timelines were checked", checked)
	}
}

// TestEverythingIsDueOnce walks from the first page through all ticks.
func TestEverythingIsDueOnce(t *testing.T) {
	each(t, func(t *testing.T, src memory, tl *Timeline) {
		t.Helper()
		got := dueBetween(tl, -1, tl.Before(0))
		for tick := range tl.Ticks() {
			got = append(got, dueBetween(tl, max(-1, tl.Before(tick)), tl.At(tick))...)
		}
		if !slices.IsSortedFunc(got, func(a, b Due) int { return int(a.At - b.At) }) {
			t.Error("what is due is out of order")
		}
		events, scrolls := map[int]int{}, 0
		for _, d := range got {
			switch d.Kind {
			case Apply:
				events[d.Event]++
				h := src.Header(d.Event)
				late := h.Type == session.Meta && d.At > h.Time && d.At <= h.Time+metaWait
				if d.At != h.Time && !late {
					t.Errorf("event %d of %v is due at %v", d.Event, h.Time, d.At)
				}
			case Scroll:
				scrolls++
			case Hover, View, Show:
			}
		}
		for i := range src.Len() {
			h, want := src.Header(i), 1
			switch h.Source {
			case session.MouseMove:
				want = 0 // shown, not applied
			case session.Scroll:
				want, scrolls = 0, scrolls-1
			}
			if events[i] != want {
				t.Errorf("event %d (type %d, source %d, at %v) is due %d times", i, h.Type, h.Source, h.Time, events[i])
			}
		}
		if scrolls != 0 {
			t.Errorf("%d scroll events too many are due", scrolls)
		}
	})
}

// built is what steps made of the pages: of each stream its last Meta and what
// was applied from its last full snapshot on, and the size of the page.
type built struct {
	metas   map[int]int
	applied map[int][]int
	current int // the stream in view
	view    Size
}

func (b *built) step(src Source, due []Due) {
	for _, d := range due {
		switch d.Kind {
		case Apply:
			h := src.Header(d.Event)
			switch {
			case h.Type == session.Meta:
				b.metas[h.Stream] = d.Event
			case d.Snapshot:
				b.applied[h.Stream] = []int{d.Event}
			default:
				b.applied[h.Stream] = append(b.applied[h.Stream], d.Event)
			}
		case View:
			b.view = d.View
		case Show:
			b.current = d.Stream
		case Hover, Scroll:
		}
	}
}

func blank() *built { return &built{metas: map[int]int{}, applied: map[int][]int{}, current: -1} }

// TestLead begins at any tick, as one of several workers does, and compares the
// pages with those of a worker that saw all.
func TestLead(t *testing.T) {
	each(t, func(t *testing.T, src memory, tl *Timeline) {
		t.Helper()
		whole := blank()
		whole.step(src, dueBetween(tl, -1, tl.Before(0)))
		for tick := range tl.Ticks() {
			whole.step(src, dueBetween(tl, tl.Before(tick), tl.At(tick)))
			if tick%(1+tl.Ticks()/40) != 0 {
				continue
			}
			part, last := blank(), time.Duration(-2)
			at, start := tl.At(tick), tl.Start(tl.At(tick))
			for _, s := range tl.Lead(tick) {
				if s.From < last || s.To <= s.From || s.From < start || s.To > tl.Before(tick) {
					t.Fatalf("tick %d: step %v after %v, from %v to %v", tick, s, last, start, tl.Before(tick))
				}
				last = s.To
				part.step(src, dueBetween(tl, s.From, s.To))
			}
			part.step(src, dueBetween(tl, max(tl.Before(tick), start), at))
			if part.view != whole.view {
				t.Fatalf("at %v the page is %v, not %v", at, part.view, whole.view)
			}
			if part.current != whole.current || whole.current != tl.inView(at) {
				t.Fatalf("at %v stream %d is in view, not %d or %d", at, part.current, whole.current, tl.inView(at))
			}
			ended := tl.Ended(at)
			for stream := range whole.applied {
				if stream != whole.current && slices.Contains(ended, stream) {
					continue // nobody will see it again
				}
				if got, want := part.applied[stream], whole.applied[stream]; !slices.Equal(got, want) {
					t.Fatalf("at %v stream %d is made of %v, not %v", at, stream, got, want)
				}
				if got, want := part.metas[stream], whole.metas[stream]; got != want {
					t.Fatalf("at %v stream %d has Meta %d, not %d", at, stream, got, want)
				}
			}
		}
	})
}

func TestSameTwice(t *testing.T) {
	each(t, func(t *testing.T, src memory, tl *Timeline) {
		t.Helper()
		again, err := Build(src, Options{From: tl.segments[0].from, Speed: tl.Speed, FPS: tl.FPS})
		if err != nil {
			return // too long without cuts
		}
		if !reflect.DeepEqual(again.dues, tl.dues) || !reflect.DeepEqual(again.pointer, tl.pointer) {
			t.Error("a second timeline differs")
		}
	})
}

// TestLastEvent is in view although the clip ends with it.
func TestLastEvent(t *testing.T) {
	for _, length := range []time.Duration{48 * ms, time.Second, 1017 * ms} {
		tl := build(t, visit(mutation(length)), plain())
		last := tl.Ticks() - 1
		due := dueBetween(tl, tl.Before(last), tl.At(last))
		if len(due) == 0 || due[len(due)-1].Event != 2 {
			t.Errorf("the mutation at the end of %v is never applied", length)
		}
	}
	// All of a recording may come too late for the first frame.
	tl := build(t, memory{metaAt(0, "https://a.example/", 800, 600), fullAt(48*ms, "")}, plain())
	if due := dueBetween(tl, tl.Start(tl.At(0)), tl.At(0)); tl.Ticks() != 1 || len(due) != 4 {
		t.Errorf("the only one of %d ticks shows %v", tl.Ticks(), due)
	}
}

// TestFirstPage is there from the start, however long its page took to load.
func TestFirstPage(t *testing.T) {
	tl := build(t, memory{
		event(0, session.DOMContentLoaded, `{}`), metaAt(60*ms, "https://a.example/", 400, 300), fullAt(90*ms, ""), end(time.Second),
	}, plain())
	due := dueBetween(tl, -1, 0)
	if len(due) != 4 || due[0].Event != 1 || due[1].Event != 2 || due[2].Kind != Show || due[3].View != (Size{400, 300}) {
		t.Errorf("at the start are due %v", due)
	}
	if tl.Session != time.Second || tl.PageAt(0).URL != "https://a.example/" {
		t.Errorf("%v of %q", tl.Session, tl.PageAt(0).URL)
	}
}

func TestMetaIsHeldToItsSnapshot(t *testing.T) {
	for name, test := range map[string]struct {
		wait, want time.Duration
		kinds      []Kind
	}{
		"at once":  {0, 20 * time.Second, []Kind{Apply, Apply, Show, View}},
		"a while":  {9 * time.Second, 20 * time.Second, []Kind{Apply, Apply, Show, View}},
		"too long": {11 * time.Second, 9 * time.Second, []Kind{Apply, View, Apply, Show}},
	} {
		t.Run(name, func(t *testing.T) {
			tl := build(t, visit(metaAt(20*time.Second-test.wait, "https://b.example/", 400, 300), fullAt(20*time.Second, ""), end(30*time.Second)), plain())
			if got := tl.ViewAt(test.want - 1); got != (Size{800, 600}) {
				t.Errorf("the new size shows too early: %v", got)
			}
			if got := tl.ViewAt(test.want); got != (Size{400, 300}) {
				t.Errorf("at %v the page is %v", test.want, got)
			}
			if got := tl.PageAt(test.want); got.URL != "https://b.example/" || got.At != test.want {
				t.Errorf("at %v the page is %v", test.want, got)
			}
			var kinds []Kind
			for _, d := range dueBetween(tl, time.Second, 25*time.Second) {
				kinds = append(kinds, d.Kind)
			}
			if !slices.Equal(kinds, test.kinds) {
				t.Errorf("due are %v, want %v", kinds, test.kinds)
			}
		})
	}
}

func TestNext(t *testing.T) {
	tl := build(t, visit(mutation(time.Second), end(2*time.Second)), plain())
	if got, ok := tl.Next(0); !ok || got != time.Second {
		t.Errorf("next after 0 is %v, %v", got, ok)
	}
	if got, ok := tl.Next(time.Second); ok {
		t.Errorf("next after the last is %v", got)
	}
}
