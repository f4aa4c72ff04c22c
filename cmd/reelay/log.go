package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
)

// peopleHandler writes warnings and errors the way the command's other
// messages look: "reelay: warning: chrome restarted attempt=2".
type peopleHandler struct {
	w      io.Writer
	prefix string // of the attributes' names: the groups, each with a dot
	attrs  []string
}

func (h *peopleHandler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn
}

func (h *peopleHandler) Handle(_ context.Context, r slog.Record) error {
	label := "warning"
	if r.Level >= slog.LevelError {
		label = "error"
	}
	words := append([]string{"reelay:", label + ":", r.Message}, h.attrs...)
	r.Attrs(func(a slog.Attr) bool {
		words = append(words, h.format(a))
		return true
	})
	_, err := io.WriteString(h.w, strings.Join(words, " ")+"\n")
	return err
}

func (h *peopleHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := &peopleHandler{w: h.w, prefix: h.prefix, attrs: slices.Clone(h.attrs)}
	for _, a := range attrs {
		with.attrs = append(with.attrs, h.format(a))
	}
	return with
}

func (h *peopleHandler) WithGroup(name string) slog.Handler {
	return &peopleHandler{w: h.w, prefix: h.prefix + name + ".", attrs: h.attrs}
}

// format quotes a value that has spaces or control characters in it: it may
// come from a recording, and must not be able to drive the terminal.
func (h *peopleHandler) format(a slog.Attr) string {
	value := a.Value.Resolve().String()
	if quoted := fmt.Sprintf("%q", value); strings.ContainsAny(value, " =") || quoted != `"`+value+`"` {
		value = quoted
	}
	return h.prefix + a.Key + "=" + value
}
