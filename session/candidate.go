package session

import (
	"github.com/go-json-experiment/json/jsontext"
)

// candidate is an object that may turn out to be an event.
type candidate struct {
	window string
	tab    bool // window names a tab
	typ    int  // -1 until a type was read
	millis float64
	timed  bool

	start, end int       // of the raw data member in walker.buf
	shape      dataShape // what the data member is
	source     int       // of an object's data; -1 without one
	node       bool      // an object's data has a node
	damaged    bool      // a packed member can't be unpacked
	first      int       // number of events before the object
}

// dataShape tells kinds of data members apart.
type dataShape int

const (
	noData     dataShape = iota
	objectData           // an event's payload, or an event in a wrapper
	stringData           // either of them, packed
	listData             // a wrapper's: its events have been followed
)

// data reads the data member of an object: an event's payload goes to buf, a
// list of events is followed on the way.
func (w *walker) data(dec *jsontext.Decoder, c *candidate, depth int) error {
	w.buf = w.buf[:c.start]
	c.end, c.shape, c.source, c.node, c.damaged = c.start, noData, -1, false, false
	switch dec.PeekKind() {
	case jsontext.KindBeginObject:
		return w.dataObject(dec, c, depth)
	case jsontext.KindBeginArray:
		c.shape = listData
		return w.value(dec, c.window, depth+1)
	case jsontext.KindString:
		v, err := w.read(dec)
		if err != nil {
			return err
		}
		w.buf = append(w.buf, v...)
		c.end, c.shape = len(w.buf), stringData
		return nil
	default:
		_, err := w.read(dec)
		return err
	}
}

// dataObject copies an object to buf member by member, so that the events of
// a wrapper need not fit in memory.
func (w *walker) dataObject(dec *jsontext.Decoder, c *candidate, depth int) error {
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	c.shape = objectData
	w.buf = append(w.buf, '{')
	for dec.PeekKind() != jsontext.KindEndObject {
		name, err := w.read(dec)
		if err != nil {
			return err
		}
		member := string(name)
		kind := dec.PeekKind()
		if holdsEvents(member, kind) {
			c.shape = listData
			if err := w.wrapped(dec, c.window, depth); err != nil {
				return err
			}
			continue
		}
		v, err := w.read(dec)
		if err != nil {
			return err
		}
		if v, err = w.field(c, member, v); err != nil {
			return err
		}
		if len(w.buf) > c.start+1 {
			w.buf = append(w.buf, ',')
		}
		w.buf = append(append(w.buf, member...), ':')
		w.buf = append(w.buf, v...)
		if int64(len(w.buf)) > w.lim.value {
			return errOversize
		}
	}
	w.buf = append(w.buf, '}')
	c.end = len(w.buf)
	_, err := dec.ReadToken()
	return err
}

// field notes what a member tells of an event, and unpacks it if it is packed.
func (w *walker) field(c *candidate, name string, v jsontext.Value) (jsontext.Value, error) {
	switch name {
	case `"source"`:
		c.source = integer(v)
	case `"node"`:
		c.node = v.Kind() == jsontext.KindBeginObject
	}
	if v.Kind() != jsontext.KindString {
		return v, nil
	}
	text, err := w.unpack(v)
	switch {
	case isDamaged(err):
		c.damaged = true
		return v, nil
	case err != nil || text == nil:
		return v, err
	}
	return text, nil
}

// wrapped follows a list of events, or an object of lists by window.
func (w *walker) wrapped(dec *jsontext.Decoder, window string, depth int) error {
	if depth < w.lim.wraps && dec.PeekKind() == jsontext.KindBeginObject {
		return w.object(dec, window, depth+1, true)
	}
	return w.value(dec, window, depth+1)
}

// holdsEvents tells the lists of wrappers that have their events under data
// from the lists of rrweb's payloads.
func holdsEvents(name string, kind jsontext.Kind) bool {
	switch name {
	case `"snapshots"`, `"snapshot_data_by_window_id"`:
		return kind == jsontext.KindBeginArray || kind == jsontext.KindBeginObject
	case `"events"`, `"rrwebEvents"`, `"rrweb_events"`, `"data"`, `"result"`, `"results"`, `"recording"`:
		return kind == jsontext.KindBeginArray
	}
	return false
}

// finish decides what an object was, now that all of it was read.
func (w *walker) finish(c *candidate, outer string, depth int) error {
	if err := w.out.relabel(c.first, outer, c.window, w.place()); err != nil {
		return err
	}
	data := w.buf[c.start:c.end]
	seen := w.out.seen
	switch {
	case c.shape == listData:
		return nil
	case c.typ >= 0 && c.timed && (c.shape != noData || isBare(EventType(c.typ))):
		return w.event(c, data)
	case c.shape == objectData:
		err := w.document(data, c.window, depth)
		if err != nil || w.out.seen > seen {
			return err
		}
	case c.shape == stringData:
		isEvents, err := w.text(data, c.window, depth+1)
		if err != nil || isEvents {
			return err
		}
	}
	if c.typ >= 0 && (c.timed || c.shape != noData) {
		w.out.seen++
		w.out.note(NoteUndecodable, w.place()) // half an event
	}
	return nil
}
