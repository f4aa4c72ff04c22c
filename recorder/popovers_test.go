package recorder_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-rod/rod/lib/input"

	"github.com/reelay/reelay/recorder"
)

// TestPopovers checks that the recording tells which popovers are open, from the
// first picture on.
func TestPopovers(t *testing.T) {
	r := newRig(t, html(`<!doctype html><button popovertarget="menu">Menu</button><ul id="menu" popover><li>First</ul><div id="hint" popover="manual">Hint</div><details id="more"><summary>More</summary></details><script>hint.showPopover()</script>`), rigOptions{level: recorder.Open})
	page := openPage(t, browser(t), r.URL)
	id := r.session(t)
	told := func() (list []string) {
		names := map[float64]string{} // of nodes, by id
		for _, item := range r.items(t, id) {
			var e struct {
				Data struct {
					Node    any    `json:"node"`
					Tag     string `json:"tag"`
					Payload struct {
						ID   float64 `json:"id"`
						Open bool    `json:"open"`
					} `json:"payload"`
				} `json:"data"`
			}
			if err := json.Unmarshal(item.Event, &e); err != nil {
				continue
			}
			name(e.Data.Node, names)
			if e.Data.Tag == "reelay.popover" {
				list = append(list, fmt.Sprint(names[e.Data.Payload.ID], " ", e.Data.Payload.Open))
			}
		}
		return slices.Compact(list) // both a snapshot and an event may tell
	}
	expect := func(what string, want ...string) {
		t.Helper()
		eventually(t, what, func() bool { return len(told()) >= len(want) })
		if got := told(); !slices.Equal(got, want) {
			t.Errorf("%s: the recording tells of %q, not of %q", what, got, want)
		}
	}
	expect("the hint of the first picture", "hint true")
	page.MustElement("button").MustClick()
	page.MustWait(`() => document.querySelector('#menu').matches(':popover-open')`)
	page.MustElement("summary").MustClick() // closes the menu, and opens what is no popover
	expect("the menu", "hint true", "menu true", "menu false")
	page.MustElement("button").MustClick()
	expect("the menu again", "hint true", "menu true", "menu false", "menu true")
	page.Keyboard.MustType(input.Escape)
	expect("its end", "hint true", "menu true", "menu false", "menu true", "menu false")
}

// name notes the id attributes of a snapshot's elements by node id.
func name(node any, names map[float64]string) {
	n, ok := node.(map[string]any)
	if !ok {
		return
	}
	attributes, _ := n["attributes"].(map[string]any)
	number, _ := n["id"].(float64)
	if id, ok := attributes["id"].(string); ok {
		names[number] = id
	}
	children, _ := n["childNodes"].([]any)
	for _, child := range children {
		name(child, names)
	}
}
