package session

import "time"

// typed is how long after a control was clicked a change of it is the click's.
const typed = 500 * time.Millisecond

// input takes in a change of a form control. Changes that scripts make, and
// those of the other radio buttons of a group, are on controls that nobody
// works with.
func (s *storyteller) input(w *window, i int, e Event, d InputState) {
	last := s.lastAct(w)
	switch {
	case last != nil && w.typing == w.last && last.Node == d.ID:
		if d.Text == "" && len(last.Text) > 1 {
			// Emptied in one go, as pages do when they have taken the text.
			w.typing = -1
			return
		}
		last.Text, last.Checked = cutText(d.Text), d.IsChecked
		last.End, last.After = e.Time, i+1
		return
	case !w.works(s, e.Time, d):
		return
	}
	change := Act{Action: ActionChange, At: e.Time, End: e.Time, Event: i, After: i + 1, Stream: e.Stream, Node: d.ID, Text: cutText(d.Text), Checked: d.IsChecked}
	s.endScrolls(w)
	if last != nil && isSingleClick(last) && last.To == "" && len(w.clicks.acts) < rage {
		s.into(w, &change)
	}
	s.endClicks(w)
	if s.add(w, change).Action != "" {
		w.typing = w.last
	}
}

// into makes the clicks that went into a field part of its change.
func (s *storyteller) into(w *window, change *Act) {
	for len(w.clicks.acts) > 0 {
		n := len(w.clicks.acts) - 1
		click := &s.story.Acts[w.clicks.acts[n]]
		if click.Node != change.Node {
			return
		}
		change.At, change.Event = click.At, click.Event
		change.X, change.Y, change.Pointed, change.Touch = click.X, click.Y, click.Pointed, click.Touch
		click.Action = ""
		w.clicks.acts, w.clicks.times = w.clicks.acts[:n], w.clicks.times[:n]
	}
}

func isSingleClick(a *Act) bool {
	return (a.Action == ActionClick || a.Action == ActionTap) && a.Count <= 1
}

// works says whether a person is at work with the control: it has the focus, or
// was clicked just now. Where the focus is unknown, as in a field that has it
// from the start, only text is typed.
func (w *window) works(s *storyteller, at time.Duration, d InputState) bool {
	if d.UserTriggered || d.ID == w.focused {
		return true
	}
	if last := s.lastAct(w); last != nil && isSingleClick(last) && at-last.End <= typed {
		return last.Node == d.ID
	}
	return w.focused == 0 && d.Text != "" && d.Text != "on" && !d.IsChecked
}

// cutText bounds what is kept of a field's text.
func cutText(text string) string {
	if runes := []rune(bounds(text, longestText)); len(runes) > longestText {
		return string(runes[:longestText])
	}
	return bounds(text, longestText)
}
