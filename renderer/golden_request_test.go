package renderer_test

import (
	"math"
	"testing"
	"time"

	"github.com/reelay/reelay/renderer"
	"github.com/reelay/reelay/renderer/internal/rrwebtest"
)

// check compares pixels of a clip.
func (c *clip) check(t *testing.T, looks []look) {
	t.Helper()
	var times []time.Duration
	for _, l := range looks {
		times = append(times, l.at)
	}
	frames := c.frames(t, times)
	for _, l := range looks {
		if got := frames[l.at].at(l.x, l.y); !near(got, l.colour) {
			t.Errorf("%s: at %v, (%d, %d) is %s, want %s", l.what, l.at, l.x, l.y, got, l.colour)
			frames[l.at].keep(t, l.at.String()+".png")
		}
	}
}

// lasts checks that a clip is as long as planned, to half a frame.
func (c *clip) lasts(t *testing.T, want float64) {
	t.Helper()
	half := 0.5 / float64(c.fps)
	if got := duration(t, c.path); math.Abs(got-want) > half || math.Abs(c.report.Clip-want) > half {
		t.Errorf("the clip lasts %.3f s and is said to last %.3f s, want %.3f s", got, c.report.Clip, want)
	}
}

// TestIdleAndSpeed: of each idle stretch stays what was asked for, and what is
// left plays faster.
func TestIdleAndSpeed(t *testing.T) {
	t.Parallel()
	r := rrwebtest.New(t)
	r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0}#a{height:100px;background:#d00000}.on{background:#0000d0!important}</style><div id="a"></div>`)
	r.Interact(2*second, clicked, "a", 10, 10)
	r.Interact(30*second, clicked, "a", 10, 10)
	r.Attribute(31500*ms, "a", "class", "on")
	r.End(32600 * ms)
	c := render(t, r.JSON(), func(req *renderer.Request) { req.Idle, req.Speed = 2*second, 2 })
	c.lasts(t, 3.3) // 0 to 3 s and 29 to 32.6 s, twice as fast
	if math.Abs(c.report.Skipped-26) > 0.01 {
		t.Errorf("it is said to skip %.3f s", c.report.Skipped)
	}
	c.check(t, []look{
		{1500 * ms, 10, 10, "#5d0508", "dimmed around the cut"},
		{2700 * ms, 50, 80, "#d00000", "just before the change"},
		{2766 * ms, 50, 80, "#0000d0", "just after it"},
		{3266 * ms, 50, 80, "#0000d0", "the last frame"},
	})
}

// TestRange begins a clip in the middle of a transition and of an animation, with
// any number of Chromes.
func TestRange(t *testing.T) {
	t.Parallel()
	for _, workers := range []int{1, 3} {
		r := rrwebtest.New(t)
		r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0}div{width:20px;height:40px;background:#d00000}#t{transition:margin-left 2s linear}#t.go{margin-left:200px}#k{animation:k 2s linear infinite}@keyframes k{to{transform:translateX(200px)}}</style><div id="t"></div><div id="k"></div>`)
		r.Attribute(500*ms, "t", "class", "go")
		for i := range 20 { // a long way to the clip
			r.Attribute(550*ms+time.Duration(i)*20*ms, "t", "title", "words")
		}
		r.End(5 * second)
		c := render(t, r.JSON(), func(req *renderer.Request) { req.From, req.To, req.Workers = 1*second, 2200*ms, workers })
		c.lasts(t, 1.2)
		c.check(t, []look{
			{0, 60, 20, "#d00000", "the transition has gone a quarter of its way"},
			{0, 40, 20, "#ffffff", "and no less"},
			{0, 110, 60, "#d00000", "the animation is half way"},
			{0, 90, 60, "#ffffff", "and no less"},
			{500 * ms, 110, 20, "#d00000", "the transition is half way"},
			{500 * ms, 90, 20, "#ffffff", "and no less"},
			{500 * ms, 160, 60, "#d00000", "the animation has gone three quarters"},
			{1166 * ms, 175, 20, "#d00000", "the transition goes on"},
			{1166 * ms, 27, 60, "#d00000", "the animation began anew"},
		})
	}
}

// TestRedact: nothing of what is redacted shows, at no time.
func TestRedact(t *testing.T) {
	t.Parallel()
	r := rrwebtest.New(t)
	r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0}div,p{width:60px;height:40px;margin:0;background:#d00000;color:#d00000}#later{transition:all 1s linear}#none{display:contents}dialog{margin:0;padding:0;border:0;left:200px;width:60px;height:40px;background:#d00000}dialog::backdrop{background:none}</style>`+
		`<div class="secret">words</div><div id="later">words</div><div id="none" class="secret"><p>words</p></div><div class="secret" style="position:absolute;left:100px;top:0"><dialog id="d">words</dialog></div><div style="position:absolute;top:150px">words</div>`)
	r.Attribute(500*ms, "later", "class", "secret")
	r.Source(500*ms, 0, map[string]any{"attributes": []any{map[string]any{"id": r.Node("d"), "attributes": map[string]any{"open": "", "rr_open_mode": "modal"}}}})
	r.Attribute(1*second, "none", "style", "color:#d00000")
	r.End(1500 * ms)
	c := render(t, r.JSON(), func(req *renderer.Request) { req.Redact = []string{".secret", "#none"} })
	c.check(t, []look{
		{0, 30, 20, "#000000", "what matches from the start"},
		{500 * ms, 30, 60, "#000000", "what matches later, at once"},
		{250 * ms, 30, 100, "#000000", "what has no box of its own"},
		{1250 * ms, 30, 100, "#000000", "the same after its style changed"},
		{750 * ms, 210, 20, "#000000", "a dialog in what matches"},
		{750 * ms, 110, 20, "#000000", "and what matches around it"},
		{750 * ms, 30, 170, "#d00000", "what does not match shows"},
	})
}

