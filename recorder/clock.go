package recorder

import (
	"bytes"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// steady is the difference of two clocks that may come from the way between
// them alone: events take as long to arrive.
const steady = 5 * time.Second

// skewOf is what must be added to a browser's times to get the recorder's.
func skewOf(difference time.Duration) time.Duration {
	if difference.Abs() < steady {
		return 0
	}
	return difference.Round(time.Millisecond)
}

// shift adds to the time of an event. It returns the event and its time, in
// milliseconds since 1970; an event without a time is returned as it is.
func shift(event []byte, by time.Duration) ([]byte, float64) {
	start, end := findTime(event)
	at, err := strconv.ParseFloat(string(event[start:end]), 64)
	if err != nil { // 1e999 is infinite to Go, and no time
		return event, 0
	}
	if by == 0 {
		return event, at
	}
	at += float64(by.Milliseconds())
	out := append([]byte{}, event[:start]...)
	out = strconv.AppendFloat(out, at, 'f', -1, 64)
	return append(out, event[end:]...), at
}

// findTime returns where the value of an event's timestamp is; the last one
// counts, as in JavaScript.
func findTime(event []byte) (start, end int) {
	dec := jsontext.NewDecoder(bytes.NewReader(event), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if t, err := dec.ReadToken(); err != nil || t.Kind() != '{' {
		return 0, 0
	}
	for dec.PeekKind() == '"' {
		name, err := dec.ReadToken()
		if err != nil {
			return 0, 0
		}
		isTime := name.String() == "timestamp"
		value, err := dec.ReadValue()
		if err != nil {
			return 0, 0
		}
		if isTime && value.Kind() == '0' {
			end = int(dec.InputOffset())
			start = end - len(value)
		}
	}
	return start, end
}
