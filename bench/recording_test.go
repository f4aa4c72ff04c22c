package bench

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// recording is an rrweb recording under construction. Times are since its
// beginning.
type recording struct {
	events []event
	nodes  int // in the page
	notes  []int
}

type event struct {
	Type      int   `json:"type"`
	Data      any   `json:"data"`
	Timestamp int64 `json:"timestamp"`
}

// object is a JSON object.
type object = map[string]any

// rrweb's event types and sources (@rrweb/types, enums EventType and
// IncrementalSource).
const (
	typeFull        = 2
	typeIncremental = 3
	typeMeta        = 4

	sourceMutation = 0
	sourceMove     = 1
	sourceInteract = 2
	sourceScroll   = 3

	mouseDown = 1
	click     = 2
)

// epoch is when every recording begins, in ms since 1970.
const epoch = 1_700_000_000_000

func (r *recording) add(at time.Duration, kind int, data object) {
	r.events = append(r.events, event{Type: kind, Data: data, Timestamp: epoch + at.Milliseconds()})
}

func (r *recording) incremental(at time.Duration, source int, data object) {
	data["source"] = source
	r.add(at, typeIncremental, data)
}

// file writes the recording to a file.
func (r *recording) file(b *testing.B) string {
	b.Helper()
	data, err := json.Marshal(r.events)
	if err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(b.TempDir(), "recording.json")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}

const style = `
body { margin: 0; font: 14px sans-serif; background: #f4f5f7 }
header { position: sticky; top: 0; padding: 16px; background: #1d2b4f; color: #fff }
main { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px; padding: 12px }
section { padding: 12px; border-radius: 8px; background: #fff; box-shadow: 0 1px 4px #0003 }
h2 { margin: 0 0 8px; font-size: 16px }
p { margin: 0; color: #555 }`

// prose is what a card of the page says.
const prose = "Solid oak, oiled by hand, with drawers that close softly and a top that takes a lamp, two cups and a book."

// page loads a page of cards.
func (r *recording) page(at time.Duration, cards int) {
	r.nodes, r.notes = 0, nil
	grid := make([]object, cards)
	for i := range cards {
		note := r.text(prose)
		grid[i] = r.element("section", r.element("h2", r.text(fmt.Sprintf("Table %d", i))), r.element("p", note))
		r.notes = append(r.notes, note["id"].(int)) //nolint:forcetypeassert // text has set it.
	}
	css := r.text(style)
	css["isStyle"] = true
	html := r.element("html",
		r.element("head", r.element("style", css)),
		r.element("body", r.element("header", r.text("Tables")), r.element("main", grid...)))
	// rrweb counts the document as node 1, and scrolls it by that number.
	document := object{"type": 0, "id": 1, "childNodes": []object{{"type": 1, "id": 2, "name": "html", "publicId": "", "systemId": ""}, html}}
	r.add(at, typeMeta, object{"href": "https://tables.example/", "width": 1280, "height": 720})
	r.add(at, typeFull, object{"node": document, "initialOffset": object{"left": 0, "top": 0}})
}

// id numbers a node after the document and its type.
func (r *recording) id() int {
	r.nodes++
	return r.nodes + 2
}

func (r *recording) element(name string, children ...object) object {
	return object{"type": 2, "id": r.id(), "tagName": name, "attributes": object{}, "childNodes": children}
}

func (r *recording) text(content string) object {
	return object{"type": 3, "id": r.id(), "textContent": content}
}

// change gives a card's paragraph another text.
func (r *recording) change(at time.Duration, card int, content string) {
	r.incremental(at, sourceMutation, object{
		"texts":      []object{{"id": r.notes[card%len(r.notes)], "value": content}},
		"attributes": []object{}, "removes": []object{}, "adds": []object{},
	})
}

// between two reports of the pointer's way, as rrweb's recorder makes them, lie
// moveEvery; it looks where the pointer is every lookEvery.
const (
	moveEvery = 500 * time.Millisecond
	lookEvery = 50 * time.Millisecond
)

// move reports the pointer's way, round and round over the page, up to at.
func (r *recording) move(at time.Duration) {
	var positions []object
	for back := moveEvery - lookEvery; back >= 0; back -= lookEvery {
		turn := (at - back).Seconds() * 2
		positions = append(positions, object{
			"x": 640 + int(400*math.Cos(turn)), "y": 360 + int(200*math.Sin(turn)), "id": 1, "timeOffset": -back.Milliseconds(),
		})
	}
	r.incremental(at, sourceMove, object{"positions": positions})
}

// click presses and releases the mouse's button on the card that lies there.
func (r *recording) click(at time.Duration, x, y int) {
	for _, kind := range [...]int{mouseDown, click} {
		r.incremental(at, sourceInteract, object{"type": kind, "id": r.notes[0] - 1, "x": x, "y": y})
	}
}

// pointerOnly is a page over which the pointer moves all the time.
func pointerOnly(length time.Duration) *recording {
	r := &recording{}
	r.page(0, 24)
	for at := moveEvery; at <= length; at += moveEvery {
		r.move(at)
	}
	return r
}

// visit is a session of some minutes, each with a page load, ten seconds of
// work and a pause.
func visit(minutes int) *recording {
	r := &recording{}
	for minute := range minutes {
		start := time.Duration(minute) * time.Minute
		r.page(start, 300)
		for at := moveEvery; at <= 10*time.Second; at += moveEvery {
			r.move(start + at)
			r.incremental(start+at, sourceScroll, object{"id": 1, "x": 0, "y": int(at.Milliseconds() / 5)})
			for card := range 4 {
				r.change(start+at+time.Duration(card)*100*time.Millisecond, card+int(at/time.Second), fmt.Sprintf("%v: %s", at, prose))
			}
		}
		r.change(start+59*time.Second, 0, prose)
	}
	return r
}

// large is a recording of a page that holds still for its first second and of
// changes after that, with about the given bytes of JSON.
func large(size int) *recording {
	const (
		cards = 2000
		value = 1000 // bytes of a text
		event = 130  // bytes of JSON around it
	)
	r := &recording{}
	r.page(0, cards)
	page, err := json.Marshal(r.events)
	if err != nil {
		panic(err) // maps of strings and numbers always encode
	}
	text := strings.Repeat(prose, value/len(prose))
	for i := range (size - len(page)) / (event + len(text)) {
		r.change(time.Second+time.Duration(i)*20*time.Millisecond, i, text)
	}
	return r
}
