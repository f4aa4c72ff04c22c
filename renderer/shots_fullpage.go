package renderer

import (
	"context"
	"errors"

	"github.com/reelay/reelay/renderer/chrome"
	"github.com/reelay/reelay/renderer/compose"
	"github.com/reelay/reelay/renderer/timeline"
	"github.com/reelay/reelay/session"
)

// tallest bounds the picture of a whole document, in device pixels: viewers and
// trackers give up on more.
const tallest = 16_000

// expanse is the picture of the whole document, and how far the target's place
// in it is from that in the viewport, in CSS pixels.
func (p *photographer) expanse(ctx context.Context, fit timeline.Fit, a session.Act) (_ compose.Picture, shift session.Point, err error) {
	scale := fit.Scale * p.layout.scale
	deed := chrome.Deed{Stream: a.Stream}
	if a.Targeted() {
		deed.Node = a.Node
	}
	whole, err := p.page.Expand(ctx, deed, tallest/scale)
	if err != nil {
		return compose.Picture{}, shift, err
	}
	defer func() { err = errors.Join(err, whole.Collapse(ctx)) }()
	var picture compose.Picture
	for y := 0.0; y < whole.Height; y += whole.View {
		at, err := whole.Show(ctx, y)
		if err != nil {
			return compose.Picture{}, shift, err
		}
		part, err := p.viewport(ctx, fit)
		if err != nil {
			return compose.Picture{}, shift, err
		}
		if picture.Pix == nil {
			height := max(min(int(whole.Height*scale+0.5), tallest), part.Height)
			picture = compose.Picture{Width: part.Width, Height: height, Pix: make([]byte, 4*part.Width*height)}
		}
		paste(picture, part, int(at*scale+0.5))
	}
	return picture, session.Point{X: whole.DX, Y: whole.DY}, nil
}

// paste puts a part of the same width into a picture, from a row on.
func paste(into, part compose.Picture, row int) {
	if row >= 0 && row < into.Height {
		copy(into.Pix[4*row*into.Width:], part.Pix)
	}
}
