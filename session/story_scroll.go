package session

import (
	"math"
	"time"
)

const (
	// resting is the pause that ends one scroll: who reads stops for longer.
	resting = 1200 * time.Millisecond
	// jumping is how long after another act a scroll that begins is its effect:
	// the page scrolls by itself to what was asked for.
	jumping = 500 * time.Millisecond
	// documentNode is the id that recorders give the document, their first node.
	documentNode = 1
)

// scrollRun is a scroll under way.
type scrollRun struct {
	act    Act
	from   ScrollPosition
	effect bool // not the person's own
}

// scroll takes in where a node was scrolled to.
func (s *storyteller) scroll(w *window, i int, e Event, d ScrollPosition) {
	from, known := w.places[d.ID]
	if !known && d.ID == documentNode {
		from = w.offset
	}
	w.places[d.ID] = d
	run := w.scrolls[d.ID]
	if run != nil && e.Time-run.act.End > resting {
		s.endScroll(w, run)
		run = nil
	}
	if run == nil {
		if len(w.scrolls) >= mostLines {
			return
		}
		last := s.lastAct(w)
		run = &scrollRun{
			from:   from,
			act:    Act{Action: ActionScroll, At: e.Time, Event: i, Stream: e.Stream, Node: d.ID},
			effect: e.Time-w.since <= jumping || last != nil && e.Time-last.End <= jumping,
		}
		w.scrolls[d.ID] = run
	}
	run.act.End, run.act.After = e.Time, i+1
	run.act.ScrollX, run.act.ScrollY = d.X, d.Y
	run.act.DX, run.act.DY = d.X-run.from.X, d.Y-run.from.Y
}

// endScrolls ends all scrolls of a window, before another act.
func (s *storyteller) endScrolls(w *window) {
	var longest *scrollRun
	for _, run := range w.scrolls {
		if longest == nil || run.length() > longest.length() || run.length() == longest.length() && run.act.Event < longest.act.Event {
			longest = run
		}
	}
	if longest != nil {
		s.endScroll(w, longest)
	}
	clear(w.scrolls)
}

func (r *scrollRun) length() float64 { return math.Hypot(r.act.DX, r.act.DY) }

// endScroll makes an act of a scroll that brought something new into view: half
// of what was seen before is gone.
func (s *storyteller) endScroll(w *window, run *scrollRun) {
	delete(w.scrolls, run.act.Node)
	far := math.Abs(run.act.DY) >= float64(w.view.Height)/2 || math.Abs(run.act.DX) >= float64(w.view.Width)/2
	if run.effect || !far {
		return
	}
	if last := s.lastAct(w); last != nil && last.Action == ActionScroll && last.Node == run.act.Node && run.act.At-last.End <= 2*resting {
		// One way to go, with a rest in it.
		last.End, last.After = run.act.End, run.act.After
		last.ScrollX, last.ScrollY = run.act.ScrollX, run.act.ScrollY
		last.DX, last.DY = last.DX+run.act.DX, last.DY+run.act.DY
		return
	}
	s.endClicks(w)
	s.add(w, run.act)
}
