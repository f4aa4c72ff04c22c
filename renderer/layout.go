package renderer

import (
	"math"

	"github.com/reelay/reelay/renderer/compose"
	"github.com/reelay/reelay/renderer/timeline"
)

// layout is where things lie in a clip. The window is Chrome's, in CSS pixels;
// the picture is what it shows, in device pixels; the canvas adds the footer.
type layout struct {
	window  timeline.Size
	scale   float64
	picture struct{ width, height int }
	enlarge bool // pages smaller than the window grow to fill it
}

// The largest clip, lying or upright, in device pixels.
const (
	longestSide  = 3840
	longestShort = 2160
)

// newLayout makes room for the largest page, or fills the size asked for.
func newLayout(largest timeline.Size, req Request) layout {
	l := layout{window: largest, scale: req.Scale}
	if req.Width > 0 {
		l.enlarge = true
		l.window = timeline.Size{Width: float64(req.Width), Height: float64(req.Height)}
		if req.Footer {
			l.window.Height -= float64(compose.FooterHeight(req.Height, req.Scale))
		}
		l.window.Width /= req.Scale
		l.window.Height /= req.Scale
	}
	room := timeline.Size{Width: longestSide / req.Scale, Height: longestShort / req.Scale}
	if l.window.Height > l.window.Width {
		room.Width, room.Height = room.Height, room.Width
	}
	if shrink := min(room.Width/l.window.Width, room.Height/l.window.Height); shrink < 1 {
		l.window.Width *= shrink
		l.window.Height *= shrink
	}
	l.window = timeline.Size{Width: math.Floor(l.window.Width), Height: math.Floor(l.window.Height)}
	l.picture.width = device(l.window.Width, l.scale)
	l.picture.height = device(l.window.Height, l.scale)
	return l
}

// device is a length in CSS pixels in device pixels, rounded as Chrome rounds
// its window.
func device(css, scale float64) int { return int(css*scale + 0.5) }

// fit is where a page of a size lies in the window.
func (l layout) fit(page timeline.Size) timeline.Fit { return page.FitInto(l.window, l.enlarge) }
