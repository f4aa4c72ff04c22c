package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/alecthomas/kong"

	"github.com/reelay/reelay/renderer/chrome"
	"github.com/reelay/reelay/renderer/encode"
	"github.com/reelay/reelay/renderer/timeline"
	"github.com/reelay/reelay/session"
)

// The exit codes are part of the command's interface.
const (
	exitDone     = 0
	exitFailed   = 1 // the work was tried and failed, or was interrupted
	exitUsage    = 2 // the command line asks for something impossible, as it stands or of this recording
	exitMissing  = 3 // a program or a font has to be installed first
	exitUnusable = 4 // the recording can't be rendered by any command line
)

// verbError is a failure whose exit code and remedy the verb knows.
type verbError struct {
	code int
	err  error
	hint string
}

func (e *verbError) Error() string { return e.err.Error() }
func (e *verbError) Unwrap() error { return e.err }

// usagef is an error in what was asked for; hint says what to ask for instead.
func usagef(hint, format string, args ...any) error {
	return &verbError{code: exitUsage, err: fmt.Errorf(format, args...), hint: hint}
}

// fail tells the user what went wrong and how to go on, and returns the exit
// code.
func (c *console) fail(ctx context.Context, err error) int {
	code, hint := explain(err)
	if errors.Is(err, context.Canceled) {
		err = errors.New("interrupted")
	}
	if c.json {
		c.logger().ErrorContext(ctx, "failed", "error", err, "hint", hint, "exit", code)
		return code
	}
	fmt.Fprintf(c.stderr, "reelay: error: %s\n", printable(err.Error()))
	if hint != "" {
		fmt.Fprintf(c.stderr, "reelay: hint: %s\n", printable(hint))
	}
	return code
}

// printable replaces what could drive a terminal: a message may quote a
// recording.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, s)
}

// explain finds the exit code and the remedy in err.
func explain(err error) (code int, hint string) {
	var (
		verb       *verbError
		parse      *kong.ParseError
		chromeless *chrome.MissingError
		ffmpegless *encode.MissingError
		unusable   *session.UnusableError
		selector   *chrome.SelectorError
		outside    *timeline.RangeError
		hinting    interface{ Hint() string }
	)
	switch {
	case errors.As(err, &verb):
		return verb.code, verb.hint
	case errors.As(err, &parse):
		path := "reelay"
		if node := parse.Context.Selected(); node != nil {
			path = node.FullPath()
		}
		return exitUsage, fmt.Sprintf("%s --help lists what can be given", path)
	case errors.As(err, &chromeless):
		return exitMissing, chromeless.Hint()
	case errors.As(err, &ffmpegless):
		return exitMissing, ffmpegless.Hint()
	case errors.As(err, &unusable):
		return exitUnusable, unusable.Hint
	case errors.As(err, &selector):
		return exitUsage, selector.Hint()
	case errors.As(err, &outside):
		return exitUsage, outside.Hint()
	case errors.As(err, &hinting):
		return exitFailed, hinting.Hint()
	}
	return exitFailed, ""
}
