package timeline

import (
	"math"
	"slices"
	"time"

	"github.com/reelay/reelay/session"
)

// oldest is how far before its event a position may lie: recorders send
// positions in batches of half a second.
const oldest = 10 * time.Second

// moves notes the positions of a mouse or finger.
func (r *reader) moves(e session.Event, positions []session.MousePosition) {
	if e.Source == session.MouseMove && slices.ContainsFunc(positions, func(p session.MousePosition) bool { return !p.Rest }) {
		r.act(e.Time)
	}
	for _, p := range positions {
		s := Sample{At: max(e.Time+max(min(p.TimeOffset, 0), -oldest), 0), X: p.X, Y: p.Y, Node: p.ID, stream: e.Stream}
		r.claim(s.At, e.Stream, byAct)
		switch {
		case e.Source == session.TouchMove:
			r.touch(s, moved)
		case s.At-r.touched >= emulation:
			r.tl.pointer = append(r.tl.pointer, s)
		}
	}
}

// interaction notes a press, click, touch or change of focus.
func (r *reader) interaction(e session.Event, d session.Interaction) {
	t := r.tab(e.Stream)
	s := Sample{At: e.Time, X: d.X, Y: d.Y, Node: d.ID, stream: e.Stream}
	s.Hidden = d.Pointer == session.TouchPointer || e.Time-r.touched < emulation
	switch d.Type {
	case session.MouseUp, session.Click, session.DblClick:
		if !s.Hidden && !d.Pointed(t.down, e.Time-t.downAt) {
			return
		}
	case session.Blur, session.TouchMoveDeparted:
		return // it is left, if anything
	default:
	}
	r.claim(e.Time, e.Stream, byAct)
	switch d.Type {
	case session.TouchStart:
		r.touch(s, placed)
	case session.TouchEnd:
		r.touch(s, lifted)
	case session.TouchCancel:
		r.contacts = append(r.contacts, contact{s, cancelled})
	case session.Focus:
		t.focused = d.ID
	case session.Click:
		r.click(t, s, d)
	case session.MouseDown:
		t.down, t.downAt = d, e.Time
		r.tl.pointer = append(r.tl.pointer, s)
	case session.MouseUp, session.DblClick, session.ContextMenu:
		r.tl.pointer = append(r.tl.pointer, s)
	case session.Blur, session.TouchMoveDeparted:
	}
}

// scroll notes a position of a node.
func (r *reader) scroll(e session.Event, d session.ScrollPosition) {
	t, i := r.tab(e.Stream), len(r.tl.scrolls)
	r.claim(e.Time, e.Stream, byScroll)
	if prev, ok := t.scrolls[d.ID]; ok {
		r.tl.scrolls[prev].next = i
	}
	t.scrolls[d.ID] = i
	r.tl.scrolls = append(r.tl.scrolls, scroll{at: e.Time, stream: e.Stream, node: d.ID, x: d.X, y: d.Y})
}

// input notes what a field shows. Pages fill fields by themselves, but not
// often the one that has the focus.
func (r *reader) input(e session.Event, d session.InputState) {
	t := r.tab(e.Stream)
	if d.UserTriggered || d.ID == t.focused {
		r.claim(e.Time, e.Stream, byAct)
	}
	if s, ok := t.typist.typed(e.Time, d.ID, d.Text); ok {
		s.stream = e.Stream
		r.tl.strokes = append(r.tl.strokes, s)
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

func (r *reader) click(t *tab, s Sample, d session.Interaction) {
	if t.downAt <= t.clickAt && d.Echoes(t.click, s.At-t.clickAt) {
		return
	}
	t.click, t.clickAt = d, s.At
	r.tl.pointer = append(r.tl.pointer, s)
	c := Click{Sample: s, Count: 1}
	if n := len(r.tl.clicks); n > 0 {
		last := r.tl.clicks[n-1]
		near := last.stream == s.stream && math.Hypot(s.X-last.X, s.Y-last.Y) <= samePlace
		if near && s.At-last.At <= doubleClick {
			c.Count = last.Count + 1
		}
	}
	r.tl.clicks = append(r.tl.clicks, c)
}
