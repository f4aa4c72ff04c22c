package session

import (
	"math"
	"time"
)

const (
	// near is how far apart, in CSS pixels, clicks at one place may be.
	near = 30.0
	// quick is the longest pause within a run of clicks, and the longest time
	// from its first to its third.
	quick = time.Second
	// rage is how many clicks make a run that is no double click.
	rage = 3
	// held is how long before its click a button may have gone down.
	held = 5 * time.Second
	// emulated is how long after a touch browsers send its click.
	emulated = time.Second
	// echoed is how soon after the click on a label its control is clicked.
	echoed = 50 * time.Millisecond
)

// clickRun are clicks that may be one act: one index into the acts for each.
type clickRun struct {
	acts   []int
	times  []time.Duration
	double bool // the browser called it a double click
}

func (s *storyteller) interaction(w *window, i int, e Event, d Interaction) {
	at := press{at: e.Time, event: i, node: d.ID, x: d.X, y: d.Y, valid: true}
	switch d.Type {
	case MouseDown:
		w.down = at
	case TouchStart:
		w.touched = at
	case Click:
		s.click(w, i, e, d)
	case DblClick:
		if len(w.clicks.acts) == 2 && e.Time-w.clicks.times[1] <= quick {
			w.clicks.double = true
			s.story.Acts[w.clicks.acts[1]].After = i + 1
		}
	case ContextMenu:
		s.rightClick(w, i, e, d)
	case Focus:
		w.focused = d.ID
	case Blur:
		w.focused = -1
	case MouseUp, TouchMoveDeparted, TouchEnd, TouchCancel:
	}
}

func (s *storyteller) click(w *window, i int, e Event, d Interaction) {
	a := Act{
		Action: ActionClick, At: e.Time, End: e.Time, Event: i, After: i + 1, Stream: e.Stream,
		Node: d.ID, X: d.X, Y: d.Y, Pointed: true, Count: 1,
	}
	a.Touch = d.Pointer == TouchPointer || w.touched.valid && e.Time-w.touched.at <= emulated
	if a.Touch {
		a.Action = ActionTap
	}
	if s.echo(w, i, a) {
		return
	}
	start, found := w.start(a)
	switch {
	case found:
		a.At, a.Event = start.at, start.event
	case d.X == 0 && d.Y == 0 && !a.Touch:
		// No pointer clicks without going down first: this was a key, or a
		// script.
		if last := s.lastAct(w); d.ID != w.focused || last != nil && last.Action == ActionChange && last.Node == d.ID {
			return // lists send one when an option is chosen
		}
		a.Keyboard, a.Pointed = true, false
	}
	w.down, w.touched = press{}, press{}
	s.endScrolls(w)
	if !s.continues(w, a) {
		s.endClicks(w)
	}
	if s.add(w, a).Action != "" {
		w.clicks.acts = append(w.clicks.acts, w.last)
		w.clicks.times = append(w.clicks.times, a.End)
	}
}

// rightClick notes that a menu was asked for, with the other button or a long
// touch.
func (s *storyteller) rightClick(w *window, i int, e Event, d Interaction) {
	a := Act{
		Action: ActionRightClick, At: e.Time, End: e.Time, Event: i, After: i + 1, Stream: e.Stream,
		Node: d.ID, X: d.X, Y: d.Y, Pointed: true,
	}
	a.Touch = d.Pointer == TouchPointer || w.touched.valid && e.Time-w.touched.at <= held && !w.down.valid
	start, found := w.start(a)
	if !found {
		return // by key, or by a script
	}
	a.At, a.Event = start.at, start.event
	w.down, w.touched = press{}, press{}
	s.endScrolls(w)
	s.endClicks(w)
	s.add(w, a)
}

// start is where the button or finger of a click went down.
func (w *window) start(a Act) (press, bool) {
	down, reach := w.down, held
	if a.Touch && w.touched.valid && (!down.valid || w.touched.event < down.event) {
		down = w.touched
		if a.Action != ActionRightClick {
			reach = emulated
		}
	}
	if !down.valid || a.End-down.at > reach || math.Hypot(down.x-a.X, down.y-a.Y) > near {
		return press{}, false
	}
	return down, true
}

// Pointed says whether somebody pointed with a mouse for a MouseUp, Click or
// DblClick. Browsers put those that keys and scripts make at (0, 0), where no
// button went down: down is the last MouseDown before, that long ago.
func (d Interaction) Pointed(down Interaction, ago time.Duration) bool {
	return d.X != 0 || d.Y != 0 || ago <= held && math.Hypot(down.X, down.Y) <= near
}

// Echoes says whether a click that comes that long after another, without
// another press, is what a browser sends to the control of a label.
func (d Interaction) Echoes(label Interaction, after time.Duration) bool {
	return after <= echoed && d.X == label.X && d.Y == label.Y && d.ID != label.ID
}

// echo takes the click that a browser sends to a control when its label is
// clicked: the control is what was meant.
func (s *storyteller) echo(w *window, i int, a Act) bool {
	last := s.lastAct(w)
	if last == nil || len(w.clicks.acts) == 0 || w.down.valid || w.touched.valid {
		return false
	}
	clicked := Interaction{ID: a.Node, X: a.X, Y: a.Y}
	if !clicked.Echoes(Interaction{ID: last.Node, X: last.X, Y: last.Y}, a.End-last.End) {
		return false
	}
	last.Node, last.After = a.Node, i+1
	return true
}

// continues says whether a click belongs to the run before it.
func (s *storyteller) continues(w *window, a Act) bool {
	n := len(w.clicks.acts)
	if n == 0 || w.last != w.clicks.acts[n-1] || !a.Pointed {
		return false
	}
	last := s.story.Acts[w.last]
	if last.To != "" || !last.Pointed || a.At-last.End > quick {
		return false
	}
	return last.Node == a.Node || math.Hypot(last.X-a.X, last.Y-a.Y) <= near
}

// endClicks merges the run of clicks under way: into a double click, or into
// the clicks of a person who is losing patience. What is merged into another
// act loses its action.
func (s *storyteller) endClicks(w *window) {
	run := w.clicks
	w.clicks = clickRun{}
	for len(run.acts) >= rage && run.times[rage-1]-run.times[0] > quick {
		run.acts, run.times = run.acts[1:], run.times[1:] // a slow click before the run
	}
	switch {
	case len(run.acts) >= rage:
		s.merge(w, run.acts, ActionRageClick)
	case len(run.acts) == 2 && run.double:
		s.merge(w, run.acts, ActionDoubleClick)
	}
}

func (s *storyteller) merge(w *window, acts []int, action Action) {
	first := &s.story.Acts[acts[0]]
	for _, i := range acts[1:] {
		a := &s.story.Acts[i]
		first.End, first.After, first.Submits = a.End, a.After, first.Submits || a.Submits
		if a.To != "" {
			first.To = a.To
		}
		a.Action = ""
	}
	first.Action = action
	first.Count = len(acts)
	if action == ActionDoubleClick {
		first.Count = 0
	}
	if w.last == acts[len(acts)-1] {
		w.last = acts[0]
	}
}
