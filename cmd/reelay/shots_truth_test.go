//go:build truth

// Run with -tags truth: two of the five demo sites still disagree, so that it
// does not decide about a build yet.

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"log/slog"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/reelay/reelay/fixtures"
	"github.com/reelay/reelay/recorder"
	"github.com/reelay/reelay/recorder/visitor"
	"github.com/reelay/reelay/session"
)

// TestShotsTellTheTruth compares the steps of recorded visits with what the
// visitor noted about each element when it used it.
func TestShotsTellTheTruth(t *testing.T) {
	for journey, within := range map[string]float64{
		"shop": 2, "signup": 2, "spa": 2,
		"dashboard": 6, // its table's columns move with live numbers between the look and the click
	} {
		t.Run(journey, func(t *testing.T) {
			bundle, result := recordVisit(t, journey)
			compareSteps(t, stepsOf(t, bundle), recorded(t, bundle, expected(result.Actions)), within)
		})
	}
}

// sites are those that a journey leads through, where it is not named after it.
var sites = map[string]string{"signup": "onboarding"} //nolint:gochecknoglobals // a constant.

// noScrollbars takes the scrollbars away, of which no recording tells: the
// stage has none.
const noScrollbars = `{
	const sheet = new CSSStyleSheet()
	sheet.replaceSync('::-webkit-scrollbar { display: none }')
	document.adoptedStyleSheets.push(sheet)
}`

// recordVisit takes a journey to its site through the recorder, and returns the
// session's bundle.
func recordVisit(t *testing.T, name string) (string, visitor.Result) {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	site := sites[name]
	if site == "" {
		site = name
	}
	var bundle string
	keeper, err := openKeeper(filepath.Join(t.ArtifactDir(), "data"), recorder.Open, log, func(path string) { bundle = path })
	if err != nil {
		t.Fatal(err)
	}
	base, stop := record(t, keeper, site, log)
	journey := loadJourney(t, name)
	result, err := visitor.Run(t.Context(), journey, visitor.Options{
		NoSandbox: os.Geteuid() == 0, Seed: 1, Pace: 0.3, Base: base, Log: log, Script: noScrollbars,
	})
	if err != nil {
		t.Fatal(err)
	}
	stop()
	if err := keeper.handOnAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := keeper.close(); err != nil {
		t.Fatal(err)
	}
	if bundle == "" {
		t.Fatal("the visit left no session")
	}
	return bundle, result
}

func loadJourney(t *testing.T, name string) visitor.Journey {
	t.Helper()
	data, err := fs.ReadFile(fixtures.Journeys(), name+".json")
	if err != nil {
		t.Fatal(err)
	}
	journey, err := visitor.ParseJourney(data)
	if err != nil {
		t.Fatal(err)
	}
	return journey
}

// record puts the recorder in front of a demo site and returns its address.
func record(t *testing.T, keeper *keeper, site string, log *slog.Logger) (base string, stop func()) {
	t.Helper()
	origin := httptest.NewServer(siteHandler(t, site))
	address, err := url.Parse(origin.URL)
	if err != nil {
		t.Fatal(err)
	}
	transport := recorder.NewTransport()
	rec, err := keeper.recorder(address, transport, log)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	recording, end := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- serveUntil(recording, listener, rec, rec, log) }()
	return "http://" + listener.Addr().String(), func() {
		end()
		if err := <-served; err != nil {
			t.Error(err)
		}
		transport.CloseIdleConnections()
		origin.Close()
	}
}

func siteHandler(t *testing.T, site string) http.Handler {
	t.Helper()
	files, err := fs.Sub(fixtures.Sites(), site)
	if err != nil {
		t.Fatal(err)
	}
	return http.FileServerFS(files)
}

// stepsOf runs the command and reads what it wrote.
func stepsOf(t *testing.T, source string) []session.Step {
	t.Helper()
	file := filepath.Join(t.ArtifactDir(), "steps.json")
	var stderr bytes.Buffer
	args := []string{"shots", source, "-o", file, "-o", filepath.Join(t.ArtifactDir(), "storyboard.png"), "--max", "0"}
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
	return list.Steps
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

// mostLost is how many clicks of a visit may be missing from its recording: the
// last of a page can go down with it on a busy machine. What the recorder loses
// is for its own tests to judge.
const mostLost = 2

// recorded leaves out the clicks that the recording does not hold, and says so.
func recorded(t *testing.T, bundle string, actions []visitor.Action) []visitor.Action {
	t.Helper()
	rec, err := session.Read(t.Context(), t.TempDir(), []session.Part{fileSource(bundle)}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer rec.Close()
	var presses []int64 // Unix milliseconds
	for i := range rec.Len() {
		if rec.Header(i).Source != session.MouseInteraction {
			continue
		}
		e, err := rec.Load(i)
		if err != nil {
			t.Fatal(err)
		}
		if d, err := session.DecodeInteraction(e); err == nil && d.Type == session.MouseDown {
			presses = append(presses, rec.Start().Add(e.Time).UnixMilli())
		}
	}
	var held []visitor.Action
	for _, a := range actions {
		// The visitor looks first, and then moves there and presses.
		there := slices.ContainsFunc(presses, func(p int64) bool { return p > a.Time-100 && p < a.Time+2000 })
		if a.Type == visitor.StepClick && !there {
			t.Logf("the recording lost the click on %q", a.Name)
			continue
		}
		held = append(held, a)
	}
	if n := len(actions) - len(held); n > mostLost {
		t.Fatalf("the recording lost %d of %d uses", n, len(actions))
	}
	return held
}

func compareSteps(t *testing.T, steps []session.Step, want []visitor.Action, within float64) {
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
		compareStep(t, got[i], want[i], within)
	}
}

func compareStep(t *testing.T, s session.Step, want visitor.Action, within float64) {
	t.Helper()
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

// TestShotsJourneyRunsAgain exports the journey of a recorded visit, takes it on
// the same site, and expects to end on the same page.
func TestShotsJourneyRunsAgain(t *testing.T) {
	bundle, first := recordVisit(t, "signup")
	file := filepath.Join(t.ArtifactDir(), "steps.recorder.json")
	var stderr bytes.Buffer
	if code := run(t.Context(), []string{"shots", bundle, "-o", file, "--max", "0"}, nil, &bytes.Buffer{}, &stderr); code != exitDone {
		t.Fatalf("exit code %d: %s", code, stderr.Bytes())
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	journey, err := visitor.ParseJourney(data)
	if err != nil {
		t.Fatal(err)
	}
	site := httptest.NewServer(siteHandler(t, sites["signup"]))
	defer site.Close()
	again, err := visitor.Run(t.Context(), journey, visitor.Options{
		NoSandbox: os.Geteuid() == 0, Seed: 2, Pace: 0.3, Base: site.URL, Timeout: 15 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	if pathOf(t, again.URL) != pathOf(t, first.URL) || again.Title != first.Title {
		t.Errorf("the journey ends on %s, not on %s", again.URL, first.URL)
	}
}

func pathOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.RequestURI()
}
