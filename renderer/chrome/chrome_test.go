package chrome

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func options(t *testing.T) Options {
	t.Helper()
	path, err := Find(os.Getenv("REELAY_CHROME"))
	if err != nil {
		t.Fatal(err)
	}
	return Options{Path: path, Scale: 1, Dir: t.TempDir(), Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
}

// begin starts a browser as iso says, or as it is by default.
func begin(t *testing.T, o Options, iso *isolation) *Browser {
	t.Helper()
	var b *Browser
	var err error
	if iso != nil {
		b, err = start(t.Context(), o, *iso)
	} else {
		b, err = Start(t.Context(), o)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Kill)
	return b
}

func open(t *testing.T, b *Browser, width, height int) *Page {
	t.Helper()
	p, err := b.Open(t.Context(), PageOptions{Width: width, Height: height, Start: time.UnixMilli(0), Deadline: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// snapshot is a full snapshot event of a body with the given children.
func snapshot(t *testing.T, children ...map[string]any) []byte {
	t.Helper()
	data, err := json.Marshal(map[string]any{"type": 2, "timestamp": 0, "data": map[string]any{
		"initialOffset": map[string]any{"top": 0, "left": 0},
		"node": map[string]any{"type": 0, "id": 1, "childNodes": []any{
			map[string]any{"type": 2, "id": 2, "tagName": "html", "attributes": map[string]any{}, "childNodes": []any{
				map[string]any{"type": 2, "id": 3, "tagName": "head", "attributes": map[string]any{}, "childNodes": []any{}},
				map[string]any{"type": 2, "id": 4, "tagName": "body", "attributes": map[string]any{"style": "margin:0"}, "childNodes": children},
			}},
		}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func element(id int, tag string, attributes map[string]any, children ...any) map[string]any {
	if children == nil {
		children = []any{}
	}
	return map[string]any{"type": 2, "id": id, "tagName": tag, "attributes": attributes, "childNodes": children}
}

// show builds the page and draws it.
func show(t *testing.T, p *Page, width, height int, events ...[]byte) {
	t.Helper()
	var ops Ops
	ops.Place(0, 0, 0, 1)
	ops.Event(0, 0, fmt.Appendf(nil, `{"type":4,"timestamp":0,"data":{"href":"https://a.example/","width":%d,"height":%d}}`, width, height))
	for _, e := range events {
		ops.Event(0, 0, e)
	}
	if _, err := p.Step(t.Context(), &ops, 0, 0, false); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Draw(t.Context(), time.Millisecond, Result{}); err != nil {
		t.Fatal(err)
	}
}

func picture(b *Browser) Picture {
	width, height := b.Size()
	return Picture{Width: width, Height: height, Pix: make([]byte, 4*width*height)}
}

// TestSurfaceIsScreenshot compares the two ways of taking a picture, for
// windows of all shapes, pixel by pixel.
func TestSurfaceIsScreenshot(t *testing.T) {
	for _, c := range []struct {
		width, height int
		scale         float64
	}{{1280, 720, 1}, {390, 844, 1}, {1279, 721, 1}, {1920, 1001, 1}, {640, 400, 2}, {501, 333, 1.5}} {
		t.Run(fmt.Sprintf("%dx%d@%v", c.width, c.height, c.scale), func(t *testing.T) {
			o := options(t)
			o.Scale = c.scale
			b := begin(t, o, nil)
			p := open(t, b, c.width, c.height)
			if path, why := p.Path(); path != "surface" {
				t.Fatalf("pictures are taken by %s: %s", path, why)
			}
			style := "height:100vh;background:conic-gradient(red,yellow,lime,aqua,blue,magenta,red);font:30px serif"
			show(t, p, c.width, c.height, snapshot(t, element(5, "div", map[string]any{"style": style},
				map[string]any{"type": 3, "id": 6, "textContent": "Sphinx of black quartz, judge my vow"})))
			fast, sure := picture(b), picture(b)
			if err := p.surface.read(fast.Pix); err != nil {
				t.Fatal(err)
			}
			if err := b.screenshot(t.Context(), time.Second, sure); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(fast.Pix, sure.Pix) {
				t.Errorf("they differ in %v", fast.Changed(sure))
			}
		})
	}
}

// TestLostSurface takes the surface away in mid-render: the picture stays
// right, and the surface is found again.
func TestLostSurface(t *testing.T) {
	b := begin(t, options(t), nil)
	p := open(t, b, 320, 200)
	show(t, p, 320, 200, snapshot(t, element(5, "div", map[string]any{"style": "height:200px;background:#123456"})))
	p.surface.addr = 4096
	got := picture(b)
	if err := p.Read(t.Context(), 2*time.Millisecond, got); err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(got.Pix, []byte{0x56, 0x34, 0x12, 0xff}); n != 320*200 {
		t.Errorf("%d of %d pixels are right", n, 320*200)
	}
	if path, why := p.Path(); path != "surface" {
		t.Errorf("pictures are now taken by %s: %s", path, why)
	}
}

// TestWithoutSurface asks for screenshots.
func TestWithoutSurface(t *testing.T) {
	o := options(t)
	o.Screenshots = true
	b := begin(t, o, nil)
	p := open(t, b, 320, 200)
	show(t, p, 320, 200, snapshot(t, element(5, "div", map[string]any{"style": "height:200px;background:#123456"})))
	got := picture(b)
	if err := p.Read(t.Context(), 2*time.Millisecond, got); err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(got.Pix, []byte{0x56, 0x34, 0x12, 0xff}); n != 320*200 {
		t.Errorf("%d of %d pixels are right", n, 320*200)
	}
	if path, why := p.Path(); path != "screenshot" || why == "" {
		t.Errorf("path is %s, because %q", path, why)
	}
}

// ears listens on TCP and UDP and counts what comes in.
type ears struct {
	address string
	heard   atomic.Int64
}

func listen(t *testing.T) *ears {
	t.Helper()
	var config net.ListenConfig
	tcp, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	udp, err := config.ListenPacket(t.Context(), "udp", tcp.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	e := &ears{address: tcp.Addr().String()}
	done := make(chan struct{}, 2)
	go func() {
		defer func() { done <- struct{}{} }()
		for {
			conn, err := tcp.Accept()
			if err != nil {
				return
			}
			e.heard.Add(1)
			_ = conn.Close()
		}
	}()
	go func() {
		defer func() { done <- struct{}{} }()
		buf := make([]byte, 1500)
		for {
			if _, _, err := udp.ReadFrom(buf); err != nil {
				return
			}
			e.heard.Add(1)
		}
	}()
	t.Cleanup(func() {
		_ = tcp.Close()
		_ = udp.Close()
		<-done
		<-done
	})
	return e
}

// TestNoNetwork rebuilds a page that asks for everything that a page can ask
// for, without the help of a network namespace, and expects silence.
func TestNoNetwork(t *testing.T) {
	e := listen(t)
	b := begin(t, options(t), &isolation{Unprivileged: os.Geteuid() == 0})
	p := open(t, b, 320, 200)
	show(t, p, 320, 200, snapshot(t, askers("http://"+e.address)...))
	for i := range 20 { // what is lazy gets frames to wake up in
		if _, err := p.Draw(t.Context(), time.Duration(i)*100*time.Millisecond, Result{}); err != nil {
			t.Fatal(err)
		}
	}
	if n := e.heard.Load(); n != 0 {
		t.Errorf("%d connections or packets came", n)
	}
	if len(p.network.sinceMark()) == 0 {
		t.Error("the page asked for nothing: the test shows nothing")
	}
}

// askers are elements that make a browser fetch something.
func askers(origin string) []map[string]any {
	id := 100
	make1 := func(tag string, attributes map[string]any, children ...any) map[string]any {
		id++
		return element(id, tag, attributes, children...)
	}
	style := `@import "` + origin + `/import.css"; @font-face{font-family:f;src:url(` + origin + `/font.woff2)} p{font-family:f;background:url(` + origin + `/back.png);cursor:url(` + origin + `/cursor.png),auto}`
	text := map[string]any{"type": 3, "id": 99, "textContent": style, "isStyle": true}
	list := []map[string]any{make1("style", map[string]any{}, text), make1("p", map[string]any{}, map[string]any{"type": 3, "id": 98, "textContent": "text"})}
	for _, rel := range []string{"stylesheet", "prefetch", "preload", "preconnect", "dns-prefetch", "modulepreload", "icon", "manifest", "prerender", "next"} {
		list = append(list, make1("link", map[string]any{"rel": rel, "href": origin + "/" + rel, "as": "image"}))
	}
	for _, tag := range []string{"img", "iframe", "embed", "video", "audio", "script", "source", "track", "input", "frame"} {
		list = append(list, make1(tag, map[string]any{"src": origin + "/" + tag, "srcset": origin + "/set", "poster": origin + "/poster", "autoplay": "", "type": "image"}))
	}
	for _, tag := range []string{"use", "image", "feImage"} {
		drawn := make1(tag, map[string]any{"href": origin + "/" + tag + ".svg#a"})
		drawn["isSVG"] = true
		svg := make1("svg", map[string]any{}, drawn)
		svg["isSVG"] = true
		list = append(list, svg)
	}
	return append(list,
		make1("object", map[string]any{"data": origin + "/object", "type": "text/html"}),
		make1("meta", map[string]any{"http-equiv": "refresh", "content": "0;url=" + origin + "/refresh"}),
		make1("a", map[string]any{"href": origin + "/a", "ping": origin + "/ping", "autofocus": ""}),
		make1("form", map[string]any{"action": origin + "/form"}),
		make1("body", map[string]any{"background": origin + "/background"}),
	)
}

// TestNoScript rebuilds a page full of script and expects none to run.
func TestNoScript(t *testing.T) {
	b := begin(t, options(t), nil)
	p := open(t, b, 320, 200)
	run := "top.ran = (top.ran || 0) + 1"
	text := func(id int, s string) map[string]any { return map[string]any{"type": 3, "id": id, "textContent": s} }
	show(t, p, 320, 200, snapshot(t,
		element(5, "script", map[string]any{}, text(6, run)),
		element(7, "img", map[string]any{"src": "data:,", "onerror": run}),
		element(8, "svg", map[string]any{"onload": run}),
		element(9, "iframe", map[string]any{"src": "javascript:" + run, "srcdoc": "<script>" + run + "</script>"}),
		element(10, "details", map[string]any{"open": "", "ontoggle": run}),
		element(11, "input", map[string]any{"autofocus": "", "onfocus": run}),
		element(12, "style", map[string]any{"onload": run}, text(13, "p{}")),
		element(14, "video", map[string]any{"src": "data:,", "onerror": run}),
		element(15, "a", map[string]any{"href": "javascript:" + run}),
		element(16, "p", map[string]any{"onanimationstart": run, "style": "animation:a 1ms"}),
	))
	for i := range 5 {
		if _, err := p.Draw(t.Context(), time.Duration(i+1)*100*time.Millisecond, Result{}); err != nil {
			t.Fatal(err)
		}
	}
	ran, err := p.evaluate(t.Context(), "String(globalThis.ran)")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Trim(string(ran.Value), `"`); got != "undefined" {
		t.Errorf("%s scripts ran", got)
	}
}

// TestFramesRun shows that the page's own clock of frames runs, which some
// versions of the driver stopped.
func TestFramesRun(t *testing.T) {
	b := begin(t, options(t), nil)
	p := open(t, b, 320, 200)
	if _, err := p.evaluate(t.Context(), `globalThis.frames_ = 0; (function f() { frames_++; requestAnimationFrame(f) })()`); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		if _, err := p.Draw(t.Context(), time.Duration(i)*16*time.Millisecond, Result{}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := p.evaluate(t.Context(), "frames_")
	if err != nil {
		t.Fatal(err)
	}
	if string(got.Value) != "6" {
		t.Errorf("%s frames ran in 5 draws, 1 before them", got.Value)
	}
}

func TestChanged(t *testing.T) {
	t.Parallel()
	a := Picture{Width: 200, Height: 150, Pix: make([]byte, 4*200*150)}
	b := Picture{Width: 200, Height: 150, Pix: make([]byte, 4*200*150)}
	if got := a.Changed(b); got != nil {
		t.Errorf("equal pictures differ in %v", got)
	}
	for _, at := range [][2]int{{0, 0}, {199, 149}, {64, 63}, {10, 140}} {
		b.Pix[4*(at[1]*200+at[0])]++
	}
	var area int
	for _, r := range a.Changed(b) {
		area += r.Dx() * r.Dy()
		for _, at := range [][2]int{{0, 0}, {199, 149}, {64, 63}, {10, 140}} {
			if at[0] >= r.Min.X && at[0] < r.Max.X && at[1] >= r.Min.Y && at[1] < r.Max.Y {
				b.Pix[4*(at[1]*200+at[0])] = 0
			}
		}
	}
	if !bytes.Equal(a.Pix, b.Pix) {
		t.Error("a changed pixel lies in no rectangle")
	}
	if area > 4*64*64 {
		t.Errorf("the rectangles cover %d pixels", area)
	}
}
