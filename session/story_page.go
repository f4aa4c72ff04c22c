package session

import (
	"bytes"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

const (
	// settling is how long a new page is given to become what a person sees.
	settling = time.Second
	// leading is how long after an act a new page still counts as its effect.
	leading = 5 * time.Second
)

// arrival is a navigation whose page is still on its way.
type arrival struct {
	act   int
	at    time.Duration
	built bool
}

// arrive ends an arrival when its page has had its time, or somebody acts on it.
func (s *storyteller) arrive(w *window, i int, e Event) {
	if w.arrived == nil || !w.arrived.built {
		return
	}
	acted := e.Type == Incremental && e.Source != ViewportResize
	if acted || e.Type == Meta || e.Time-w.arrived.at >= settling {
		s.story.Acts[w.arrived.act].arrived(i, min(e.Time, w.arrived.at+settling))
		w.arrived = nil
	}
}

// arrived settles which state of a new page is shown.
func (a *Act) arrived(after int, at time.Duration) { a.After, a.End = after, max(at, a.End) }

// meta takes in the address of a page.
func (s *storyteller) meta(w *window, i int, e Event, d PageMeta) {
	s.endClicks(w)
	s.endScrolls(w)
	d.Href = WithoutSecrets(d.Href)
	w.view = Viewport{Width: d.Width, Height: d.Height}
	reload := w.loaded && d.Href == w.url && w.url != ""
	if d.Href != w.url || reload {
		s.navigate(w, i, e, d.Href, reload)
	}
	w.loaded = false
}

func (s *storyteller) snapshot(w *window, i int, e Event) {
	w.typing = -1
	if w.fresh {
		w.fresh, w.since = false, e.Time
		w.focused, w.down, w.touched = 0, press{}, press{}
		clear(w.places)
		clear(w.scrolls)
	}
	w.offset = initialOffset(e.Raw)
	if w.arrived == nil || w.arrived.built {
		return // the same page once more
	}
	w.arrived.at, w.arrived.built = e.Time, true
	s.story.Acts[w.arrived.act].arrived(i+1, e.Time)
}

// initialOffset is where a page was scrolled to when its snapshot was taken;
// parsing megabytes for it would cost more than it is worth.
func initialOffset(raw []byte) ScrollPosition {
	at := bytes.LastIndex(raw, []byte(`"initialOffset":`))
	if at < 0 {
		return ScrollPosition{}
	}
	var offset struct {
		Left float64 `json:"left"`
		Top  float64 `json:"top"`
	}
	text := raw[at+len(`"initialOffset":`):]
	if json.UnmarshalRead(bytes.NewReader(text[:bytes.IndexByte(text, '}')+1]), &offset) != nil {
		return ScrollPosition{}
	}
	return ScrollPosition{X: bounded(offset.Left), Y: bounded(offset.Top)}
}

// navigate notes a new address: as the effect of what was done just before, or
// as an act of its own.
func (s *storyteller) navigate(w *window, i int, e Event, href string, reload bool) {
	last := s.cause(w, e.Time)
	w.url, w.since = href, e.Time
	if e.Type == Meta {
		w.fresh = true
	}
	if last != nil {
		if last.To == "" {
			last.To = href
			return
		}
		if e.Time-last.At < settling {
			last.To = href // a redirect
			return
		}
	}
	act := s.add(w, Act{
		Action: ActionNavigate, At: e.Time, End: e.Time, Event: i, After: i + 1,
		Stream: e.Stream, To: href, Reload: reload, First: !s.opened,
	})
	if !s.opened {
		s.story.Environment.Viewport = w.view
		s.opened = true
	}
	if act.Action != "" {
		w.arrived = &arrival{act: w.last, at: e.Time, built: e.Type == Custom}
	}
}

// cause is the act that a new page at a time is the effect of; nil for none.
// Typing alone leads nowhere.
func (s *storyteller) cause(w *window, at time.Duration) *Act {
	last := s.lastAct(w)
	if w.url == "" { // a page of its own, as some recorders have each
		last = s.latestAct()
	}
	if last == nil || at-last.End > leading {
		return nil
	}
	switch last.Action {
	case ActionClick, ActionTap, ActionDoubleClick, ActionRageClick, ActionSubmit:
		return last
	case ActionNavigate:
		if at-last.At < settling {
			return last
		}
	default:
		if last.Submits {
			return last
		}
	}
	return nil
}

// latestAct is the last act of any window; nil before any.
func (s *storyteller) latestAct() *Act {
	for i := len(s.story.Acts) - 1; i >= 0; i-- {
		if a := &s.story.Acts[i]; a.Action != "" && a.Action != ActionError {
			return a
		}
	}
	return nil
}

// custom takes in what our recorder, or another product, adds to rrweb's events.
func (s *storyteller) custom(w *window, i int, e Event, d CustomData) {
	var p struct {
		Node    int    `json:"node"`
		Message string `json:"message"`
		environment
	}
	if json.Unmarshal(d.Payload, &p) != nil {
		return
	}
	switch d.Tag {
	case "reelay.error":
		s.failure(w, i, e, p.Message)
	case "reelay.submit":
		s.submit(w, i, e, p.Node)
	case environmentTag:
		if s.story.Environment.UserAgent == "" {
			p.into(&s.story.Environment)
		}
	default:
		href := WithoutSecrets(d.Address())
		if href != "" && w.url != "" && href != w.url {
			s.endClicks(w)
			s.navigate(w, i, e, href, false)
		}
	}
}

// Address is the new address that a custom event tells of, as products record
// those within single-page applications; empty for others.
func (d CustomData) Address() string {
	var p struct {
		Href string `json:"href"`
	}
	if !isAddressTag(d.Tag) || json.Unmarshal(d.Payload, &p) != nil || !strings.Contains(p.Href, "://") {
		return ""
	}
	return p.Href
}

// isAddressTag says whether a custom event tells of a new address: products
// name theirs in their own ways.
func isAddressTag(tag string) bool {
	tag = strings.ToLower(tag)
	for _, word := range [...]string{"url", "nav", "page", "route", "location"} {
		if strings.Contains(tag, word) {
			return true
		}
	}
	return false
}

// VisibleTag marks the recorder's note that its tab came to the front.
const VisibleTag = "reelay.visible"

// MotionTag marks the recorder's note that transitions began to move; its payload
// says how many milliseconds ago, {"ago": 24}.
const MotionTag = "reelay.motion"

// PopoverTag marks the recorder's note that a popover opened or closed; its payload
// says which, {"id": 12, "open": true}.
const PopoverTag = "reelay.popover"

// environmentTag marks the recorder's note about the visitor's browser.
const environmentTag = "reelay.env"

// environment is that note as the recorder writes it.
type environment struct {
	Scale     float64 `json:"dpr"`
	Scheme    string  `json:"colorScheme"`
	Touch     bool    `json:"touch"`
	Hover     *bool   `json:"hover"`
	Still     bool    `json:"reducedMotion"`
	Scrollbar float64 `json:"scrollbar"`
	Language  string  `json:"language"`
	TimeZone  string  `json:"timeZone"`
	UserAgent string  `json:"userAgent"`
}

func (p environment) into(e *Environment) {
	e.Scale, e.Scheme, e.Still, e.Scrollbar = p.Scale, oneLine(p.Scheme, longestLabel), p.Still, p.Scrollbar
	e.Touch, e.NoHover = p.Touch, p.Hover != nil && !*p.Hover
	e.Language, e.TimeZone = oneLine(p.Language, longestLabel), oneLine(p.TimeZone, longestLabel)
	e.UserAgent = oneLine(p.UserAgent, longestText)
}

// submit notes that a form was sent: by what was clicked just before, or by key.
func (s *storyteller) submit(w *window, i int, e Event, form int) {
	s.endClicks(w)
	last := s.lastAct(w)
	if last != nil && e.Time-last.End <= settling {
		switch last.Action {
		case ActionClick, ActionTap, ActionDoubleClick, ActionRageClick, ActionSubmit:
			last.Submits = true
			return
		default:
		}
	}
	s.add(w, Act{Action: ActionSubmit, At: e.Time, End: e.Time, Event: i, After: i + 1, Stream: e.Stream, Node: form, Submits: true, Keyboard: true})
}
