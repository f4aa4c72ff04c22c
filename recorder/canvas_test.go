package recorder_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/reelay/reelay/recorder"
)

// canvasPage has canvases in the page, in a shadow tree and in a frame, one by
// WebGL, one that an address is written on, and one that is marked. Each grows
// by its index, so that pictures tell them apart.
const canvasPage = `<!doctype html><body><script>
function paint(canvas, colour) {
	const pen = canvas.getContext('2d')
	pen.fillStyle = colour
	pen.fillRect(0, 0, canvas.width, canvas.height)
	return pen
}
function canvas(parent, width) {
	const made = document.createElement('canvas')
	made.width = width
	made.height = 20
	parent.append(made)
	return made
}
addEventListener('load', () => {
	const light = canvas(document.body, 31)
	const host = document.createElement('div')
	document.body.append(host)
	const shadow = canvas(host.attachShadow({ mode: 'open' }), 32)
	const frame = document.createElement('iframe')
	document.body.append(frame)
	const framed = canvas(frame.contentDocument.body, 33)
	const gl = canvas(document.body, 34)
	const written = canvas(document.body, 35)
	const blocked = canvas(document.body, 36)
	blocked.setAttribute('data-reelay-block', '')
	const context = gl.getContext('webgl')
	const flat = [light, shadow, framed, blocked]
	let colour = 'red'
	const draw = () => {
		for (const each of flat) paint(each, colour)
		paint(written, colour).fillText('canary@example.com', 0, 15)
		if (context) {
			context.clearColor(0, 0, colour === 'red' ? 0.5 : 1, 1)
			context.clear(context.COLOR_BUFFER_BIT)
		}
		requestAnimationFrame(draw)
	}
	draw()
	window.turn = () => { colour = 'lime' }
})
</script>`

// pictures counts, by a canvas's width, the pictures that events hold of it.
func pictures(t *testing.T, items []recorder.Item) map[int]int {
	t.Helper()
	count := map[int]int{}
	for _, item := range items {
		var event struct {
			Type int `json:"type"`
			Data struct {
				Source   int `json:"source"`
				Commands []struct {
					Property string            `json:"property"`
					Args     []json.RawMessage `json:"args"`
				} `json:"commands"`
			} `json:"data"`
		}
		if json.Unmarshal(item.Event, &event) != nil || event.Type != 3 || event.Data.Source != 9 {
			continue
		}
		var width int
		if err := json.Unmarshal(event.Data.Commands[0].Args[2], &width); err != nil {
			t.Fatalf("%s: %v", item.Event, err)
		}
		if !strings.Contains(string(event.Data.Commands[1].Args[0]), `"src":"data:image/`) {
			t.Errorf("no picture in %.200s", item.Event)
		}
		count[width]++
	}
	return count
}

// What a page writes before the recorder's script is there counts too; pages with
// a policy are without this.
func TestEarlyCanvases(t *testing.T) {
	const early = `<!doctype html><body><canvas width=41 height=20></canvas><canvas width=42 height=20></canvas><iframe srcdoc="<canvas width=43 height=20></canvas>" onload="contentDocument.querySelector('canvas').getContext('2d').fillText('canary@example.com', 0, 15)"></iframe><script>
for (const canvas of document.querySelectorAll('canvas')) {
	const pen = canvas.getContext('2d')
	pen.fillText(canvas.width === 42 ? 'canary@example.com' : 'a chart', 0, 15)
}
</script>`
	for level, written := range map[recorder.Level]bool{recorder.Standard: false, recorder.Open: true} {
		t.Run(string(level), func(t *testing.T) {
			r := newRig(t, html(early), rigOptions{level: level})
			page := openPage(t, browser(t), r.URL)
			id := r.session(t)
			eventually(t, "picture of the chart", func() bool { return pictures(t, r.items(t, id))[41] > 0 })
			page.MustEval(`() => new Promise((done) => setTimeout(done, 500))`) // several looks
			page.MustEval(`() => { document.body.className = 'looked' }`)
			eventually(t, "change", func() bool { return contains(r.items(t, id), "looked") })
			if got := pictures(t, r.items(t, id)); (got[42] > 0) != written || (got[43] > 0) != written {
				t.Errorf("pictures of %v", got)
			}
			snapshots := 0
			for _, item := range r.items(t, id) {
				snapshots += strings.Count(string(item.Event), "rr_dataURL")
			}
			if want := map[bool]int{false: 1, true: 3}[written]; snapshots != want {
				t.Errorf("%d canvases in the snapshot, want %d", snapshots, want)
			}
			if got := page.MustEval(`() => document.scripts.length`).Int(); got != 1 {
				t.Errorf("the page sees %d scripts", got)
			}
		})
	}
}

func TestCanvasesAreRecorded(t *testing.T) {
	for level, written := range map[recorder.Level]bool{recorder.Standard: false, recorder.Open: true, recorder.Strict: false} {
		t.Run(string(level), func(t *testing.T) {
			r := newRig(t, html(canvasPage), rigOptions{level: level})
			page := openPage(t, browser(t), r.URL)
			id := r.session(t)
			if level == recorder.Strict {
				eventually(t, "snapshot", func() bool { return contains(r.items(t, id), `"tagName":"canvas"`) })
				page.MustEval(`() => new Promise((done) => { turn(); setTimeout(done, 500) })`) // several looks
				page.MustEval(`() => { document.body.className = 'turned' }`)
				eventually(t, "change", func() bool { return contains(r.items(t, id), "turned") })
				if got := pictures(t, r.items(t, id)); len(got) > 0 {
					t.Errorf("pictures of %v", got)
				}
				return
			}
			want := []int{31, 32, 34}
			if written {
				want = append(want, 33, 35)
			}
			shown := func(times int) func() bool {
				return func() bool {
					got := pictures(t, r.items(t, id))
					for _, width := range want {
						if got[width] < times {
							return false
						}
					}
					return true
				}
			}
			eventually(t, fmt.Sprintf("pictures of %v", want), shown(1))
			page.MustEval(`() => { turn() }`)
			eventually(t, "pictures of the change", shown(2))
			got := pictures(t, r.items(t, id))
			if got[36] > 0 || !written && got[33]+got[35] > 0 {
				t.Errorf("pictures of what must not be shown: %v", got)
			}
			for width, n := range got {
				if n > 4 {
					t.Errorf("%d pictures of the canvas %d px wide, which changed once", n, width)
				}
			}
		})
	}
}
