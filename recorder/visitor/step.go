package visitor

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"
)

// Step is one thing that the visitor does or waits for. Only the fields of
// its type are used.
type Step struct {
	Type    StepType
	Timeout time.Duration // 0: the journey's.

	Target    string     // "main", "" or the URL of another tab.
	Frame     []int      // Path of child frame indexes, from the tab's top.
	Selectors []Selector // Alternatives, the best first.
	Asserted  []Navigation

	Viewport Viewport   // setViewport.
	URL      string     // navigate.
	Pointer  Pointer    // click, doubleClick, hover.
	Value    string     // change.
	Key      string     // keyDown, keyUp: the name of KeyboardEvent.key.
	X, Y     float64    // scroll: position in CSS pixels.
	Expect   Expect     // waitForElement.
	Code     string     // waitForExpression: JavaScript that becomes truthy.
	Network  Conditions // emulateNetworkConditions.
	Custom   Custom     // customStep.
}

// Navigation is an event that must follow the step.
type Navigation struct {
	URL   string // Compared by host and path; "" is any.
	Title string // As recorded; not compared, since titles count and greet.
}

// Viewport is a screen, in CSS pixels.
type Viewport struct {
	Width, Height int
	Scale         float64 // Device pixels per CSS pixel.
	Mobile        bool
	Touch         bool
	Landscape     bool
}

// Pointer says where and with what an element is met.
type Pointer struct {
	Touch  bool
	Button string  // primary, auxiliary, secondary, back, forward.
	At     *Offset // nil: somewhere near the middle.
	Hold   time.Duration
}

// Offset is a distance from an element's top left corner, in CSS pixels.
type Offset struct{ X, Y float64 }

// Expect is what waitForElement waits for.
type Expect struct {
	Operator   string // ">=", "==" or "<=".
	Count      int
	Visible    *bool // nil: either.
	Properties map[string]json.RawMessage
	Attributes map[string]string
}

// Conditions slow the network down. Rates are in bytes per second, negative
// for unlimited.
type Conditions struct {
	Download, Upload float64
	Latency          time.Duration
}

// Custom is a step outside the recorder's vocabulary. The visitor knows
// "pause" with a parameter "duration" in milliseconds, a moment in which a
// person reads; it skips others.
type Custom struct {
	Name  string
	Pause time.Duration
}

// wireStep is a step as the recorder writes it.
type wireStep struct {
	Type           StepType   `json:"type"`
	Timeout        float64    `json:"timeout"`
	Target         string     `json:"target"`
	Frame          []int      `json:"frame"`
	Selectors      []Selector `json:"selectors"`
	AssertedEvents []struct {
		Type  string `json:"type"`
		URL   string `json:"url"`
		Title string `json:"title"`
	} `json:"assertedEvents"`

	Width             float64 `json:"width"`
	Height            float64 `json:"height"`
	DeviceScaleFactor float64 `json:"deviceScaleFactor"`
	IsMobile          bool    `json:"isMobile"`
	HasTouch          bool    `json:"hasTouch"`
	IsLandscape       bool    `json:"isLandscape"`

	URL        string   `json:"url"`
	DeviceType string   `json:"deviceType"`
	Button     string   `json:"button"`
	OffsetX    *float64 `json:"offsetX"`
	OffsetY    *float64 `json:"offsetY"`
	Duration   float64  `json:"duration"`
	Value      *string  `json:"value"`
	Key        string   `json:"key"`
	X          float64  `json:"x"`
	Y          float64  `json:"y"`

	Operator   string                     `json:"operator"`
	Count      *int                       `json:"count"`
	Visible    *bool                      `json:"visible"`
	Properties map[string]json.RawMessage `json:"properties"`
	Attributes map[string]string          `json:"attributes"`

	Expression string  `json:"expression"`
	Download   float64 `json:"download"`
	Upload     float64 `json:"upload"`
	Latency    float64 `json:"latency"`

	Name       string          `json:"name"`
	Parameters json.RawMessage `json:"parameters"`
}

// parseStep returns the step's type also with an error, for the message.
func parseStep(raw json.RawMessage) (Step, error) {
	var wire wireStep
	if err := json.Unmarshal(raw, &wire); err != nil {
		return Step{Type: wire.Type}, err
	}
	step := Step{
		Type: wire.Type, Target: wire.Target, Frame: wire.Frame, Selectors: wire.Selectors,
		URL: wire.URL, Key: wire.Key, X: wire.X, Y: wire.Y, Code: wire.Expression,
	}
	var err error
	if step.Timeout, err = milliseconds(wire.Timeout); err != nil {
		return step, err
	}
	for _, event := range wire.AssertedEvents {
		if event.Type != "navigation" {
			return step, fmt.Errorf("asserted event %q is unknown, only navigation is", event.Type)
		}
		step.Asserted = append(step.Asserted, Navigation{URL: event.URL, Title: event.Title})
	}
	return step, step.fill(wire)
}

