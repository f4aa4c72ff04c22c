package compose

import (
	"bytes"
	"image"
	"image/color"
	"math"
	"strings"
	"testing"
	"time"
)

func TestNewRefusesAbsurdPictures(t *testing.T) {
	for _, bad := range []struct {
		width, height int
		scale         float64
		opts          Options
		want          string
	}{
		{0, 10, 1, Options{}, "0 × 10 pixels is out of bounds"},
		{10, -1, 1, Options{}, "10 × -1 pixels is out of bounds"},
		{1 << 20, 10, 1, Options{}, "out of bounds"},
		{16000, 16000, 1, Options{}, "out of bounds"},
		{10, 10, 0, Options{}, "scale is out of bounds"},
		{10, 10, math.NaN(), Options{}, "scale is out of bounds"},
		{10, 10, math.Inf(1), Options{}, "scale is out of bounds"},
		{10, 10, 1, Options{Fonts: []Font{{Data: []byte("no font")}}}, "parse fallback font 0"},
		{10, 10, 1, Options{Fonts: []Font{{}}}, "parse fallback font 0"},
	} {
		_, err := New(bad.width, bad.height, bad.scale, bad.opts)
		if err == nil || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("New(%d, %d, %g) = %v, want %q", bad.width, bad.height, bad.scale, err, bad.want)
		}
	}
}

func TestCanvasIsEven(t *testing.T) {
	for _, scale := range []float64{1, 1.5, 2} {
		for height := 20; height < 24; height++ {
			strip := FooterHeight(height, scale)
			if (height+strip)%2 != 0 || math.Abs(float64(strip)-32*scale) > 1 {
				t.Errorf("FooterHeight(%d, %g) = %d", height, scale, strip)
			}
			with := newComposer(t, 31, height, scale, true).Canvas()
			if with.Width != 32 || with.Height != height+strip || len(with.Pix) != 4*with.Width*with.Height {
				t.Errorf("canvas with footer of 31 × %d is %d × %d", height, with.Width, with.Height)
			}
			without := newComposer(t, 30, height, scale, false).Canvas()
			if without.Width != 30 || without.Height != (height+1)/2*2 {
				t.Errorf("canvas of 30 × %d is %d × %d", height, without.Width, without.Height)
			}
		}
	}
}

// TestBarePage checks that an empty scene shows the page as it is and the ground
// where the page does not reach.
func TestBarePage(t *testing.T) {
	page := groundPicture("photo", 31, 21, 1)
	small := groundPicture("photo", 20, 11, 1)
	broken := Picture{Width: 31, Height: 21, Pix: page.Pix[:100]}
	for name, p := range map[string]Picture{"exact": page, "small": small, "broken": broken, "none": {}} {
		c, err := New(31, 21, 1, Options{Ground: color.RGBA{R: 1, G: 2, B: 3}})
		if err != nil {
			t.Fatal(err)
		}
		if dirty := c.Draw(p, nil, Scene{}); len(dirty) != 1 || dirty[0] != image.Rect(0, 0, 32, 22) {
			t.Errorf("%s: first call returns %v, want the whole canvas", name, dirty)
		}
		canvas := c.Canvas()
		shown := p.bounds()
		if name == "broken" {
			shown = image.Rectangle{}
		}
		for y := range canvas.Height {
			for x := range canvas.Width {
				want := []byte{3, 2, 1, 255}
				if image.Pt(x, y).In(shown) {
					want = p.Pix[p.offset(x, y):][:4]
				}
				if got := canvas.Pix[canvas.offset(x, y):][:4]; !bytes.Equal(got, want) {
					t.Fatalf("%s: pixel (%d, %d) is %v, want %v", name, x, y, got, want)
				}
			}
		}
	}
}

func TestUnchangedSceneNeedsNoFrame(t *testing.T) {
	c := newComposer(t, 400, 300, 1, true)
	page := groundPicture("light", 400, 300, 1)
	c.Draw(page, nil, fullScene(3))
	if dirty := c.Draw(page, nil, fullScene(3)); dirty != nil {
		t.Errorf("the same scene again changed %v", dirty)
	}
	if dirty := c.Draw(page, []image.Rectangle{page.bounds()}, fullScene(3)); dirty != nil {
		t.Errorf("a page said to have changed, but equal, changed %v", dirty)
	}
	if dirty := c.Draw(page, nil, fullScene(4)); dirty == nil {
		t.Error("another scene changed nothing")
	}
}

