package bench

import (
	"errors"
	"flag"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/reelay/reelay/renderer"
	"github.com/reelay/reelay/session"
)

var corpus = flag.String("corpus", "", "render the recordings of this folder's folder real") //nolint:gochecknoglobals // a flag.

// The lengths of the recordings that are measured with their pauses: a shorter
// one measures the start of Chrome, and a longer one, such as a tab left open
// for a week, the repetition of one frame.
const (
	shortest = time.Second
	longest  = 3 * time.Hour
)

// BenchmarkCorpus renders recordings of many products, with their pauses as
// they are and cut.
func BenchmarkCorpus(b *testing.B) {
	if *corpus == "" {
		b.Skip("no recordings: name their folder with -corpus")
	}
	files, err := filepath.Glob(filepath.Join(*corpus, "real", "*.json*"))
	if err != nil || len(files) == 0 {
		b.Fatalf("no recordings in %s: %v", *corpus, err)
	}
	var speeds, costs []float64
	for _, file := range files {
		b.Run(strings.TrimSuffix(filepath.Base(file), ".json.gz"), func(b *testing.B) {
			for b.Loop() {
				cut, ok := renderReal(b, file, 3*time.Second)
				if !ok || cut.Session < shortest.Seconds() {
					report(b, map[string]float64{"session-s": 0})
					continue
				}
				metrics := map[string]float64{"session-s": cut.Session, "wall-s/output-s": cut.Wall / cut.Clip}
				costs = append(costs, metrics["wall-s/output-s"])
				if cut.Session <= longest.Seconds() {
					whole, _ := renderReal(b, file, 0)
					metrics["x-realtime"] = whole.RealTime
					speeds = append(speeds, whole.RealTime)
				}
				report(b, metrics)
			}
		})
	}
	b.Run("median", func(b *testing.B) {
		if len(speeds) == 0 {
			b.Fatal("no recording was rendered")
		}
		report(b, map[string]float64{"x-realtime": median(speeds), "wall-s/output-s": median(costs), "recordings": float64(len(costs))})
	})
}

// renderReal renders a recording with its pauses cut to idle; 0 keeps them. It
// reports whether the recording can be shown.
func renderReal(b *testing.B, file string, idle time.Duration) (*renderer.Report, bool) {
	b.Helper()
	req := request(b, file, "mp4")
	req.Idle = idle
	r, err := pool(b, 1, false).Render(b.Context(), req)
	if _, ok := errors.AsType[*session.UnusableError](err); ok {
		return nil, false
	}
	if err != nil {
		b.Fatal(err)
	}
	return r, true
}
