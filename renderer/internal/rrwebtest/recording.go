// Package rrwebtest writes rrweb recordings by hand, for tests that need to know
// every pixel of what they render.
package rrwebtest

import (
	"encoding/json"
	"strconv"
	"testing"
	"time"
)

// epoch is when every recording begins, in ms since 1970.
const epoch = 1_700_000_000_000

// Recording is a recording under construction. Times are since its beginning;
// nodes are named by their id attribute.
type Recording struct {
	t      *testing.T
	events []event
	doc    document
}

type event struct {
	Type      int   `json:"type"`
	Data      any   `json:"data"`
	Timestamp int64 `json:"timestamp"`
}

// object is a JSON object.
type object = map[string]any

// New begins a recording.
func New(t *testing.T) *Recording {
	t.Helper()
	return &Recording{t: t}
}

// JSON is the recording as a JSON array of events.
func (r *Recording) JSON() []byte {
	r.t.Helper()
	data, err := json.Marshal(r.events)
	if err != nil {
		r.t.Fatalf("encode recording: %v", err)
	}
	return data
}

// Tabs is a recording of several tabs that were open at once, as JSON.
func Tabs(t *testing.T, tabs ...*Recording) []byte {
	t.Helper()
	byWindow := object{}
	for i, r := range tabs {
		byWindow[strconv.Itoa(i)] = json.RawMessage(r.JSON())
	}
	data, err := json.Marshal(object{"snapshots": byWindow})
	if err != nil {
		t.Fatalf("encode recording: %v", err)
	}
	return data
}

func (r *Recording) add(at time.Duration, kind int, data any) {
	r.events = append(r.events, event{Type: kind, Data: data, Timestamp: epoch + at.Milliseconds()})
}

// incremental adds an IncrementalSnapshot of a source.
func (r *Recording) incremental(at time.Duration, source int, data object) {
	data["source"] = source
	r.add(at, 3, data)
}

// Page loads a page: its Meta and its full snapshot.
func (r *Recording) Page(at time.Duration, url string, width, height int, html string) {
	r.t.Helper()
	r.PageLater(at, at, url, width, height, html)
}

// PageLater loads a page whose full snapshot comes later than its Meta, after
// the events of a document's loading.
func (r *Recording) PageLater(meta, at time.Duration, url string, width, height int, html string) {
	r.t.Helper()
	r.doc = parse(r.t, html)
	if meta < at {
		r.add(meta, 0, object{})
		r.add(meta, 1, object{})
	}
	r.add(meta, 4, object{"href": url, "width": width, "height": height})
	r.add(at, 2, object{"node": r.doc.root, "initialOffset": object{"left": 0, "top": r.doc.top}})
	for _, frame := range r.doc.frames {
		r.mutation(at, object{"adds": []object{frame}, "isAttachIframe": true})
	}
}

// Quirks makes the page that was loaded last one without a doctype.
func (r *Recording) Quirks() { r.doc.root["compatMode"] = "BackCompat" }

// End adds an event that changes nothing, so that the recording lasts until at.
func (r *Recording) End(at time.Duration) { r.add(at, 5, object{"tag": "end", "payload": object{}}) }

// Custom adds an event with a tag of its own.
func (r *Recording) Custom(at time.Duration, tag string, payload map[string]any) {
	r.add(at, 5, object{"tag": tag, "payload": payload})
}

// Asset adds what a recorder captured of an address beside the document.
func (r *Recording) Asset(at time.Duration, url string, payload map[string]any) {
	r.add(at, 7, object{"url": url, "payload": payload})
}

// Node is the rrweb id of the element with an id attribute.
func (r *Recording) Node(id string) int {
	r.t.Helper()
	n, ok := r.doc.ids[id]
	if !ok {
		r.t.Fatalf("no element has the id %q", id)
	}
	return n
}

// Attribute sets an attribute.
func (r *Recording) Attribute(at time.Duration, id, name, value string) {
	r.t.Helper()
	r.mutation(at, object{"attributes": []object{{"id": r.Node(id), "attributes": object{name: value}}}})
}

// Append adds HTML as the last children of an element.
func (r *Recording) Append(at time.Duration, id, html string) {
	r.t.Helper()
	var adds []object
	for _, n := range r.doc.fragment(r.t, html) {
		adds = append(adds, object{"parentId": r.Node(id), "nextId": nil, "node": n})
	}
	r.mutation(at, object{"adds": adds})
}

// Remove takes an element away.
func (r *Recording) Remove(at time.Duration, parent, id string) {
	r.t.Helper()
	r.mutation(at, object{"removes": []object{{"parentId": r.Node(parent), "id": r.Node(id)}}})
}

func (r *Recording) mutation(at time.Duration, data object) {
	for _, list := range []string{"adds", "removes", "texts", "attributes"} {
		if data[list] == nil {
			data[list] = []object{}
		}
	}
	r.incremental(at, 0, data)
}

// Move puts the pointer over an element.
func (r *Recording) Move(at time.Duration, id string, x, y int) {
	r.t.Helper()
	r.incremental(at, 1, object{"positions": []object{{"x": x, "y": y, "id": r.Node(id), "timeOffset": 0}}})
}

// Interact adds a mouse interaction of rrweb's type kind.
func (r *Recording) Interact(at time.Duration, kind int, id string, x, y int) {
	r.t.Helper()
	r.incremental(at, 2, object{"type": kind, "id": r.Node(id), "x": x, "y": y})
}

// Click moves the pointer to an element and clicks.
func (r *Recording) Click(at time.Duration, id string, x, y int) {
	r.t.Helper()
	r.Move(at-50*time.Millisecond, id, x, y)
	for _, kind := range []int{1, 0, 2} {
		r.Interact(at, kind, id, x, y)
	}
}

// Scroll scrolls an element, or the page if id is empty.
func (r *Recording) Scroll(at time.Duration, id string, x, y int) {
	r.t.Helper()
	node := 1
	if id != "" {
		node = r.Node(id)
	}
	r.incremental(at, 3, object{"id": node, "x": x, "y": y})
}

// Resize changes the viewport.
func (r *Recording) Resize(at time.Duration, width, height int) {
	r.incremental(at, 4, object{"width": width, "height": height})
}

// Type sets a field's text.
func (r *Recording) Type(at time.Duration, id, text string) {
	r.t.Helper()
	r.incremental(at, 5, object{"id": r.Node(id), "text": text, "isChecked": false})
}

// Source adds an event of any other incremental source; data may name nodes
// through Node.
func (r *Recording) Source(at time.Duration, source int, data map[string]any) {
	r.incremental(at, source, data)
}
