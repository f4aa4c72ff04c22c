package timeline

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"time"

	"github.com/reelay/reelay/session"
)

// reader goes through a recording once and fills a timeline's lists.
type reader struct {
	tl       *Timeline
	src      Source
	typist   typist
	acted    time.Duration // last sign of the user
	touched  time.Duration // last touch
	contacts []contact     // in the order of their events
	metas    map[int]meta  // by stream: met, and waiting for their snapshot
	assets   map[int][]int // by stream: the events that brought them
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
		typist: typist{texts: map[int]string{}}, metas: map[int]meta{}, assets: map[int][]int{},
	}
	for i := range src.Len() {
		if err := r.event(i, src.Header(i)); err != nil {
			return fmt.Errorf("event %d: %w", i, err)
		}
	}
	for _, stream := range slices.Sorted(maps.Keys(r.metas)) {
		m := r.metas[stream]
		r.apply(m.index, m.at, false)
		r.view(m.at, Size{float64(m.data.Width), float64(m.data.Height)})
	}
	if len(tl.views) == 0 { // no Meta can be read
		r.view(0, unsized)
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
			r.custom(e)
		}
	case session.FullSnapshot:
		return r.snapshot(i, h)
	case session.Incremental:
		return r.incremental(i, h)
	case session.Asset:
		r.asset(i, h.Stream)
	case session.DOMContentLoaded, session.Load, session.Plugin, session.Annotation:
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
	sized := false
	if m, ok := r.metas[h.Stream]; ok {
		at := min(m.at, shown)
		if sized = h.Time-m.at <= metaWait; sized {
			at = shown
		}
		r.apply(m.index, at, false)
		r.view(at, Size{float64(m.data.Width), float64(m.data.Height)})
		r.page(at, m.data.Href, title(e.Raw))
		delete(r.metas, h.Stream)
	}
	r.tl.snapshots = append(r.tl.snapshots, snapshot{at: shown, stream: h.Stream, sized: sized})
	r.apply(i, shown, true)
	for _, asset := range r.assets[h.Stream] {
		r.apply(asset, shown, false)
	}
	r.act(shown)
	r.typist = typist{texts: map[int]string{}}
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

func (r *reader) custom(e session.Event) {
	data, err := session.DecodeCustom(e)
	if err != nil {
		return
	}
	if href := address(data.Payload); href != "" && len(r.tl.pages) > 0 {
		r.page(e.Time, href, "")
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
		r.act(h.Time)
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
			r.interaction(e.Time, data)
		}
		r.apply(i, e.Time, false)
	case session.Scroll:
		if data, err := session.DecodeScroll(e); err == nil {
			r.tl.scrolls = append(r.tl.scrolls, scroll{at: e.Time, node: data.ID, x: data.X, y: data.Y})
		}
	case session.ViewportResize:
		if data, err := session.DecodeViewport(e); err == nil {
			r.view(e.Time, Size{float64(data.Width), float64(data.Height)})
		}
		r.apply(i, e.Time, false)
	case session.Input:
		if data, err := session.DecodeInput(e); err == nil {
			if s, ok := r.typist.typed(e.Time, data.ID, data.Text); ok {
				r.tl.strokes = append(r.tl.strokes, s)
			}
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

// view notes the size of a page; one without extent is no size.
func (r *reader) view(at time.Duration, size Size) {
	if size.Width <= 0 || size.Height <= 0 {
		size = unsized
		if n := len(r.tl.views); n > 0 {
			size = r.tl.views[n-1].Size
		}
	}
	size = Size{clampSide(size.Width), clampSide(size.Height)}
	r.tl.dues = append(r.tl.dues, due{at: at, kind: View})
	r.tl.views = append(r.tl.views, view{Size: size, at: at})
}

func (r *reader) page(at time.Duration, url, title string) {
	url = session.WithoutSecrets(url)
	if session.IsMask(title) {
		title = ""
	}
	if n := len(r.tl.pages); n > 0 && r.tl.pages[n-1].URL == url {
		return
	}
	r.tl.pages = append(r.tl.pages, Page{At: at, URL: url, Title: title})
}

// finish sorts what events bring out of order, links scroll positions to their
// next ones and adds to the due list what follows from the gestures.
func (r *reader) finish() {
	tl := r.tl
	byTime := func(a, b Sample) int { return int(a.At - b.At) }
	slices.SortStableFunc(tl.pointer, byTime)
	slices.SortStableFunc(tl.views, func(a, b view) int { return int(a.at - b.at) })
	slices.SortStableFunc(tl.pages, func(a, b Page) int { return int(a.At - b.At) })
	tl.touches = fingers(r.contacts)
	slices.Sort(tl.activity)

	pageOf := func(t time.Duration) int {
		return sort.Search(len(tl.snapshots), func(i int) bool { return tl.snapshots[i].at > t })
	}
	type place struct{ page, node int }
	last := map[place]int{}
	for i, s := range tl.scrolls {
		key := place{pageOf(s.at), s.node}
		if prev, ok := last[key]; ok {
			tl.scrolls[prev].next = i
		}
		last[key] = i
		tl.dues = append(tl.dues, due{at: s.at, index: int32(i), kind: Scroll})
	}
	entered := place{-1, -1}
	for i, s := range tl.pointer {
		if at := (place{pageOf(s.At), s.Node}); at != entered {
			entered = at
			tl.dues = append(tl.dues, due{at: s.At, index: int32(i), kind: Hover})
		}
	}
	slices.SortStableFunc(tl.dues, func(a, b due) int { return int(a.at - b.at) })
}
