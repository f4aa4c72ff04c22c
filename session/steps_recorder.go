package session

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// recorderStep is a step of the Chrome DevTools Recorder's JSON.
type recorderStep struct {
	Type      string      `json:"type"`
	Target    string      `json:"target,omitzero"`
	Frame     []int       `json:"frame,omitzero"`
	Selectors [][]string  `json:"selectors,omitzero"`
	Value     *string     `json:"value,omitzero"`
	Key       string      `json:"key,omitzero"`
	URL       string      `json:"url,omitzero"`
	X         *float64    `json:"x,omitzero"`
	Y         *float64    `json:"y,omitzero"`
	OffsetX   *float64    `json:"offsetX,omitzero"`
	OffsetY   *float64    `json:"offsetY,omitzero"`
	Device    string      `json:"deviceType,omitzero"`
	Button    string      `json:"button,omitzero"`
	Asserted  []assertion `json:"assertedEvents,omitzero"`

	*recorderView
}

// recorderView is what setViewport has beside.
type recorderView struct {
	Width     int     `json:"width"`
	Height    int     `json:"height"`
	Scale     float64 `json:"deviceScaleFactor"`
	Mobile    bool    `json:"isMobile"`
	Touch     bool    `json:"hasTouch"`
	Landscape bool    `json:"isLandscape"`
}

type assertion struct {
	Type  string `json:"type"`
	URL   string `json:"url"`
	Title string `json:"title"`
}

// WriteRecorder writes the steps as a journey in the format of the Chrome
// DevTools Recorder. Values that were masked become placeholders.
func (l *StepList) WriteRecorder(w io.Writer, title string) error {
	e := l.Environment
	scale := e.Scale
	if scale <= 0 || scale > 8 {
		scale = 1
	}
	journey := struct {
		Title string         `json:"title"`
		Steps []recorderStep `json:"steps"`
	}{Title: title, Steps: []recorderStep{{Type: "setViewport", recorderView: &recorderView{
		Width: e.Viewport.Width, Height: e.Viewport.Height, Scale: scale,
		Mobile: e.Touch, Touch: e.Touch, Landscape: e.Touch && e.Viewport.Width > e.Viewport.Height,
	}}}}
	for i := range l.Steps {
		var before *Step
		if i > 0 {
			before = &l.Steps[i-1]
		}
		journey.Steps = append(journey.Steps, recorded(before, l.Steps[i])...)
	}
	text, err := json.Marshal(journey, json.Deterministic(true), jsontext.WithIndent("  "), jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return fmt.Errorf("encode journey: %w", err)
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

// entering is how soon after typing a new page is what Enter led to.
const entering = 3 * time.Second

// recorded is what the recorder would have written for a step; nothing for
// what it has no word for.
func recorded(before *Step, s Step) []recorderStep {
	at := recorderStep{Target: "main", Frame: s.Element.Frame, Selectors: s.Selectors, Asserted: asserted(s.To)}
	switch s.Action {
	case ActionNavigate:
		if before != nil && before.Action == ActionType && s.Act.At-before.Act.End <= entering && !s.Act.Reload {
			return keyPress("Enter", asserted(s.To))
		}
		return []recorderStep{{Type: "navigate", URL: s.To, Asserted: asserted(s.To)}}
	case ActionClick, ActionTap, ActionRageClick, ActionDoubleClick, ActionRightClick, ActionCheck:
		if len(at.Selectors) == 0 {
			return nil
		}
		return clicks(at, s)
	case ActionType, ActionSelect, ActionSet:
		if len(at.Selectors) == 0 || s.Element.Control == FileControl {
			return nil
		}
		value := replayed(s)
		at.Type, at.Value = "change", &value
		return []recorderStep{at}
	case ActionSubmit:
		return keyPress("Enter", asserted(s.To))
	case ActionScroll:
		x, y := s.Act.ScrollX, s.Act.ScrollY
		at = recorderStep{Type: "scroll", Target: "main", X: &x, Y: &y}
		if s.Act.Node != documentNode {
			at.Selectors, at.Frame = s.Selectors, s.Element.Frame
		}
		return []recorderStep{at}
	case ActionChange, ActionError, ActionNone:
	}
	return nil
}

func clicks(at recorderStep, s Step) []recorderStep {
	at.Type = "click"
	if s.Action == ActionDoubleClick {
		at.Type = "doubleClick"
	}
	if s.Action == ActionRightClick {
		at.Button = "secondary"
	}
	if s.Act.Touch {
		at.Device = "touch"
	}
	x, y := offset(s)
	at.OffsetX, at.OffsetY = &x, &y
	list := make([]recorderStep, 0, max(1, s.Count))
	for range max(1, min(s.Count, mostLines)) {
		one := at
		one.Asserted = nil
		list = append(list, one)
	}
	list[len(list)-1].Asserted = at.Asserted
	return list
}

// offset is where in its target a step was made; its middle for a key press.
// Every click of a journey needs one.
func offset(s Step) (x, y float64) {
	if s.Box == nil {
		return 1, 1
	}
	if s.Point == nil {
		return s.Box.Width / 2, s.Box.Height / 2
	}
	return min(max(s.Point.X-s.Box.X, 1), s.Box.Width-1), min(max(s.Point.Y-s.Box.Y, 1), s.Box.Height-1)
}

func keyPress(key string, asserted []assertion) []recorderStep {
	return []recorderStep{
		{Type: "keyDown", Target: "main", Key: key, Asserted: asserted},
		{Type: "keyUp", Target: "main", Key: key},
	}
}

func asserted(to string) []assertion {
	if to == "" {
		return nil
	}
	return []assertion{{Type: "navigation", URL: to}}
}

// replayed is the value to enter again: the recorded one or, where that is
// masked, a placeholder that the control accepts.
func replayed(s Step) string {
	if !s.Masked {
		return s.Act.Text
	}
	switch s.Element.Fills {
	case "cc-number":
		return "4242 4242 4242 4242" // a number for tests, whose check digit is right
	case "cc-exp":
		return "12/39"
	case "cc-exp-month":
		return "12"
	case "cc-exp-year":
		return "2039"
	case "cc-csc":
		return "123"
	case "one-time-code":
		return "000000"
	}
	switch s.Element.Type {
	case "email":
		return "placeholder@example.com"
	case "url":
		return "https://example.com/"
	case "tel":
		return "0000000000"
	case "number", "range":
		return "1"
	case "date":
		return "2000-01-01"
	}
	return "<" + strings.Trim(s.Label, "<>") + ">"
}
