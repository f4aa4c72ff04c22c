package timeline

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/reelay/reelay/session"
)

// shown is where the pointer is drawn.
func shown(tl *Timeline, t time.Duration) (x, y float64, ok bool) {
	p, ok := tl.Pointer(t)
	return Curve(p.Before.X, p.From.X, p.To.X, p.After.X, p.F), Curve(p.Before.Y, p.From.Y, p.To.Y, p.After.Y, p.F), ok
}

func TestPointer(t *testing.T) {
	tl := build(t, visit(
		move(time.Second, 5, 100, 100), move(1100*ms, 5, 200, 100), move(1200*ms, 5, 300, 200),
		move(5*time.Second, 5, 700, 500), end(6*time.Second),
	), plain())
	for _, test := range []struct {
		at   time.Duration
		x, y float64
	}{
		{time.Second, 100, 100},
		{1100 * ms, 200, 100},
		{1200 * ms, 300, 200},
		{4 * time.Second, 300, 200},      // at rest
		{4700 * ms, 300, 200},            // until 300 ms before the next sample
		{4850 * ms, 500, 350},            // half way
		{5 * time.Second, 700, 500},      // there
		{time.Hour, 700, 500},            // and it stays
		{5500 * ms, 700, 500},            // whatever happens
		{1199999 * 1000, 300, 200},       // nearly there
		{1000*ms + 1, 100, 100},          // hardly off
		{1100*ms - 1, 200, 100},          // nearly there
		{4700*ms + 1, 300, 200},          // hardly off
		{5*time.Second - 1, 700, 500},    // nearly there
		{4*time.Second + 1*ms, 300, 200}, // at rest
	} {
		x, y, ok := shown(tl, test.at)
		if !ok || math.Hypot(x-test.x, y-test.y) > 0.01 {
			t.Errorf("at %v the pointer is at %.2f, %.2f (%v), not %v, %v", test.at, x, y, ok, test.x, test.y)
		}
	}
	if _, _, ok := shown(tl, time.Second-1); ok {
		t.Error("there is a pointer before its first sample")
	}
}

// TestPointerKeepsToItsPath draws random paths at every millisecond.
func TestPointerKeepsToItsPath(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	for range 10 {
		var events []session.Event
		at := time.Duration(0)
		for range 20 {
			at += time.Duration(r.IntN(500)) * ms
			events = append(events, move(at, r.IntN(3), r.IntN(2000)-500, r.IntN(900)))
		}
		tl := build(t, visit(append(events, end(at+time.Second))...), plain())
		for now := time.Duration(0); now < at+time.Second; now += ms {
			p, ok := tl.Pointer(now)
			x, y, _ := shown(tl, now)
			if !ok {
				continue
			}
			if p.F < 0 || p.F >= 1 {
				t.Fatalf("at %v the pointer is %v of the way", now, p.F)
			}
			if !within(x, p.From.X, p.To.X) || !within(y, p.From.Y, p.To.Y) {
				t.Fatalf("at %v the pointer is at %v, %v: not between %v and %v", now, x, y, p.From, p.To)
			}
			if p.F > 0 && p.To.At-now > glide {
				t.Fatalf("at %v the pointer is on its way to %v", now, p.To.At)
			}
		}
		for _, s := range tl.pointer {
			if x, y, _ := shown(tl, s.At); !sampledAt(tl, s.At, x, y) {
				t.Fatalf("at the sample of %v the pointer is at %v, %v", s, x, y)
			}
		}
	}
}

func within(v, a, b float64) bool {
	const hair = 1e-6
	return v >= min(a, b)-hair && v <= max(a, b)+hair
}

// sampledAt says whether a place was recorded at a time; several may have been.
func sampledAt(tl *Timeline, t time.Duration, x, y float64) bool {
	for _, s := range tl.pointer {
		if s.At == t && s.X == x && s.Y == y {
			return true
		}
	}
	return false
}

func TestBatches(t *testing.T) {
	tl := build(t, visit(
		// A batch that is written half a second late is shown when it happened.
		positions(2*time.Second, session.MouseMove, 5, [3]int{10, 10, -500}, [3]int{50, 10, -100}),
		// Offsets that can't be are not believed.
		positions(60*time.Second, session.MouseMove, 5, [3]int{90, 90, -9_000_000}, [3]int{95, 95, 9_000_000}),
		positions(61*time.Second, session.Drag, 5, [3]int{-7, 12, 0}),
		end(70*time.Second),
	), plain())
	for at, want := range map[time.Duration]float64{1500 * ms: 10, 1900 * ms: 50, 50 * time.Second: 90, 60 * time.Second: 95, 61 * time.Second: -7} {
		if x, _, ok := shown(tl, at); !ok || x != want {
			t.Errorf("at %v the pointer is at %v (%v), want %v", at, x, ok, want)
		}
	}
	early := build(t, visit(positions(100*ms, session.MouseMove, 5, [3]int{10, 10, -500}), end(time.Second)), plain())
	if x, _, ok := shown(early, 0); !ok || x != 10 {
		t.Errorf("a position before the recording's start is at %v (%v) at 0", x, ok)
	}
}

