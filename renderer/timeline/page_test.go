package timeline

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/reelay/reelay/session"
)

func TestPages(t *testing.T) {
	tl := build(t, sorted([]session.Event{
		metaAt(0, "https://a.example/", 800, 600), fullAt(10*ms, "Home"),
		metaAt(2*time.Second, "https://a.example/", 800, 600), fullAt(2*time.Second, "Home"), // a snapshot of the same page
		event(3*time.Second, session.Custom, `{"tag":"$pageview","payload":{"href":"https://a.example/list"}}`),
		event(4*time.Second, session.Custom, `{"tag":"other","payload":{"href":7}}`),
		event(4*time.Second, session.Custom, `{"tag":"other","payload":"https://a.example/no"}`),
		event(4*time.Second, session.Custom, `{"tag":"other"}`),
		event(4*time.Second, session.Custom, `{"tag":"link-click","payload":{"href":"https://a.example/pricing"}}`),
		event(4*time.Second, session.Custom, `{"tag":"page-link","payload":{"href":"/pricing"}}`),
		metaAt(5*time.Second, "https://b.example/", 400, 300), fullAt(5100*ms, " Shop\n"),
		end(8 * time.Second),
	}), plain())
	want := []Page{{0, "https://a.example/", "Home"}, {3 * time.Second, "https://a.example/list", ""}, {5100 * ms, "https://b.example/", "Shop"}}
	pages := tl.Pages()
	if len(pages) != len(want) {
		t.Fatalf("pages %v, want %v", pages, want)
	}
	for i, p := range pages {
		if p != want[i] {
			t.Errorf("page %d is %v, want %v", i+1, p, want[i])
		}
	}
	for at, p := range map[time.Duration]Page{-1: {}, 0: want[0], 2500 * ms: want[0], 3 * time.Second: want[1], 5100*ms - 1: want[1], time.Hour: want[2]} {
		if got := tl.PageAt(at); got != p {
			t.Errorf("at %v the page is %v", at, got)
		}
	}
	for at, end := range map[time.Duration]time.Duration{-1: 0, time.Second: 3 * time.Second, 4 * time.Second: 5100 * ms, 6 * time.Second: 8 * time.Second} {
		if got := tl.PageEnd(at); got != end {
			t.Errorf("the page at %v ends at %v, not %v", at, got, end)
		}
	}
}

// TestPagesOfSlowTab: a tab whose snapshot takes long is in view, in its size,
// from that snapshot on.
func TestPagesOfSlowTab(t *testing.T) {
	events := append(page(0, "https://a.example/"), in(1, metaAt(5*time.Second, "https://slow.example/", 400, 300), fullAt(20*time.Second, ""))...)
	events = append(events, metaAt(10*time.Second, "https://b.example/", 600, 500), fullAt(10*time.Second, ""), end(30*time.Second))
	tl := build(t, sorted(events), plain())
	for at, want := range map[time.Duration]struct {
		url  string
		size Size
	}{
		6 * time.Second:  {"https://a.example/", Size{800, 600}},
		12 * time.Second: {"https://b.example/", Size{600, 500}},
		25 * time.Second: {"https://slow.example/", Size{400, 300}},
	} {
		if got := tl.PageAt(at).URL; got != want.url {
			t.Errorf("at %v the page is %s", at, got)
		}
		if got := tl.ViewAt(at); got != want.size {
			t.Errorf("at %v its size is %v", at, got)
		}
	}
	for _, d := range dueBetween(tl, -1, tl.Session) {
		if d.Kind == View && d.View != tl.ViewAt(d.At) {
			t.Errorf("due at %v is %v, not %v", d.At, d.View, tl.ViewAt(d.At))
		}
	}
}

// Addresses and titles of pages stand in clips: they keep no secrets, and a mask
// is no title.
func TestPagesKeepNoSecrets(t *testing.T) {
	tl := build(t, sorted([]session.Event{
		metaAt(0, "https://a.example/reset?token=s3cret&step=2", 800, 600), fullAt(0, "***** ****"),
		event(3*time.Second, session.Custom, `{"tag":"$pageview","payload":{"href":"https://a.example/in#access_token=s3cret"}}`),
		end(8 * time.Second),
	}), plain())
	want := []Page{{0, "https://a.example/reset?token=•••••&step=2", ""}, {3 * time.Second, "https://a.example/in#access_token=•••••", ""}}
	if pages := tl.Pages(); !slices.Equal(pages, want) {
		t.Errorf("pages %v, want %v", pages, want)
	}
}

func TestTitle(t *testing.T) {
	const before = `{"type":2,"data":{"node":{"childNodes":[{"type":2,"tagName":"meta","attributes":{"content":"tagName title"},"childNodes":[]},`
	for name, test := range map[string]struct{ raw, want string }{
		"none":            {before + `{}]}}}`, ""},
		"one":             {before + `{"type":2,"tagName":"title","attributes":{},"childNodes":[{"type":3,"textContent":"Shop","id":6}],"id":5},{"type":3,"textContent":"x"}]}}}`, "Shop"},
		"escaped":         {before + `{"tagName":"title","attributes":{"lang":"\"}"},"childNodes":[{"textContent":" \"A\" \u0026 \u00fc\n"}],"id":5}]}}}`, `"A" & ü`},
		"of lines":        {before + `{"tagName":"title","childNodes":[{"textContent":"\n  Shop\n\n  | Cart"}]}]}}}`, "Shop | Cart"},
		"text first":      {before + `{"tagName":"title","childNodes":[{"id":6,"textContent":"Shop"}]}]}}}`, "Shop"},
		"empty":           {before + `{"type":2,"tagName":"title","attributes":{},"childNodes":[],"id":5},{"tagName":"style","childNodes":[{"textContent":"body{margin:0}"}]}]}}}`, ""},
		"broken off":      {before + `{"type":2,"tagName":"title","attributes":{},"childNodes":[{"type":3,"textCont`, ""},
		"not text":        {before + `{"tagName":"title","childNodes":[{"textContent":{"a":1}}]}]}}}`, ""},
		"children missed": {before + `{"tagName":"title","childNodes":null},{"textContent":"x"}]}}}`, ""},
		"huge":            {before + `{"tagName":"title","childNodes":[{"textContent":"` + strings.Repeat("a", 1<<20) + `"}]}]}}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := title([]byte(test.raw)); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
