// Package timeline turns a recording and options into what a clip shows when:
// which events are due at which tick, where the pointer is, which clicks and
// keys are in view, what is cut. It is pure: it touches no clock, file, network
// or process, and the same input gives the same timeline.
package timeline

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/reelay/reelay/session"
)

// Source is the recording that a timeline is made from: its events, in order
// of time. *session.Recording is one.
type Source interface {
	Len() int
	Header(i int) session.Header
	Load(i int) (session.Event, error)
}

// Options select and shape the clip.
type Options struct {
	From, To time.Duration // range of session time; To 0 is the end
	Speed    float64       // session time per clip time
	Idle     time.Duration // what is left of an idle stretch; 0 keeps all of it
	FPS      int
}

// Timeline is a clip's plan. Its memory grows with the number of gestures, not
// with the size of the recording.
type Timeline struct {
	FPS   int
	Speed float64
	// Session is the length of the whole recording.
	Session time.Duration

	segments []segment
	ticks    int

	dues     []due
	pages    []Page
	views    []view
	pointer  []Sample
	touches  []touch
	clicks   []Click
	strokes  []Stroke
	scrolls  []scroll
	motions  []motion        // in order of time
	activity []time.Duration // when something happened

	shows     []show                // in order of time
	snapshots []snapshot            // in order of time
	streams   map[int]time.Duration // the last event of each that has a snapshot
}

// snapshot is a full snapshot of a stream.
type snapshot struct {
	at     time.Duration
	stream int
	sized  bool          // its Meta, and so its page's size, comes with it
	opened time.Duration // when its page's first snapshot was: its own time, or before
}

// Page is one page load, or a change of address within one.
type Page struct {
	At    time.Duration // session time
	URL   string        // without what session.WithoutSecrets hides
	Title string        // empty where the recording has none, or a mask
}

// RangeError says that the options leave nothing to show, or too much.
type RangeError struct{ Reason, Remedy string }

func (e *RangeError) Error() string { return e.Reason }

// Hint is the remedy.
func (e *RangeError) Hint() string { return e.Remedy }

// longest is the longest clip that is made.
const longest = 24 * time.Hour

// Build reads src once and plans the clip.
func Build(src Source, o Options) (*Timeline, error) {
	if src.Len() == 0 {
		return nil, errors.New("build timeline: no events")
	}
	tl := &Timeline{FPS: o.FPS, Speed: o.Speed, streams: map[int]time.Duration{}}
	if err := read(src, tl); err != nil {
		return nil, fmt.Errorf("build timeline: %w", err)
	}
	tl.Session = src.Header(src.Len() - 1).Time
	to := tl.Session
	if o.To > 0 {
		to = min(to, o.To)
	}
	if o.From >= to && (o.From > 0 || to < 0) {
		return nil, &RangeError{
			Reason: fmt.Sprintf("nothing is left from %v on: the range ends at %v, the session at %v", o.From, to, tl.Session),
			Remedy: fmt.Sprintf("let the range start before %v", to),
		}
	}
	tl.segments = cut(tl.activity, o.From, to, o.Idle, o.Speed)
	length := tl.segments[len(tl.segments)-1].clipEnd()
	if length > longest {
		return nil, &RangeError{
			Reason: fmt.Sprintf("the clip would be %v long", length.Round(time.Second)),
			Remedy: "cut idle time with --idle, or choose a range with --from and --to",
		}
	}
	tl.ticks = max(1, int(math.Round(length.Seconds()*float64(o.FPS))))
	return tl, nil
}

// Ticks is the number of output frames, at the constant rate FPS.
func (tl *Timeline) Ticks() int { return tl.ticks }

// Clip is the clip time of a tick; Clip(Ticks()) is the clip's length.
func (tl *Timeline) Clip(tick int) time.Duration {
	return time.Duration(int64(tick) * int64(time.Second) / int64(tl.FPS))
}

// At is the session time that a tick shows. The last tick shows the recording's
// end, if the clip goes that far: its last event is often what it was made for,
// and a tick starts up to a frame before.
func (tl *Timeline) At(tick int) time.Duration {
	if end := tl.segments[len(tl.segments)-1].to; tick >= tl.ticks-1 && end == tl.Session {
		return end
	}
	return at(tl.segments, tl.Clip(tick), tl.Speed)
}
