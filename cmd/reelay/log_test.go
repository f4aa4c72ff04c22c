package main

import (
	"bytes"
	"errors"
	"log/slog"
	"testing"
)

func TestPeopleHandler(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := slog.New(&peopleHandler{w: &out}).With("session", "a b").WithGroup("chrome")
	log.Info("not for people")
	log.Warn("restart", "attempt", 2, "reason", "line\x1b[2J")
	log.Error("give up", "error", errors.New("no reply"))
	const want = `reelay: warning: restart session="a b" chrome.attempt=2 chrome.reason="line\x1b[2J"
reelay: error: give up session="a b" chrome.error="no reply"
`
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}

func TestPrintable(t *testing.T) {
	t.Parallel()
	if got, want := printable("a\x1b]0;title\x07\nb ü"), "a\ufffd]0;title\ufffd\nb ü"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
