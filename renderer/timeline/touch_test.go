package timeline

import (
	"math"
	"testing"
	"time"

	"github.com/reelay/reelay/session"
)

func TestTouches(t *testing.T) {
	const fade = 200 * ms
	down := func(at time.Duration, x, y int) session.Event { return interact(at, session.TouchStart, x, y) }
	up := func(at time.Duration, x, y int) session.Event { return interact(at, session.TouchEnd, x, y) }
	swiped := func(at time.Duration, samples ...[3]int) session.Event {
		return positions(at, session.TouchMove, 5, samples...)
	}
	type finger struct {
		at     time.Duration
		x, y   float64
		lifted time.Duration
	}
	for name, test := range map[string]struct {
		events []session.Event
		want   []finger // at each time: one, or none where x is -1
	}{
		"a tap": {
			[]session.Event{down(time.Second, 10, 20), up(1100*ms, 10, 20)},
			[]finger{{999 * ms, -1, 0, 0}, {time.Second, 10, 20, 0}, {1050 * ms, 10, 20, 0}, {1150 * ms, 10, 20, 50 * ms}, {1300 * ms, -1, 0, 0}},
		},
		"a swipe": {
			[]session.Event{down(time.Second, 0, 100), swiped(1400*ms, [3]int{0, 200, -200}, [3]int{0, 300, 0}), up(1500*ms, 0, 310)},
			[]finger{{1100 * ms, 0, 150, 0}, {1200 * ms, 0, 200, 0}, {1300 * ms, 0, 250, 0}, {1450 * ms, 0, 305, 0}, {1600 * ms, 0, 310, 100 * ms}},
		},
		"moves that are written after the finger was lifted": {
			[]session.Event{
				down(time.Second, 0, 500), swiped(1020*ms, [3]int{0, 480, 0}), up(1300*ms, 0, 100),
				swiped(1520*ms, [3]int{0, 400, -420}, [3]int{0, 200, -320}, [3]int{0, 120, -200}),
				down(3*time.Second, 50, 50), up(3100*ms, 50, 50),
			},
			[]finger{
				{1010 * ms, 0, 490, 0},
				{1100 * ms, 0, 400, 0},
				{1150 * ms, 0, 300, 0},
				{1200 * ms, 0, 200, 0},
				{1300 * ms, 0, 100, 0},
				{1400 * ms, 0, 100, 100 * ms},
				{1500 * ms, -1, 0, 0},
				{2900 * ms, -1, 0, 0},
				{3 * time.Second, 50, 50, 0},
				{3200 * ms, 50, 50, 100 * ms},
				{4 * time.Second, -1, 0, 0},
			},
		},
		"cancelled": {
			[]session.Event{down(time.Second, 10, 10), swiped(1200*ms, [3]int{10, 50, 0}), interact(1250*ms, session.TouchCancel, 0, 0), down(2*time.Second, 70, 70), up(2100*ms, 70, 70)},
			[]finger{{1100 * ms, 10, 30, 0}, {1300 * ms, 10, 50, 100 * ms}, {1900 * ms, -1, 0, 0}, {2 * time.Second, 70, 70, 0}},
		},
		"never lifted": {
			[]session.Event{down(time.Second, 10, 10), down(5*time.Second, 90, 90), up(5100*ms, 90, 90)},
			[]finger{{time.Second, 10, 10, 0}, {3 * time.Second, -1, 0, 0}, {5 * time.Second, 90, 90, 0}},
		},
		"never put down": {
			[]session.Event{swiped(time.Second, [3]int{10, 10, -100}, [3]int{10, 30, 0}), up(1100*ms, 10, 40)},
			[]finger{{899 * ms, -1, 0, 0}, {950 * ms, 10, 20, 0}, {1100 * ms, 10, 40, 0}},
		},
		"only lifted": {[]session.Event{up(time.Second, 10, 10)}, []finger{{time.Second, -1, 0, 0}, {1100 * ms, -1, 0, 0}}},
	} {
		t.Run(name, func(t *testing.T) {
			tl := build(t, visit(append(test.events, end(10*time.Second))...), plain())
			for _, want := range test.want {
				got := tl.Touches(want.at, fade)
				if want.x < 0 {
					if len(got) > 0 {
						t.Errorf("at %v there are fingers: %v", want.at, got)
					}
					continue
				}
				if len(got) != 1 {
					t.Errorf("at %v there are %d fingers: %v", want.at, len(got), got)
					continue
				}
				if math.Hypot(got[0].X-want.x, got[0].Y-want.y) > 0.01 || got[0].Lifted != want.lifted {
					t.Errorf("at %v the finger is %+v, want %+v", want.at, got[0], want)
				}
			}
			if _, ok := tl.Pointer(5 * time.Second); ok {
				t.Error("a finger leaves a mouse pointer")
			}
		})
	}
}

// TestTapIsNoMouse: browsers send mouse events after a tap, which show nothing.
func TestTapIsNoMouse(t *testing.T) {
	tl := build(t, visit(
		interact(time.Second, session.TouchStart, 10, 10), interact(1050*ms, session.TouchEnd, 10, 10),
		move(1100*ms, 5, 10, 10), interact(1350*ms, session.MouseDown, 10, 10), interact(1350*ms, session.MouseUp, 10, 10),
		interact(1360*ms, session.Click, 10, 10),
		incremental(8*time.Second, session.MouseInteraction, `"type":2,"id":5,"x":3,"y":3,"pointerType":2`),
		end(10*time.Second),
	), plain())
	for at := time.Duration(0); at < tl.Session; at += 50 * ms {
		if p, ok := tl.Pointer(at); ok {
			t.Fatalf("at %v a mouse pointer shows at %v", at, p.From)
		}
	}
	clicks := tl.Clicks(0, tl.Session)
	if len(clicks) != 2 || !clicks[0].Hidden || !clicks[1].Hidden {
		t.Errorf("clicks by touch: %v", clicks)
	}
	// What is tapped is hovered, though.
	if due := dueBetween(tl, time.Second-1, time.Second); len(due) != 2 || due[1].Kind != Hover {
		t.Errorf("due at the tap: %v", due)
	}
}

// TestMouseRestsBeforeTouch: on a computer that has both, the pointer does not
// run after the finger.
func TestMouseRestsBeforeTouch(t *testing.T) {
	tl := build(t, visit(move(time.Second, 5, 10, 10), interact(5*time.Second, session.TouchStart, 500, 500), interact(5050*ms, session.TouchEnd, 500, 500), move(9*time.Second, 5, 40, 40), end(10*time.Second)), plain())
	if x, _, ok := shown(tl, 4950*ms); !ok || x != 10 {
		t.Errorf("just before the touch the pointer is at %v (%v)", x, ok)
	}
	if _, _, ok := shown(tl, 6*time.Second); ok {
		t.Error("the pointer is there after the touch")
	}
	if x, _, ok := shown(tl, 9*time.Second); !ok || x != 40 {
		t.Errorf("the mouse is not back: %v (%v)", x, ok)
	}
}
