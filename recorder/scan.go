package recorder

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/reelay/reelay/recorder/wal"
)

// each hands the events of a session to visit, but for those in its first skip
// records, and returns how many records there are.
func (j *Journal) each(id string, skip int, visit func(event []byte)) (int, error) {
	j.mu.Lock()
	var records []wal.Position
	if s := j.sessions[id]; s != nil && len(s.records) > skip {
		records = append(records, s.records[skip:]...)
	}
	j.mu.Unlock()
	for _, pos := range records {
		r, body, err := j.read(pos)
		if errors.Is(err, wal.ErrTorn) {
			continue
		}
		if err != nil {
			return skip, fmt.Errorf("read session %s: %w", id, err)
		}
		if r.Kind == recordEvents {
			for event := range bytes.SplitSeq(body, []byte("\n")) {
				visit(event)
			}
		}
	}
	return skip + len(records), nil
}
