package main

import (
	"bytes"
	"encoding/json"
	"math"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/reelay/reelay/recorder/visitor"
	"github.com/reelay/reelay/session"
)

// TestShotsTellTheTruth compares the steps of recorded visits with what the
// visitor noted about each element when it used it. Then the exported journey
// is taken on the same site, and has to end on the same page.
func TestShotsTellTheTruth(t *testing.T) {
	for _, name := range []string{"article", "dashboard", "shop", "signup", "spa"} {
		t.Run(name, func(t *testing.T) {
			bundle, result := recordVisit(t, name)
			steps, journey := tell(t, bundle)
			compareSteps(t, steps, expected(result.Actions))
			ends := takeAgain(t, name, journey)
			if pathOf(t, ends.URL) != pathOf(t, result.URL) || ends.Title != result.Title {
				t.Errorf("the exported journey ends on %s (%s), not on %s (%s)", ends.URL, ends.Title, result.URL, result.Title)
			}
		})
	}
}

// takeAgain takes a journey on its site, without the recorder.
func takeAgain(t *testing.T, name string, journey visitor.Journey) visitor.Result {
	t.Helper()
	site := httptest.NewServer(siteHandler(t, siteOf(name)))
	defer site.Close()
	result, err := visitor.Run(t.Context(), journey, visitor.Options{
		NoSandbox: os.Geteuid() == 0, Seed: 2, Pace: pace, Base: site.URL, Timeout: patience,
	})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// tell runs the command and reads the steps and the journey that it wrote.
func tell(t *testing.T, source string) ([]session.Step, visitor.Journey) {
	t.Helper()
	file := filepath.Join(t.ArtifactDir(), "steps.json")
	exported := filepath.Join(t.ArtifactDir(), "steps.recorder.json")
	var stderr bytes.Buffer
	args := []string{"shots", source, "-o", file, "-o", exported, "--max", "0"}
	if code := run(t.Context(), args, nil, &bytes.Buffer{}, &stderr); code != exitDone {
		t.Fatalf("exit code %d: %s", code, stderr.Bytes())
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var list struct{ Steps []session.Step }
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	data, err = os.ReadFile(exported)
	if err != nil {
		t.Fatal(err)
	}
	journey, err := visitor.ParseJourney(data)
	if err != nil {
		t.Fatal(err)
	}
	return list.Steps, journey
}

// expected leaves out what is part of the use that follows: the click into a
// field that was typed into, and what was typed there before.
func expected(actions []visitor.Action) []visitor.Action {
	var list []visitor.Action
	for _, a := range actions {
		if a.Type != visitor.StepClick && a.Type != visitor.StepDoubleClick && a.Type != visitor.StepChange {
			continue
		}
		if n := len(list); n > 0 && a.Type == visitor.StepChange && list[n-1].Name == a.Name && list[n-1].Box == a.Box {
			list = list[:n-1]
		}
		list = append(list, a)
	}
	return list
}

func compareSteps(t *testing.T, steps []session.Step, want []visitor.Action) {
	t.Helper()
	var got []session.Step
	for _, s := range steps {
		switch s.Action {
		case session.ActionNavigate, session.ActionScroll, session.ActionError, session.ActionSubmit:
		default: // clicks in a row are one step
			for range max(s.Count, 1) {
				got = append(got, s)
			}
		}
	}
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			t.Errorf("no step tells of %s %q", want[i].Type, want[i].Name)
			continue
		case i >= len(want):
			t.Errorf("step %d is made up: %s", got[i].Number, got[i].Caption)
			continue
		}
		compareStep(t, got[i], want[i])
	}
}

func compareStep(t *testing.T, s session.Step, want visitor.Action) {
	t.Helper()
	const within = 2              // CSS pixels
	first := max(s.Count, 1) == 1 // of clicks in a row, the first is told
	if want.Type != visitor.StepChange && first && (s.Point == nil || apart(s.Point.X, want.X, 1) || apart(s.Point.Y, want.Y, 1)) {
		t.Errorf("step %d (%s) is at %v, not %.1f, %.1f", s.Number, s.Caption, s.Point, want.X, want.Y)
	}
	if want.Name == "" {
		return // words within what is meant
	}
	if s.Label != want.Name {
		t.Errorf("step %d (%s) is labelled %q, not %q", s.Number, s.Caption, s.Label, want.Name)
	}
	switch {
	case s.Box == nil:
		t.Errorf("step %d (%s) has no box", s.Number, s.Caption)
	case first && (apart(s.Box.X, want.Box.X, within) || apart(s.Box.Y, want.Box.Y, within) ||
		apart(s.Box.Width, want.Box.Width, within) || apart(s.Box.Height, want.Box.Height, within)):
		t.Errorf("step %d (%s) has the box %v, not %v", s.Number, s.Caption, *s.Box, want.Box)
	}
}

func apart(a, b, most float64) bool { return math.Abs(a-b) > most }

func pathOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.RequestURI()
}
