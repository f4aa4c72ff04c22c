package timeline

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/reelay/reelay/session"
)

// reader goes through a recording once and fills a timeline's lists.
type reader struct {
	tl       *Timeline
	src      Source
	acted    time.Duration // last sign of the user
	touched  time.Duration // last touch
	contacts []contact     // in the order of their events
	metas    map[int]meta  // by stream: met, and waiting for their snapshot
	assets   map[int][]int // by stream: the events that brought them
	tabs     map[int]*tab  // by stream
	claims   []claim
	views    []told[Size]
	pages    []told[Page]
}

// tab is what is known of a stream.
type tab struct {
	typist  typist
	href    string        // its address; empty before its first page
	size    Size          // its page's
	opened  time.Duration // when its page's first snapshot was; -1 before any
	loaded  bool          // a document began to load since the last snapshot
	focused int           // the node that has the focus
	scrolls map[int]int   // by node: the index of its last position on the page

	down, click session.Interaction // the last of either kind
	downAt      time.Duration
	clickAt     time.Duration
}

// longAgo is before anything that has to do with a recording.
const longAgo = -time.Hour

func (r *reader) tab(stream int) *tab {
	t, ok := r.tabs[stream]
	if !ok {
		t = &tab{
			typist: typist{texts: map[int]string{}}, scrolls: map[int]int{},
			opened: -1, downAt: longAgo, clickAt: longAgo,
		}
		r.tabs[stream] = t
	}
	return t
}

// meta is a Meta event that waits for its snapshot.
type meta struct {
	index int
	at    time.Duration
	data  session.PageMeta
}

const (
	// metaWait is how long before its snapshot a Meta event may come; a new
	// page's size must not show while the old page does.
	metaWait = 10 * time.Second
	// effects is how long after the user's last act a change of the page by
	// itself still counts as something that happens.
	effects = 10 * time.Second
	// emulation is how long after a touch browsers send mouse events for it.
	emulation = time.Second
)

// read fills tl from src.
func read(src Source, tl *Timeline) error {
	r := reader{
		tl: tl, src: src, acted: -effects, touched: -emulation,
		metas: map[int]meta{}, assets: map[int][]int{}, tabs: map[int]*tab{},
	}
	for i := range src.Len() {
		if err := r.event(i, src.Header(i)); err != nil {
			return fmt.Errorf("event %d: %w", i, err)
		}
	}
	for _, stream := range slices.Sorted(maps.Keys(r.metas)) {
		m := r.metas[stream]
		r.apply(m.index, m.at, false)
		r.view(m.at, stream, Size{float64(m.data.Width), float64(m.data.Height)})
	}
	r.finish()
	return nil
}

func (r *reader) event(i int, h session.Header) error {
	if _, ok := r.tl.streams[h.Stream]; ok {
		r.tl.streams[h.Stream] = h.Time
	}
	switch h.Type {
	case session.Meta, session.Custom:
		e, err := r.src.Load(i)
		if err != nil {
			return err
		}
		if h.Type == session.Meta {
			r.meta(i, e)
		} else {
			r.custom(i, e)
		}
	case session.FullSnapshot:
		return r.snapshot(i, h)
	case session.Incremental:
		return r.incremental(i, h)
	case session.Asset:
		r.asset(i, h.Stream)
	case session.DOMContentLoaded:
		r.tab(h.Stream).loaded = true
	case session.Load, session.Plugin, session.Annotation:
	}
	return nil
}

func (r *reader) meta(i int, e session.Event) {
	data, err := session.DecodeMeta(e)
	if err != nil {
		return
	}
	if old, ok := r.metas[e.Stream]; ok {
		r.apply(old.index, old.at, false)
	}
	r.metas[e.Stream] = meta{index: i, at: e.Time, data: data}
}

func (r *reader) snapshot(i int, h session.Header) error {
	e, err := r.src.Load(i)
	if err != nil {
		return err
	}
	shown := h.Time
	if len(r.tl.snapshots) == 0 {
		shown = 0 // as in rrweb's player, the first page is there from the start
	}
	r.tl.streams[h.Stream] = h.Time
	t := r.tab(h.Stream)
	sized, same := false, t.opened >= 0 && !t.loaded
	if m, ok := r.metas[h.Stream]; ok {
		same = same && m.data.Href == t.href
		at := min(m.at, shown)
		if sized = h.Time-m.at <= metaWait; sized {
			at = shown
		}
		r.apply(m.index, at, false)
		r.view(at, h.Stream, Size{float64(m.data.Width), float64(m.data.Height)})
		r.page(at, h.Stream, m.data.Href, title(e.Raw))
		delete(r.metas, h.Stream)
	}
	if !same {
		t.opened, t.focused = shown, 0
	}
	t.loaded = false
	r.tl.snapshots = append(r.tl.snapshots, snapshot{at: shown, stream: h.Stream, sized: sized, opened: t.opened})
	r.apply(i, shown, true)
	for _, asset := range r.assets[h.Stream] {
		r.apply(asset, shown, false)
	}
	r.claim(shown, h.Stream, byPage)
	r.act(shown)
	t.typist = typist{texts: map[int]string{}}
	clear(t.scrolls)
	return nil
}

