package renderer_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/reelay/reelay/renderer"
	"github.com/reelay/reelay/renderer/internal/rrwebtest"
	"github.com/reelay/reelay/session"
)

// shots makes a folder of stills and returns it.
func shots(t *testing.T, recording []byte, change ...func(*renderer.ShotsRequest)) (string, *renderer.ShotsReport) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "shots")
	req := renderer.ShotsRequest{
		Sources: []session.Part{{Name: t.Name(), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(recording)), nil }}},
		Outputs: []renderer.ShotsOutput{{Path: dir, Kind: renderer.ShotsFolder}},
		Scale:   1,
	}
	for _, f := range change {
		f(&req)
	}
	browsers <- struct{}{}
	defer func() { <-browsers }()
	report, err := pool(t, 1).Shots(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	return dir, report
}

// picture reads a still.
func picture(t *testing.T, path string) *image.RGBA {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	rgba, ok := img.(*image.RGBA)
	if !ok {
		rgba = image.NewRGBA(img.Bounds())
		for y := range img.Bounds().Dy() {
			for x := range img.Bounds().Dx() {
				rgba.Set(x, y, img.At(x, y))
			}
		}
	}
	return rgba
}

func hex(c color.RGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// TestShotsShowTheMoment checks that a still shows the page before the effect
// of a click, and with the text that was typed.
func TestShotsShowTheMoment(t *testing.T) {
	t.Parallel()
	r := rrwebtest.New(t)
	r.Page(0, "https://a.example/", 480, 320, `<title>Form</title><style>body{margin:0;background:#ffffff}body.on{background:#0000d0}button{position:absolute;left:100px;top:100px;width:120px;height:40px}input{position:absolute;left:100px;top:200px;width:200px;height:40px;border:0;background:#dddddd}input:not(:placeholder-shown){background:#00a000}</style><button id="b">Go on</button><label><span style="position:absolute;left:100px;top:180px">Your name</span><input id="i" placeholder="x"></label>`)
	r.Click(1*second, "b", 150, 120)
	r.Attribute(1010*ms, "b", "style", "left:300px") // the effect
	r.Interact(3*second, 5, "i", 0, 0)
	r.Type(3100*ms, "i", "I")
	r.Type(3200*ms, "i", "Inês")
	r.End(5 * second)
	dir, report := shots(t, r.JSON())

	want := []string{"Open “Form”", "Click “Go on”", "Type “Inês” into “Your name”"}
	if got := captions(report.Steps); !slices.Equal(got, want) {
		t.Fatalf("captions %q, not %q", got, want)
	}
	click := report.Steps[1]
	if *click.Box != (session.Box{X: 100, Y: 100, Width: 120, Height: 40}) || *click.Point != (session.Point{X: 150, Y: 120}) {
		t.Errorf("the click is in %+v at %+v", *click.Box, *click.Point)
	}
	if click.Select != "#b" {
		t.Errorf("the click's selector is %q", click.Select)
	}
	typed := picture(t, filepath.Join(dir, *report.Steps[2].Image))
	if c := hex(typed.RGBAAt(280, 220)); c != "#00a000" {
		t.Errorf("the field with its text is %s", c)
	}
	before := picture(t, filepath.Join(dir, *click.Image))
	if c := hex(before.RGBAAt(400, 120)); c != "#ffffff" {
		t.Errorf("where the button goes after the click is %s", c)
	}
	if size := before.Rect.Size(); size.X != 480 || size.Y <= 320 {
		t.Errorf("the still is %v: the caption does not lie below the page", size)
	}
	for _, name := range []string{"steps.md", "steps.json", "steps.html", "storyboard.png", "steps.gif", "steps.recorder.json"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func captions(steps []session.Step) []string {
	var list []string
	for _, s := range steps {
		list = append(list, s.Caption)
	}
	return list
}

// TestShotsFindTargets checks names and boxes where they are hard to tell: in
// frames, shadow trees, scrolled and transformed.
func TestShotsFindTargets(t *testing.T) {
	t.Parallel()
	r := rrwebtest.New(t)
	r.Page(0, "https://a.example/", 800, 600, `<style>body{margin:0;height:3000px}button,a,input{position:absolute;margin:0;padding:0;border:0}</style>
		<div style="position:absolute;left:40px;top:1050px;width:200px;height:100px;transform:scale(2);transform-origin:0 0"><button id="scaled" style="left:10px;top:20px;width:50px;height:20px"><span id="inner">Twice</span></button></div>
		<div id="host" style="position:absolute;left:500px;top:1100px"><template shadowrootmode="open"><button id="deep" aria-label="In the shade" style="left:0;top:0;width:80px;height:30px">x</button></template></div>
		<iframe id="frame" style="position:absolute;left:100px;top:1300px;width:300px;height:200px;border:10px solid #000" srcdoc="&lt;style&gt;body{margin:0}a{position:absolute;left:20px;top:30px;width:60px;height:20px}&lt;/style&gt;&lt;a id=far href=/x title=There&gt;&lt;/a&gt;"></iframe>
		<input type="password" id="secret" aria-label="Password" style="position:absolute;left:500px;top:1300px;width:100px;height:30px">`)
	r.Scroll(500*ms, "", 0, 1000)
	r.Click(4*second, "inner", 80, 110)
	r.Click(6*second, "deep", 510, 110)
	r.Click(8*second, "far", 30, 40)
	r.Interact(9*second, 5, "secret", 0, 0)
	r.Type(9100*ms, "secret", "hunter2")
	r.End(12 * second)
	dir, report := shots(t, r.JSON(), func(req *renderer.ShotsRequest) { req.Choice.Only = []session.Kind{session.Clicks, session.Inputs} })
	for i, want := range []struct {
		caption  string
		box      session.Box
		point    *session.Point
		selector string
	}{
		{"Click “Twice”", session.Box{X: 60, Y: 90, Width: 100, Height: 40}, &session.Point{X: 80, Y: 110}, "#scaled"},
		{"Click “In the shade”", session.Box{X: 500, Y: 100, Width: 80, Height: 30}, &session.Point{X: 510, Y: 110}, "#host >>> #deep"},
		{"Click “There”", session.Box{X: 130, Y: 340, Width: 60, Height: 20}, &session.Point{X: 140, Y: 350}, "#far"},
		{"Type ••••• into “Password”", session.Box{X: 500, Y: 300, Width: 100, Height: 30}, nil, "#secret"},
	} {
		s := report.Steps[i]
		if s.Caption != want.caption || s.Select != want.selector {
			t.Errorf("step %d is %s of %s, not %s of %s", i+1, s.Caption, s.Select, want.caption, want.selector)
		}
		if s.Box == nil || math.Abs(s.Box.X-want.box.X) > 0.5 || math.Abs(s.Box.Y-want.box.Y) > 0.5 ||
			math.Abs(s.Box.Width-want.box.Width) > 0.5 || math.Abs(s.Box.Height-want.box.Height) > 0.5 {
			t.Errorf("step %d is in %+v, not %+v", i+1, s.Box, want.box)
		}
		if (s.Point == nil) != (want.point == nil) || s.Point != nil && *s.Point != *want.point {
			t.Errorf("step %d is at %+v, not %+v", i+1, s.Point, want.point)
		}
	}
	for _, name := range files(t, dir) {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte("hunter2")) {
			t.Errorf("%s tells the password", name)
		}
	}
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// TestShotsRedact checks that nothing tells what is in, or was typed into, what
// is redacted around a shadow tree, a slot or a frame.
func TestShotsRedact(t *testing.T) {
	t.Parallel()
	r := rrwebtest.New(t)
	r.Page(0, "https://a.example/", 320, 200, `<style>body{margin:0}payment-form,my-box{display:block;height:60px}input,button{width:200px;height:40px;background:#d00000}iframe{display:block;border:0;height:60px}</style>
		<payment-form><template shadowrootmode="open"><input id="cardno" aria-label="Card of Inês"></template></payment-form>
		<my-box><template shadowrootmode="open"><div class="secret"><slot></slot></div></template><button id="account">Account of Inês</button></my-box>
		<iframe id="pay" srcdoc="&lt;input id=code aria-label='Code of Inês'>"></iframe>
		<button id="hello">Hello, <span class="secret">Inês</span></button>`)
	r.Interact(1*second, 5, "cardno", 0, 0)
	r.Type(1100*ms, "cardno", "4111-1111")
	r.Click(5*second, "account", 20, 80)
	r.Interact(9*second, 5, "code", 0, 0)
	r.Type(9100*ms, "code", "7117")
	r.Click(13*second, "hello", 20, 190)
	r.End(15 * second)
	dir, report := shots(t, r.JSON(), func(req *renderer.ShotsRequest) {
		req.Redact = []string{"payment-form", ".secret", "iframe#pay"}
	})
	if len(report.Steps) != 5 {
		t.Fatalf("the steps are %q", captions(report.Steps))
	}
	for _, name := range files(t, dir) {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"4111-1111", "7117", "Inês", "cardno", "account"} {
			if strings.HasPrefix(name, "steps.") && bytes.Contains(data, []byte(secret)) {
				t.Errorf("%s tells %s", name, secret)
			}
		}
	}
	last := picture(t, filepath.Join(dir, *report.Steps[3].Image))
	for _, y := range []int{20, 80, 140} {
		if c := hex(last.RGBAAt(100, y)); c != "#000000" {
			t.Errorf("at %d it is %s", y, c)
		}
	}
}

// TestShotsFullPage checks that the whole document is there, and what is stuck
// to the view once.
func TestShotsFullPage(t *testing.T) {
	t.Parallel()
	r := rrwebtest.New(t)
	r.Page(0, "https://a.example/", 400, 300, `<style>body{margin:0;background:#ffffff}header{position:sticky;top:0;height:40px;background:#d00000}footer{position:fixed;left:0;right:0;bottom:0;height:30px;background:#00a000;transition:opacity 1s}b{display:block;height:500px;background:#dddddd}button{position:absolute;left:50px;top:700px;width:100px;height:40px}</style><header></header><b></b><b style="background:#eeee00"></b><button id="b">Here</button><footer></footer>`)
	r.Scroll(500*ms, "", 0, 600)
	r.Click(4*second, "b", 100, 120)
	r.End(6 * second)
	dir, report := shots(t, r.JSON(), func(req *renderer.ShotsRequest) {
		req.FullPage, req.Choice.Only = true, []session.Kind{session.Clicks}
	})
	img := picture(t, filepath.Join(dir, *report.Steps[0].Image))
	if height := img.Rect.Dy(); height < 1040 || height > 1120 {
		t.Fatalf("the still is %d high, not 1040 and its caption", height)
	}
	for _, look := range []struct {
		y      int
		colour string
		what   string
	}{
		{20, "#d00000", "the header is at the top"},
		{60, "#dddddd", "then the page"},
		{285, "#dddddd", "no footer in the middle"},
		{610, "#eeee00", "no header where the view was"},
		{885, "#eeee00", "no footer where the view was"},
		{1030, "#00a000", "the footer is at the end"},
	} {
		if c := hex(img.RGBAAt(300, look.y)); c != look.colour {
			t.Errorf("%s: at %d it is %s, not %s", look.what, look.y, c, look.colour)
		}
	}
	// The outline is around the button, in the document.
	if c := img.RGBAAt(46, 730); !isBlue(c) {
		t.Errorf("left of the button the outline is %s", hex(c))
	}
}

// TestShotsQuirks checks a page without a doctype, whose root is as high as its
// content: the whole document is there, and a scroll is named by nothing below the view.
func TestShotsQuirks(t *testing.T) {
	t.Parallel()
	r := rrwebtest.New(t)
	r.Page(0, "https://a.example/", 400, 300, `<style>body{margin:0}h2{margin:0;height:500px;background:#dddddd}#last{background:#eeee00}button{position:absolute;left:50px;top:400px}</style><h2>First</h2><h2 style="height:90px">Second</h2><h2 id="last">Third</h2><button id="b">Here</button>`)
	r.Quirks()
	r.Scroll(4*second, "", 0, 250)
	r.Click(8*second, "b", 60, 160)
	r.End(10 * second)
	dir, report := shots(t, r.JSON(), func(req *renderer.ShotsRequest) { req.FullPage = true })
	want := []string{"Open a.example/", "Scroll down by 250 px", "Click “Here”"}
	if got := captions(report.Steps); !slices.Equal(got, want) {
		t.Errorf("captions %q, not %q", got, want)
	}
	img := picture(t, filepath.Join(dir, *report.Steps[len(report.Steps)-1].Image))
	if height := img.Rect.Dy(); height < 1090 || height > 1170 {
		t.Fatalf("the still is %d high, not 1090 and its caption", height)
	}
	for y, colour := range map[int]string{100: "#dddddd", 450: "#dddddd", 610: "#eeee00", 1000: "#eeee00", 1080: "#eeee00"} {
		if c := hex(img.RGBAAt(300, y)); c != colour {
			t.Errorf("at %d it is %s, not %s", y, c, colour)
		}
	}
}

func isBlue(c color.RGBA) bool { return c.B > 200 && c.R < 120 }
