package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/reelay/reelay/renderer"
)

// steps are a render's, as the renderer reports them.
func steps() []renderer.Progress {
	all := []renderer.Progress{{Stage: "read"}, {Stage: "read"}}
	for done := range 101 {
		all = append(all, renderer.Progress{
			Stage: "render",
			Done:  time.Duration(done) * 400 * time.Millisecond,
			Total: 40 * time.Second,
		})
	}
	return all
}

func TestLineProgress(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := newProgress(&console{stderr: &out})
	for _, step := range steps() {
		p.show(step)
	}
	p.end()
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	// One for reading, then 0 %, 10 %, … 100 %.
	if len(lines) != 12 {
		t.Fatalf("got %d lines, want 12:\n%s", len(lines), out.String())
	}
	if first, last := lines[0], lines[11]; first != "reelay: read" || last != "reelay: render 100% of 40s" {
		t.Errorf("first line %q, last line %q", first, last)
	}
}

func TestLogProgress(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := newProgress(&console{stderr: &out, json: true})
	p.show(renderer.Progress{Stage: "render", Done: 1500 * time.Millisecond, Total: 40 * time.Second})
	p.end()
	const want = `"msg":"progress","stage":"render","done_seconds":1.5,"total_seconds":40}`
	if !strings.Contains(out.String(), want) {
		t.Errorf("got %s, want it to contain %s", out.String(), want)
	}
}

// A warning that arrives while the bar is shown gets a line of its own.
func TestStatusLineKeepsWarningsApart(t *testing.T) {
	t.Parallel()
	var tty bytes.Buffer
	line := newStatusLine(&tty)
	for _, step := range steps()[:50] {
		line.show(step)
	}
	slog.New(&peopleHandler{w: line}).Warn("restarted chrome", "attempt", 2)
	for _, step := range steps()[50:] {
		line.show(step)
	}
	line.end()

	const clearLine = "\x1b[2K\r"
	if want := clearLine + "reelay: warning: restarted chrome attempt=2\n"; !strings.Contains(tty.String(), want) {
		t.Errorf("got %q, want it to contain %q", tty.String(), want)
	}
	if !strings.Contains(tty.String(), "render  45% ") || !strings.Contains(tty.String(), "100%") {
		t.Errorf("no bar in %q", tty.String())
	}
	if !strings.HasSuffix(tty.String(), clearLine) {
		t.Errorf("the bar was left on the terminal: %q", tty.String())
	}
}
