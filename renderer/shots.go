package renderer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/reelay/reelay/renderer/chrome"
	"github.com/reelay/reelay/renderer/compose"
	"github.com/reelay/reelay/renderer/timeline"
	"github.com/reelay/reelay/session"
)

// ShotsRequest asks for the steps of one recording, and a still of each.
type ShotsRequest struct {
	// Sources are the recording's parts, in order.
	Sources []session.Part

	// Outputs are the files and the folder to make.
	Outputs []ShotsOutput

	// Assets finds what the recording archived for a URL; nil if nothing was.
	Assets chrome.Assets

	Choice session.Choice

	FullPage bool    // the whole document, not only what was in view
	Crop     bool    // the target with its surroundings
	Scale    float64 // device pixels per CSS pixel
	Theme    compose.Theme
	Redact   []string // CSS selectors whose boxes are blacked out
	Title    string   // of the storyboard and the journey

	Stdout   io.Writer // takes the output whose path is "-"
	Progress func(Progress)
}

// ShotsKind is a kind of output.
type ShotsKind string

// The kinds of outputs: a folder with all of the others and the stills, or one
// of them alone.
const (
	ShotsFolder     ShotsKind = "folder"
	ShotsMarkdown   ShotsKind = "steps.md"
	ShotsJSON       ShotsKind = "steps.json"
	ShotsHTML       ShotsKind = "steps.html"
	ShotsStoryboard ShotsKind = "storyboard.png"
	ShotsGIF        ShotsKind = "steps.gif"
	ShotsJourney    ShotsKind = "steps.recorder.json"
)

// ShotsOutput is something to make. Path "-" writes to Stdout.
type ShotsOutput struct {
	Path string
	Kind ShotsKind
}

// ShotsReport tells what was made, and what could not be shown.
type ShotsReport struct {
	Steps   []session.Step `json:"steps"`
	Files   []string       `json:"files"`
	LeftOut int            `json:"steps_left_out,omitzero"`

	// Nothing says that nobody did anything: the one still is of the last page.
	Nothing bool     `json:"no_actions,omitzero"`
	Lost    []string `json:"targets_not_found,omitzero"`
	Notes   []string `json:"notes,omitzero"`

	Captured    int       `json:"pictures_captured"` // taken from Chrome
	Wall        float64   `json:"wall_seconds"`
	CPU         float64   `json:"cpu_seconds"` // of all processes
	Retries     int       `json:"retries,omitzero"`
	Repaired    []Repair  `json:"repaired,omitzero"`
	Missing     []Missing `json:"missing,omitzero"`
	Unsupported []Missing `json:"unsupported,omitzero"`
}

// Shots makes the steps that req asks for. After an error no output exists.
// The error is a *session.UnusableError for a recording that can't be shown.
func (p *Pool) Shots(ctx context.Context, req ShotsRequest) (_ *ShotsReport, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	began, used := p.config.Now(), ownCPU()
	dir, err := os.MkdirTemp(p.config.TempDir, FolderPrefix)
	if err != nil {
		return nil, fmt.Errorf("make job folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	// Chrome starts while the recording is read.
	first, err := p.acquire(ctx, dir, req.Scale)
	if err != nil {
		return nil, err
	}
	defer func() {
		if first != nil {
			cancel()
			first.release()
		}
	}()
	req.tell(Progress{Stage: "read"})
	rec, err := session.Read(ctx, dir, req.Sources, p.config.Log)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rec.Close()) }()
	shoot, err := p.planShots(req, dir, rec)
	if err != nil {
		return nil, err
	}
	shoot.first, first = first, nil // the shoot releases it
	if err := shoot.run(ctx); err != nil {
		return nil, err
	}
	return shoot.report(p.config.Now().Sub(began), ownCPU()-used), nil
}

// planShots reads what was done, and decides what is shown of it.
func (p *Pool) planShots(req ShotsRequest, dir string, rec *session.Recording) (*shoot, error) {
	story, err := session.ReadStory(rec)
	if err != nil {
		return nil, err
	}
	// Ticks do not matter here, only what is due at which session time.
	tl, err := timeline.Build(rec, timeline.Options{
		From: req.Choice.From, To: req.Choice.To, Speed: 1, Idle: time.Second, FPS: 1,
	})
	if err != nil {
		return nil, err
	}
	s := &shoot{
		pool: p, req: req, dir: dir, rec: rec, tl: tl, story: story,
		layout: newLayout(tl.Largest(), Request{Scale: req.Scale}),
		acts:   req.Choice.Choose(story.Acts),
		last:   story.Last,
	}
	s.leftOut = len(story.Acts) - len(s.acts)
	if len(story.Acts) == 1 && story.Acts[0].First {
		s.acts, s.leftOut = nil, 0 // a page that opens, and that is all
	}
	if to := req.Choice.To; to > 0 && to < story.Duration {
		s.last.At, s.last.End, s.last.After = to, to, eventsUntil(rec, to)
	}
	if len(s.acts) == 0 {
		s.nothing = true
		s.acts = []session.Act{s.last}
	}
	return s, nil
}

// eventsUntil is the number of events up to a session time.
func eventsUntil(rec *session.Recording, t time.Duration) int {
	n := 0
	for n < rec.Len() && rec.Header(n).Time <= t {
		n++
	}
	return n
}

func (r *ShotsRequest) tell(p Progress) {
	if r.Progress != nil {
		r.Progress(p)
	}
}

// wants says whether one of the outputs is of the kind, or holds it.
func (r *ShotsRequest) wants(kind ShotsKind) bool {
	for _, o := range r.Outputs {
		if o.Kind == kind || o.Kind == ShotsFolder {
			return true
		}
	}
	return false
}

// words says whether the steps have to be told in words.
func (r *ShotsRequest) words() bool { return r.wants(ShotsMarkdown) || r.wants(ShotsHTML) }

// pictures says whether pictures have to be taken at all.
func (r *ShotsRequest) pictures() bool {
	return r.wants(ShotsHTML) || r.wants(ShotsStoryboard) || r.wants(ShotsGIF)
}
