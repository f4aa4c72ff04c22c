package timeline

import (
	"math"
	"sort"
	"time"
)

// Size is a viewport's, in CSS pixels.
type Size struct{ Width, Height float64 }

// view is a viewport size from a time on.
type view struct {
	Size

	at time.Duration
}

// Limits of a viewport that is shown as it is recorded.
const (
	minSide = 64
	maxSide = 4096
)

// unsized is the size of pages whose recording tells none: session's choice.
var unsized = Size{1280, 720} //nolint:gochecknoglobals // a constant.

func clampSide(side float64) float64 { return math.Round(min(max(side, minSide), maxSide)) }

// Largest is the smallest size that holds every viewport of the clip.
func (tl *Timeline) Largest() Size {
	var largest Size
	from, to := tl.segments[0].from, tl.segments[len(tl.segments)-1].to
	for i, v := range tl.views {
		over := i+1 < len(tl.views) && tl.views[i+1].at <= from
		if over || (v.at > to && i > 0) {
			continue
		}
		largest.Width = max(largest.Width, v.Width)
		largest.Height = max(largest.Height, v.Height)
	}
	return largest
}

// ViewAt is the viewport at t, or the first one before any.
func (tl *Timeline) ViewAt(t time.Duration) Size {
	i := sort.Search(len(tl.views), func(i int) bool { return tl.views[i].at > t })
	return tl.views[max(0, i-1)].Size
}

// Fit is how a page lies in a picture: its top left corner, in the picture's
// CSS pixels, and its scale.
type Fit struct{ X, Y, Scale float64 }

// FitInto centres a page of size s in a picture, as large as fits, but not
// larger than it is unless enlarge is set.
func (s Size) FitInto(picture Size, enlarge bool) Fit {
	scale := min(picture.Width/s.Width, picture.Height/s.Height)
	if !enlarge {
		scale = min(scale, 1)
	}
	return Fit{
		X:     math.Floor((picture.Width - s.Width*scale) / 2),
		Y:     math.Floor((picture.Height - s.Height*scale) / 2),
		Scale: scale,
	}
}
