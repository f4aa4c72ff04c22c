package bench

import (
	"testing"
	"time"

	"github.com/reelay/reelay/renderer"
)

// BenchmarkShop renders a busy session, from the start of Chrome to the
// finished MP4.
func BenchmarkShop(b *testing.B) {
	for _, size := range []struct {
		name  string
		scale float64
	}{{"720p", 1}, {"1080p", 1.5}} {
		b.Run(size.name, func(b *testing.B) {
			var speeds, walls, costs []float64
			for b.Loop() {
				for range rounds {
					req := request(b, shopFile, "mp4")
					req.Scale = size.scale
					r := render(b, pool(b, 1, false), req, surface)
					speeds, walls, costs = append(speeds, r.RealTime), append(walls, r.Wall), append(costs, perFrame(r))
				}
			}
			report(b, map[string]float64{
				"x-realtime": median(speeds), "wall-s": median(walls), "cpu-ms/frame": median(costs),
			})
		})
	}
}

// BenchmarkScreenshots compares the screenshots that reelay falls back to with
// the surface.
func BenchmarkScreenshots(b *testing.B) {
	var slow, fast *renderer.Report
	for b.Loop() {
		fast = render(b, pool(b, 1, false), request(b, shopFile, "mp4"), surface)
		slow = render(b, pool(b, 1, true), request(b, shopFile, "mp4"), screenshot)
	}
	report(b, map[string]float64{
		"x-realtime": slow.RealTime, "cpu-ms/frame": perFrame(slow), "surface-ratio": slow.Wall / fast.Wall,
	})
}

// BenchmarkGIF compares a GIF with the MP4 of the same range.
func BenchmarkGIF(b *testing.B) {
	var gif, mp4 *renderer.Report
	for b.Loop() {
		mp4 = render(b, pool(b, 1, false), request(b, shopFile, "mp4"), surface)
		gif = render(b, pool(b, 1, false), request(b, shopFile, "gif"), surface)
	}
	report(b, map[string]float64{
		"x-realtime": gif.RealTime, "wall-ratio": gif.Wall / mp4.Wall, "cpu-ratio": gif.CPU / mp4.CPU,
	})
}

// BenchmarkWorkers compares two Chromes with one, both ways.
func BenchmarkWorkers(b *testing.B) {
	for _, path := range []string{surface, screenshot} {
		b.Run(path, func(b *testing.B) {
			var one, two *renderer.Report
			for b.Loop() {
				p := pool(b, 2, path == screenshot)
				req := request(b, shopFile, "mp4")
				one = render(b, p, req, path)
				req.Workers = 2
				two = render(b, p, req, path)
			}
			report(b, map[string]float64{"x-realtime": two.RealTime, "speedup-ratio": one.Wall / two.Wall})
		})
	}
}

// BenchmarkCursor renders a minute in which only the pointer moves: frames that
// take no picture from Chrome.
func BenchmarkCursor(b *testing.B) {
	var r *renderer.Report
	for b.Loop() {
		r = render(b, pool(b, 1, false), request(b, pointerOnly(time.Minute).file(b), "mp4"), surface)
	}
	report(b, map[string]float64{
		"x-realtime": r.RealTime, "cpu-ms/frame": perFrame(r), "frames": float64(r.Composed), "captures": float64(r.Captured),
	})
}

// BenchmarkStart measures the time from the request to the first frame. The
// page holds still at first, and progress is told with the 15th frame: the
// first picture has been taken, composed and encoded, and nothing else done.
// Chrome starts while the recording is read; chrome-wait is what then remains.
func BenchmarkStart(b *testing.B) {
	recording := large(5 << 20).file(b)
	var first, reads, starts []float64
	for b.Loop() {
		for range rounds {
			req := request(b, recording, "mp4")
			req.To = time.Second
			began := time.Now()
			var shown time.Duration
			req.Progress = func(p renderer.Progress) {
				if p.Stage == "render" && shown == 0 {
					shown = time.Since(began)
				}
			}
			r := render(b, pool(b, 1, false), req, surface)
			first = append(first, float64(shown.Milliseconds()))
			reads, starts = append(reads, 1000*r.Stages["read"]), append(starts, 1000*r.Stages["start"])
		}
	}
	report(b, map[string]float64{
		"first-frame-ms": median(first), "read-ms": median(reads), "chrome-wait-ms": median(starts),
	})
}
