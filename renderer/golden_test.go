package renderer_test

import (
	"fmt"
	"image/color"
	"slices"
	"testing"
	"time"

	"github.com/reelay/reelay/renderer/internal/rrwebtest"
)

const (
	ms     = time.Millisecond
	second = time.Second
)

// look is a pixel of the clip that has to have a colour.
type look struct {
	at     time.Duration
	x, y   int
	colour string // #rrggbb
	what   string
}

// feature is one of a page that a clip must show as it was. Its page is built so
// that a few pixels tell.
type feature struct {
	name  string
	build func(r *rrwebtest.Recording)
	looks []look
}

// documents are features of the page as it is.
var documents = []feature{ //nolint:gochecknoglobals // a table.
	{
		name: "styles and mutations",
		build: func(r *rrwebtest.Recording) {
			r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0;background:#fff}#a{width:100px;height:100px;background:#d00000}.on{background:#0000d0!important}</style><div id="a"></div><div id="b"></div>`)
			r.Attribute(500*ms, "a", "class", "on")
			r.Append(1*second, "b", `<p id="c" style="margin:0;height:50px;background:#00a000"></p>`)
			r.Remove(1500*ms, "b", "c")
			r.End(2 * second)
		},
		looks: []look{
			{250 * ms, 50, 50, "#d00000", "the style sheet applies"},
			{750 * ms, 50, 50, "#0000d0", "a changed class applies"},
			{750 * ms, 50, 125, "#ffffff", "nothing is there yet"},
			{1250 * ms, 50, 125, "#00a000", "an added node shows"},
			{1750 * ms, 50, 125, "#ffffff", "a removed node is gone"},
		},
	},
	{
		name: "scrolling moves smoothly between samples",
		build: func(r *rrwebtest.Recording) {
			r.Page(0, "https://a.example/", 320, 200, `<style>html{scroll-behavior:smooth}body{margin:0}b{display:block;height:200px}</style><b style="background:#d00000"></b><b style="background:#00a000"></b><b style="background:#0000d0"></b><div id="in" style="position:fixed;left:200px;top:0;width:50px;height:50px;overflow:hidden"><i style="display:block;height:50px;background:#eeee00"></i><i style="display:block;height:50px;background:#00eeee"></i></div>`)
			r.Scroll(1*second, "", 0, 0)
			r.Scroll(1200*ms, "", 0, 200)
			r.Scroll(2*second, "", 0, 400)
			r.Scroll(2*second, "in", 0, 50)
			r.End(3 * second)
		},
		looks: []look{
			{500 * ms, 20, 190, "#d00000", "the top is in view"},
			{1100 * ms, 20, 50, "#d00000", "half way: the first block above"},
			{1100 * ms, 20, 150, "#00a000", "half way: the second block below"},
			{1500 * ms, 20, 5, "#00a000", "arrived at the second block"},
			{1900 * ms, 20, 195, "#00a000", "a lone sample is a jump: nothing moves before it"},
			{2500 * ms, 20, 5, "#0000d0", "jumped to the third"},
			{1500 * ms, 210, 20, "#eeee00", "the box inside has not scrolled"},
			{2500 * ms, 210, 20, "#00eeee", "the box inside has"},
		},
	},
	{
		name: "shadow trees and adopted style sheets",
		build: func(r *rrwebtest.Recording) {
			r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0}</style><div id="host"><template shadowrootmode="open"><style>p{margin:0;height:100px;background:#d00000}</style><p id="p"></p></template></div>`)
			r.Source(500*ms, 15, map[string]any{"id": r.Node("host"), "styleIds": []int{1}, "styles": []map[string]any{{"styleId": 1, "rules": []map[string]any{{"rule": "p { background: #0000d0 !important; }", "index": 0}}}}})
			r.Source(1*second, 8, map[string]any{"styleId": 1, "adds": []map[string]any{{"rule": "p { height: 180px !important }", "index": 1}}})
			r.End(1500 * ms)
		},
		looks: []look{
			{250 * ms, 50, 50, "#d00000", "the shadow tree's own styles apply"},
			{750 * ms, 50, 50, "#0000d0", "an adopted sheet applies"},
			{750 * ms, 50, 150, "#ffffff", "as it was"},
			{1250 * ms, 50, 150, "#0000d0", "a rule was added to it"},
		},
	},
	{
		name: "frames of the same origin",
		build: func(r *rrwebtest.Recording) {
			r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0}iframe{position:absolute;left:100px;top:50px;border:0;width:200px;height:100px}</style><iframe id="f" srcdoc="&lt;style>body{margin:0;background:#00a000}b{display:block;width:40px;height:40px}b:hover{background:#d00000}&lt;/style>&lt;b id=inner>&lt;/b>"></iframe>`)
			r.Move(500*ms, "inner", 20, 20)
			r.End(1 * second)
		},
		looks: []look{
			{250 * ms, 110, 60, "#00a000", "the frame's document shows"},
			{750 * ms, 135, 85, "#d00000", "a node inside it is hovered"},
			{750 * ms, 135, 120, "#00a000", "and no other"},
		},
	},
	{
		name: "dialogs lie on top",
		build: func(r *rrwebtest.Recording) {
			r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0;background:#dddddd}dialog{padding:0;border:0;width:100px;height:100px;background:#00a000;margin:auto}dialog::backdrop{background:#0000d0}b{position:fixed;z-index:9999;inset:90px auto auto 150px;width:20px;height:20px;background:#d00000}</style><dialog id="d"></dialog><b></b>`)
			r.Source(500*ms, 0, map[string]any{"adds": []int{}, "removes": []int{}, "texts": []int{}, "attributes": []map[string]any{{"id": r.Node("d"), "attributes": map[string]any{"open": "", "rr_open_mode": "modal"}}}})
			r.End(1 * second)
		},
		looks: []look{
			{250 * ms, 10, 10, "#dddddd", "the dialog is closed"},
			{750 * ms, 10, 10, "#0000d0", "its backdrop covers the page"},
			{750 * ms, 160, 100, "#00a000", "it covers what has a z-index"},
		},
	},
	{
		name: "popovers show while they are open",
		build: func(r *rrwebtest.Recording) {
			r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0;background:#dddddd}[popover]{padding:0;border:0;inset:50px auto auto 50px;width:100px;height:100px;background:#00a000}b{position:fixed;z-index:9999;inset:90px auto auto 90px;width:20px;height:20px;background:#d00000}</style><div popover id="p"></div><b></b>`)
			r.Custom(500*ms, "reelay.popover", map[string]any{"id": r.Node("p"), "open": true})
			r.Custom(1*second, "reelay.popover", map[string]any{"id": r.Node("p"), "open": true})
			r.Custom(1500*ms, "reelay.popover", map[string]any{"id": r.Node("p"), "open": false})
			r.Custom(1700*ms, "reelay.popover", map[string]any{"id": 999, "open": true}) // is gone
			r.End(2 * second)
		},
		looks: []look{
			{250 * ms, 60, 60, "#dddddd", "it is closed"},
			{750 * ms, 60, 60, "#00a000", "it is open"},
			{1250 * ms, 100, 100, "#00a000", "above all else"},
			{1750 * ms, 60, 60, "#dddddd", "it is closed again"},
		},
	},
	{
		name: "animations and transitions have the right phase",
		build: func(r *rrwebtest.Recording) {
			r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0}div{width:20px;height:40px;background:#d00000}#k{animation:k 2s linear infinite}@keyframes k{to{transform:translateX(200px)}}#t{transition:margin-left 1s linear}#t.go{margin-left:200px}#p{animation:k 2s linear infinite paused}</style><div id="k"></div><div id="t"></div><div id="p"></div>`)
			r.Attribute(500*ms, "t", "class", "go")
			r.End(3 * second)
		},
		looks: []look{
			{1 * second, 110, 20, "#d00000", "half of the animation has passed"},
			{1 * second, 90, 20, "#ffffff", "and no less"},
			{1 * second, 130, 20, "#ffffff", "and no more"},
			{2500 * ms, 60, 20, "#d00000", "it began anew"},
			{1 * second, 110, 60, "#d00000", "half of the transition has passed"},
			{1 * second, 90, 60, "#ffffff", "and no less"},
			{2 * second, 210, 60, "#d00000", "the transition is over"},
			{2 * second, 10, 100, "#d00000", "a paused animation stays"},
		},
	},
	{
		name: "style rules and declarations",
		build: func(r *rrwebtest.Recording) {
			r.Page(0, "https://a.example/", 320, 200, `<style id="s">body{margin:0}#a{height:100px;background:#d00000}</style><div id="a"></div>`)
			r.Source(500*ms, 8, map[string]any{"id": r.Node("s"), "adds": []map[string]any{{"rule": "#a{background:#00a000}", "index": 2}}})
			r.Source(1*second, 13, map[string]any{"id": r.Node("s"), "index": []int{2}, "set": map[string]any{"property": "background", "value": "#0000d0"}})
			r.End(1500 * ms)
		},
		looks: []look{
			{250 * ms, 50, 50, "#d00000", "the sheet as it was"},
			{750 * ms, 50, 50, "#00a000", "a rule was inserted"},
			{1250 * ms, 50, 50, "#0000d0", "a declaration was changed"},
		},
	},
	{
		name: "selections are marked",
		build: func(r *rrwebtest.Recording) {
			r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0;font:100px/100px monospace}p{margin:0;color:transparent}::selection{background:#00a000;color:transparent}</style><p id="p">████</p>`)
			text := r.Node("p") + 1
			r.Source(500*ms, 14, map[string]any{"ranges": []map[string]any{{"start": text, "startOffset": 0, "end": text, "endOffset": 2}}})
			r.End(1 * second)
		},
		looks: []look{
			{250 * ms, 30, 50, "#ffffff", "nothing is selected"},
			{750 * ms, 30, 50, "#00a000", "two characters are selected"},
			{750 * ms, 200, 50, "#ffffff", "the others are not"},
		},
	},
	{
		name: "transitions begin when the recorder saw them begin",
		build: func(r *rrwebtest.Recording) {
			r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0}div{width:20px;height:40px;background:#d00000;transition:margin-left 1s linear}.go{margin-left:200px}</style><div id="told"></div><div id="not"></div>`)
			r.Attribute(500*ms, "told", "class", "go")
			r.Custom(610*ms, "reelay.motion", map[string]any{"ago": 20})
			r.Attribute(1500*ms, "not", "class", "go")
			r.Custom(1900*ms, "reelay.motion", map[string]any{"ago": 20}) // of something else
			r.End(3 * second)
		},
		looks: []look{
			{580 * ms, 1, 20, "#d00000", "it has yet to begin"},
			{1090 * ms, 110, 20, "#d00000", "half of it has passed"},
			{1090 * ms, 92, 20, "#ffffff", "and no less"},
			{1090 * ms, 128, 20, "#ffffff", "and no more"},
			{2 * second, 110, 60, "#d00000", "half of the other has passed"},
			{2 * second, 92, 60, "#ffffff", "and no less"},
			{2 * second, 128, 60, "#ffffff", "and no more"},
		},
	},
	{
		name: "scrollers that snap are where they were seen",
		build: func(r *rrwebtest.Recording) {
			const rail = `<div class="rail" id="%s"><div></div><div class="b"></div><div></div></div>`
			const style = `<style>.rail{display:flex;width:200px;height:60px;overflow:hidden;scroll-snap-type:x mandatory}.rail div{flex:none;width:200px;background:#d00000;scroll-snap-align:start}.rail .b{background:#0000d0}</style>`
			r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0}</style>`+style+fmt.Sprintf(rail, "rail")+
				`<div><template shadowrootmode="open">`+style+fmt.Sprintf(rail, "shadow")+`</template></div>`)
			r.Scroll(500*ms, "rail", 60, 0)
			r.Scroll(500*ms, "shadow", 60, 0)
			r.End(1 * second)
		},
		looks: []look{
			{800 * ms, 130, 30, "#d00000", "the first has left some way"},
			{800 * ms, 150, 30, "#0000d0", "the second comes after it"},
			{800 * ms, 130, 90, "#d00000", "the first has left some way, in a shadow tree"},
			{800 * ms, 150, 90, "#0000d0", "the second comes after it, in a shadow tree"},
		},
	},
	{
		name: "animated images have the right phase",
		build: func(r *rrwebtest.Recording) {
			red, blue := color.RGBA{0xd0, 0, 0, 0xff}, color.RGBA{0, 0, 0xd0, 0xff}
			r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0}img{display:block}</style><img src="`+rrwebtest.GIF(100, 60, red, blue)+`"><div id="b"></div>`)
			r.Append(1750*ms, "b", `<img src="`+rrwebtest.GIF(100, 60, red, blue)+`#2">`)
			r.End(3 * second)
		},
		looks: []look{
			{250 * ms, 50, 30, "#d00000", "the first frame"},
			{750 * ms, 50, 30, "#0000d0", "the second frame"},
			{1250 * ms, 50, 30, "#d00000", "the first again"},
			{1250 * ms, 150, 30, "#ffffff", "the image is no larger"},
			{2 * second, 50, 90, "#d00000", "one that came later begins at its first"},
			{2500 * ms, 50, 90, "#0000d0", "and goes on from there"},
		},
	},
	{
		name: "videos play by the recording's time",
		build: func(r *rrwebtest.Recording) {
			r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0}video{display:block}</style><video id="v" width="100" height="60" rr_mediaState="paused" src="`+rrwebtest.WebM(r)+`"></video><video width="100" height="60" src="https://a.example/lost.mp4"></video>`)
			r.Source(500*ms, 7, map[string]any{"id": r.Node("v"), "type": 0, "currentTime": 0})
			r.Source(2200*ms, 7, map[string]any{"id": r.Node("v"), "type": 2, "currentTime": 0.5})
			r.Source(2300*ms, 7, map[string]any{"id": r.Node("v"), "type": 1, "currentTime": 0.5})
			r.End(3 * second)
		},
		looks: []look{
			{200 * ms, 50, 30, "#fe0000", "the first picture, at rest"},
			{1300 * ms, 50, 30, "#fe0000", "0.8 s have played"},
			{1700 * ms, 50, 30, "#0000fe", "1.2 s have played"},
			{2600 * ms, 50, 30, "#fe0000", "sought back to 0.5 s, and paused there"},
			{1 * second, 10, 110, "#eceff2", "a placeholder where there is no video"},
		},
	},
	{
		name: "canvases from their snapshots",
		build: func(r *rrwebtest.Recording) {
			r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0}canvas{display:block}</style><canvas id="c" width="100" height="60" rr_dataURL="`+rrwebtest.PNG(100, 60, 0x00, 0xa0, 0x00)+`"></canvas><canvas id="d" width="100" height="60"></canvas>`)
			image := map[string]any{"rr_type": "ImageBitmap", "args": []any{map[string]any{"rr_type": "Blob", "type": "image/png", "data": []any{map[string]any{"rr_type": "ArrayBuffer", "base64": rrwebtest.PNGBase64(100, 60, 0x00, 0x00, 0xd0)}}}}}
			r.Source(500*ms, 9, map[string]any{"id": r.Node("c"), "type": 0, "commands": []any{
				map[string]any{"property": "clearRect", "args": []any{0, 0, 100, 60}},
				map[string]any{"property": "drawImage", "args": []any{image, 0, 0}},
			}})
			r.End(1 * second)
		},
		looks: []look{
			{250 * ms, 50, 30, "#00a000", "the canvas of the snapshot"},
			{750 * ms, 50, 30, "#0000d0", "the canvas of a later event"},
			{750 * ms, 20, 70, "#eceff2", "a placeholder where nothing was recorded"},
			{750 * ms, 120, 30, "#ffffff", "neither is wider than it was"},
		},
	},
	{
		name: "canvas commands at one time keep their order",
		build: func(r *rrwebtest.Recording) {
			r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0}canvas{display:block}</style><canvas id="c" width="100" height="60" rr_dataURL="`+rrwebtest.PNG(100, 60, 0x00, 0xa0, 0x00)+`"></canvas>`)
			fill := func(colour string, x int) {
				r.Source(500*ms, 9, map[string]any{"id": r.Node("c"), "type": 0, "commands": []any{
					map[string]any{"property": "fillStyle", "args": []any{colour}, "setter": true},
					map[string]any{"property": "fillRect", "args": []any{x, 0, 50, 60}},
				}})
			}
			fill("#d00000", 0)
			fill("#0000d0", 50)
			r.End(1 * second)
		},
		looks: []look{
			{750 * ms, 25, 30, "#d00000", "what the first event draws"},
			{750 * ms, 75, 30, "#0000d0", "what the second draws"},
		},
	},
}

// TestCanvasLacks: a picture that is not there is missing from a canvas, and no
// other, and the report says so; events of the first recorders are drawn.
func TestCanvasLacks(t *testing.T) {
	t.Parallel()
	r := rrwebtest.New(t)
	r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0}canvas{display:block}</style><canvas id="c" width="100" height="60"></canvas><canvas id="old" width="100" height="60"></canvas>`)
	lost := map[string]any{"rr_type": "HTMLImageElement", "src": "https://a.example/lost.png"}
	r.Source(500*ms, 9, map[string]any{"id": r.Node("c"), "type": 0, "commands": []any{
		map[string]any{"property": "drawImage", "args": []any{lost, 0, 0}},
		map[string]any{"property": "fillRect", "args": []any{0, 0, 20, 60}},
	}})
	r.Source(600*ms, 9, map[string]any{"id": r.Node("c"), "type": 0, "commands": []any{
		map[string]any{"property": "fillRect", "args": []any{80, 0, 20, 60}},
	}})
	r.Source(500*ms, 9, map[string]any{"id": r.Node("old"), "property": "fillStyle", "args": []any{"#d00000"}, "setter": true})
	r.Source(500*ms, 9, map[string]any{"id": r.Node("old"), "property": "fillRect", "args": []any{0, 0, 100, 30}})
	r.Source(500*ms, 9, map[string]any{"id": r.Node("old"), "property": "drawImage", "args": []any{rrwebtest.PNG(50, 30, 0x00, 0x00, 0xd0), 0, 30}})
	r.End(1 * second)
	c := render(t, r.JSON())
	c.check(t, []look{
		{750 * ms, 10, 30, "#000000", "what is drawn after the lost picture"},
		{750 * ms, 50, 30, "#ffffff", "nothing where that would be"},
		{750 * ms, 90, 30, "#000000", "what a later event draws"},
		{750 * ms, 50, 75, "#d00000", "a rectangle in the old notation"},
		{750 * ms, 25, 105, "#0000d0", "a picture in the old notation"},
		{750 * ms, 75, 105, "#ffffff", "nothing beside it"},
	})
	counts := map[string]int{}
	for _, lack := range c.report.Unsupported {
		counts[lack.Kind] += lack.Count
	}
	if counts["canvas"] != 3 { // neither is in the snapshot
		t.Errorf("the report says %v", c.report.Unsupported)
	}
}

// TestExact decodes the encoded clip, so that nothing between Chrome and the
// file can be wrong.
func TestExact(t *testing.T) {
	t.Parallel()
	for _, c := range slices.Concat(documents, pointers, fields, pages) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := rrwebtest.New(t)
			c.build(r)
			clip := render(t, r.JSON())
			clip.check(t, c.looks)
		})
	}
}
