package timeline

import (
	"math"
	"testing"
	"time"

	"github.com/reelay/reelay/session"
)

func TestScrolling(t *testing.T) {
	tl := build(t, visit(
		scrolled(time.Second, 1, 0, 0), scrolled(1200*ms, 1, 100, 200), scrolled(1400*ms, 1, 100, 600),
		scrolled(1300*ms, 7, 0, 10), scrolled(1350*ms, 7, 0, 20), // another node
		scrolled(2400*ms, 1, 0, 30), scrolled(2417*ms, 1, 0, 20), // two frames of the page
		scrolled(3*time.Second, 1, 0, 0), // a jump
		scrolled(4900*ms, 1, 0, 300),
		metaAt(5*time.Second, "https://b.example/", 800, 600), fullAt(5*time.Second, ""),
		scrolled(5100*ms, 1, 0, 900), // of the next page
		end(6*time.Second),
	), plain())
	for _, test := range []struct {
		at   time.Duration
		node int
		x, y float64 // -1: at rest
	}{
		{900 * ms, 1, -1, -1},
		{1100 * ms, 1, 50, 100},
		{1150 * ms, 1, 75, 150},
		{1300 * ms, 1, 100, 400},
		{1325 * ms, 7, 0, 15},
		{1375 * ms, 7, -1, -1},
		{1400 * ms, 1, -1, -1},
		{2 * time.Second, 1, -1, -1},
		{2410 * ms, 1, -1, -1},
		{2990 * ms, 1, -1, -1},
		{3100 * ms, 1, -1, -1},
		{5050 * ms, 1, -1, -1},
	} {
		x, y := -1.0, -1.0
		for _, s := range tl.Scrolling(test.at) {
			if s.Node == test.node {
				x, y = s.X, s.Y
			}
		}
		if math.Hypot(x-test.x, y-test.y) > 1e-6 {
			t.Errorf("at %v node %d is at %v, %v, not %v, %v", test.at, test.node, x, y, test.x, test.y)
		}
		if test.x >= 0 && !tl.Scrolls(test.at) {
			t.Errorf("at %v nothing scrolls", test.at)
		}
		due := tl.Due(test.at-10*ms, test.at)
		if n := len(due); test.x >= 0 && (n == 0 || due[n-1].Kind != Scroll || due[n-1].At != test.at) {
			t.Errorf("at %v what scrolls is not due: %v", test.at, due)
		}
	}
}

func TestScrollsAtOneTime(t *testing.T) {
	var events []session.Event
	for i := range 50 {
		events = append(events, scrolled(time.Second, 1, 0, 10*i))
	}
	tl := build(t, visit(append(events, scrolled(1100*ms, 1, 0, 590), end(2*time.Second))...), plain())
	if got := tl.Scrolling(1050 * ms); len(got) != 1 || got[0].Y != 540 {
		t.Errorf("half way from the last position of many the page is at %v", got)
	}
}
