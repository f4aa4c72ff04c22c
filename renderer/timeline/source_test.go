package timeline

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/reelay/reelay/session"
)

const ms = time.Millisecond

// memory is a recording in memory.
type memory []session.Event

func (m memory) Len() int                          { return len(m) }
func (m memory) Header(i int) session.Header       { return m[i].Header }
func (m memory) Load(i int) (session.Event, error) { return m[i], nil }

// event is one of stream 0, as a Source loads it.
func event(at time.Duration, typ session.EventType, data string) session.Event {
	e := session.Event{
		Header: session.Header{Time: at, Type: typ, Source: session.NoSource},
		Raw:    fmt.Appendf(nil, `{"type":%d,"data":%s,"timestamp":%d}`, typ, data, at.Milliseconds()),
	}
	var told struct {
		Source session.Source `json:"source"`
	}
	if typ == session.Incremental && json.Unmarshal([]byte(data), &told) == nil {
		e.Source = told.Source
	}
	return e
}

// in moves events to a stream.
func in(stream int, events ...session.Event) []session.Event {
	for i := range events {
		events[i].Stream = stream
	}
	return events
}

func metaAt(at time.Duration, url string, width, height int) session.Event {
	return event(at, session.Meta, fmt.Sprintf(`{"href":%q,"width":%d,"height":%d}`, url, width, height))
}

func fullAt(at time.Duration, title string) session.Event {
	text, _ := jsontext.AppendQuote(nil, title)
	return event(at, session.FullSnapshot, fmt.Sprintf(`{"node":{"type":0,"childNodes":[{"type":2,"tagName":"title","attributes":{},"childNodes":[{"type":3,"textContent":%s,"id":3}],"id":2}],"id":1}}`, text))
}

// page loads a page of 800 by 600.
func page(at time.Duration, url string) []session.Event {
	return []session.Event{metaAt(at, url, 800, 600), fullAt(at, "")}
}

func incremental(at time.Duration, source session.Source, members string) session.Event {
	return event(at, session.Incremental, fmt.Sprintf(`{"source":%d,%s}`, source, members))
}

func mutation(at time.Duration) session.Event {
	return incremental(at, session.Mutation, `"adds":[],"removes":[],"texts":[],"attributes":[]`)
}

// positions are samples of one node: x, y and offset in ms each.
func positions(at time.Duration, source session.Source, node int, samples ...[3]int) session.Event {
	list := make([]string, len(samples))
	for i, s := range samples {
		list[i] = fmt.Sprintf(`{"id":%d,"x":%d,"y":%d,"timeOffset":%d}`, node, s[0], s[1], s[2])
	}
	return incremental(at, source, `"positions":[`+joined(list)+`]`)
}

func joined(list []string) string {
	text := ""
	for i, s := range list {
		if i > 0 {
			text += ","
		}
		text += s
	}
	return text
}

func move(at time.Duration, node, x, y int) session.Event {
	return positions(at, session.MouseMove, node, [3]int{x, y, 0})
}

func interact(at time.Duration, kind session.InteractionType, x, y int) session.Event {
	return incremental(at, session.MouseInteraction, fmt.Sprintf(`"type":%d,"id":5,"x":%d,"y":%d`, kind, x, y))
}

func scrolled(at time.Duration, node, x, y int) session.Event {
	return incremental(at, session.Scroll, fmt.Sprintf(`"id":%d,"x":%d,"y":%d`, node, x, y))
}

func resize(at time.Duration, width, height int) session.Event {
	return incremental(at, session.ViewportResize, fmt.Sprintf(`"width":%d,"height":%d`, width, height))
}

func typed(at time.Duration, node int, text string) session.Event {
	quoted, _ := jsontext.AppendQuote(nil, text)
	return incremental(at, session.Input, fmt.Sprintf(`"id":%d,"text":%s,"isChecked":false`, node, quoted))
}

// end makes a recording last until at.
func end(at time.Duration) session.Event { return event(at, session.Custom, `{"tag":"end"}`) }

// visit puts events after a page load at 0, in order.
func visit(events ...session.Event) memory {
	return sorted(append(page(0, "https://a.example/"), events...))
}

func sorted(events []session.Event) memory {
	slices.SortStableFunc(events, func(a, b session.Event) int { return int(a.Time - b.Time) })
	return events
}

// plain is real time without cuts.
func plain() Options { return Options{Speed: 1, FPS: 30} }

func build(t *testing.T, src Source, o Options) *Timeline {
	t.Helper()
	tl, err := Build(src, o)
	if err != nil {
		t.Fatal(err)
	}
	return tl
}

// dueBetween is Due without the positions between two recorded ones.
func dueBetween(tl *Timeline, from, to time.Duration) []Due {
	list := tl.Due(from, to)
	return list[:len(list)-len(tl.Scrolling(to))]
}
