package visitor

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrNoChrome says that no Chrome is installed where Options look.
var ErrNoChrome = errors.New("no Chrome found")

// ErrChromeGone says that Chrome ended before the visit did.
var ErrChromeGone = errors.New("the browser ended")

// StepError says which step ended a visit, and how the page looked then.
type StepError struct {
	Number     int // From 1.
	Of         int
	Type       StepType
	Selectors  []Selector
	URL        string // Of the page.
	Screenshot []byte // PNG; nil if none could be taken.
	Err        error
}

// Error names the step's number, type and selectors.
func (e *StepError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "step %d of %d (%s", e.Number, e.Of, e.Type)
	for i, selector := range e.Selectors {
		b.WriteString([]string{", ", " or "}[min(i, 1)])
		b.WriteString(selector.String())
	}
	fmt.Fprintf(&b, ") on %s: %v", e.URL, e.Err)
	return b.String()
}

// Unwrap gives the reason.
func (e *StepError) Unwrap() error { return e.Err }

// lateError is what was still missing when a step's time was over.
type lateError struct {
	what  string
	after time.Duration
}

func (e *lateError) Error() string {
	return fmt.Sprintf("%s after %v", e.what, e.after)
}
