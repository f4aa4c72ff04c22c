package renderer_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/reelay/reelay/renderer"
	"github.com/reelay/reelay/renderer/internal/rrwebtest"
	"github.com/reelay/reelay/session"
)

// tabs are two: a second, smaller one is opened at 1 s. Nodes of both have the
// same ids. Later, the first one is used again.
func tabs(t *testing.T) (a, b *rrwebtest.Recording) {
	t.Helper()
	a, b = rrwebtest.New(t), rrwebtest.New(t)
	a.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0;background:#dddddd}#bar{height:40px;background:#d00000}#bar:hover{background:#00a000}p{margin:0;height:40px;background:#d000d0}</style><div id="bar"></div><div id="box"></div>`)
	openB(b, 1*second)
	return a, b
}

func openB(b *rrwebtest.Recording, at time.Duration) {
	b.Page(at, "https://b.example/", 160, 100, `<style>body{margin:0;background:#eeee00}#bar{height:40px;background:#0000d0}#bar:hover{background:#00d0d0}</style><div id="bar"></div><div id="box"></div>`)
}

// TestTabs: the clip shows the tab that is used, in its size, as it became while
// it lay behind; and nothing of what goes on behind.
func TestTabs(t *testing.T) {
	t.Parallel()
	a, b := tabs(t)
	a.Append(1500*ms, "box", `<p></p>`)
	a.Click(2*second, "bar", 20, 20)
	b.Scroll(2200*ms, "", 0, 30)
	openB(b, 2500*ms) // recorders do so from time to time
	b.Resize(2600*ms, 300, 200)
	b.Move(3500*ms, "bar", 20, 20)
	b.End(4 * second)
	clip := render(t, rrwebtest.Tabs(t, a, b))
	clip.check(t, []look{
		{500 * ms, 200, 20, "#d00000", "the first tab"},
		{1500 * ms, 10, 10, "#e9ecef", "ground around the second"},
		{1500 * ms, 160, 70, "#0000d0", "the second tab"},
		{2200 * ms, 200, 20, "#00a000", "the first again, under the pointer"},
		{2200 * ms, 10, 190, "#dddddd", "in its size"},
		{2200 * ms, 200, 60, "#d000d0", "with what came meanwhile"},
		{3 * second, 200, 20, "#00a000", "a snapshot of the second takes no view"},
		{3 * second, 10, 190, "#dddddd", "nor does its size matter"},
		{3700 * ms, 20, 190, "#eeee00", "the second again, in its new size"},
		{3700 * ms, 200, 20, "#00d0d0", "under the pointer"},
	})
}

// TestShotsOfTabs: a still shows the tab that was acted on, in its size, and
// nothing that is redacted.
func TestShotsOfTabs(t *testing.T) {
	t.Parallel()
	a, b := tabs(t)
	a.Append(1500*ms, "box", `<p id="secret"></p>`)
	a.Click(2*second, "bar", 20, 20)
	b.Click(4*second, "bar", 20, 20)
	b.End(6 * second)
	dir, report := shots(t, rrwebtest.Tabs(t, a, b), func(req *renderer.ShotsRequest) {
		req.Redact, req.Choice.Only = []string{"#secret"}, []session.Kind{session.Clicks}
	})
	if len(report.Steps) != 2 {
		t.Fatalf("the steps are %q", captions(report.Steps))
	}
	for i, want := range []struct {
		width     int
		x, y      int
		colour    string
		otherwise string
	}{
		{320, 200, 60, "#000000", "what came while the tab lay behind is not redacted"},
		{160, 100, 80, "#eeee00", "it is not the second tab"},
	} {
		img := picture(t, filepath.Join(dir, *report.Steps[i].Image))
		if got := img.Rect.Dx(); got != want.width {
			t.Errorf("still %d is %d pixels wide, not %d", i+1, got, want.width)
		}
		if got := hex(img.RGBAAt(want.x, want.y)); got != want.colour {
			t.Errorf("still %d: %s: %s", i+1, want.otherwise, got)
		}
	}
}
