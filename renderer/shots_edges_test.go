package renderer_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/reelay/reelay/renderer"
	"github.com/reelay/reelay/renderer/internal/rrwebtest"
	"github.com/reelay/reelay/session"
)

// TestShotsWithoutActions checks that nothing is made up.
func TestShotsWithoutActions(t *testing.T) {
	t.Parallel()
	r := rrwebtest.New(t)
	r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0;background:#d00000}</style><p id="p"></p>`)
	r.Attribute(1*second, "p", "style", "height:100px;margin:0;background:#0000d0")
	r.End(2 * second)
	if _, quiet := shots(t, r.JSON()); !quiet.Nothing || !strings.Contains(summary(t, quiet), "nobody did anything") {
		t.Errorf("the summary of a page that only opens is %q", summary(t, quiet))
	}
	r.Click(1500*ms, "p", 10, 10)
	dir, report := shots(t, r.JSON(), func(req *renderer.ShotsRequest) { req.Choice.Only = []session.Kind{session.Inputs} })
	if !report.Nothing || len(report.Steps) != 0 {
		t.Errorf("the report tells of %d steps, nothing: %t", len(report.Steps), report.Nothing)
	}
	if c := hex(picture(t, filepath.Join(dir, "last-page.png")).RGBAAt(160, 50)); c != "#0000d0" {
		t.Errorf("the last page is %s", c)
	}
	var list struct{ Steps []any }
	data, err := os.ReadFile(filepath.Join(dir, "steps.json"))
	if err != nil || json.Unmarshal(data, &list) != nil || list.Steps == nil || len(list.Steps) > 0 {
		t.Errorf("steps.json is %s, %v", data, err)
	}
	if said := summary(t, report); !strings.Contains(said, "no step of those asked for") {
		t.Errorf("the summary is %q", said)
	}
}

func summary(t *testing.T, r *renderer.ShotsReport) string {
	t.Helper()
	var b strings.Builder
	if err := r.Summary(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestShotsLostTarget checks that a click on what is not in the recording has a
// marker, no outline, and a line in the report.
func TestShotsLostTarget(t *testing.T) {
	t.Parallel()
	r := rrwebtest.New(t)
	r.Page(0, "https://a.example/", 320, 200, `<p id="p">text</p>`)
	r.Source(1*second, 2, map[string]any{"type": 1, "id": 4711, "x": 100, "y": 90})
	r.Source(1*second, 2, map[string]any{"type": 2, "id": 4711, "x": 100, "y": 90})
	r.End(2 * second)
	_, report := shots(t, r.JSON())
	s := report.Steps[1]
	if s.Caption != "Click at (100, 90)" || s.Box != nil || *s.Point != (session.Point{X: 100, Y: 90}) {
		t.Errorf("the step is %+v", s)
	}
	if !slices.Equal(report.Lost, []string{"step 2 at 0:01"}) {
		t.Errorf("lost targets: %q", report.Lost)
	}
}

// TestShotsSameTwice checks that two runs, one over the other's folder, give
// the same files and leave no others.
func TestShotsSameTwice(t *testing.T) {
	t.Parallel()
	recording := shop(t)
	read := func(dir string) map[string]string {
		content := map[string]string{}
		for _, name := range files(t, dir) {
			data, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			content[name] = string(data)
		}
		return content
	}
	dir, _ := shots(t, recording, func(req *renderer.ShotsRequest) { req.Choice.Most = 6 })
	first := read(dir)
	again := func(most int) func(*renderer.ShotsRequest) {
		return func(req *renderer.ShotsRequest) { req.Choice.Most, req.Outputs[0].Path = most, dir }
	}
	shots(t, recording, again(8))
	shots(t, recording, again(6))
	second := read(dir)
	for name := range first {
		if first[name] != second[name] {
			t.Errorf("%s differs", name)
		}
	}
	if len(second) != len(first) {
		t.Errorf("%d files, then %d", len(first), len(second))
	}
}

// TestShotsFail checks that nothing is left of a run that fails.
func TestShotsFail(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := pool(t, 1).Shots(t.Context(), renderer.ShotsRequest{
		Sources: []session.Part{{Name: "a", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(`[{"type":4}]`)), nil }}},
		Outputs: []renderer.ShotsOutput{{Path: filepath.Join(dir, "shots"), Kind: renderer.ShotsFolder}},
		Scale:   1,
	})
	if _, ok := errors.AsType[*session.UnusableError](err); !ok {
		t.Errorf("the error is %v", err)
	}
	if left := files(t, dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestShotsCaptureOnlyStills checks that each still of an hour costs one picture,
// and what lies between them none.
func TestShotsCaptureOnlyStills(t *testing.T) {
	t.Parallel()
	r := rrwebtest.New(t)
	r.Page(0, "https://a.example/", 640, 360, `<button id="b">Refresh</button><p id="p">0</p>`)
	for at := time.Second; at < time.Hour; at += second {
		r.Attribute(at, "p", "style", fmt.Sprintf("height:%dpx;background:#%06x", 50+at/second%200, at/second))
		if at%(190*second) == 0 {
			r.Click(at, "b", 20, 20)
		}
	}
	r.End(time.Hour)
	_, report := shots(t, r.JSON())
	const clicks = 18 // and the page itself
	if len(report.Steps) != 1+clicks || report.Captured != 1+clicks {
		t.Errorf("%d steps took %d pictures, not %d each", len(report.Steps), report.Captured, 1+clicks)
	}
}
