package recorder

import (
	"bytes"
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
		payload, err := j.log.Read(pos)
		if err != nil {
			return skip, fmt.Errorf("read session %s: %w", id, err)
		}
		r, body, err := decodeRecord(payload)
		if err != nil {
			return skip, err
		}
		if r.Kind == recordEvents {
			for event := range bytes.SplitSeq(body, []byte("\n")) {
				visit(event)
			}
		}
	}
	return skip + len(records), nil
}
