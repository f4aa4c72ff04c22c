package encode

import (
	"image"
	"runtime"
	"testing"
	"time"
)

// Nothing of a frame's size is allocated for a frame, in any format.
func TestFramesAllocateNothing(t *testing.T) {
	for _, format := range []Format{MP4, WebM, GIF, WebP, PNG} {
		t.Run(string(format), func(t *testing.T) {
			job := newJob(t, 480, 270, format)
			job.Outputs[0].Fit = 1 << 40 // with a recording
			e, err := Start(t.Context(), job, quiet())
			if err != nil {
				t.Fatal(err)
			}
			defer e.Abort()
			p := newPainter(480, 270)
			var before, after runtime.MemStats
			const warm, frames = 20, 60
			for tick := range warm + frames {
				if tick == warm {
					runtime.ReadMemStats(&before)
				}
				p.page(7 * tick)
				if err := e.Write(Frame{PTS: at(tick), Pix: p.pix}); err != nil {
					t.Fatal(err)
				}
			}
			runtime.ReadMemStats(&after)
			// Painting the page allocates a little.
			if perFrame := int(after.TotalAlloc-before.TotalAlloc) / frames; perFrame > len(p.pix)/10 {
				t.Errorf("%d bytes a frame, of which the picture has %d", perFrame, len(p.pix))
			}
			if _, err := e.Finish(at(warm + frames)); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// BenchmarkEncode is what a frame of 720p costs: wall time, ffmpeg's processor
// time and the time that Write holds its caller up.
func BenchmarkEncode(b *testing.B) {
	const width, height = 1280, 720
	scenes := map[string]func(p *painter, n int) []image.Rectangle{
		"scroll": func(p *painter, n int) []image.Rectangle { p.page(9 * n); return nil },
		"cursor": func(p *painter, n int) []image.Rectangle {
			if n == 0 {
				p.page(0)
				return nil
			}
			r := image.Rect(0, 0, 24, 24).Add(image.Pt(n*7%1200, n*5%690))
			p.fill(r, patches()[n%len(patches())])
			return []image.Rectangle{r}
		},
	}
	for name, scene := range scenes {
		for _, format := range []Format{MP4, WebM, GIF, WebP} {
			b.Run(name+"/"+string(format), func(b *testing.B) {
				e, err := Start(b.Context(), newJob(b, width, height, format), quiet())
				if err != nil {
					b.Fatal(err)
				}
				defer e.Abort()
				p := newPainter(width, height)
				var painting, writing time.Duration
				n := 0
				for ; b.Loop(); n++ {
					start := time.Now()
					dirty := scene(p, n)
					painted := time.Now()
					if err := e.Write(Frame{PTS: at(n), Pix: p.pix, Dirty: dirty}); err != nil {
						b.Fatal(err)
					}
					painting += painted.Sub(start)
					writing += time.Since(painted)
				}
				results, err := e.Finish(at(n))
				if err != nil {
					b.Fatal(err)
				}
				perFrame := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 / float64(n) }
				b.ReportMetric(perFrame(results[0].CPU), "ffmpeg-ms/frame")
				b.ReportMetric(perFrame(writing), "write-ms/frame")
				b.ReportMetric(perFrame(painting), "painting-ms/frame")
				b.ReportMetric(float64(results[0].Bytes)/float64(n), "bytes/frame")
			})
		}
	}
}
