package timeline

import (
	"cmp"
	"slices"
	"sort"
	"time"
)

// finish sorts what events bring out of order, leaves out what is not in view
// and adds to the due list what follows from the gestures.
func (r *reader) finish() {
	tl := r.tl
	shows, first, last := decide(r.claims)
	tl.shows = shows
	r.look()

	sample := func(s Sample) (time.Duration, int) { return s.At, s.stream }
	tl.pointer = onlySeen(tl, tl.pointer, sample)
	tl.clicks = onlySeen(tl, tl.clicks, func(c Click) (time.Duration, int) { return sample(c.Sample) })
	tl.strokes = onlySeen(tl, tl.strokes, func(s Stroke) (time.Duration, int) { return s.At, s.stream })
	tl.touches = fingers(onlySeen(tl, r.contacts, func(c contact) (time.Duration, int) { return sample(c.Sample) }))
	slices.SortStableFunc(tl.pointer, func(a, b Sample) int { return cmp.Compare(a.At, b.At) })
	slices.SortStableFunc(tl.motions, func(a, b motion) int { return cmp.Compare(a.at, b.at) })
	slices.Sort(tl.activity)

	tl.dues = slices.Concat(first, tl.dues, last)
	for _, v := range tl.views {
		tl.dues = append(tl.dues, due{at: v.at, kind: View})
	}
	for i, s := range tl.scrolls {
		tl.dues = append(tl.dues, due{at: s.at, index: int32(i), kind: Scroll})
	}
	r.hover()
	slices.SortStableFunc(tl.dues, func(a, b due) int { return cmp.Compare(a.at, b.at) })
}

// look lists the sizes and addresses of what is in view.
func (r *reader) look() {
	for _, v := range seen(r.views, r.tl.shows) {
		r.tl.views = append(r.tl.views, view{Size: v.what, at: v.at})
	}
	if len(r.tl.views) == 0 { // no Meta can be read
		r.tl.views = []view{{Size: unsized}}
	}
	for _, p := range seen(r.pages, r.tl.shows) {
		if n := len(r.tl.pages); n > 0 && r.tl.pages[n-1].URL == p.what.URL {
			continue
		}
		p.what.At = p.at
		r.tl.pages = append(r.tl.pages, p.what)
	}
}

// hover notes when the pointer enters another node; and that it is still over
// its node when a page is built once more.
func (r *reader) hover() {
	tl := r.tl
	add := func(at time.Duration, sample int) {
		tl.dues = append(tl.dues, due{at: at, index: int32(sample), kind: Hover}) //nolint:gosec // as in apply.
	}
	type place struct{ page, stream, node int }
	entered := place{-1, -1, -1}
	for i, s := range tl.pointer {
		page := sort.Search(len(tl.snapshots), func(i int) bool { return tl.snapshots[i].at > s.At })
		if at := (place{page, s.stream, s.Node}); at != entered {
			entered = at
			add(s.At, i)
		}
	}
	for _, s := range tl.snapshots {
		i := sort.Search(len(tl.pointer), func(i int) bool { return tl.pointer[i].At > s.at }) - 1
		if s.opened == s.at || i < 0 || tl.inView(s.at) != s.stream {
			continue
		}
		if p := tl.pointer[i]; p.stream == s.stream && p.At >= s.opened && !p.Hidden {
			add(s.at, i)
		}
	}
}
