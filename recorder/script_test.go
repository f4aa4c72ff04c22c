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

// mainThread is how long the page's main thread was busy with tasks while it
// worked, in milliseconds: the shortest of three times, the first of which warm
// it up.
func mainThread(t *testing.T, page *rod.Page) float64 {
	t.Helper()
	if err := (proto.PerformanceEnable{}).Call(page); err != nil {
		t.Fatal(err)
	}
	busy := func() float64 {
		metrics, err := proto.PerformanceGetMetrics{}.Call(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range metrics.Metrics {
			if m.Name == "TaskDuration" {
				return 1000 * m.Value
			}
		}
		t.Fatal("chromium does not measure its tasks")
		return 0
	}
	shortest := math.Inf(1)
	for range 3 {
		before := busy()
		page.MustEval(`() => work()`)
		shortest = min(shortest, busy()-before)
	}
	return shortest
}

// What recording costs on a page that changes all the time: 600 mutations a
// frame. The bound is one frame at 60 Hz, well above what is seen.
func TestCostOnTheMainThread(t *testing.T) {
	site := httptest.NewServer(html(busyPage))
	t.Cleanup(site.Close)
	r := newRigFor(t, site, rigOptions{})
	b := browser(t)
	bare := mainThread(t, openPage(t, b, site.URL))
	page := openPage(t, b, r.URL)
	id := r.session(t)
	eventually(t, "snapshot", func() bool { return contains(r.items(t, id), `"type":2`) })
	recorded := mainThread(t, page)
	eventually(t, "last change", func() bool { return contains(r.items(t, id), "row 59") })
	t.Logf("main thread, 60 frames of 600 mutations: %.0f ms bare, %.0f ms recorded: %.2f ms a frame", bare, recorded, (recorded-bare)/60)
	if (recorded-bare)/60 > 16 {
		t.Errorf("recording costs %.1f ms a frame", (recorded-bare)/60)
	}
}
