package renderer

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/reelay/reelay/renderer/timeline"
	"github.com/reelay/reelay/session"
)

// pages is a recording of pages, each shown for five seconds, in which as many
// ticks as said are busy.
func pages(busy ...int) []session.Event {
	var events []session.Event
	at := time.Duration(0)
	for i, n := range busy {
		events = append(events, opened(at, fmt.Sprintf("https://a.example/%d", i), "")...)
		for k := 1; k < n; k++ {
			events = append(events, mutated(at+time.Duration(k)*5*time.Second/time.Duration(n)))
		}
		at += 5 * time.Second
	}
	return append(events, mutated(at))
}

func TestLegs(t *testing.T) {
	for name, test := range map[string]struct {
		events []session.Event
		fps    int
		want   string
	}{
		"a page":       {pages(10), 10, "[{{0 50} true}]"},
		"three pages":  {pages(10, 20, 1), 10, "[{{0 50} true} {{50 100} false} {{100 150} false}]"},
		"a long page":  {pages(5000), 1000, "[{{0 1000} true} {{1000 2000} true} {{2000 4000} true} {{4000 5000} true}]"},
		"page by page": {pages(1500, 10), 300, "[{{0 1000} true} {{1000 1500} true} {{1500 3000} false}]"},
		"a tick":       {opened(0, "https://a.example/", ""), 10, "[{{0 1} true}]"},
	} {
		t.Run(name, func(t *testing.T) {
			tl := planned(t, timeline.Options{Speed: 1, FPS: test.fps}, test.events...)
			if got := fmt.Sprint(legs(tl)); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestShare(t *testing.T) {
	for name, test := range map[string]struct {
		busy []int
		n    int
		want []int // first ticks
	}{
		"one":                {[]int{10, 10, 10, 10}, 1, []int{0}},
		"none asked for":     {[]int{10, 10}, 0, []int{0}},
		"halves":             {[]int{10, 10, 10, 10}, 2, []int{0, 100}},
		"by what is to do":   {[]int{40, 10, 10, 10}, 2, []int{0, 50}},
		"the nearest":        {[]int{10, 40, 10, 10, 10}, 2, []int{0, 100}},
		"more than legs":     {[]int{10, 10}, 8, []int{0, 50}},
		"one page too large": {[]int{1, 40, 1}, 3, []int{0, 50, 100}},
	} {
		t.Run(name, func(t *testing.T) {
			tl := planned(t, timeline.Options{Speed: 1, FPS: 10}, pages(test.busy...)...)
			var got []int
			for _, legs := range share(tl, legs(tl), test.n) {
				got = append(got, legs[0].first)
			}
			if fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		busy := make([]int, 1+r.IntN(9))
		for i := range busy {
			busy[i] = 1 + r.IntN(30)
		}
		tl := planned(t, timeline.Options{Speed: 1, FPS: 1 + r.IntN(30)}, pages(busy...)...)
		n, next := r.IntN(9), 0
		shares := share(tl, legs(tl), n)
		for _, legs := range shares {
			for _, l := range legs {
				if l.first != next || l.end <= l.first {
					t.Fatalf("%v: a leg begins at %d", shares, l.first)
				}
				next = l.end
			}
		}
		if next != tl.Ticks() || len(shares) > max(1, n) {
			t.Fatalf("%d shares of %d ticks: %v", n, tl.Ticks(), shares)
		}
	}
}
