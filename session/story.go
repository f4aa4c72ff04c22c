package session

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Story is what a recording tells of a visit: what was done, in order, and the
// lines of the console and of failed requests where they were recorded.
type Story struct {
	Acts        []Act
	Lines       []Line
	Environment Environment
	Duration    time.Duration
	Last        Act // what stands for a visit in which nothing was done
}

// Line is a line of the console, or a failed request.
type Line struct {
	At   time.Duration
	Kind LineKind
	Text string
}

// LineKind says what a line is about.
type LineKind string

// The kinds of lines that a report lists.
const (
	ErrorLine   LineKind = "error"
	WarningLine LineKind = "warning"
	RequestLine LineKind = "request"
)

// Environment is where the visit was made. What the recording does not tell is
// empty.
type Environment struct {
	Start     time.Time // by the recorder's clock
	Viewport  Viewport  // of the first page
	UserAgent string
	Language  string
	TimeZone  string
	Scheme    string  // "dark" or "light"
	Scale     float64 // device pixels per CSS pixel
	Touch     bool    // a finger points
	NoHover   bool    // nothing points that could hover
	Still     bool    // less motion is preferred
	Scrollbar float64 // width of a scrollbar that takes room, in CSS pixels
}

// Events are those of a recording, in order of time.
type Events interface {
	Len() int
	Header(i int) Header
	Load(i int) (Event, error)
	Start() time.Time
}

// ReadStory reads what was done in a recording.
func ReadStory(src Events) (*Story, error) {
	s := &storyteller{story: &Story{}, streams: map[int]*window{}}
	for i := range src.Len() {
		h := src.Header(i)
		if !tells(h) {
			continue
		}
		e, err := src.Load(i)
		if err != nil {
			return nil, fmt.Errorf("read story: %w", err)
		}
		s.event(i, e)
	}
	s.story.Duration = src.Header(src.Len() - 1).Time
	s.story.Environment.Start = src.Start()
	s.end(src.Len())
	return s.story, nil
}

// tells says whether an event can tell of an act; most are mutations, which
// need not be loaded.
func tells(h Header) bool {
	switch h.Type {
	case Meta, FullSnapshot, Custom, Plugin, DOMContentLoaded:
		return true
	case Incremental:
		return h.Source == MouseInteraction || h.Source == Scroll || h.Source == Input || h.Source == ViewportResize
	case Load, Asset, Annotation:
	}
	return false
}

// storyteller goes through the events once.
type storyteller struct {
	story   *Story
	streams map[int]*window
	opened  bool // the first page is there
}

// window is what is known of one stream.
type window struct {
	url     string
	view    Viewport
	loaded  bool           // a document began to load since the last snapshot
	fresh   bool           // the next snapshot is of a new page
	offset  ScrollPosition // of the document in the last snapshot
	focused int            // node, 0 if unknown, -1 for none
	since   time.Duration  // when the page was new
	down    press
	touched press
	clicks  clickRun
	scrolls map[int]*scrollRun
	places  map[int]ScrollPosition
	arrived *arrival
	last    int // index of the last act, or -1
	typing  int // the same if it is typing that may go on, or -1
}

// press is where a button or finger went down.
type press struct {
	at    time.Duration
	event int
	node  int
	x, y  float64
	valid bool
}

func (s *storyteller) window(stream int) *window {
	w, ok := s.streams[stream]
	if !ok {
		w = &window{typing: -1, last: -1, scrolls: map[int]*scrollRun{}, places: map[int]ScrollPosition{}}
		s.streams[stream] = w
	}
	return w
}

// event takes in one event. Payloads that can't be read tell nothing.
func (s *storyteller) event(i int, e Event) {
	w := s.window(e.Stream)
	s.arrive(w, i, e)
	switch e.Type {
	case DOMContentLoaded:
		w.loaded = true
	case Meta:
		if d, err := DecodeMeta(e); err == nil {
			s.meta(w, i, e, d)
		}
	case FullSnapshot:
		s.snapshot(w, i, e)
	case Custom:
		if d, err := DecodeCustom(e); err == nil {
			s.custom(w, i, e, d)
		}
	case Plugin:
		if d, err := DecodePlugin(e); err == nil {
			s.plugin(w, i, e, d)
		}
	case Incremental:
		s.gesture(w, i, e)
	case Load, Asset, Annotation:
	}
}

func (s *storyteller) gesture(w *window, i int, e Event) {
	switch e.Source {
	case MouseInteraction:
		if d, err := DecodeInteraction(e); err == nil {
			s.interaction(w, i, e, d)
		}
	case Input:
		if d, err := DecodeInput(e); err == nil {
			s.input(w, i, e, d)
		}
	case Scroll:
		if d, err := DecodeScroll(e); err == nil {
			s.scroll(w, i, e, d)
		}
	case ViewportResize:
		if d, err := DecodeViewport(e); err == nil {
			w.view = d
		}
	default:
	}
}

// add appends an act of a window, and ends what was under way in it.
func (s *storyteller) add(w *window, a Act) *Act {
	if len(s.story.Acts) == mostActs {
		return &Act{} // what follows is not told
	}
	a.URL = w.url
	w.typing = -1
	w.last = len(s.story.Acts)
	s.story.Acts = append(s.story.Acts, a)
	return &s.story.Acts[w.last]
}

// lastAct is the window's last act; nil before any.
func (s *storyteller) lastAct(w *window) *Act {
	if w.last < 0 {
		return nil
	}
	return &s.story.Acts[w.last]
}

// end closes what is under way after the last event, of n.
func (s *storyteller) end(n int) {
	for _, w := range s.streams {
		s.endScrolls(w)
		s.endClicks(w)
		if w.arrived != nil {
			s.story.Acts[w.arrived.act].arrived(n, min(s.story.Duration, w.arrived.at+settling))
		}
	}
	acts := s.story.Acts
	s.story.Last = Act{Action: ActionNone, At: s.story.Duration, End: s.story.Duration, Event: n, After: n}
	if len(acts) > 0 {
		s.story.Last.URL, s.story.Last.Stream = acts[len(acts)-1].URL, acts[len(acts)-1].Stream
	}
	acts = slices.DeleteFunc(acts, func(a Act) bool { return a.Action == "" })
	slices.SortFunc(acts, func(a, b Act) int { return cmp.Or(a.Event-b.Event, a.After-b.After) })
	s.story.Acts = acts
}
