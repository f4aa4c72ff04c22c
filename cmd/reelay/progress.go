package main

import (
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/reelay/reelay/renderer"
)

// progress shows how far a render is: as a bar on a terminal, as JSON lines
// for a program, else as a line for each tenth of each stage.
type progress interface {
	// show is called with each step of the render.
	show(p renderer.Progress)
	// end takes the display away; what follows starts on a fresh line.
	end()
}

func newProgress(c *console) progress {
	switch {
	case c.json:
		return logProgress{c.logger()}
	case isTerminal(c.stderr):
		bar := newStatusLine(c.stderr)
		c.stderr = bar
		return bar
	}
	return &lineProgress{w: c.stderr}
}

// logProgress writes each step as a JSON line.
type logProgress struct{ log *slog.Logger }

func (l logProgress) show(p renderer.Progress) {
	l.log.Info("progress",
		"stage", p.Stage,
		"done_seconds", p.Done.Seconds(),
		"total_seconds", p.Total.Seconds())
}

func (logProgress) end() {}

// lineProgress writes a line when a stage starts and at each tenth of it.
type lineProgress struct {
	w     io.Writer
	stage string
	tenth time.Duration
}

func (l *lineProgress) show(p renderer.Progress) {
	var tenth time.Duration
	if p.Total > 0 {
		tenth = 10 * p.Done / p.Total
	}
	if p.Stage == l.stage && tenth <= l.tenth {
		return
	}
	l.stage, l.tenth = p.Stage, tenth
	if p.Total == 0 {
		fmt.Fprintf(l.w, "reelay: %s\n", p.Stage)
		return
	}
	fmt.Fprintf(l.w, "reelay: %s %d%% of %s\n", p.Stage, 10*tenth, p.Total.Round(100*time.Millisecond))
}

func (*lineProgress) end() {}

// statusLine keeps a bar on the last line of a terminal, below whatever else
// is written to it.
type statusLine struct {
	mu    sync.Mutex
	tty   io.Writer
	stage string
	bar   *progressbar.ProgressBar // nil before the first step
}

func newStatusLine(tty io.Writer) *statusLine { return &statusLine{tty: tty} }

func (s *statusLine) show(p renderer.Progress) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bar == nil || p.Stage != s.stage {
		s.clear()
		s.stage = p.Stage
		s.bar = progressbar.NewOptions64(1,
			progressbar.OptionSetWriter(s.tty),
			progressbar.OptionSetDescription(fmt.Sprintf("%-6s", p.Stage)),
			progressbar.OptionSetWidth(32),
			progressbar.OptionSetTheme(progressbar.Theme{Saucer: "█", SaucerPadding: "░"}),
			progressbar.OptionUseANSICodes(true),
			progressbar.OptionSetRenderBlankState(true),
		)
	}
	if p.Total > 0 {
		s.bar.ChangeMax64(int64(p.Total))
	}
	// The only error is one of writing to the terminal, which the render outlives.
	_ = s.bar.Set64(int64(min(p.Done, p.Total)))
}

func (s *statusLine) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
	s.bar = nil
}

// Write puts p above the bar, which the next step draws again.
func (s *statusLine) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
	return s.tty.Write(p)
}

func (s *statusLine) clear() {
	if s.bar != nil {
		_ = s.bar.Clear()
	}
}
