package timeline

import (
	"math"
	"time"

	"github.com/reelay/reelay/session"
)

// oldest is how far before its event a position may lie: recorders send
// positions in batches of half a second.
const oldest = 10 * time.Second

// moves notes the positions of a mouse or finger.
func (r *reader) moves(e session.Event, positions []session.MousePosition) {
	for _, p := range positions {
		s := Sample{At: max(e.Time+max(min(p.TimeOffset, 0), -oldest), 0), X: p.X, Y: p.Y, Node: p.ID}
		switch {
		case e.Source == session.TouchMove:
			r.touch(s, moved)
		case s.At-r.touched >= emulation:
			r.tl.pointer = append(r.tl.pointer, s)
		}
	}
}

// interaction notes a press, click, touch or change of focus.
func (r *reader) interaction(at time.Duration, d session.Interaction) {
	s := Sample{At: at, X: d.X, Y: d.Y, Node: d.ID}
	switch d.Type {
	case session.TouchStart:
		r.touch(s, placed)
	case session.TouchEnd:
		r.touch(s, lifted)
	case session.TouchCancel:
		r.contacts = append(r.contacts, contact{s, cancelled})
	case session.MouseDown, session.MouseUp, session.Click, session.DblClick, session.ContextMenu:
		byTouch := d.Pointer == session.TouchPointer || at-r.touched < emulation
		s.Hidden = byTouch
		r.tl.pointer = append(r.tl.pointer, s)
		if d.Type == session.Click {
			r.click(s)
		}
	case session.Focus, session.Blur, session.TouchMoveDeparted:
	}
}

// touch notes a finger's contact, which also moves what is hovered.
func (r *reader) touch(s Sample, what change) {
	r.touched = max(r.touched, s.At)
	r.contacts = append(r.contacts, contact{s, what})
	s.Hidden = true
	r.tl.pointer = append(r.tl.pointer, s)
}

// Clicks this close in time and place count as one gesture.
const (
	doubleClick = 500 * time.Millisecond
	samePlace   = 30.0 // CSS pixels
)

func (r *reader) click(s Sample) {
	c := Click{Sample: s, Count: 1}
	if n := len(r.tl.clicks); n > 0 {
		last := r.tl.clicks[n-1]
		if s.At-last.At <= doubleClick && math.Hypot(s.X-last.X, s.Y-last.Y) <= samePlace {
			c.Count = last.Count + 1
		}
	}
	r.tl.clicks = append(r.tl.clicks, c)
}
