package redact

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// ErrNotEvent is returned for what is not one JSON object.
var ErrNotEvent = errors.New("event is not a JSON object")

// JSON returns an event, one JSON object, with every string in it redacted,
// keys included. Numbers and the rest are copied. The result has no line
// breaks outside its strings, and is event itself if there was nothing to do.
func (r *Redactor) JSON(event []byte) ([]byte, error) {
	event = bytes.TrimSpace(event)
	if len(event) == 0 || event[0] != '{' || !json.Valid(event) {
		return nil, ErrNotEvent
	}
	if bytes.ContainsAny(event, "\r\n") {
		var compact bytes.Buffer
		if err := json.Compact(&compact, event); err != nil {
			return nil, fmt.Errorf("compact event: %w", err)
		}
		event = compact.Bytes()
	}
	var out []byte
	var key []byte
	last := 0
	for i := 0; i < len(event); i++ {
		if event[i] != '"' {
			continue
		}
		end := literalEnd(event, i)
		replaced, changed, err := r.literal(key, event[i:end])
		if rest := bytes.TrimLeft(event[end:], " \t"); rest[0] == ':' {
			key = event[i:end]
		}
		if err != nil {
			return nil, err
		}
		if changed {
			out = append(append(out, event[last:i]...), replaced...)
			last = end
		}
		i = end - 1
	}
	if last == 0 {
		return event, nil
	}
	return append(out, event[last:]...), nil
}

// literalEnd returns the offset behind the string literal at data[start] of
// valid JSON.
func literalEnd(data []byte, start int) int {
	for i := start + 1; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(data)
}

// literal redacts one string literal, the value of a key.
func (r *Redactor) literal(key, raw []byte) (replaced []byte, changed bool, err error) {
	const shortest = 5 // "a@b.c" is no address, and nothing else is shorter
	if len(raw) < shortest+2 {
		return nil, false, nil
	}
	text := string(raw[1 : len(raw)-1])
	if bytes.IndexByte(raw, '\\') >= 0 {
		if err := json.Unmarshal(raw, &text); err != nil {
			return nil, false, fmt.Errorf("read string of event: %w", err)
		}
	}
	clean := r.text(text, drawing(key, text))
	if clean == text {
		return nil, false, nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(clean); err != nil {
		return nil, false, fmt.Errorf("write string of event: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), true, nil
}

// drawing reports whether the value of a key is what an element of SVG draws:
// its numbers may look like any other.
func drawing(key []byte, value string) bool {
	switch string(key) {
	case `"d"`:
		return path.MatchString(value)
	case `"points"`, `"viewBox"`:
		return points.MatchString(value)
	}
	return false
}
