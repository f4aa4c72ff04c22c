package session

import (
	"fmt"
	"strconv"
	"time"
)

// Recording is a recording that was read: its events in the order of time,
// payloads on disk. Every stream has a Meta event and a full snapshot before
// anything changes its page.
// All methods but Close may be called at the same time.
type Recording struct {
	spool   *spool
	index   []entry // sorted by time
	streams []StreamInfo
	notes   []Note
}

// StreamInfo tells about one rrweb stream of a recording.
type StreamInfo struct {
	ID     int    // the number that Header.Stream carries
	Window string // the recorder's name for the window or tab; may be empty
}

// entry is what memory keeps of an event: 24 bytes.
type entry struct {
	offset int64 // of the data member in the spool
	micros int64 // Unix time in microseconds
	size   uint32
	stream uint16
	typ    uint8
	source int8
}

// Len is the number of events, at least two.
func (r *Recording) Len() int { return len(r.index) }

// Header returns the header of event i.
func (r *Recording) Header(i int) Header {
	e := r.index[i]
	return Header{
		Time:   time.Duration(e.micros-r.index[0].micros) * time.Microsecond,
		Type:   EventType(e.typ),
		Source: Source(e.source),
		Stream: int(e.stream),
	}
}

// Load reads event i from the spool. The caller owns the result.
func (r *Recording) Load(i int) (Event, error) {
	e := r.index[i]
	const fixed = len(`{"type":8,"data":,"timestamp":-1234567890123456.789}`)
	raw := make([]byte, 0, fixed+int(e.size))
	raw = append(raw, `{"type":`...)
	raw = strconv.AppendUint(raw, uint64(e.typ), 10)
	raw = append(raw, `,"data":`...)
	at := len(raw)
	raw = raw[:at+int(e.size)]
	if err := r.spool.read(raw[at:], e.offset); err != nil {
		return Event{}, fmt.Errorf("load event %d: %w", i, err)
	}
	raw = append(raw, `,"timestamp":`...)
	raw = append(appendMillis(raw, e.micros), '}')
	return Event{Header: r.Header(i), Raw: raw}, nil
}

// appendMillis writes microseconds as a JSON number of milliseconds.
func appendMillis(b []byte, micros int64) []byte {
	if micros%1000 == 0 {
		return strconv.AppendInt(b, micros/1000, 10)
	}
	return strconv.AppendFloat(b, float64(micros)/1000, 'f', -1, 64)
}

// Start is the wall clock of time 0, by the recorder's clock.
func (r *Recording) Start() time.Time { return time.UnixMicro(r.index[0].micros).UTC() }

// Duration is the time of the last event.
func (r *Recording) Duration() time.Duration { return r.Header(len(r.index) - 1).Time }

// Streams lists the streams by number.
func (r *Recording) Streams() []StreamInfo { return r.streams }

// Notes lists what was repaired or left out.
func (r *Recording) Notes() []Note { return r.notes }

// Close removes the spool. The recording can't be loaded from afterwards.
func (r *Recording) Close() error { return r.spool.close() }
