package recorder

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
)

// Limits of what a script may send, in bytes.
const (
	maxMessage = 4 << 20   // one message
	maxEvent   = 32 << 20  // one event that came in parts
	maxParts   = 256 << 20 // of all events that are coming in parts
	maxSession = 256 << 20 // one session
)

// maxLines is how many events a message may hold: the script's hold some
// thousands of the shortest.
const maxLines = 10_000

// kind is what a message says.
type kind string

// The kinds that the script sends.
const (
	kindHello  kind = "hello"  // first on a connection: which stream this is
	kindEvents kind = "events" // a run of events, one per line
	kindPart   kind = "part"   // a piece of an event that is too long for a message
	kindGap    kind = "gap"    // events that the script had to drop
	kindBye    kind = "bye"    // the page is gone; nothing follows
)

// The kinds that the recorder answers with.
const (
	kindReady kind = "ready" // go on with event seq
	kindAck   kind = "ack"   // every event before seq is on the disk
	kindHold  kind = "hold"  // not now: keep what you have and come back
	kindStop  kind = "stop"  // nothing more of this session, or page, is taken
	kindOver  kind = "over"  // the session has ended: go on in another
)

// frame is one message: a header, which is a line of JSON, and the lines that
// follow it. Events are numbered from 0 within their stream.
type frame struct {
	header

	lines [][]byte
}

type header struct {
	Kind   kind    `json:"t"`
	Seq    uint64  `json:"seq"`              // of the first event
	Count  uint64  `json:"count,omitempty"`  // of a gap's events
	Piece  int     `json:"piece,omitempty"`  // number of a part, from 0
	Last   bool    `json:"last,omitempty"`   // a part that completes the event
	Reason string  `json:"reason,omitempty"` // of a gap
	Clock  float64 `json:"clock,omitempty"`  // the browser's, in milliseconds since 1970

	// Of a hello.
	Session string `json:"session,omitempty"`
	Tab     string `json:"tab,omitempty"`
	Page    string `json:"page,omitempty"`
	Level   Level  `json:"level,omitempty"` // that the page was opened at
}

// answer is a message to the script.
type answer struct {
	Kind kind   `json:"t"`
	Seq  uint64 `json:"seq"`
}

// maxSeq keeps sequence numbers exact in JavaScript.
const maxSeq = 1 << 53

// decodeFrame reads one message. The lines share its memory.
func decodeFrame(message []byte) (frame, error) {
	head, body, _ := bytes.Cut(message, []byte("\n"))
	var f frame
	if err := json.Unmarshal(head, &f.header); err != nil {
		return frame{}, fmt.Errorf("read frame: %w", err)
	}
	if f.Seq > maxSeq || f.Count > maxSeq-f.Seq {
		return frame{}, fmt.Errorf("read frame: sequence number %d is too high", f.Seq)
	}
	if math.Abs(f.Clock) > maxSeq {
		f.Clock = 0
	}
	if bytes.Count(body, []byte("\n")) >= maxLines {
		return frame{}, fmt.Errorf("read frame: there are more than %d lines", maxLines)
	}
	for len(body) > 0 {
		var line []byte
		line, body, _ = bytes.Cut(body, []byte("\n"))
		f.lines = append(f.lines, line)
	}
	return f, f.check()
}

// check tells whether the frame is complete for its kind.
func (f *frame) check() error {
	switch f.Kind {
	case kindHello:
		for _, id := range []string{f.Session, f.Tab, f.Page} {
			if !validID(id) {
				return fmt.Errorf("read hello: %q is not an id", id)
			}
		}
	case kindEvents:
		if len(f.lines) == 0 {
			return fmt.Errorf("read events: there are none")
		}
	case kindPart:
		if len(f.lines) != 1 {
			return fmt.Errorf("read part: %d lines", len(f.lines))
		}
	case kindGap:
		if f.Count == 0 {
			return fmt.Errorf("read gap: it is empty")
		}
	case kindBye:
	case kindReady, kindAck, kindHold, kindStop, kindOver:
		return fmt.Errorf("read frame: %q is an answer", f.Kind)
	default:
		return fmt.Errorf("read frame: unknown kind %q", f.Kind)
	}
	return nil
}

// validID accepts what the script makes: 16 to 64 characters of base64url.
func validID(id string) bool {
	if len(id) < 16 || len(id) > 64 {
		return false
	}
	for _, c := range []byte(id) {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}
