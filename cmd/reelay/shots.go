package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/reelay/reelay/renderer"
	"github.com/reelay/reelay/renderer/compose"
	"github.com/reelay/reelay/session"
)

type shotsCmd struct {
	Sources []string `arg:"" name:"source" sep:"none" help:"The recording: a file, several in their order, - for standard input, or the id of a session that reelay record keeps."`
	Output  []string `short:"o" required:"" sep:"none" env:"-" placeholder:"DIR" help:"Folder to make, or one file of it alone: .md, .html, .json, .recorder.json, .png (the storyboard) or .gif; can be given several times. - writes the steps as Markdown to standard output."`

	Range    timeRange `group:"shots" placeholder:"FROM-TO" help:"Only what was done between these times of the session: 10s-1m20s, 1:20-."`
	Only     []string  `group:"shots" sep:"," enum:"clicks,inputs,submits,scrolls,navigation,errors" placeholder:"KIND" help:"Only these kinds of steps: clicks, inputs, submits, scrolls, navigation, errors."`
	Max      int       `group:"shots" default:"100" placeholder:"N" help:"Keep the N most telling steps; ${default} by default, 0 keeps all."`
	FullPage bool      `group:"shots" help:"Show the whole document, not only what was in view."`
	Crop     bool      `group:"shots" help:"Show the element with its surroundings, not the whole view."`
	Scale    float64   `group:"shots" enum:"1,1.5,2" default:"1" placeholder:"N" help:"Pixels of a still for each pixel of the page: 1, 1.5 or 2; ${default} by default."`
	Theme    string    `group:"shots" enum:"dark,light" default:"dark" placeholder:"NAME" help:"Colours of captions and storyboard: dark or light; ${default} by default."`
	Title    string    `group:"shots" placeholder:"TEXT" help:"Title of storyboard and journey; that of the first page that has one by default."`

	Redact []string `sep:"none" placeholder:"SELECTOR" help:"Black out the elements that this CSS selector matches; can be given several times."`
	Report string   `placeholder:"FILE.json" help:"Write the report to this file."`

	dataFlag    `embed:""`
	chromeFlags `embed:""`
}

// mostSteps bounds --max: a session of a day has fewer.
const mostSteps = 20_000

// Validate checks what kong's tags can't say.
func (c *shotsCmd) Validate() error {
	switch {
	case c.Max < 0 || c.Max > mostSteps:
		return fmt.Errorf("--max %d: must be from 0 to %d", c.Max, mostSteps)
	case c.FullPage && c.Crop:
		return errors.New("--full-page and --crop exclude each other")
	}
	return nil
}

func (c *shotsCmd) Run(ctx context.Context, con *console) error {
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
	pool, err := c.pool(1, con)
	if err != nil {
		return err
	}
	archive, err := openArchive(c.Sources)
	if err != nil {
		return err
	}
	defer archive.Close() //nolint:errcheck // nothing was written.
	choice := session.Choice{From: c.Range.from, To: c.Range.to, Most: c.Max}
	for _, kind := range c.Only {
		choice.Only = append(choice.Only, session.Kind(kind))
	}
	theme := compose.Dark
	if c.Theme == "light" {
		theme = compose.Light
	}
	report, err := pool.Shots(ctx, renderer.ShotsRequest{
		Sources: parts, Assets: archive.find, Outputs: outputs, Choice: choice,
		FullPage: c.FullPage, Crop: c.Crop, Scale: c.Scale, Theme: theme, Redact: c.Redact, Title: c.Title,
		Stdout: con.stdout, Progress: display.show,
	})
	display.end()
	if err != nil {
		return err
	}
	return c.publish(report, con)
}

// publish hands over what the shots have to say.
func (c *shotsCmd) publish(report *renderer.ShotsReport, con *console) error {
	if c.Report != "" {
		if err := writeJSON(c.Report, report); err != nil {
			return fmt.Errorf("write report: %w", err)
		}
	}
	if con.json {
		return con.result(report)
	}
	if err := report.Summary(con.stderr); err != nil {
		return err
	}
	for _, path := range c.Output {
		if path == stdio {
			continue
		}
		if _, err := fmt.Fprintln(con.stdout, path); err != nil {
			return err
		}
	}
	return nil
}

