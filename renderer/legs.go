package renderer

import "github.com/reelay/reelay/renderer/timeline"

// leg is a part of a clip that is shot in one go, from the same state on
// whoever shoots it. What Chrome draws depends, in the last bits, on what it
// drew before: on how pages were split into layers, and those into tiles. So a
// clip is only ever taken up at the first tick of a leg, after a failure as
// well as by another worker, and its bytes don't depend on either.
type leg struct {
	span

	cold bool // begins on a fresh Chrome; else the page is rebuilt just then
}

// coldAfter is how many busy ticks a page is shown for before a fresh Chrome
// goes on with it. Each further one comes twice as late, so that building the
// page anew never costs more than building it once.
const coldAfter = 1000

// legs divides a clip: where a page is built from nothing, and where one has
// been shown for long.
func legs(tl *timeline.Timeline) []leg {
	list := []leg{{cold: true}}
	busy, limit := 0, coldAfter
	for tick := range tl.Ticks() {
		switch {
		case tick > 0 && tl.Rebuilds(tick):
			list = append(list, leg{span: span{first: tick}})
			busy, limit = 0, coldAfter
		case busy >= limit:
			list = append(list, leg{span: span{first: tick}, cold: true})
			limit *= 2
		}
		if tl.Busy(tick) {
			busy++
		}
	}
	for i := range list {
		list[i].end = tl.Ticks()
		if i+1 < len(list) {
			list[i].end = list[i+1].first
		}
	}
	return list
}

// worthStarting is how many busy ticks take one Chrome several times as long as
// another takes to start.
const worthStarting = 200

// worthwhile is how many Chromes make a clip sooner than fewer would, on a machine
// with a core for each.
func worthwhile(tl *timeline.Timeline) int {
	busy := 0
	for tick := range tl.Ticks() {
		if tl.Busy(tick) {
			busy++
		}
	}
	return 1 + busy/worthStarting
}

// share deals legs out, in order, to at most n Chromes, so that all have about
// the same number of busy ticks.
func share(tl *timeline.Timeline, legs []leg, n int) [][]leg {
	busy := make([]int, len(legs)+1) // before each leg
	for i, l := range legs {
		busy[i+1] = busy[i]
		for tick := l.first; tick < l.end; tick++ {
			if tl.Busy(tick) {
				busy[i+1]++
			}
		}
	}
	total := busy[len(legs)]
	var shares [][]leg
	first := 0
	for i := 1; i < n && first < len(legs); i++ {
		last := first + 1
		for last < len(legs) && 2*total*i >= n*(busy[last]+busy[last+1]) {
			last++ // the next joint is nearer to an equal share
		}
		if last == len(legs) {
			break
		}
		shares = append(shares, legs[first:last])
		first = last
	}
	return append(shares, legs[first:])
}
