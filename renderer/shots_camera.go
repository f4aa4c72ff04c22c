package renderer

import (
	"context"
	"fmt"
	"math"

	"github.com/reelay/reelay/renderer/chrome"
	"github.com/reelay/reelay/renderer/compose"
	"github.com/reelay/reelay/renderer/timeline"
	"github.com/reelay/reelay/session"
)

// photographer takes the pictures of acts with one Chrome.
type photographer struct {
	visitor

	req    ShotsRequest
	window chrome.Picture // what Chrome shows
	taken  int            // pictures of it
}

// take finds an act's target and takes the page's picture.
func (p *photographer) take(ctx context.Context, number int, a session.Act) (take, error) {
	target, err := p.locate(ctx, a)
	if err != nil {
		return take{}, err
	}
	t := take{number: number, step: session.NewStep(number, a, target.Element)}
	if !p.req.pictures() {
		return t, nil
	}
	fit := p.layout.fit(p.tl.ViewAt(p.at))
	var shift session.Point // of the page's viewport in the picture, in CSS pixels
	if p.req.FullPage {
		t.page, shift, err = p.expanse(ctx, fit, a)
	} else {
		t.page, err = p.viewport(ctx, fit)
	}
	if err != nil {
		return take{}, fmt.Errorf("at %v: %w", a.At, err)
	}
	t.still = still(t.step, target.Cursor, shift, fit.Scale*p.layout.scale)
	if p.req.Crop {
		t.page, t.still = crop(t.page, t.still, p.layout.scale)
	}
	return t, nil
}

// ending names the page on which the session ends.
func (p *photographer) ending(ctx context.Context, last session.Act) (string, error) {
	target, err := p.locate(ctx, last)
	if err != nil {
		return "", err
	}
	return session.PageName(target.Title, p.tl.PageAt(last.At).URL), nil
}

// viewport is the picture of what was in view: the page without the ground
// around it.
func (p *photographer) viewport(ctx context.Context, fit timeline.Fit) (compose.Picture, error) {
	if err := p.shoot(ctx); err != nil {
		return compose.Picture{}, err
	}
	view := p.tl.ViewAt(p.at)
	scale := p.layout.scale
	area := compose.Picture(p.window)
	return cut(area, device(fit.X, scale), device(fit.Y, scale), device(view.Width*fit.Scale, scale), device(view.Height*fit.Scale, scale)), nil
}

// shoot reads the window.
func (p *photographer) shoot(ctx context.Context) error {
	if p.window.Pix == nil {
		width, height := p.layout.picture.width, p.layout.picture.height
		p.window = chrome.Picture{Width: width, Height: height, Pix: make([]byte, 4*width*height)}
	}
	p.taken++
	if _, err := p.page.Draw(ctx, p.at, p.facts); err != nil {
		return err
	}
	if err := p.page.Read(ctx, p.at, p.window); err != nil {
		return err
	}
	return p.page.Alive(ctx)
}

// cut copies a part of a picture; what lies outside of it is left out.
func cut(from compose.Picture, x, y, width, height int) compose.Picture {
	x, y = min(max(x, 0), from.Width-1), min(max(y, 0), from.Height-1)
	width, height = min(max(width, 1), from.Width-x), min(max(height, 1), from.Height-y)
	part := compose.Picture{Width: width, Height: height, Pix: make([]byte, 0, 4*width*height)}
	for row := y; row < y+height; row++ {
		at := 4 * (row*from.Width + x)
		part.Pix = append(part.Pix, from.Pix[at:at+4*width]...)
	}
	return part
}

// still is what is drawn for a step on a picture of scale pixels for each CSS
// pixel of the page, whose viewport lies at shift.
func still(s session.Step, cursor string, shift session.Point, scale float64) compose.Still {
	st := compose.Still{
		Number: s.Number, Caption: s.Caption, Detail: detail(s), Finger: s.Act.Touch, Cursor: compose.Arrow,
	}
	switch cursor {
	case "pointer":
		st.Cursor = compose.Hand
	case "text":
		st.Cursor = compose.Caret
	}
	if s.Box != nil {
		st.Box = &compose.Rect{
			X: (s.Box.X + shift.X) * scale, Y: (s.Box.Y + shift.Y) * scale,
			Width: s.Box.Width * scale, Height: s.Box.Height * scale,
		}
	}
	if s.Point != nil {
		st.Point = &compose.Place{X: (s.Point.X + shift.X) * scale, Y: (s.Point.Y + shift.Y) * scale}
	}
	switch s.Action {
	case session.ActionDoubleClick:
		st.Clicks = 2
	case session.ActionRageClick:
		st.Clicks = max(s.Count, 3)
	case session.ActionClick, session.ActionTap, session.ActionRightClick, session.ActionCheck, session.ActionSelect, session.ActionSet:
		st.Clicks = 1
	default:
	}
	return st
}

// detail says when and where a step was made.
func detail(s session.Step) string {
	text := session.Clock(s.Act.At)
	if s.Page != "" {
		text += "  ·  " + session.ShortURL(s.Page)
	}
	return text
}

// Measures of a crop in CSS pixels.
const (
	cropMargin = 120
	cropWidth  = 560
	cropHeight = 360
)

// crop keeps the target with its surroundings. Without a target, the picture
// stays as it is.
func crop(page compose.Picture, s compose.Still, scale float64) (compose.Picture, compose.Still) {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	include := func(ax, ay, bx, by float64) { x0, y0, x1, y1 = min(x0, ax), min(y0, ay), max(x1, bx), max(y1, by) }
	if s.Box != nil {
		include(s.Box.X, s.Box.Y, s.Box.X+s.Box.Width, s.Box.Y+s.Box.Height)
	}
	if s.Point != nil {
		include(s.Point.X, s.Point.Y, s.Point.X, s.Point.Y)
	}
	if math.IsInf(x0, 0) || x1 < 0 || y1 < 0 || x0 >= float64(page.Width) || y0 >= float64(page.Height) {
		return page, s
	}
	left, width := cropSpan(x0, x1, cropWidth*scale, cropMargin*scale, page.Width)
	top, height := cropSpan(y0, y1, cropHeight*scale, cropMargin*scale, page.Height)
	part := cut(page, left, top, width, height)
	if s.Box != nil {
		s.Box = &compose.Rect{X: s.Box.X - float64(left), Y: s.Box.Y - float64(top), Width: s.Box.Width, Height: s.Box.Height}
	}
	if s.Point != nil {
		s.Point = &compose.Place{X: s.Point.X - float64(left), Y: s.Point.Y - float64(top)}
	}
	return part, s
}

// cropSpan is a span of at least the given length around low…high, within a
// picture's side.
func cropSpan(low, high, least, margin float64, side int) (from, length int) {
	low, high = max(low, 0), min(high, float64(side))
	want := min(max(high-low+2*margin, least), float64(side))
	start := min(max((low+high-want)/2, 0), float64(side)-want)
	return int(start), int(want)
}
