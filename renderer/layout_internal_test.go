package renderer

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/reelay/reelay/renderer/compose"
	"github.com/reelay/reelay/renderer/timeline"
)

func TestLayout(t *testing.T) {
	footer := compose.FooterHeight(720, 1)
	for name, test := range map[string]struct {
		largest       timeline.Size
		req           Request
		window        timeline.Size
		width, height int
	}{
		"the largest page":  {timeline.Size{Width: 1366, Height: 768}, Request{Scale: 1}, timeline.Size{Width: 1366, Height: 768}, 1366, 768},
		"at twice the size": {timeline.Size{Width: 800, Height: 601}, Request{Scale: 2}, timeline.Size{Width: 800, Height: 601}, 1600, 1202},
		"a fraction":        {timeline.Size{Width: 333, Height: 333}, Request{Scale: 1.5}, timeline.Size{Width: 333, Height: 333}, 500, 500},
		"portrait":          {timeline.Size{Width: 414, Height: 832}, Request{Scale: 1}, timeline.Size{Width: 414, Height: 832}, 414, 832},
		"too large":         {timeline.Size{Width: 4096, Height: 4096}, Request{Scale: 1}, timeline.Size{Width: 2160, Height: 2160}, 2160, 2160},
		"too large, scaled": {timeline.Size{Width: 2560, Height: 1336}, Request{Scale: 2}, timeline.Size{Width: 1920, Height: 1002}, 3840, 2004},
		"a size":            {timeline.Size{Width: 414, Height: 832}, Request{Scale: 1, Width: 1280, Height: 720}, timeline.Size{Width: 1280, Height: 720}, 1280, 720},
		"a size, scaled":    {timeline.Size{Width: 414, Height: 832}, Request{Scale: 2, Width: 1280, Height: 720}, timeline.Size{Width: 640, Height: 360}, 1280, 720},
		"a size with footer": {
			timeline.Size{Width: 414, Height: 832},
			Request{Scale: 1, Width: 1280, Height: 720, Footer: true},
			timeline.Size{Width: 1280, Height: float64(720 - footer)},
			1280, 720 - footer,
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLayout(test.largest, test.req)
			if l.window != test.window || l.picture.width != test.width || l.picture.height != test.height {
				t.Errorf("window %v, picture %v; want %v, %d x %d", l.window, l.picture, test.window, test.width, test.height)
			}
			// Whatever the size, all of the page is in the picture.
			fit := l.fit(test.largest)
			if right := fit.X + test.largest.Width*fit.Scale; fit.X < 0 || right > l.window.Width+1e-9 {
				t.Errorf("the page lies from %v to %v of %v", fit.X, right, l.window.Width)
			}
			if bottom := fit.Y + test.largest.Height*fit.Scale; fit.Y < 0 || bottom > l.window.Height+1e-9 {
				t.Errorf("the page lies from %v to %v of %v", fit.Y, bottom, l.window.Height)
			}
			if grows := fit.Scale > 1; grows && test.req.Width == 0 {
				t.Errorf("the page is enlarged %v times", fit.Scale)
			}
		})
	}
}

// TestSpans splits clips: every tick belongs to one span, and the work is shared.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2030, 1, 2, 0, 0, 0, 0, time.UTC)
	for name, age := range map[string]time.Duration{
		"reelay-job-1": 48 * time.Hour, "reelay-chrome-2": 48 * time.Hour, "reelay-job-3": time.Minute,
		"reelay": 48 * time.Hour, "reelay-notes": 48 * time.Hour, "other-job-4": 48 * time.Hour,
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Join(path, "inside"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now.Add(-age), now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, "reelay-job-file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(file, now.Add(-48*time.Hour), now.Add(-48*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := Sweep(dir, now.Add(-24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	var left []string
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if want := []string{"other-job-4", "reelay", "reelay-job-3", "reelay-job-file", "reelay-notes"}; !slices.Equal(left, want) {
		t.Errorf("left are %v, want %v", left, want)
	}
	if err := Sweep(filepath.Join(dir, "none"), now); err != nil {
		t.Errorf("no folder to sweep: %v", err)
	}
}
