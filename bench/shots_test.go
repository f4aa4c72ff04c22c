package bench

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/reelay/reelay/renderer"
	"github.com/reelay/reelay/session"
)

// BenchmarkShots takes twenty stills, and all files about them, from a session
// of an hour, Chrome's start included. The ratio says what the hour costs over a
// session of two minutes with as many stills.
func BenchmarkShots(b *testing.B) {
	short, long := clicked(2*time.Minute).file(b), clicked(time.Hour).file(b)
	var brief, walls, costs []float64
	for b.Loop() {
		for range rounds {
			brief = append(brief, stills(b, short).CPU)
			r := stills(b, long)
			walls, costs = append(walls, r.Wall), append(costs, r.CPU)
		}
	}
	report(b, map[string]float64{
		"wall-s": median(walls), "cpu-s": median(costs), "hour-ratio": median(costs) / median(brief),
	})
}

// stillsWanted is how many stills the benchmark takes.
const stillsWanted = 20

// stills takes the stills of a recording, and fails if others came of it.
func stills(b *testing.B, recording string) *renderer.ShotsReport {
	b.Helper()
	req := request(b, recording, "")
	r, err := pool(b, 1, false).Shots(b.Context(), renderer.ShotsRequest{
		Sources: req.Sources, Scale: 1, Choice: session.Choice{Most: stillsWanted},
		Outputs: []renderer.ShotsOutput{{Path: filepath.Join(b.TempDir(), "shots"), Kind: renderer.ShotsFolder}},
	})
	if err != nil {
		b.Fatal(err)
	}
	if len(r.Steps) != stillsWanted || r.Captured != stillsWanted {
		b.Fatalf("%d steps and %d pictures, want %d", len(r.Steps), r.Captured, stillsWanted)
	}
	return r
}

// clicked is a busy page of 300 cards: the pointer moves all the time, texts
// change five times a second, and thirty clicks are spread over the session.
func clicked(length time.Duration) *recording {
	const clicks = 30
	r := &recording{}
	r.page(0, 300)
	pause, next := length/(clicks+1), length/(clicks+1)
	for at := moveEvery; at <= length; at += moveEvery {
		r.move(at)
		r.change(at-200*time.Millisecond, int(at/moveEvery), prose+at.String())
		r.change(at-100*time.Millisecond, int(at/moveEvery)+1, at.String()+prose)
		if at >= next {
			r.click(at, 640, 360)
			next += pause
		}
	}
	return r
}
