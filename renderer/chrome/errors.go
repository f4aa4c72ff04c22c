package chrome

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// HungError says that Chrome made no progress; a fresh one may fare better.
type HungError struct {
	What  string
	After time.Duration
}

func (e *HungError) Error() string {
	return fmt.Sprintf("chrome made no progress for %v while %s", e.After, e.What)
}

// CrashError says that Chrome, or its page, is gone.
type CrashError struct{ Err error }

func (e *CrashError) Error() string { return fmt.Sprintf("chrome is gone: %v", e.Err) }

func (e *CrashError) Unwrap() error { return e.Err }

// SelectorError says that what is to be redacted can't be found.
type SelectorError struct{ Selector string }

func (e *SelectorError) Error() string { return fmt.Sprintf("%q is not a CSS selector", e.Selector) }

// Hint is the remedy.
func (e *SelectorError) Hint() string {
	return "give --redact a selector as style sheets have it: --redact '.price, #total'"
}

// cause explains an error of a protocol call made with ctx: the caller's own
// cancellation, a hang, or a crash. Other errors pass unchanged.
func (b *Browser) cause(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if b.ctx.Err() != nil || errors.Is(err, context.Canceled) {
		return &CrashError{Err: err}
	}
	return err
}