// TestWhatIsOverIsGone checks that overlays at the end of their lives, and ones
// at positions that are no numbers, leave the page alone.
func TestWhatIsOverIsGone(t *testing.T) {
	page := groundPicture("dark", 300, 200, 1)
	nan, inf := math.NaN(), math.Inf(1)
	for name, scene := range map[string]Scene{
		"ripple":        {Ripples: []Ripple{{X: 50, Y: 50, Age: RippleLife, Count: 5}, {X: 50, Y: 50, Age: -1}}},
		"touch":         {Touches: []Touch{{X: 50, Y: 50, Released: TouchFade}}},
		"key":           {Keys: []Key{{Text: "x", Age: KeyLife}, {Text: "x", Age: -1}, {Text: ""}, {Text: "\u202e\x00"}}},
		"card":          {Card: &Card{Age: time.Second, Life: time.Second}},
		"caption":       {Caption: " \n "},
		"footer":        {Footer: &Footer{}}, // no strip was asked for
		"cursor at NaN": {Cursor: &Cursor{X: nan}},
		"ripple at inf": {Ripples: []Ripple{{X: inf}, {Y: -inf}}},
		"touch at 1e99": {Touches: []Touch{{X: 1e99, Down: true}}},
	} {
		c := newComposer(t, 300, 200, 1, false)
		c.Draw(page, nil, scene)
		if !bytes.Equal(c.Canvas().Pix, page.Pix) {
			t.Errorf("%s: something is drawn", name)
		}
	}
}

// TestOverlaysStayOffTheFooter draws at the edge of the strip.
func TestOverlaysStayOffTheFooter(t *testing.T) {
	page := groundPicture("light", 300, 200, 1)
	footer := &Footer{At: time.Second, Total: time.Minute, URL: "https://example.com/", Speed: 1}
	plain, busy := newComposer(t, 300, 200, 1, true), newComposer(t, 300, 200, 1, true)
	plain.Draw(page, nil, Scene{Footer: footer})
	busy.Draw(page, nil, Scene{
		Footer:  footer,
		Cursor:  &Cursor{X: 100, Y: 198},
		Ripples: []Ripple{{X: 100, Y: 198, Age: 200 * time.Millisecond, Count: 4}},
		Touches: []Touch{{X: 200, Y: 199, Down: true}},
		Card:    &Card{Skipped: time.Minute, Age: time.Second, Life: time.Minute},
	})
	strip := 4 * 300 * 200
	if !bytes.Equal(plain.Canvas().Pix[strip:], busy.Canvas().Pix[strip:]) {
		t.Error("an overlay reaches into the footer")
	}
	if bytes.Equal(plain.Canvas().Pix[:strip], busy.Canvas().Pix[:strip]) {
		t.Error("no overlay is drawn")
	}
}

// TestCanvasIsOpaque checks the alpha that encoders ignore and PNG does not.
func TestCanvasIsOpaque(t *testing.T) {
	c := newComposer(t, 301, 201, 1.5, true)
	c.Draw(groundPicture("photo", 301, 201, 1.5), nil, fullScene(2))
	for i := 3; i < len(c.Canvas().Pix); i += 4 {
		if c.Canvas().Pix[i] != 255 {
			t.Fatalf("pixel %d has alpha %d", i/4, c.Canvas().Pix[i])
		}
	}
}

func TestTinyPictures(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {2, 3}, {16, 9}, {1, 200}, {200, 1}} {
		for _, scale := range []float64{0.25, 1, 8} {
			c, err := New(size.X, size.Y, scale, Options{Footer: true})
			if err != nil {
				t.Fatal(err)
			}
			page := groundPicture("light", size.X, size.Y, scale)
			for tick := range 3 {
				c.Draw(page, nil, fullScene(tick))
			}
		}
	}
}

// TestSteadyStateAllocatesNothing plays a clip twice and measures the second
// time.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	const ticks = 40
	c := newComposer(t, 640, 360, 1, true)
	pages := []Picture{groundPicture("light", 640, 360, 1), groundPicture("dark", 640, 360, 1)}
	changed := []image.Rectangle{image.Rect(10, 10, 200, 100), image.Rect(300, 200, 640, 360)}
	var scenes []Scene
	for tick := range ticks {
		scenes = append(scenes, fullScene(tick))
	}
	clip := func() {
		for tick, scene := range scenes {
			c.Draw(pages[tick/20], changed, scene)
		}
	}
	clip()
	if allocs := testing.AllocsPerRun(2, clip); allocs != 0 {
		t.Errorf("%g allocations in %d calls", allocs, ticks)
	}
}

// fullScene has every overlay, each moving with the tick.
func fullScene(tick int) Scene {
	age := time.Duration(tick) * 33 * time.Millisecond
	x, y := 40+float64(tick)*3.3, 30+float64(tick)*1.7
	return Scene{
		Cursor:  &Cursor{X: x, Y: y, Shape: CursorShape(tick / 14), Pressed: tick%10 < 3},
		Ripples: []Ripple{{X: x, Y: y, Age: age % RippleLife, Count: 1 + tick/10}},
		Touches: []Touch{{X: y, Y: x, Released: age % TouchFade}},
		Keys:    []Key{{Text: "hello", Age: age % KeyLife}, {Text: "⏎"}},
		Footer: &Footer{
			At: time.Duration(tick) * time.Second, Total: time.Minute,
			URL: "https://shop.example.com/cart", Speed: 2, Idle: tick%2 == 0,
		},
		Card:    &Card{Skipped: 90 * time.Second, Age: age, Life: time.Second},
		Caption: "Now we add the shoes to the cart.",
	}
}
