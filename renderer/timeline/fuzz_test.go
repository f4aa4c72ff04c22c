package timeline

import (
	"bytes"
	"math"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/reelay/reelay/session"
)

// recorded reads events, one a line, and keeps the promises of a Recording:
// times never decrease, and nothing but JSON comes through.
func recorded(text []byte) memory {
	var events memory
	last := time.Duration(0)
	for line := range bytes.Lines(text) {
		var e struct {
			Type      uint8          `json:"type"`
			Stream    uint8          `json:"stream"`
			Data      jsontext.Value `json:"data"`
			Timestamp int64          `json:"timestamp"`
		}
		if json.Unmarshal(line, &e) != nil || len(e.Data) == 0 {
			continue
		}
		const year = 365 * 24 * time.Hour
		last = max(last, time.Duration(min(max(e.Timestamp, 0), year.Milliseconds()))*ms)
		loaded := event(last, session.EventType(e.Type), string(e.Data))
		loaded.Stream = int(e.Stream)
		events = append(events, loaded)
	}
	return events
}

func FuzzBuild(f *testing.F) {
	for _, src := range []memory{
		tabs(),
		visit(end(time.Second)),
		visit(
			positions(time.Second, session.MouseMove, 5, [3]int{1, 2, -500}), positions(2*time.Second, session.TouchMove, 5, [3]int{1, 2, -500}),
			interact(2*time.Second, session.TouchStart, 1, 1), interact(2*time.Second, session.TouchEnd, 1, 1), interact(3*time.Second, session.Click, 1, 1),
			scrolled(3*time.Second, 1, 0, 9), scrolled(3100*ms, 1, 0, 99), resize(4*time.Second, 1, 1), typed(5*time.Second, 1, "ab"),
			event(6*time.Second, session.Custom, `{"tag":"t","payload":{"href":"x"}}`), fullAt(7*time.Second, "T"), end(20*time.Hour),
		),
	} {
		var text []byte
		for _, e := range src {
			text = append(append(text, e.Raw...), '\n')
		}
		f.Add(text, uint16(0), uint16(0), uint8(30))
		f.Add(text, uint16(500), uint16(3000), uint8(1))
	}
	f.Fuzz(func(t *testing.T, text []byte, from, idle uint16, fps uint8) {
		src := recorded(text)
		o := Options{From: time.Duration(from) * ms, Idle: time.Duration(idle) * ms, Speed: 1, FPS: 1 + int(fps)%60}
		tl, err := Build(src, o)
		if err != nil {
			return
		}
		if most := int(longest.Seconds()) * o.FPS; tl.Ticks() < 1 || tl.Ticks() > most {
			t.Fatalf("%d ticks", tl.Ticks())
		}
		if size := tl.Largest(); !(size.Width >= minSide && size.Width <= maxSide && size.Height >= minSide && size.Height <= maxSide) {
			t.Fatalf("the largest page is %v", size)
		}
		if n, most := len(tl.dues), 4*src.Len()+2+3*len(tl.pointer); n > most {
			t.Fatalf("%d things are due", n)
		}
		for tick := 0; tick < tl.Ticks(); tick += 1 + tl.Ticks()/50 {
			look(t, tl, tick)
		}
	})
}

// look checks all that a frame is made of.
func look(t *testing.T, tl *Timeline, tick int) {
	t.Helper()
	at := tl.At(tick)
	if at < 0 || at > tl.Session || tl.Before(tick) > at {
		t.Fatalf("tick %d shows %v, after %v", tick, at, tl.Before(tick))
	}
	if start := tl.Start(at); start < -1 || start >= max(at, 1) {
		t.Fatalf("what is shown at %v begins at %v", at, start)
	}
	x, y, _ := shown(tl, at)
	fit := tl.ViewAt(at).FitInto(tl.Largest(), false)
	numbers := []float64{x, y, fit.X, fit.Y, fit.Scale}
	for _, d := range tl.Due(tl.Before(tick), at) {
		numbers = append(numbers, d.Scroll.X, d.Scroll.Y, d.View.Width)
	}
	for _, touch := range tl.Touches(at, time.Second) {
		numbers = append(numbers, touch.X, touch.Y)
	}
	for _, n := range numbers {
		if math.IsNaN(n) || math.IsInf(n, 0) {
			t.Fatalf("at %v a place is %v", at, n)
		}
	}
	tl.GapAt(tl.Clip(tick))
	tl.ClipTime(at)
	tl.PageAt(at)
	tl.PageEnd(at)
	tl.Strokes(at-time.Second, at)
	tl.Ended(at)
}
