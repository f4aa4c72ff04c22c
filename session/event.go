package session

import "time"

// EventType is rrweb's event type (@rrweb/types, enum EventType).
type EventType int

// The event types that rrweb defines.
const (
	DOMContentLoaded EventType = iota
	Load
	FullSnapshot
	Incremental
	Meta
	Custom
	Plugin
	Asset
	Annotation
)

// Source says what an Incremental event records (@rrweb/types, enum
// IncrementalSource). Events of other types carry NoSource.
type Source int

// The incremental sources that rrweb defines.
const (
	NoSource Source = iota - 1
	Mutation
	MouseMove
	MouseInteraction
	Scroll
	ViewportResize
	Input
	TouchMove
	MediaInteraction
	StyleSheetRule
	CanvasMutation
	Font
	Log
	Drag
	StyleDeclaration
	Selection
	AdoptedStyleSheet
	CustomElement
)

// Event is one rrweb event. Raw is the whole event as canonical JSON: one
// line, valid UTF-8, finite numbers, and a "timestamp" that agrees with Time.
type Event struct {
	Header

	Raw []byte
}

// Header is what the order and the meaning of an event rest on; a Recording
// keeps one in memory for each event and the payload on disk.
type Header struct {
	// Time is the time since the recording's first event, after sorting and
	// clamping; it never decreases from one event to the next.
	Time time.Duration

	Type   EventType
	Source Source

	// Stream numbers the rrweb streams (window or tab) of the recording from
	// 0, in the order of their first event. Node ids are unique in a stream only.
	Stream int
}
