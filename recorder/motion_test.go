package recorder_test

import (
	"math"
	"slices"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/reelay/reelay/recorder"
)

// moved is what an event says that tells of motion.
type moved struct {
	At   float64 `json:"timestamp"`
	Data struct {
		Tag       string  `json:"tag"`
		Source    int     `json:"source"`
		Y         float64 `json:"y"`
		Positions []struct {
			ID int `json:"id"`
		} `json:"positions"`
		Payload struct {
			Ago float64 `json:"ago"`
		} `json:"payload"`
	} `json:"data"`
}

// motions reads the session's events.
func (r *rig) motions(t *testing.T, session string) (all []moved) {
	t.Helper()
	for _, item := range r.items(t, session) {
		var e moved
		if err := json.Unmarshal(item.Event, &e); err == nil {
			all = append(all, e)
		}
	}
	return all
}

// TestTransitionsAreDated checks that the recorder tells when a transition began,
// by what the page sees of it.
func TestTransitionsAreDated(t *testing.T) {
	r := newRig(t, html(`<!doctype html><style>div{height:50px;transition:transform 1s}.go{transform:translateX(200px)}</style><div></div>`), rigOptions{level: recorder.Open})
	page := openPage(t, browser(t), r.URL)
	id := r.session(t)
	eventually(t, "snapshot", func() bool { return contains(r.items(t, id), `"initialOffset"`) })
	var began []float64
	err := page.MustEval(`async () => {
		const div = document.querySelector('div');
		const began = [];
		for (let n = 0; n < 9; n++) {
			div.classList.toggle('go');
			const { startTime } = await div.getAnimations()[0].ready;
			began.push(Date.now() - performance.now() + startTime);
			await new Promise((done) => setTimeout(done, 100));
		}
		return began;
	}`).Unmarshal(&began)
	if err != nil {
		t.Fatal(err)
	}
	told := func() (times []float64) {
		for _, e := range r.motions(t, id) {
			if e.Data.Tag == "reelay.motion" {
				times = append(times, e.At-e.Data.Payload.Ago)
			}
		}
		return times
	}
	eventually(t, "notes", func() bool { return len(told()) >= len(began) })
	var off []float64
	for i, at := range told()[:len(began)] {
		off = append(off, math.Abs(at-began[i]))
	}
	if slices.Sort(off); off[len(off)/2] > 2 {
		t.Errorf("half of the transitions are said to have begun %v ms from when they did, and more", off[len(off)/2])
	}
}

// TestScrollingIsDated checks that scroll positions are recorded as the page shows
// them, with the times of the frames that do, though a page that is busy with
// them tells of them later.
func TestScrollingIsDated(t *testing.T) {
	r := newRig(t, html(`<!doctype html><script>
addEventListener('scroll', () => { const until = performance.now() + 6; while (performance.now() < until); }, true);
</script><div style="height:9000px"></div>`), rigOptions{level: recorder.Open})
	page := openPage(t, browser(t), r.URL)
	id := r.session(t)
	eventually(t, "snapshot", func() bool { return contains(r.items(t, id), `"initialOffset"`) })
	var shown []struct{ At, Y float64 }
	err := page.MustEval(`async () => {
		const shown = [];
		for (let step = 1; step <= 20; step++) {
			const scrolled = new Promise((tell) => addEventListener('scroll', tell, { once: true }));
			scrollTo({ top: 30 * step, behavior: 'instant' });
			await scrolled;
			shown.push({ At: Date.now() - performance.now() + document.timeline.currentTime, Y: scrollY });
			// A page that draws late draws the next frame early: of frames closer than
			// 10 ms, the last is recorded.
			await new Promise((done) => setTimeout(done, 15));
		}
		await new Promise((done) => setTimeout(done, 200));
		document.body.className = 'over';
		return shown;
	}`).Unmarshal(&shown)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "end", func() bool { return contains(r.items(t, id), `"over"`) })
	recorded := map[float64]float64{} // by position
	for _, e := range r.motions(t, id) {
		if e.Data.Source == 3 {
			recorded[e.Data.Y] = e.At
		}
	}
	var off []float64
	for _, frame := range shown {
		at, ok := recorded[frame.Y]
		if !ok {
			t.Errorf("position %v is not recorded", frame.Y)
			continue
		}
		off = append(off, math.Abs(at-frame.At))
	}
	// A clock that is read twice may have been interrupted in between, now and then.
	if slices.Sort(off); off[len(off)/2] > 2 {
		t.Errorf("half of the positions are dated %v ms off and more", off[len(off)/2])
	}
}

// TestWhatComesUnderAPointer checks that the recorder tells what a pointer hovers
// that rests while the page changes.
func TestWhatComesUnderAPointer(t *testing.T) {
	r := newRig(t, html(`<!doctype html><style>body{margin:0}p{height:100px;margin:0}</style><p id="a">first</p><p id="b">second</p>`), rigOptions{level: recorder.Open})
	page := openPage(t, browser(t), r.URL)
	id := r.session(t)
	eventually(t, "snapshot", func() bool { return contains(r.items(t, id), `"initialOffset"`) })
	page.Mouse.MustMoveTo(40, 40)
	hovered := func() (nodes []int) {
		for _, e := range r.motions(t, id) {
			for _, p := range e.Data.Positions {
				nodes = append(nodes, p.ID)
			}
		}
		return nodes
	}
	eventually(t, "move", func() bool { return len(hovered()) > 0 })
	before := hovered()
	page.MustEval(`() => document.querySelector('#a').remove()`)
	page.MustWait(`() => document.querySelector('#b').matches(':hover')`)
	eventually(t, "what is hovered", func() bool { return len(hovered()) > len(before) })
	if now := hovered(); now[len(now)-1] == before[len(before)-1] {
		t.Errorf("node %d is recorded under the pointer, as before", now[len(now)-1])
	}
}