func TestCurve(t *testing.T) {
	for _, test := range []struct{ a, b, c, d, f, want float64 }{
		{0, 10, 20, 30, 0, 10},
		{0, 10, 20, 30, 1, 20},
		{0, 10, 20, 30, 0.5, 15}, // a straight line at constant speed
		{0, 10, 20, 30, 0.25, 12.5},
		{5, 5, 5, 5, 0.3, 5},
		{10, 10, 20, 20, 0.5, 15},
		{99, 10, 10, -99, 0.5, 10},               // turning points stay
		{-1 << 24, -1 << 24, 1 << 24, 0, 0.5, 0}, // as far as session lets them be
	} {
		if got := Curve(test.a, test.b, test.c, test.d, test.f); math.Abs(got-test.want) > 1e-6 {
			t.Errorf("%v is %v", test, got)
		}
	}
}

func TestClicks(t *testing.T) {
	click := func(at time.Duration, x, y int) session.Event { return interact(at, session.Click, x, y) }
	press := func(at time.Duration, x, y int) session.Event { return interact(at, session.MouseDown, x, y) }
	control := func(at time.Duration, x, y int) session.Event { // click gives its label
		return incremental(at, session.MouseInteraction, fmt.Sprintf(`"type":2,"id":6,"x":%d,"y":%d`, x, y))
	}
	for name, test := range map[string]struct {
		clicks []session.Event
		want   []int
	}{
		"one":                {[]session.Event{click(time.Second, 10, 10)}, []int{1}},
		"two":                {[]session.Event{click(time.Second, 10, 10), click(1400*ms, 12, 10)}, []int{1, 2}},
		"four":               {[]session.Event{click(1000*ms, 1, 1), click(1200*ms, 1, 1), click(1400*ms, 1, 1), click(1600*ms, 1, 1)}, []int{1, 2, 3, 4}},
		"slow":               {[]session.Event{click(time.Second, 10, 10), click(1501*ms, 10, 10)}, []int{1, 1}},
		"elsewhere":          {[]session.Event{click(time.Second, 10, 10), click(1100*ms, 10, 41)}, []int{1, 1}},
		"presses are none":   {[]session.Event{interact(time.Second, session.MouseDown, 1, 1), interact(time.Second, session.MouseUp, 1, 1)}, nil},
		"focus is none":      {[]session.Event{interact(time.Second, session.Focus, 0, 0)}, nil},
		"unknown kinds, too": {[]session.Event{interact(time.Second, 99, 0, 0), interact(time.Second, -3, 0, 0)}, nil},
		"double clicks once": {[]session.Event{click(1000*ms, 1, 1), click(1100*ms, 1, 1), interact(1100*ms, session.DblClick, 1, 1)}, []int{1, 2}},
		"by key":             {[]session.Event{interact(1000*ms, session.MouseUp, 0, 0), click(1000*ms, 0, 0)}, nil},
		"by key after one":   {[]session.Event{press(1000*ms, 90, 90), click(1000*ms, 90, 90), click(1100*ms, 0, 0)}, []int{1}},
		"in the corner":      {[]session.Event{press(1000*ms, 9, 9), click(1500*ms, 0, 0)}, []int{1}},
		"long after a press": {[]session.Event{press(1000*ms, 0, 0), click(6001*ms, 0, 0)}, nil},
		"of a finger":        {[]session.Event{interact(1000*ms, session.TouchStart, 0, 0), click(1100*ms, 0, 0)}, []int{1}},
		"on a label":         {[]session.Event{press(1000*ms, 9, 9), click(1100*ms, 9, 9), control(1101*ms, 9, 9)}, []int{1}},
		"twice on a label": {[]session.Event{
			press(1000*ms, 9, 9), click(1100*ms, 9, 9), control(1101*ms, 9, 9), press(1200*ms, 9, 9), click(1300*ms, 9, 9), control(1301*ms, 9, 9),
		}, []int{1, 2}},
		"beside a label":    {[]session.Event{click(1000*ms, 9, 9), control(1001*ms, 9, 10)}, []int{1, 2}},
		"later than echoes": {[]session.Event{click(1000*ms, 9, 9), control(1051*ms, 9, 9)}, []int{1, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			tl := build(t, visit(append(test.clicks, end(10*time.Second))...), plain())
			clicks := tl.Clicks(-1, tl.Session)
			if len(clicks) != len(test.want) {
				t.Fatalf("%d clicks, want %d", len(clicks), len(test.want))
			}
			for i, c := range clicks {
				if c.Count != test.want[i] {
					t.Errorf("click %d is number %d, not %d", i+1, c.Count, test.want[i])
				}
			}
		})
	}
	tl := build(t, visit(click(time.Second, 30, 40), end(2*time.Second)), plain())
	for at, want := range map[time.Duration]bool{950 * ms: false, 960 * ms: true, time.Second: true, 1119 * ms: true, 1120 * ms: false} {
		if tl.Pressed(at) != want {
			t.Errorf("the button is down at %v: %v", at, !want)
		}
	}
	if x, y, ok := shown(tl, time.Second); !ok || x != 30 || y != 40 {
		t.Errorf("the pointer of a click without moves is at %v, %v (%v)", x, y, ok)
	}
	keyed := build(t, visit(move(time.Second, 5, 30, 40), click(2*time.Second, 0, 0), end(3*time.Second)), plain())
	if x, y, _ := shown(keyed, 3*time.Second); x != 30 || y != 40 {
		t.Errorf("a click by key moves the pointer to %v, %v", x, y)
	}
	if n := len(tl.Clicks(time.Second, 2*time.Second)) + len(tl.Clicks(0, time.Second-1)); n != 0 {
		t.Errorf("%d clicks outside their time", n)
	}
}
