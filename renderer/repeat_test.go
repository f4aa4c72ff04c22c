package renderer_test

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/reelay/reelay/renderer"
	"github.com/reelay/reelay/renderer/internal/rrwebtest"
)

// outputs renders a request in every format and returns what was made.
func outputs(t *testing.T, req renderer.Request, workers int, formats ...string) map[string][]byte {
	t.Helper()
	dir := t.TempDir()
	req.Workers, req.Outputs = workers, nil
	for _, f := range formats {
		req.Outputs = append(req.Outputs, renderer.Output{Path: filepath.Join(dir, "clip."+f), Format: f})
	}
	browsers <- struct{}{}
	defer func() { <-browsers }()
	report, err := pool(t, workers).Render(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if report.Workers != workers {
		t.Errorf("%d workers took part, not %d", report.Workers, workers)
	}
	made := map[string][]byte{}
	for _, o := range req.Outputs {
		data, err := os.ReadFile(o.Path)
		if err != nil {
			t.Fatal(err)
		}
		made[o.Format] = data
	}
	return made
}

// TestRepeatable renders the same recording three times, with one and with
// three workers, in every format, and compares the files.
func TestRepeatable(t *testing.T) {
	t.Parallel()
	req := request(t, shop(t), "")
	req.From, req.To, req.FPS = 17*second, 36*second, 15 // three pages
	req.Cursor, req.Clicks, req.Keys, req.Footer = true, true, true, true
	formats := []string{"mp4", "webm", "gif", "webp", "png"}
	once, again, split := outputs(t, req, 1, formats...), outputs(t, req, 1, formats...), outputs(t, req, 3, formats...)
	for _, f := range formats {
		if !bytes.Equal(once[f], again[f]) {
			t.Errorf("%s: a second run gives other bytes", f)
		}
		if !bytes.Equal(once[f], split[f]) {
			t.Errorf("%s: three workers give other bytes than one", f)
		}
	}
}

// TestWorkers expects the same bytes however many Chromes share the pages of a
// visit.
func TestWorkers(t *testing.T) {
	t.Parallel()
	for site, n := range map[string]int{"shop": 5, "signup": 2} {
		t.Run(site, func(t *testing.T) {
			t.Parallel()
			req := request(t, fixture(t, site), "")
			req.FPS, req.Idle = 10, time.Second
			req.From = 579 * ms // a tick comes just before a ring has faded
			whole := outputs(t, req, 1, "mp4")
			if got := outputs(t, req, n, "mp4"); !bytes.Equal(got["mp4"], whole["mp4"]) {
				t.Errorf("%d workers give other bytes than one", n)
			}
		})
	}
}

// TestLongPage goes on with fresh Chromes in the middle of a page, one after
// the other as well as side by side.
func TestLongPage(t *testing.T) {
	t.Parallel()
	r := rrwebtest.New(t)
	r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0}p{font:20px sans-serif;transition:all .3s}b{display:block;width:30px;height:30px;background:linear-gradient(#d00000,#0000d0);animation:k 1.7s infinite}@keyframes k{to{transform:translateX(280px) scale(1.4) rotate(1turn)}}</style><b></b><p id="p">0</p>`)
	for at := 20 * ms; at < 22*second; at += 20 * ms {
		r.Attribute(at, "p", "style", []string{"margin-left:0", "margin-left:200px;color:#00a000"}[at/(200*ms)%2])
	}
	r.End(22 * second)
	req := request(t, r.JSON(), "")
	req.FPS = 50
	if one, two := outputs(t, req, 1, "mp4"), outputs(t, req, 2, "mp4"); !bytes.Equal(one["mp4"], two["mp4"]) {
		t.Error("two workers give other bytes than one")
	}
}

// TestChromeFailsOften kills the page again and again, at whatever it is doing.
func TestChromeFailsOften(t *testing.T) {
	recording := busy(t, 4*time.Second)
	whole, err := os.ReadFile(render(t, recording).path)
	if err != nil {
		t.Fatal(err)
	}
	killed := 0
	got := render(t, recording, func(req *renderer.Request) {
		req.Progress = func(p renderer.Progress) {
			if p.Stage == "render" && p.Done < p.Total {
				killed++
				signal(t, chromes("renderer"), syscall.SIGKILL)
			}
		}
	})
	data, err := os.ReadFile(got.path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(data, whole) {
		t.Error("the clip differs from one without a failure")
	}
	if killed < 5 || got.report.Retries == 0 {
		t.Errorf("the page was killed %d times, chrome replaced %d times", killed, got.report.Retries)
	}
}
