package main

import (
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
	"testing"
	"time"

	"github.com/reelay/reelay/fixtures"
	"github.com/reelay/reelay/recorder"
	"github.com/reelay/reelay/recorder/visitor"
)

// pace is how much quicker than people the visitors of tests are.
const pace = 0.3

// patience is how long they wait for a page of a busy machine.
const patience = time.Minute

// siteOf is the demo site that a journey leads through.
func siteOf(journey string) string {
	if journey == "signup" {
		return "onboarding"
	}
	return journey
}

// witness runs in every page of a recorded visit. It takes the scrollbars away,
// of which no recording tells, and notes for each press the boxes of all that
// was under the pointer at that moment: live pages move things between the
// visitor's look and its press.
const witness = `{
	const sheet = new CSSStyleSheet()
	sheet.replaceSync('::-webkit-scrollbar { display: none } * { scrollbar-width: none !important }')
	document.adoptedStyleSheets.push(sheet)
	const origin = () => {
		let x = 0, y = 0
		for (let at = window; at.frameElement; at = at.parent) {
			const box = at.frameElement.getBoundingClientRect()
			x += box.x + at.frameElement.clientLeft
			y += box.y + at.frameElement.clientTop
		}
		return { x, y }
	}
	const note = (event) => {
		const { x, y } = origin()
		const elements = event.composedPath().filter((at) => at instanceof Element)
		const boxes = elements.map((at) => at.getBoundingClientRect())
			.map((box) => ({ X: box.x + x, Y: box.y + y, Width: box.width, Height: box.height }))
		window.visitorEmit(JSON.stringify({ time: Date.now(), boxes }))
	}
	for (const type of ['mousedown', 'touchstart']) addEventListener(type, note, { capture: true, passive: true })
}`

// press is what the witness saw.
type press struct {
	Time  int64 // Unix milliseconds by the page's clock
	Boxes []visitor.Box
}

// recordVisit takes a journey to its site through the recorder, and returns the
// session's bundle, with the boxes of what the visitor used as they were at each
// press.
func recordVisit(t *testing.T, name string) (string, visitor.Result) {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	var bundle string
	keeper, err := openKeeper(filepath.Join(t.ArtifactDir(), "data"), recorder.Open, log, func(path string) { bundle = path })
	if err != nil {
		t.Fatal(err)
	}
	base, stop := record(t, keeper, siteOf(name), log)
	journey := loadJourney(t, name)
	var presses []press
	result, err := visitor.Run(t.Context(), journey, visitor.Options{
		NoSandbox: os.Geteuid() == 0, Seed: 1, Pace: pace, Base: base, Timeout: patience, Log: log, Script: witness,
		Emit: func(payload string) {
			var p press
			if err := json.Unmarshal([]byte(payload), &p); err != nil {
				t.Error(err)
			}
			presses = append(presses, p)
		},
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
	for i := range result.Actions {
		atPress(&result.Actions[i], presses)
	}
	return bundle, result
}

// atPress gives an action the box that its element had when it was pressed.
func atPress(a *visitor.Action, presses []press) {
	const (
		within = 2000 // ms between the look and the press
		moved  = 16.0 // CSS pixels, at most, in that time
	)
	for _, p := range presses {
		if p.Time < a.Time-100 || p.Time > a.Time+within {
			continue
		}
		box, nearest := a.Box, moved
		for _, b := range p.Boxes {
			if d := max(math.Abs(b.X-a.Box.X), math.Abs(b.Y-a.Box.Y), math.Abs(b.Width-a.Box.Width), math.Abs(b.Height-a.Box.Height)); d < nearest {
				box, nearest = b, d
			}
		}
		a.Box = box
		return
	}
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
