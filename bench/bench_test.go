// Package bench measures what rendering costs, with real Chromes, on the
// machine it runs on. A ratio compares renders that ran one right after the
// other; compare times of different machines, or of different runs, with care.
package bench

import (
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/reelay/reelay/renderer"
	"github.com/reelay/reelay/renderer/chrome"
	"github.com/reelay/reelay/renderer/encode"
	"github.com/reelay/reelay/session"
)

// shopFile is a minute at work in the demo shop: scrolling, typing, transitions
// and a spinner, in a window of 1280x720.
const shopFile = "../fixtures/sessions/shop.json.gz"

// rounds is how often a short render is repeated; its median is reported.
const rounds = 3

// pool returns a pool of Chromes, whose pictures are screenshots or read from
// their surface.
func pool(b *testing.B, chromes int, screenshots bool) *renderer.Pool {
	b.Helper()
	path, err := chrome.Find(os.Getenv("REELAY_CHROME"))
	if err != nil {
		b.Fatal(err)
	}
	tools, err := encode.Find()
	if err != nil {
		b.Fatal(err)
	}
	return renderer.NewPool(renderer.Config{
		Chromes: chromes, Chrome: path, Tools: tools, Screenshots: screenshots, Now: time.Now,
		Log: slog.New(slog.NewTextHandler(b.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
}

// request asks for all of a recording in real time, at 30 frames a second and
// with every overlay.
func request(b *testing.B, recording, format string) renderer.Request {
	b.Helper()
	return renderer.Request{
		Sources: []session.Part{{Name: recording, Open: func() (io.ReadCloser, error) { return os.Open(recording) }}},
		Outputs: []renderer.Output{{Path: filepath.Join(b.TempDir(), "clip."+format), Format: format}},
		Speed:   1, FPS: 30, Scale: 1, Workers: 1,
		Cursor: true, Clicks: true, Keys: true, Footer: true,
	}
}

// render renders, and fails if the pictures came another way than the
// benchmark is about.
func render(b *testing.B, p *renderer.Pool, req renderer.Request, path string) *renderer.Report {
	b.Helper()
	report, err := p.Render(b.Context(), req)
	if err != nil {
		b.Fatal(err)
	}
	if report.Path != path {
		b.Fatalf("the pictures are from %s, want %s: %s", report.Path, path, report.PathWhy)
	}
	return report
}

// The ways in which pictures come from Chrome, as reports name them.
const (
	surface    = "surface"
	screenshot = "screenshot"
)

// report replaces the time of an iteration, which tells little of a benchmark
// that renders several times, with metrics.
func report(b *testing.B, metrics map[string]float64) {
	b.Helper()
	b.ReportMetric(0, "ns/op")
	for unit, value := range metrics {
		b.ReportMetric(value, unit)
	}
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// perFrame is the CPU time of all processes for each distinct frame, in ms.
func perFrame(r *renderer.Report) float64 { return 1000 * r.CPU / float64(r.Composed) }