// asset notes an image or style sheet that recorders captured while the user saw
// it already: the page has it from its beginning, and so have those after it,
// for which it need not be captured again.
func (r *reader) asset(i, stream int) {
	r.assets[stream] = append(r.assets[stream], i)
	for _, s := range slices.Backward(r.tl.snapshots) {
		if s.stream == stream {
			r.apply(i, s.at, false)
			return
		}
	}
}

func (r *reader) custom(i int, e session.Event) {
	data, err := session.DecodeCustom(e)
	if err != nil {
		return
	}
	switch data.Tag {
	case session.VisibleTag:
		r.claim(e.Time, e.Stream, byAct)
	case session.MotionTag:
		r.motion(e, data.Payload)
	case session.PopoverTag:
		r.apply(i, e.Time, false)
	}
	if href := data.Address(); href != "" && r.tab(e.Stream).href != "" {
		r.page(e.Time, e.Stream, href, "")
	}
}

func (r *reader) incremental(i int, h session.Header) error {
	switch h.Source {
	case session.MouseMove, session.TouchMove, session.Drag, session.MouseInteraction,
		session.Scroll, session.ViewportResize, session.Input:
		e, err := r.src.Load(i)
		if err != nil {
			return err
		}
		if h.Source != session.MouseMove {
			r.act(h.Time)
		}
		r.gesture(i, e)
		return nil
	case session.Selection, session.MediaInteraction:
		r.act(h.Time)
	case session.Log, session.CustomElement, session.NoSource:
		return nil
	case session.Mutation, session.StyleSheetRule, session.StyleDeclaration, session.CanvasMutation,
		session.Font, session.AdoptedStyleSheet:
		if h.Time-r.acted <= effects {
			r.tl.activity = append(r.tl.activity, h.Time)
		}
	}
	r.apply(i, h.Time, false)
	return nil
}

// gesture notes what the user did. Payloads that can't be read change nothing.
func (r *reader) gesture(i int, e session.Event) {
	switch e.Source {
	case session.MouseMove, session.Drag, session.TouchMove:
		if data, err := session.DecodeMouse(e); err == nil {
			r.moves(e, data)
		}
	case session.MouseInteraction:
		if data, err := session.DecodeInteraction(e); err == nil {
			r.interaction(e, data)
		}
		r.apply(i, e.Time, false)
	case session.Scroll:
		if data, err := session.DecodeScroll(e); err == nil {
			r.scroll(e, data)
		}
	case session.ViewportResize:
		if data, err := session.DecodeViewport(e); err == nil {
			r.view(e.Time, e.Stream, Size{float64(data.Width), float64(data.Height)})
		}
		r.apply(i, e.Time, false)
	case session.Input:
		if data, err := session.DecodeInput(e); err == nil {
			r.input(e, data)
		}
		r.apply(i, e.Time, false)
	default:
	}
}

func (r *reader) apply(i int, at time.Duration, snapshot bool) {
	r.tl.dues = append(r.tl.dues, due{at: at, index: int32(i), kind: Apply, snapshot: snapshot}) //nolint:gosec // recordings are capped far below 2^31 events.
}

func (r *reader) act(at time.Duration) {
	r.acted = at
	r.tl.activity = append(r.tl.activity, at)
}

func (r *reader) claim(at time.Duration, stream int, why reason) {
	r.claims = append(r.claims, claim{at: at, stream: stream, why: why})
}

// view notes the size of a page; one without extent is no size.
func (r *reader) view(at time.Duration, stream int, size Size) {
	t := r.tab(stream)
	if size.Width <= 0 || size.Height <= 0 {
		size = t.size
	}
	if size == (Size{}) {
		size = unsized
	}
	t.size = Size{clampSide(size.Width), clampSide(size.Height)}
	r.views = append(r.views, told[Size]{at: at, stream: stream, what: t.size})
}

func (r *reader) page(at time.Duration, stream int, url, title string) {
	t := r.tab(stream)
	url = session.WithoutSecrets(url)
	if session.IsMask(title) {
		title = ""
	}
	if t.href == url {
		return
	}
	t.href = url
	r.pages = append(r.pages, told[Page]{at: at, stream: stream, what: Page{URL: url, Title: title}})
}
