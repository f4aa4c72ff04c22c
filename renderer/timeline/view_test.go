package timeline

import (
	"testing"
	"time"

	"github.com/reelay/reelay/session"
)

func TestLargest(t *testing.T) {
	src := visit(resize(10*time.Second, 400, 900), resize(20*time.Second, 1200, 300), resize(30*time.Second, 100, 100), end(40*time.Second))
	for name, test := range map[string]struct {
		from, to time.Duration
		want     Size
	}{
		"all":               {0, 0, Size{1200, 900}},
		"the first":         {0, 5 * time.Second, Size{800, 600}},
		"within the second": {11 * time.Second, 19 * time.Second, Size{400, 900}},
		"from the second":   {10 * time.Second, 19 * time.Second, Size{400, 900}},
		"two":               {15 * time.Second, 25 * time.Second, Size{1200, 900}},
		"the last":          {35 * time.Second, 0, Size{100, 100}},
	} {
		t.Run(name, func(t *testing.T) {
			tl := build(t, src, Options{From: test.from, To: test.to, Speed: 1, FPS: 30})
			if got := tl.Largest(); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestSizes(t *testing.T) {
	for name, test := range map[string]struct {
		meta session.Event
		want Size
	}{
		"as recorded": {metaAt(0, "x", 1366, 768), Size{1366, 768}},
		"huge":        {metaAt(0, "x", 1<<31-1, 5000), Size{4096, 4096}},
		"none":        {metaAt(0, "x", 0, 0), unsized},
		"negative":    {metaAt(0, "x", -800, -600), unsized},
		"infinite":    {event(0, session.Meta, `{"href":"x","width":1e308,"height":1e308}`), Size{4096, 4096}},
		"fractions":   {event(0, session.Meta, `{"href":"x","width":800.4,"height":600.5}`), Size{800, 601}},
		"not numbers": {event(0, session.Meta, `{"href":"x","width":"800","height":{}}`), unsized},
		"nothing":     {event(0, session.Meta, `{}`), unsized},
	} {
		t.Run(name, func(t *testing.T) {
			tl := build(t, memory{test.meta, fullAt(0, ""), end(time.Second)}, plain())
			if got := tl.ViewAt(0); got != test.want {
				t.Errorf("the page is %v, want %v", got, test.want)
			}
			if got := tl.Largest(); got != test.want {
				t.Errorf("the largest page is %v, want %v", got, test.want)
			}
		})
	}
	tl := build(t, visit(resize(time.Second, -5, 1<<30), resize(2*time.Second, 5, 1<<30), end(3*time.Second)), plain())
	if got := tl.ViewAt(time.Second); got != (Size{800, 600}) {
		t.Errorf("a resize to less than nothing gives %v", got)
	}
	if got := tl.ViewAt(2 * time.Second); got != (Size{64, 4096}) {
		t.Errorf("an absurd resize gives %v", got)
	}
	if got := tl.ViewAt(-time.Hour); got != (Size{800, 600}) {
		t.Errorf("before any the page is %v", got)
	}
}

func TestFitInto(t *testing.T) {
	for name, test := range map[string]struct {
		page, picture Size
		enlarge       bool
		want          Fit
	}{
		"the same":       {Size{800, 600}, Size{800, 600}, false, Fit{0, 0, 1}},
		"smaller":        {Size{400, 300}, Size{800, 600}, false, Fit{200, 150, 1}},
		"enlarged":       {Size{400, 300}, Size{800, 600}, true, Fit{0, 0, 2}},
		"wider":          {Size{1600, 600}, Size{800, 600}, false, Fit{0, 150, 0.5}},
		"higher":         {Size{800, 1200}, Size{800, 600}, true, Fit{200, 0, 0.5}},
		"portrait":       {Size{400, 800}, Size{1280, 720}, true, Fit{460, 0, 0.9}},
		"whole pixels":   {Size{401, 301}, Size{800, 600}, false, Fit{199, 149, 1}},
		"tiny in a huge": {Size{64, 64}, Size{4096, 4096}, false, Fit{2016, 2016, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := test.page.FitInto(test.picture, test.enlarge); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
