package renderer

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/reelay/reelay/renderer/chrome"
	"github.com/reelay/reelay/renderer/timeline"
	"github.com/reelay/reelay/session"
)

// visitor brings one page from act to act. Forwards is cheap.
type visitor struct {
	rec    *session.Recording
	tl     *timeline.Timeline
	layout layout
	page   *chrome.Page
	notes  *notes

	at    time.Duration // the session time that the page shows
	event int           // what the events before this one make
	built bool
	facts chrome.Result // of the last step
}

// moment is a state of the page: what the events before one make, at a session
// time not before theirs.
type moment struct {
	event int
	at    time.Duration
}

// before is the page as the person saw it who acted.
func before(a session.Act) moment { return moment{a.Event, a.At} }

// after is the page when the act was over, but for what followed from it.
func after(a session.Act) moment { return moment{a.After, a.End} }

const (
	// nearby is how long before a picture frames count: what began to move
	// earlier has come to rest, or moves for ever.
	nearby = 5 * time.Second
	// largestBatch bounds the operations of one message to Chrome, in bytes.
	largestBatch = 4 << 20
	// longestBatch bounds their number.
	longestBatch = 5000
)

// bring rebuilds the page for a moment: from the nearest full snapshot, or from
// where it is.
func (v *visitor) bring(ctx context.Context, m moment) error {
	if m.event < v.event {
		v.built = false // back: only a rebuilt page forgets
	}
	from := v.tl.Start(m.at)
	if len(v.rec.Streams()) > 1 {
		from = min(from, v.tl.Start(m.at-1)) // a stream that ends right now counts
	}
	if v.built && v.at-1 > from {
		from = v.at - 1
	}
	var list []timeline.Due
	for _, due := range v.tl.Due(from, m.at) {
		if due.Kind == timeline.Apply {
			if v.built && due.At <= v.at && due.Event < v.event {
				continue
			}
			if due.Event >= m.event {
				if due.Snapshot {
					break
				}
				continue
			}
		}
		list = append(list, due)
	}
	if err := v.apply(ctx, outdated(list, m.at-nearby), from, m.at); err != nil {
		return fmt.Errorf("at %v: %w", m.at.Round(time.Millisecond), err)
	}
	v.at, v.event, v.built = m.at, m.event, true
	return nil
}

// outdated leaves out what is due before a time and undone by it: the pointer's
// and the scrollbars' places, each of which would cost a layout.
func outdated(list []timeline.Due, until time.Duration) []timeline.Due {
	kept := make([]timeline.Due, 0, len(list))
	type node struct{ stream, id int }
	hovered, scrolled := map[int]bool{}, map[node]bool{}
	for _, due := range slices.Backward(list) {
		if due.At < until {
			switch due.Kind {
			case timeline.Hover:
				if hovered[due.Stream] {
					continue
				}
				hovered[due.Stream] = true
			case timeline.Scroll:
				at := node{due.Stream, due.Scroll.Node}
				if scrolled[at] {
					continue
				}
				scrolled[at] = true
			case timeline.Apply:
				if due.Snapshot { // node ids have another meaning before it
					clear(hovered)
					clear(scrolled)
				}
			case timeline.View, timeline.Show:
			}
		}
		kept = append(kept, due)
	}
	slices.Reverse(kept)
	return kept
}

// apply brings the page over what is due: what lies far back at once, the rest
// as a live page would.
func (v *visitor) apply(ctx context.Context, list []timeline.Due, from, to time.Duration) error {
	var ops chrome.Ops
	last := from
	flush := func(at time.Duration) error {
		if ops.Len() == 0 && at < to {
			return nil
		}
		defer ops.Reset()
		if at < to-nearby {
			last = at
			return v.page.Skip(ctx, &ops, at)
		}
		var err error
		v.facts, err = v.page.Step(ctx, &ops, last, at, false)
		last = at
		v.notes.add(v.facts.Notes, v.tl.PageAt(at).At)
		return err
	}
	far := true
	var reached time.Duration
	for _, due := range list {
		if far && due.At >= to-nearby {
			far = false
			if err := flush(reached); err != nil {
				return err
			}
			last = max(last, to-nearby)
		}
		if err := v.add(&ops, due); err != nil {
			return err
		}
		reached = due.At
		if ops.Size() > largestBatch || ops.Len() >= longestBatch {
			if err := flush(reached); err != nil {
				return err
			}
		}
	}
	if far {
		if err := flush(min(reached, to-nearby-1)); err != nil {
			return err
		}
	}
	return flush(to)
}

func (v *visitor) add(ops *chrome.Ops, due timeline.Due) error {
	switch due.Kind {
	case timeline.Apply:
		e, err := v.rec.Load(due.Event)
		if err != nil {
			return fmt.Errorf("load event: %w", err)
		}
		ops.Event(due.At, e.Stream, e.Raw)
		if due.Snapshot {
			ops.Drop(due.At, v.tl.Ended(due.At))
		}
	case timeline.Hover:
		ops.Hover(due.At, due.Stream, due.Enter.Node, due.Next.Node)
	case timeline.Scroll:
		ops.Scroll(due.At, due.Stream, due.Scroll.Node, due.Scroll.X, due.Scroll.Y)
	case timeline.View:
		fit := v.layout.fit(due.View)
		ops.Place(due.At, fit.X, fit.Y, fit.Scale)
	case timeline.Show:
		ops.Show(due.At, due.Stream)
		ops.Drop(due.At, v.tl.Ended(due.At))
	}
	return nil
}

// locate brings the page to the state in which the act is shown, and finds what
// it was aimed at.
func (v *visitor) locate(ctx context.Context, a session.Act) (chrome.Target, error) {
	switch a.Action {
	case session.ActionNavigate, session.ActionError, session.ActionNone:
		if err := v.bring(ctx, after(a)); err != nil {
			return chrome.Target{}, err
		}
		t, err := v.page.Locate(ctx, chrome.Deed{Stream: a.Stream})
		t.Element = session.Element{Title: t.Title}
		return t, err
	case session.ActionScroll:
		if err := v.bring(ctx, after(a)); err != nil {
			return chrome.Target{}, err
		}
		return v.page.Section(ctx, a.Stream, a.Node)
	default:
	}
	if err := v.bring(ctx, before(a)); err != nil {
		return chrome.Target{}, err
	}
	deed := chrome.Deed{Stream: a.Stream, Node: a.Node, Value: a.Text}
	if a.Pointed {
		deed.At = &session.Point{X: a.X, Y: a.Y}
	}
	t, err := v.page.Locate(ctx, deed)
	if err != nil || a.Action != session.ActionChange || t.Control != session.TextControl {
		return t, err
	}
	// Who types sees what was typed.
	if err := v.bring(ctx, after(a)); err != nil {
		return chrome.Target{}, err
	}
	typed, err := v.page.Locate(ctx, deed)
	if err != nil || !typed.Found {
		return t, err
	}
	return typed, nil
}
