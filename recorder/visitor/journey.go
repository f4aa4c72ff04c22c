package visitor

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Journey is a scripted visit.
type Journey struct {
	Title string
	// Timeout is for every step without one of its own; 0 leaves it to Options.
	Timeout time.Duration
	Steps   []Step
}

// StepType names what a step does.
type StepType string

// The step types of the Chrome DevTools Recorder.
const (
	StepSetViewport              StepType = "setViewport"
	StepNavigate                 StepType = "navigate"
	StepClick                    StepType = "click"
	StepDoubleClick              StepType = "doubleClick"
	StepHover                    StepType = "hover"
	StepChange                   StepType = "change"
	StepKeyDown                  StepType = "keyDown"
	StepKeyUp                    StepType = "keyUp"
	StepScroll                   StepType = "scroll"
	StepWaitForElement           StepType = "waitForElement"
	StepWaitForExpression        StepType = "waitForExpression"
	StepEmulateNetworkConditions StepType = "emulateNetworkConditions"
	StepClose                    StepType = "close"
	StepCustom                   StepType = "customStep"
)

// Bounds of what a journey may ask for.
const (
	maxJourneyBytes = 8 << 20
	maxSteps        = 10_000
	maxTimeout      = 10 * time.Minute
	maxSide         = 10_000
)

// ParseJourney reads a Chrome DevTools Recorder file. Its errors name the
// place: line and column, or the step's number and type.
func ParseJourney(data []byte) (Journey, error) {
	if len(data) > maxJourneyBytes {
		return Journey{}, fmt.Errorf("journey of %d bytes is larger than %d", len(data), maxJourneyBytes)
	}
	var file struct {
		Title   string            `json:"title"`
		Timeout float64           `json:"timeout"`
		Steps   []json.RawMessage `json:"steps"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return Journey{}, fmt.Errorf("read journey: %w", placed(data, err))
	}
	switch {
	case len(file.Steps) == 0:
		return Journey{}, errors.New("journey has no steps")
	case len(file.Steps) > maxSteps:
		return Journey{}, fmt.Errorf("journey has %d steps, more than %d", len(file.Steps), maxSteps)
	}
	timeout, err := milliseconds(file.Timeout)
	if err != nil {
		return Journey{}, err
	}
	journey := Journey{Title: file.Title, Timeout: timeout, Steps: make([]Step, len(file.Steps))}
	for i, raw := range file.Steps {
		step, err := parseStep(raw)
		if err != nil {
			return Journey{}, fmt.Errorf("step %d%s: %w", i+1, typeNote(step.Type), err)
		}
		journey.Steps[i] = step
	}
	return journey, nil
}

func typeNote(t StepType) string {
	if t == "" {
		return ""
	}
	return " (" + string(t) + ")"
}

func milliseconds(ms float64) (time.Duration, error) {
	limit := float64(maxTimeout / time.Millisecond)
	if ms < 0 || ms > limit {
		return 0, fmt.Errorf("timeout of %g ms is not within 0 and %g", ms, limit)
	}
	return time.Duration(ms * float64(time.Millisecond)), nil
}

// placed adds line and column to a JSON error.
func placed(data []byte, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	var offset int64
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	default:
		return err
	}
	before := data[:min(offset, int64(len(data)))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := len(before) - bytes.LastIndexByte(before, '\n') - 1
	return fmt.Errorf("line %d, column %d: %w", line, column, err)
}
