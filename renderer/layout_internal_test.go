package renderer

import (
	"testing"

	"github.com/reelay/reelay/renderer/compose"
	"github.com/reelay/reelay/renderer/timeline"
)

func TestLayout(t *testing.T) {
	footer := compose.FooterHeight(720, 1)
	for name, test := range map[string]struct {
		largest       timeline.Size
		req           Request
		window        timeline.Size
		width, height int
	}{
		"the largest page":  {timeline.Size{Width: 1366, Height: 768}, Request{Scale: 1}, timeline.Size{Width: 1366, Height: 768}, 1366, 768},
		"at twice the size": {timeline.Size{Width: 800, Height: 601}, Request{Scale: 2}, timeline.Size{Width: 800, Height: 601}, 1600, 1202},
		"a fraction":        {timeline.Size{Width: 333, Height: 333}, Request{Scale: 1.5}, timeline.Size{Width: 333, Height: 333}, 500, 500},
		"portrait":          {timeline.Size{Width: 414, Height: 832}, Request{Scale: 1}, timeline.Size{Width: 414, Height: 832}, 414, 832},
		"too large":         {timeline.Size{Width: 4096, Height: 4096}, Request{Scale: 1}, timeline.Size{Width: 2160, Height: 2160}, 2160, 2160},
		"too large, scaled": {timeline.Size{Width: 2560, Height: 1336}, Request{Scale: 2}, timeline.Size{Width: 1920, Height: 1002}, 3840, 2004},
		"a size":            {timeline.Size{Width: 414, Height: 832}, Request{Scale: 1, Width: 1280, Height: 720}, timeline.Size{Width: 1280, Height: 720}, 1280, 720},
		"a size, scaled":    {timeline.Size{Width: 414, Height: 832}, Request{Scale: 2, Width: 1280, Height: 720}, timeline.Size{Width: 640, Height: 360}, 1280, 720},
		"upright":           {timeline.Size{Width: 1080, Height: 2340}, Request{Scale: 1}, timeline.Size{Width: 1080, Height: 2340}, 1080, 2340},
		"upright, asked":    {timeline.Size{Width: 414, Height: 832}, Request{Scale: 2, Width: 1080, Height: 2340}, timeline.Size{Width: 540, Height: 1170}, 1080, 2340},
		"too tall":          {timeline.Size{Width: 1440, Height: 7680}, Request{Scale: 1}, timeline.Size{Width: 720, Height: 3840}, 720, 3840},
		"a size with footer": {
			timeline.Size{Width: 414, Height: 832},
			Request{Scale: 1, Width: 1280, Height: 720, Footer: true},
			timeline.Size{Width: 1280, Height: float64(720 - footer)},
			1280, 720 - footer,
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLayout(test.largest, test.req)
			if l.window != test.window || l.picture.width != test.width || l.picture.height != test.height {
				t.Errorf("window %v, picture %v; want %v, %d x %d", l.window, l.picture, test.window, test.width, test.height)
			}
			// Whatever the size, all of the page is in the picture.
			fit := l.fit(test.largest)
			if right := fit.X + test.largest.Width*fit.Scale; fit.X < 0 || right > l.window.Width+1e-9 {
				t.Errorf("the page lies from %v to %v of %v", fit.X, right, l.window.Width)
			}
			if bottom := fit.Y + test.largest.Height*fit.Scale; fit.Y < 0 || bottom > l.window.Height+1e-9 {
				t.Errorf("the page lies from %v to %v of %v", fit.Y, bottom, l.window.Height)
			}
			if grows := fit.Scale > 1; grows && test.req.Width == 0 {
				t.Errorf("the page is enlarged %v times", fit.Scale)
			}
		})
	}
}
