package compose

import (
	"bytes"
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// TestDirtyTracking plays random clips: after each step the canvas must be what
// a Composer that starts there draws, and the returned rectangles must hold
// every pixel that changed, each touching a change on all four sides.
func TestDirtyTracking(t *testing.T) {
	for i, size := range []struct {
		width, height int
		scale         float64
		footer        bool
	}{
		{240, 160, 1, true},
		{241, 159, 1.5, false},
		{260, 180, 2, true},
		{33, 21, 1, true},
	} {
		t.Run(fmt.Sprintf("%dx%d@%g", size.width, size.height, size.scale), func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(7, uint64(i)))
			page := groundPicture("light", size.width, size.height, size.scale)
			c := newComposer(t, size.width, size.height, size.scale, size.footer, scripts()...)
			scratch := newComposer(t, size.width, size.height, size.scale, size.footer, scripts()...)
			var scene Scene
			before := clonePicture(c.Canvas())
			for step := range 50 {
				changed := changePage(rnd, page)
				scene = changeScene(rnd, scene, size.width, size.height)
				dirty := c.Draw(page, changed, scene)

				startOver(scratch)
				scratch.Draw(page, nil, scene)
				if !bytes.Equal(c.Canvas().Pix, scratch.Canvas().Pix) {
					t.Fatalf("step %d: canvas differs from one drawn from scratch, first in row %d; scene %+v",
						step, firstDifference(c.Canvas(), scratch.Canvas()), scene)
				}
				if step > 0 {
					checkDirty(t, step, before, c.Canvas(), dirty)
				}
				copy(before.Pix, c.Canvas().Pix)
			}
		})
	}
}

// startOver makes c a Composer that has drawn nothing yet but keeps its caches.
func startOver(c *Composer) {
	c.started = false
	for i := range c.canvas.Pix {
		c.canvas.Pix[i], c.fresh.Pix[i] = 0x55, 0xaa
	}
}

func checkDirty(t *testing.T, step int, was, is Picture, dirty []image.Rectangle) {
	t.Helper()
	differs := func(x, y int) bool {
		at := is.offset(x, y)
		return !bytes.Equal(was.Pix[at:at+4], is.Pix[at:at+4])
	}
	covered := make([]bool, is.Width*is.Height)
	for _, r := range dirty {
		if !r.In(is.bounds()) || r.Empty() {
			t.Fatalf("step %d: dirty rectangle %v outside the canvas", step, r)
		}
		var box image.Rectangle
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				covered[y*is.Width+x] = true
				if differs(x, y) {
					box = box.Union(image.Rect(x, y, x+1, y+1))
				}
			}
		}
		if box != r {
			t.Fatalf("step %d: dirty rectangle %v, but only %v changed", step, r, box)
		}
	}
	for y := range is.Height {
		for x := range is.Width {
			if !covered[y*is.Width+x] && differs(x, y) {
				t.Fatalf("step %d: pixel (%d, %d) changed outside %v", step, x, y, dirty)
			}
		}
	}
}

// changePage paints up to two rectangles and returns areas that hold them, some
// larger than what changed.
func changePage(rnd *rand.Rand, page Picture) []image.Rectangle {
	var changed []image.Rectangle
	for range rnd.IntN(3) {
		x, y := rnd.IntN(page.Width), rnd.IntN(page.Height)
		r := image.Rect(x, y, x+1+rnd.IntN(80), y+1+rnd.IntN(60)).Intersect(page.bounds())
		colour := []byte{byte(rnd.IntN(256)), byte(rnd.IntN(256)), byte(rnd.IntN(256)), 255}
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				copy(page.Pix[page.offset(x, y):], colour)
			}
		}
		changed = append(changed, r.Inset(-rnd.IntN(20)))
	}
	return changed
}

// changeScene changes some overlays and leaves others as they are.
func changeScene(rnd *rand.Rand, s Scene, width, height int) Scene {
	number := func() float64 {
		if rnd.IntN(40) == 0 {
			return []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e300, -5000}[rnd.IntN(5)]
		}
		return rnd.Float64()*float64(max(width, height)+80) - 40
	}
	age := func(life time.Duration) time.Duration {
		return time.Duration(rnd.Int64N(int64(life)*5/4)) - life/8
	}
	texts := []string{
		"", "a", "hello world", "⌘K", "•••", "مرحبا (12) x", "こんにちは", "👩‍🚀 go", "e\u0301\u0323", "⏎\u202eabc", "\x00\xff",
		"a long text that does not fit on any of these small pictures at all",
	}
	text := func() string { return texts[rnd.IntN(len(texts))] }

	if rnd.IntN(2) == 0 {
		s.Cursor = &Cursor{X: number(), Y: number(), Shape: CursorShape(rnd.IntN(5) - 1), Pressed: rnd.IntN(2) == 0}
	}
	if rnd.IntN(3) == 0 {
		s.Ripples = nil
		for range rnd.IntN(4) {
			s.Ripples = append(s.Ripples, Ripple{X: number(), Y: number(), Age: age(RippleLife), Count: rnd.IntN(12)})
		}
	}
	if rnd.IntN(3) == 0 {
		s.Touches = nil
		for range rnd.IntN(3) {
			s.Touches = append(s.Touches, Touch{X: number(), Y: number(), Down: rnd.IntN(2) == 0, Released: age(TouchFade)})
		}
	}
	if rnd.IntN(3) == 0 {
		s.Keys = nil
		for range rnd.IntN(5) {
			s.Keys = append(s.Keys, Key{Text: text(), Age: age(KeyLife)})
		}
	}
	if rnd.IntN(3) == 0 {
		s.Footer = &Footer{At: age(time.Hour), Total: age(2 * time.Hour), URL: "https://x.example/" + text(), Speed: number(), Idle: rnd.IntN(2) == 0}
	}
	if rnd.IntN(4) == 0 {
		s.Card = nil
		if rnd.IntN(2) == 0 {
			s.Card = &Card{Skipped: age(100 * time.Hour), Age: age(time.Second), Life: time.Second}
		}
	}
	if rnd.IntN(4) == 0 {
		s.Caption = text()
	}
	return s
}

func clonePicture(p Picture) Picture {
	p.Pix = bytes.Clone(p.Pix)
	return p
}

func firstDifference(a, b Picture) (row int) {
	for i := range a.Pix {
		if a.Pix[i] != b.Pix[i] {
			return i / (4 * a.Width)
		}
	}
	return -1
}
