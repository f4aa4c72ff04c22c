package session

import (
	"errors"
	"fmt"
	"math"

	"github.com/go-json-experiment/json"
)

// errOtherEvent says that a decoder was given another kind of event.
var errOtherEvent = errors.New("event is of another type")

// decodePayload decodes the data member of an event that is of type typ and,
// for Incremental, of one of the sources. Missing and unknown members are fine.
func decodePayload[T any](e Event, what string, typ EventType, sources ...Source) (T, error) {
	var body struct {
		Data T `json:"data"`
	}
	matches := e.Type == typ && len(sources) == 0
	for _, s := range sources {
		matches = matches || e.Type == typ && e.Source == s
	}
	if !matches {
		return body.Data, fmt.Errorf("decode %s: %w", what, errOtherEvent)
	}
	if err := json.Unmarshal(e.Raw, &body); err != nil {
		return body.Data, fmt.Errorf("decode %s: %w", what, err)
	}
	return body.Data, nil
}

// bounded brings a coordinate into a range in which sums and differences stay
// exact and fit an int32; no page is that large.
func bounded(v float64) float64 {
	const far = 1 << 24
	return min(max(v, -far), far)
}

// pixels is a length as a whole number of CSS pixels, from 0 on.
func pixels(v float64) int { return int(math.Round(max(bounded(v), 0))) }