// outputs checks everything that is going to be made, so that nothing is done
// that can't be kept.
func (c *shotsCmd) outputs(con *console) ([]renderer.ShotsOutput, error) {
	var (
		outputs []renderer.ShotsOutput
		targets []target
		folders int
	)
	for _, path := range c.Output {
		kind, err := shotsKind(path)
		if err != nil {
			return nil, err
		}
		outputs = append(outputs, renderer.ShotsOutput{Path: path, Kind: kind})
		if kind != renderer.ShotsFolder {
			targets = append(targets, target{"-o", path})
			continue
		}
		if folders++; folders > 1 {
			return nil, usagef("name one folder", "-o %s: there is a folder already", path)
		}
		if err := checkFolder(path); err != nil {
			return nil, err
		}
	}
	isJourney := func(o renderer.ShotsOutput) bool { return o.Kind == renderer.ShotsJourney }
	if slices.ContainsFunc(outputs, isJourney) && (len(c.Only) > 0 || c.Range != timeRange{}) {
		return nil, usagef("leave --only and --range out", "a journey (.recorder.json) needs all steps")
	}
	switch {
	case slices.Contains(c.Output, stdio) && con.json:
		return nil, usagef("leave one of them out", "the steps and --json both want standard output")
	case c.Report != "":
		targets = append(targets, target{"--report", c.Report})
	}
	return outputs, checkTargets(targets, c.Sources)
}

// shotsKind tells by its name what is to be made. A path that is a folder, or
// has no extension, is a folder.
func shotsKind(path string) (renderer.ShotsKind, error) {
	if path == stdio {
		return renderer.ShotsMarkdown, nil
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() || strings.HasSuffix(path, string(filepath.Separator)) {
		return renderer.ShotsFolder, nil
	}
	name := strings.ToLower(filepath.Base(path))
	if strings.HasSuffix(name, ".recorder.json") {
		return renderer.ShotsJourney, nil
	}
	switch filepath.Ext(name) {
	case "":
		return renderer.ShotsFolder, nil
	case ".md":
		return renderer.ShotsMarkdown, nil
	case ".json":
		return renderer.ShotsJSON, nil
	case ".html":
		return renderer.ShotsHTML, nil
	case ".png":
		return renderer.ShotsStoryboard, nil
	case ".gif":
		return renderer.ShotsGIF, nil
	}
	return "", usagef("name a folder (shots/), or end it in .md, .html, .json, .recorder.json, .png or .gif",
		"-o %s: the extension doesn't say what to make", path)
}

// checkFolder refuses a folder that could not be made or written.
func checkFolder(path string) error {
	info, err := os.Stat(path)
	parent := filepath.Dir(filepath.Clean(path))
	switch {
	case err == nil && !info.IsDir():
		return usagef("name a folder", "-o %s is not a folder", path)
	case err == nil:
		parent = path
	case !errors.Is(err, fs.ErrNotExist):
		return usagef("check the path and its permissions", "-o: look at folder: %w", err)
	}
	// Checked as any file in the folder would be.
	if err := checkTarget(target{"-o", filepath.Join(parent, "steps.md")}); err != nil {
		return err
	}
	return nil
}

// timeRange is a stretch of the session: 10s-1m20s, 10s- or -1:20.
type timeRange struct{ from, to time.Duration }

// UnmarshalText parses two times with a dash between; one of them may be left
// out.
func (r *timeRange) UnmarshalText(text []byte) error {
	from, to, ok := strings.Cut(string(text), "-")
	if !ok || from == "" && to == "" {
		return fmt.Errorf("%q is not a range; write it like 10s-1m20s", text)
	}
	var err error
	if from != "" {
		if r.from, err = parseClock(from); err != nil {
			return err
		}
	}
	if to != "" {
		if r.to, err = parseClock(to); err != nil {
			return err
		}
		if r.to <= r.from {
			return fmt.Errorf("%q ends before it starts", text)
		}
	}
	return nil
}
