package renderer_test

import (
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/reelay/reelay/renderer"
	"github.com/reelay/reelay/session"
)

// corpus is a folder of recordings, in folders, that are not part of the
// project.
var corpus = flag.String("corpus", "", "render every recording in this folder") //nolint:gochecknoglobals // a flag.

// TestCorpus renders every recording of the corpus, or has it refused for a
// reason, and checks that the clip is as long as it says.
func TestCorpus(t *testing.T) {
	t.Parallel()
	if *corpus == "" {
		return // nothing to do without recordings
	}
	files, err := filepath.Glob(filepath.Join(*corpus, "*", "*.json*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings in %s: %v", *corpus, err)
	}
	shared := pool(t, 2)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json.gz"), func(t *testing.T) {
			t.Parallel()
			browsers <- struct{}{}
			defer func() { <-browsers }()
			req := request(t, nil, filepath.Join(t.TempDir(), "clip.mp4"))
			req.Sources = []session.Part{{Name: file, Open: func() (io.ReadCloser, error) { return os.Open(file) }}}
			req.Cursor, req.Clicks, req.Keys, req.Footer = true, true, true, true
			req.Idle = 3 * time.Second
			report, err := shared.Render(t.Context(), req)
			var unusable *session.UnusableError
			switch {
			case errors.As(err, &unusable):
				t.Logf("refused: %v", err)
				nothingIn(t, filepath.Dir(req.Outputs[0].Path))
				return
			case err != nil:
				t.Fatal(err)
			}
			whole(t, report, req)
		})
	}
}

// TestCorpusShots tells the steps of every recording of the corpus, with a
// contact sheet of each that -artifacts keeps to be looked at.
func TestCorpusShots(t *testing.T) {
	t.Parallel()
	if *corpus == "" {
		return // nothing to do without recordings
	}
	files, err := filepath.Glob(filepath.Join(*corpus, "real", "*.json*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings in %s/real: %v", *corpus, err)
	}
	shared := pool(t, 2)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json.gz"), func(t *testing.T) {
			t.Parallel()
			browsers <- struct{}{}
			defer func() { <-browsers }()
			board := filepath.Join(t.ArtifactDir(), "storyboard.png")
			report, err := shared.Shots(t.Context(), renderer.ShotsRequest{
				Sources: []session.Part{{Name: file, Open: func() (io.ReadCloser, error) { return os.Open(file) }}},
				Outputs: []renderer.ShotsOutput{{Path: board, Kind: renderer.ShotsStoryboard}},
				Choice:  session.Choice{Most: 24}, Scale: 1,
			})
			if err != nil {
				t.Fatal(err)
			}
			if stills := max(len(report.Steps), 1); report.Captured != stills {
				t.Errorf("%d stills took %d pictures", stills, report.Captured)
			}
			if size := picture(t, board).Rect.Size(); size.X != 1920 || size.Y != 1080 {
				t.Errorf("the contact sheet is %v", size)
			}
			for _, s := range report.Steps {
				if s.Caption == "" || s.Element.Found && s.Label == "" && s.Act.Targeted() {
					t.Errorf("step %d (%s) has no words", s.Number, s.Action)
				}
			}
			t.Logf("%d steps in %.1f s, %d targets not found", len(report.Steps), report.Wall, len(report.Lost))
		})
	}
}

// whole checks a finished clip against its report.
func whole(t *testing.T, report *renderer.Report, req renderer.Request) {
	t.Helper()
	c := open(t, req.Outputs[0].Path, report, req.FPS)
	if c.width%2 != 0 || c.height%2 != 0 {
		t.Errorf("the clip is %dx%d", c.width, c.height)
	}
	if d := duration(t, c.path) - report.Clip; d > 0.04 || d < -0.04 {
		t.Errorf("the file is %.3f s longer than the clip's %.3f s", d, report.Clip)
	}
	if report.Retries > 0 {
		t.Errorf("it took %d retries", report.Retries)
	}
	t.Logf("%.1f s of clip in %.1f s, %d captures, %d missing, %d unsupported",
		report.Clip, report.Wall, report.Captured, len(report.Missing), len(report.Unsupported))
}