// fill reads the fields of the step's own type.
func (s *Step) fill(wire wireStep) error {
	switch s.Type {
	case StepSetViewport:
		return s.fillViewport(wire)
	case StepNavigate:
		if s.URL == "" {
			return errors.New("url is missing")
		}
	case StepClick, StepDoubleClick, StepHover:
		return s.fillPointer(wire)
	case StepChange:
		if wire.Value == nil {
			return errors.New("value is missing")
		}
		s.Value = *wire.Value
		return s.needSelectors()
	case StepKeyDown, StepKeyUp:
		if _, ok := keyNamed(s.Key); !ok {
			return fmt.Errorf("key %q is unknown", s.Key)
		}
	case StepScroll:
		if math.Abs(s.X) > 1e7 || math.Abs(s.Y) > 1e7 {
			return fmt.Errorf("scroll position %g, %g is absurd", s.X, s.Y)
		}
	case StepWaitForElement:
		return s.fillExpect(wire)
	case StepWaitForExpression:
		if s.Code == "" {
			return errors.New("expression is missing")
		}
	case StepEmulateNetworkConditions:
		latency, err := milliseconds(wire.Latency)
		s.Network = Conditions{Download: wire.Download, Upload: wire.Upload, Latency: latency}
		return err
	case StepClose:
	case StepCustom:
		return s.fillCustom(wire)
	case "":
		return errors.New("type is missing")
	default:
		return errors.New("step type is unknown")
	}
	return nil
}

func (s *Step) needSelectors() error {
	if len(s.Selectors) == 0 {
		return errors.New("selectors are missing")
	}
	return nil
}

func (s *Step) fillViewport(wire wireStep) error {
	if wire.Width < 1 || wire.Height < 1 || wire.Width > maxSide || wire.Height > maxSide {
		return fmt.Errorf("viewport of %gx%g is not within 1x1 and %dx%d", wire.Width, wire.Height, maxSide, maxSide)
	}
	scale := wire.DeviceScaleFactor
	if scale == 0 {
		scale = 1
	}
	if scale < 0.1 || scale > 8 {
		return fmt.Errorf("device scale factor %g is not within 0.1 and 8", scale)
	}
	s.Viewport = Viewport{
		Width: int(wire.Width), Height: int(wire.Height), Scale: scale,
		Mobile: wire.IsMobile, Touch: wire.HasTouch, Landscape: wire.IsLandscape,
	}
	return nil
}

func (s *Step) fillPointer(wire wireStep) error {
	hold, err := milliseconds(wire.Duration)
	if err != nil {
		return err
	}
	s.Pointer = Pointer{Button: wire.Button, Hold: hold}
	switch wire.DeviceType {
	case "", "mouse", "pen":
	case "touch":
		s.Pointer.Touch = true
	default:
		return fmt.Errorf("device type %q is unknown", wire.DeviceType)
	}
	if _, ok := buttonNamed(wire.Button); !ok {
		return fmt.Errorf("button %q is unknown", wire.Button)
	}
	if wire.OffsetX != nil && wire.OffsetY != nil {
		s.Pointer.At = &Offset{X: *wire.OffsetX, Y: *wire.OffsetY}
	}
	return s.needSelectors()
}

func (s *Step) fillExpect(wire wireStep) error {
	s.Expect = Expect{Operator: wire.Operator, Count: 1, Visible: wire.Visible, Properties: wire.Properties, Attributes: wire.Attributes}
	if wire.Count != nil {
		s.Expect.Count = *wire.Count
	}
	switch wire.Operator {
	case "":
		s.Expect.Operator = ">="
	case ">=", "==", "<=":
	default:
		return fmt.Errorf("operator %q is unknown, only >=, == and <= are", wire.Operator)
	}
	return s.needSelectors()
}

func (s *Step) fillCustom(wire wireStep) error {
	if wire.Name == "" {
		return errors.New("name is missing")
	}
	s.Custom.Name = wire.Name
	if wire.Name != customPause {
		return nil
	}
	var parameters struct {
		Duration float64 `json:"duration"`
	}
	if err := json.Unmarshal(wire.Parameters, &parameters); err != nil {
		return fmt.Errorf("read parameters of pause: %w", err)
	}
	var err error
	s.Custom.Pause, err = milliseconds(parameters.Duration)
	return err
}

// customPause is the one custom step that the visitor knows.
const customPause = "pause"
