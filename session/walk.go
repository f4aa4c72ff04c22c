package session

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// walker looks for rrweb events in JSON text, whatever is around them: it
// follows every array and object that is not an event's data. One event is in
// memory at a time.
type walker struct {
	lim    limits
	out    *collector
	budget *int64 // bytes that may still be decoded

	dec      *jsontext.Decoder // of the part; strings in it have their own
	feed     *feed
	base     int64 // offset of dec's first byte in the text
	inflated bool  // the text is not the part's own bytes

	inflater inflater
	buf      []byte // raw data of the events being read, the innermost last
	canon    []byte // canonical data of the last event
}

// read reads the next value, bounded in size; it is valid until the next read or peek.
func (w *walker) read(dec *jsontext.Decoder) (jsontext.Value, error) {
	if dec == w.dec {
		w.feed.limit = dec.InputOffset() + w.lim.value
	}
	return dec.ReadValue()
}

// place says where in the part the walker is.
func (w *walker) place() place { return w.placeAt(w.base + w.dec.InputOffset()) }

func (w *walker) placeAt(offset int64) place { return place{offset, w.inflated} }

// value follows one value in which events may be. window names the stream of
// the events; depth counts what is around the value.
func (w *walker) value(dec *jsontext.Decoder, window string, depth int) error {
	if depth > w.lim.wraps {
		return dec.SkipValue()
	}
	switch dec.PeekKind() {
	case jsontext.KindBeginObject:
		return w.object(dec, window, depth, false)
	case jsontext.KindBeginArray:
		return w.array(dec, window, depth)
	case jsontext.KindString:
		v, err := w.read(dec)
		if err != nil {
			return err
		}
		_, err = w.text(v, window, depth)
		return err
	default:
		_, err := w.read(dec)
		return err
	}
}

// array follows a list: of events, of lists, of strings that hold events; or
// a pair of a window's name and an event.
func (w *walker) array(dec *jsontext.Decoder, window string, depth int) error {
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for i := 0; ; i++ {
		switch dec.PeekKind() {
		case jsontext.KindEndArray:
			_, err := dec.ReadToken()
			return err
		case jsontext.KindString:
			v, err := w.read(dec)
			if err != nil {
				return err
			}
			name, short := "", false
			if i == 0 {
				name, short = windowName(v)
			}
			isEvents, err := w.text(v, window, depth+1)
			if err != nil {
				return err
			}
			if short && !isEvents {
				window = name
			}
		default:
			if err := w.value(dec, window, depth+1); err != nil {
				return err
			}
		}
	}
}

// object follows an object, which is an event, or is around events. With
// byWindow its members are the events of the windows they are named after.
func (w *walker) object(dec *jsontext.Decoder, window string, depth int, byWindow bool) error {
	start := len(w.buf)
	c := candidate{window: window, typ: -1, start: start, end: start, first: len(w.out.index)}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != jsontext.KindEndObject {
		name, err := w.read(dec)
		if err != nil {
			return err
		}
		if err := w.member(dec, &c, name, depth, byWindow); err != nil {
			return err
		}
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	err := w.finish(&c, window, depth)
	w.buf = w.buf[:start]
	return err
}

// member reads one member of an object that may be an event.
func (w *walker) member(dec *jsontext.Decoder, c *candidate, name jsontext.Value, depth int, byWindow bool) error {
	switch string(name) {
	case `"type"`:
		v, err := w.read(dec)
		c.typ = integer(v)
		return err
	case `"timestamp"`:
		v, err := w.read(dec)
		c.millis, c.timed = number(v)
		return err
	case `"windowId"`, `"window_id"`, `"$window_id"`:
		v, err := w.read(dec)
		if id, ok := windowName(v); ok && !c.tab {
			c.window = id
		}
		return err
	case `"tabId"`, `"tab_id"`:
		v, err := w.read(dec)
		if id, ok := windowName(v); ok {
			c.window, c.tab = id, true // of a window's tabs each is a stream
		}
		return err
	case `"data"`:
		return w.data(dec, c, depth)
	case `"snapshots"`, `"snapshot_data_by_window_id"`:
		return w.wrapped(dec, c.window, depth)
	}
	window := c.window
	if byWindow {
		if id, ok := windowName(name); ok {
			window = id
		}
	}
	return w.value(dec, window, depth+1)
}

// text follows a string that holds JSON text or packed events, and reports
// whether it does.
func (w *walker) text(quotedText jsontext.Value, window string, depth int) (bool, error) {
	if depth > w.lim.wraps {
		return false, nil
	}
	text, err := w.unwrap(quotedText)
	if isDamaged(err) {
		w.out.note(NoteUndecodable, w.place())
		return true, nil
	}
	if err != nil || text == nil {
		return false, err
	}
	return true, w.document(text, window, depth)
}

// document follows JSON text that came out of a string. Text that breaks off
// is noted and does not end the read.
func (w *walker) document(text []byte, window string, depth int) error {
	dec := jsontext.NewDecoder(bytes.NewBuffer(text), lenient()...)
	start := len(w.buf)
	for {
		kind := dec.PeekKind()
		err := w.value(dec, window, depth+1)
		switch {
		case err == nil:
		case kind == jsontext.KindInvalid && errors.Is(err, io.EOF):
			return nil
		case isBroken(err):
			w.buf = w.buf[:start]
			if err := w.tooDeep(err); err != nil {
				return err
			}
			w.out.note(NoteUndecodable, w.place())
			return nil
		default:
			return err
		}
	}
}

// lenient lets through what JavaScript's parser does, to be made canonical later.
func lenient() []jsontext.Options {
	return []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}
}

// windowName is the window that a JSON string or number names.
func windowName(v jsontext.Value) (string, bool) {
	const longest = 128
	if len(v) > longest {
		return "", false
	}
	switch v.Kind() {
	case jsontext.KindNumber:
		return string(v), true
	case jsontext.KindString:
		name, err := jsontext.AppendUnquote(nil, v)
		return string(name), err == nil
	default:
		return "", false
	}
}

// integer is the small integer that a JSON number is, else -1.
func integer(v jsontext.Value) int {
	const most = 1 << 20
	f, ok := number(v)
	if !ok || v.Kind() != jsontext.KindNumber || f != float64(int(min(max(f, -1), most))) {
		return -1
	}
	return int(f)
}

// number is the value of a JSON number, or of a string that spells one; it
// may be infinite.
func number(v jsontext.Value) (float64, bool) {
	switch v.Kind() {
	case jsontext.KindString:
		v = v[1 : len(v)-1]
	case jsontext.KindNumber:
	default:
		return 0, false
	}
	f, err := strconv.ParseFloat(string(v), 64)
	return f, err == nil || math.IsInf(f, 0)
}
