package main

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/alecthomas/kong"

	"github.com/reelay/reelay/renderer"
)

type renderCmd struct {
	Sources []string `arg:"" name:"source" sep:"none" help:"The recording: a file, several in their order, - for standard input, or the id of a session that reelay record keeps."`
	Output  []string `short:"o" required:"" sep:"none" env:"-" placeholder:"FILE" help:"File to make: .mp4, .webm, .gif, .webp or .png (one frame); can be given several times, for one capture. - writes an MP4 to standard output."`

	From  clock     `group:"clip" placeholder:"TIME" help:"Where the clip starts in the session: 3s, 1m20s, 1:20."`
	To    clock     `group:"clip" placeholder:"TIME" help:"Where it ends; the end of the session by default."`
	Speed float64   `group:"clip" default:"1" placeholder:"N" help:"2 is twice as fast; 0.1 to 100, ${default} by default."`
	Idle  idleCut   `group:"clip" default:"3s" placeholder:"TIME" help:"Cut idle stretches to this length; off keeps them. ${default} by default."`
	FPS   int       `group:"clip" name:"fps" default:"30" placeholder:"N" help:"Frames per second, 1 to 60; ${default} by default."`
	Size  size      `group:"clip" placeholder:"WxH" help:"Size of the clip in pixels, footer included; the largest page's by default."`
	Scale float64   `group:"clip" enum:"1,1.5,2" default:"1" placeholder:"N" help:"Pixels of the clip for each pixel of the page: 1, 1.5 or 2; ${default} by default."`
	Fit   byteCount `group:"clip" placeholder:"SIZE" help:"Keep each file under this size, in the best quality that fits: 10MB."`

	Cursor bool `group:"overlay" default:"true" negatable:"" help:"Draw the cursor."`
	Clicks bool `group:"overlay" default:"true" negatable:"" help:"Draw clicks and touches."`
	Keys   bool `group:"overlay" default:"true" negatable:"" help:"Show the keys that were typed; those of masked inputs as dots."`
	Footer bool `group:"overlay" default:"true" negatable:"" help:"Add a footer with time and address."`

	Captions string   `placeholder:"FILE.vtt" help:"Draw captions that name pages and what is clicked, and write them to this file as well."`
	Redact   []string `sep:"none" placeholder:"SELECTOR" help:"Black out the elements that this CSS selector matches; can be given several times."`
	Report   string   `placeholder:"FILE.json" help:"Write the report to this file."`
	Workers  int      `placeholder:"N" help:"Number of Chromes that share the work. By default as many as are worth their start, up to one for each core and four in all."`

	dataFlag    `embed:""`
	chromeFlags `embed:""`
}

// renderGroups are the headings of the flags in reelay render --help.
func renderGroups() []kong.Group {
	return []kong.Group{
		{Key: "clip", Title: "Clip:"},
		{Key: "overlay", Title: "Overlays:"},
		{Key: "shots", Title: "Shots:"},
		{Key: "chrome", Title: "Chrome:"},
	}
}

// mostWorkers bounds the Chromes of one render: each takes some 200 MB.
const mostWorkers = 64

// defaultWorkers is how many Chromes a render that may choose uses at most.
func defaultWorkers() int { return min(runtime.NumCPU(), 4) }

// Validate checks what kong's tags can't say.
func (c *renderCmd) Validate() error {
	switch {
	case c.To != 0 && c.To <= c.From:
		return fmt.Errorf("--to %v: the clip would end before it starts, at %v", time.Duration(c.To), time.Duration(c.From))
	case !(c.Speed >= 0.1 && c.Speed <= 100): // also refuses NaN
		return fmt.Errorf("--speed %g: must be from 0.1 to 100", c.Speed)
	case c.FPS < 1 || c.FPS > 60:
		return fmt.Errorf("--fps %d: must be from 1 to 60", c.FPS)
	case c.Workers < 0 || c.Workers > mostWorkers:
		return fmt.Errorf("--workers %d: must be from 1 to %d", c.Workers, mostWorkers)
	}
	return nil
}

func (c *renderCmd) Run(ctx context.Context, con *console) error {
	if err := c.library().resolve(c.Sources); err != nil {
		return err
	}
	parts, err := openSources(c.Sources, con)
	if err != nil {
		return err
	}
	outputs, err := c.outputs(con)
	if err != nil {
		return err
	}
	display := newProgress(con)
	pool, err := c.pool(cmp.Or(c.Workers, defaultWorkers()), con)
	if err != nil {
		return err
	}
	archive, err := openArchive(c.Sources)
	if err != nil {
		return err
	}
	defer archive.Close() //nolint:errcheck // nothing was written.
	report, err := pool.Render(ctx, renderer.Request{
		Sources: parts,
		Assets:  archive.find,
		Outputs: outputs,

		From:   time.Duration(c.From),
		To:     time.Duration(c.To),
		Speed:  c.Speed,
		Idle:   time.Duration(c.Idle),
		FPS:    c.FPS,
		Width:  c.Size.width,
		Height: c.Size.height,
		Scale:  c.Scale,

		Cursor: c.Cursor,
		Clicks: c.Clicks,
		Keys:   c.Keys,
		Footer: c.Footer,

		Captions: c.Captions,
		Redact:   c.Redact,
		Workers:  c.Workers,

		Stdout:   con.stdout,
		Progress: display.show,
	})
	display.end()
	if err != nil {
		return err
	}
	return c.publish(report, con)
}