// TestRedactInside: what is redacted in shadow trees, and in frames in them, does
// not show, whenever they came; what moves in them has the right phase.
func TestRedactInside(t *testing.T) {
	t.Parallel()
	const style = `body,p{margin:0}p{width:40px;height:40px;background:#d00000}.moves{background:#0000d0;animation:k 2s linear}@keyframes k{to{transform:translateX(200px)}}`
	r := rrwebtest.New(t)
	r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0}div{height:100px}</style><div><template shadowrootmode="open">`+
		`<iframe style="display:block;border:0;width:320px;height:100px" srcdoc="&lt;style>`+style+`&lt;/style>&lt;p class=secret>&lt;/p>&lt;p class=moves>&lt;/p>"></iframe></template></div><div id="late"></div>`)
	element := func(id int, tag string, attributes map[string]any, children ...any) map[string]any {
		return map[string]any{"type": 2, "id": id, "tagName": tag, "attributes": attributes, "childNodes": append([]any{}, children...)}
	}
	var adds []any
	for i, node := range []map[string]any{
		element(900, "style", map[string]any{}),
		element(901, "p", map[string]any{"class": "secret"}),
		element(902, "p", map[string]any{"class": "moves"}),
	} {
		node["isShadow"] = true
		add := map[string]any{"parentId": r.Node("late"), "nextId": nil, "node": node}
		if i > 0 {
			add["previousId"] = 899 + i
		}
		adds = append(adds, add)
	}
	adds = append(adds, map[string]any{"parentId": 900, "nextId": nil, "node": map[string]any{"type": 3, "id": 903, "textContent": style, "isStyle": true}})
	r.Source(500*ms, 0, map[string]any{"adds": adds, "removes": []any{}, "texts": []any{}, "attributes": []any{}})
	r.End(2 * second)
	c := render(t, r.JSON(), func(req *renderer.Request) { req.Redact = []string{".secret"} })
	c.check(t, []look{
		{250 * ms, 20, 20, "#000000", "in a frame in a shadow tree"},
		{1 * second, 120, 60, "#0000d0", "the frame's animation is half way"},
		{1 * second, 80, 60, "#ffffff", "and no less"},
		{750 * ms, 20, 120, "#000000", "in a shadow tree that came later"},
		{1500 * ms, 120, 160, "#0000d0", "its animation is half way"},
		{1500 * ms, 80, 160, "#ffffff", "and no less"},
	})
}

// TestSizes: pages are fitted into the size that was asked for, never stretched.
func TestSizes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change        func(*renderer.Request)
		width, height int
		looks         []look
	}{
		"of the page": {func(*renderer.Request) {}, 320, 200, []look{{0, 310, 190, "#d00000", "the corner"}}},
		"twice":       {func(r *renderer.Request) { r.Scale = 2 }, 640, 400, []look{{0, 630, 390, "#d00000", "the corner"}}},
		"odd":         {func(r *renderer.Request) { r.Width, r.Height = 641, 401 }, 642, 402, []look{{0, 630, 390, "#d00000", "the corner"}}},
		"wider": {func(r *renderer.Request) { r.Width, r.Height = 800, 400 }, 800, 400, []look{
			{0, 40, 200, "#e9ecef", "ground on the left"},
			{0, 90, 200, "#d00000", "the page"},
			{0, 710, 200, "#d00000", "the page"},
			{0, 760, 200, "#e9ecef", "ground on the right"},
		}},
		"upright": {func(r *renderer.Request) { r.Width, r.Height = 160, 200 }, 160, 200, []look{
			{0, 80, 40, "#e9ecef", "ground above"}, {0, 80, 60, "#d00000", "the page"}, {0, 80, 160, "#e9ecef", "ground below"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rrwebtest.New(t)
			r.Page(0, "https://a.example/", 320, 200, `<style>html{background:#d00000}</style>`)
			r.End(200 * ms)
			c := render(t, r.JSON(), test.change)
			if c.width != test.width || c.height != test.height {
				t.Errorf("the clip is %dx%d, want %dx%d", c.width, c.height, test.width, test.height)
			}
			c.check(t, test.looks)
		})
	}
}

// TestChapters: a clip's first chapter is the page that is in view at its start;
// the secrets of addresses stand in none.
func TestChapters(t *testing.T) {
	t.Parallel()
	r := rrwebtest.New(t)
	r.Page(0, "https://a.example/", 320, 200, `before`)
	r.Page(500*ms, "https://a.example/shop", 320, 200, `shop`)
	r.Page(1500*ms, "https://a.example/paid?token=s3cret", 320, 200, `paid`)
	r.End(2 * second)
	c := render(t, r.JSON(), func(req *renderer.Request) { req.From = 1 * second })
	got := string(output(t, "ffprobe", "-v", "error", "-show_entries", "chapter=start_time:chapter_tags=title", "-of", "csv=p=0", c.path))
	if want := "0.000000,https://a.example/shop\n0.500000,https://a.example/paid?token=•••••\n"; got != want {
		t.Errorf("the chapters are\n%swant\n%s", got, want)
	}
}
