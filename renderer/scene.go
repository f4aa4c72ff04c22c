package renderer

import (
	"slices"
	"strings"
	"time"

	"github.com/reelay/reelay/renderer/compose"
	"github.com/reelay/reelay/renderer/timeline"
)

// scene is what is drawn over the page at a tick.
func (d *director) scene(tick int) compose.Scene {
	clip, at := d.tl.Clip(tick), d.tl.At(tick)
	var s compose.Scene
	if d.req.Cursor {
		s.Cursor = d.cursor(at)
	}
	if d.req.Clicks {
		s.Ripples = d.ripples(at, clip)
		s.Touches = d.touches(at)
	}
	if d.req.Keys {
		s.Keys = d.keys(at)
	}
	if d.req.Footer {
		s.Footer = &compose.Footer{
			At: at, Total: d.tl.Session, URL: d.tl.PageAt(at).URL, Speed: d.tl.Speed, Idle: d.tl.Idle(at),
		}
	}
	if gap, age, ok := d.tl.GapAt(clip); ok {
		s.Card = &compose.Card{Skipped: gap.Skipped, Age: age, Life: timeline.GapLife}
	}
	s.Caption = d.captionAt(clip)
	return s
}

func (d *director) cursor(at time.Duration) *compose.Cursor {
	p, ok := d.tl.Pointer(at)
	if !ok {
		return nil
	}
	a, b, c, e := d.place(at, p.Before), d.place(at, p.From), d.place(at, p.To), d.place(at, p.After)
	return &compose.Cursor{
		X:       timeline.Curve(a.x, b.x, c.x, e.x, p.F),
		Y:       timeline.Curve(a.y, b.y, c.y, e.y, p.F),
		Shape:   d.known.cursor,
		Pressed: d.req.Clicks && d.tl.Pressed(at),
	}
}

// point is a place in the picture, in device pixels.
type point struct{ x, y float64 }

// place is where a recorded position lies in the picture at session time at.
func (d *director) place(at time.Duration, s timeline.Sample) point {
	x, y := s.X, s.Y
	if base, ok := d.known.bases[s.Node]; ok {
		x, y = base.X+x*base.Scale, base.Y+y*base.Scale
	}
	fit := d.layout.fit(d.tl.ViewAt(at))
	return point{(fit.X + x*fit.Scale) * d.layout.scale, (fit.Y + y*fit.Scale) * d.layout.scale}
}

// session is a stretch of clip time in session time.
func (d *director) session(clip time.Duration) time.Duration {
	return time.Duration(float64(clip) * d.tl.Speed)
}

func (d *director) ripples(at, clip time.Duration) []compose.Ripple {
	var ripples []compose.Ripple
	for _, c := range d.tl.Clicks(at-d.session(compose.RippleLife), at) {
		began, ok := d.tl.ClipTime(c.At)
		if !ok || c.Hidden || clip < began {
			continue
		}
		p := d.place(at, c.Sample)
		ripples = append(ripples, compose.Ripple{X: p.x, Y: p.y, Age: clip - began, Count: c.Count})
	}
	return ripples
}

func (d *director) touches(at time.Duration) []compose.Touch {
	var touches []compose.Touch
	for _, t := range d.tl.Touches(at, d.session(compose.TouchFade)) {
		p := d.place(at, t.Sample)
		released := time.Duration(float64(t.Lifted) / d.tl.Speed)
		touches = append(touches, compose.Touch{X: p.x, Y: p.y, Down: t.Lifted == 0, Released: released})
	}
	return touches
}

// keys is the chip of what was typed last, while it is fresh.
func (d *director) keys(at time.Duration) []compose.Key {
	strokes := d.tl.Strokes(at-d.session(compose.KeyLife), at)
	for _, s := range slices.Backward(strokes) {
		field, ok := d.known.fields[s.Node]
		if ok && !field.Text {
			continue // a choice, not typing
		}
		text := s.Text
		if (s.Masked || field.Secret) && text != timeline.Backspace {
			text = strings.Repeat("•", min(len([]rune(text)), 12))
		}
		return []compose.Key{{Text: text, Age: time.Duration(float64(at-s.At) / d.tl.Speed)}}
	}
	return nil
}
