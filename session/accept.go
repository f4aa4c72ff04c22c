package session

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// event makes an event's data canonical and keeps it, or notes why it can't be kept.
func (w *walker) event(c *candidate, data []byte) error {
	w.out.seen++
	if c.shape == stringData {
		var err error
		if data, err = w.unpackData(c, data); err != nil {
			return err
		}
	}
	typ, source := EventType(c.typ), NoSource
	if typ == Incremental {
		source = Source(c.source)
	}
	if c.shape != objectData && isBare(typ) {
		data, c.shape = []byte(`{}`), objectData
	}
	switch {
	case typ > Annotation, source > CustomElement:
		w.out.note(NoteUnknown, w.place())
		return nil
	case c.shape != objectData, c.damaged,
		typ == FullSnapshot && !c.node,
		typ == Incremental && source == NoSource:
		w.out.note(NoteUndecodable, w.place())
		return nil
	}
	canon, err := appendCanonical(w.canon[:0], data)
	if err != nil {
		w.out.note(NoteUndecodable, w.place())
		return nil //nolint:nilerr // the event is left out and noted
	}
	w.canon = canon
	if typ == Custom && bytes.HasPrefix(canon, []byte(`{"tag":"reelay.gap"`)) {
		w.out.note(NoteLost, w.place())
	}
	if err := w.measure(canon); err != nil {
		return err
	}
	return w.out.add(found{typ: typ, source: source, millis: c.millis, window: c.window, data: canon}, w.place())
}

// isBare reports whether events of a type need no data.
func isBare(typ EventType) bool { return typ == DOMContentLoaded || typ == Load }

// unpackData puts the object that is packed in an event's data in its place.
// Without one the data is left a string.
func (w *walker) unpackData(c *candidate, data []byte) ([]byte, error) {
	text, err := w.unpack(data)
	if isDamaged(err) {
		return data, nil
	}
	if err != nil || text == nil {
		return data, err
	}
	dec := jsontext.NewDecoder(bytes.NewBuffer(text), lenient()...)
	if dec.PeekKind() != jsontext.KindBeginObject {
		return data, nil
	}
	c.start = len(w.buf)
	err = w.dataObject(dec, c, w.lim.wraps)
	return w.buf[c.start:c.end], err
}

// appendCanonical appends JSON that every parser reads alike: no duplicate
// names, no lone surrogates, no blanks, finite numbers as JavaScript writes
// them. It refuses what can't be made so.
func appendCanonical(dst, raw []byte) ([]byte, error) {
	return jsontext.AppendFormat(dst, raw,
		jsontext.AllowInvalidUTF8(true),
		jsontext.CanonicalizeRawInts(true),
		jsontext.CanonicalizeRawFloats(true))
}
