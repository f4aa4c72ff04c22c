package main

import (
	"encoding/json"
	"io"
	"log/slog"
	"os"

	"golang.org/x/term"
)

// console is what a verb talks through. stdout carries results only: paths,
// listings, a clip's bytes, or one JSON value. What is said to people, logs and
// progress go to stderr.
type console struct {
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	json   bool
}

// result writes v to stdout as JSON.
func (c *console) result(v any) error {
	enc := json.NewEncoder(c.stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// logger logs to stderr: everything as JSON lines, or for people only what
// they should know about.
func (c *console) logger() *slog.Logger {
	if c.json {
		return slog.New(slog.NewJSONHandler(c.stderr, nil))
	}
	return slog.New(&peopleHandler{w: c.stderr})
}

// isTerminal reports whether f, one of the standard streams, is a terminal.
func isTerminal(f any) bool {
	file, ok := f.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
