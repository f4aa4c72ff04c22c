package recorder_test

import (
	"math"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/proto"
)

// A page of 20 MB is longer than any message: its snapshot comes in parts.
func TestALargePage(t *testing.T) {
	body := strings.Repeat("<p>"+strings.Repeat("some words of a long page ", 200)+"</p>\n", 4000)
	r := newRig(t, html("<!doctype html><head></head><body>"+body+"<p>the very end</p>"), rigOptions{})
	openPage(t, browser(t), r.URL)
	id := r.session(t)
	eventually(t, "snapshot", func() bool { return contains(r.items(t, id), "the very end") })
	for _, item := range r.items(t, id) {
		if item.Lost > 0 {
			t.Errorf("%d events are lost: %s", item.Lost, item.Reason)
		}
	}
}

// busyPage changes 300 rows in each of 60 frames.
const busyPage = `<!doctype html><head></head><body><ul id=list></ul><script>
const list = document.getElementById('list');
for (let i = 0; i < 300; i++) list.append(document.createElement('li'));
window.work = () => new Promise((done) => {
  let frame = 0;
  const step = () => {
    for (const li of list.children) {
      li.textContent = 'row ' + frame;
      li.className = 'c' + (frame % 7);
    }
    if (++frame < 60) requestAnimationFrame(step);
    else setTimeout(done, 500);
  };
  step();
});</script>`

// mainThread is how long the page's main thread is busy with tasks while it
// works, in milliseconds.
func mainThread(tb testing.TB, page *rod.Page) float64 {
	tb.Helper()
	busy := func() float64 {
		metrics, err := proto.PerformanceGetMetrics{}.Call(page)
		if err != nil {
			tb.Fatal(err)
		}
		for _, m := range metrics.Metrics {
			if m.Name == "TaskDuration" {
				return 1000 * m.Value
			}
		}
		tb.Fatal("chromium does not measure its tasks")
		return 0
	}
	before := busy()
	page.MustEval(`() => work()`)
	return busy() - before
}

// BenchmarkScript is what recording costs a page that changes all the time, 600
// mutations a frame: main-thread time before and after, the best of all turns,
// taken in turn so that both meet the same machine.
func BenchmarkScript(b *testing.B) {
	site := httptest.NewServer(html(busyPage))
	b.Cleanup(site.Close)
	ours := benchRecorder(b, site.URL)
	chrome := browser(b)
	best := [2]float64{math.Inf(1), math.Inf(1)}
	pages := [2]*rod.Page{openPage(b, chrome, site.URL), openPage(b, chrome, ours.URL)}
	for _, page := range pages {
		if err := (proto.PerformanceEnable{}).Call(page); err != nil {
			b.Fatal(err)
		}
	}
	turn := func() {
		for i, page := range pages {
			if _, err := page.Activate(); err != nil {
				b.Fatal(err)
			}
			best[i] = min(best[i], mainThread(b, page))
		}
	}
	turn() // warm
	for b.Loop() {
		turn()
	}
	const frames = 60
	b.ReportMetric(best[0]/frames, "bare-ms/frame")
	b.ReportMetric(best[1]/frames, "recorded-ms/frame")
	b.ReportMetric(best[1]/best[0], "×bare")
}
