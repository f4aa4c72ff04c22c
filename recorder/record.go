package recorder

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/reelay/reelay/recorder/wal"
)

// recordKind is what a record of the journal holds.
type recordKind string

const (
	recordPage   recordKind = "page"   // a stream begins
	recordEvents recordKind = "events" // a run of events, one per line
	recordGap    recordKind = "gap"    // events that are lost
	recordBye    recordKind = "bye"    // a stream has ended as it should
	recordDone   recordKind = "done"   // the session was handed on
)

// record is the first line of a record in the journal.
type record struct {
	Kind    recordKind `json:"k"`
	Session string     `json:"s"`
	Page    string     `json:"p,omitempty"`
	At      int64      `json:"at"` // our clock, in milliseconds since 1970
	First   uint64     `json:"first,omitempty"`
	Count   uint64     `json:"n,omitempty"`
	Reason  string     `json:"reason,omitempty"`
	Tab     string     `json:"tab,omitempty"`
	Level   Level      `json:"level,omitempty"` // of privacy, of a page
	Skew    float64    `json:"skew,omitempty"`  // our clock less the browser's, in milliseconds
}

func (r record) encode(body []byte) ([]byte, error) {
	head, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("write record: %w", err)
	}
	return append(append(head, '\n'), body...), nil
}

// decodeRecord splits a payload into the record and its body.
func decodeRecord(payload []byte) (record, []byte, error) {
	head, body, _ := bytes.Cut(payload, []byte("\n"))
	var r record
	if err := json.Unmarshal(head, &r); err != nil {
		return record{}, nil, fmt.Errorf("read record: %w", err)
	}
	return r, body, nil
}

// replay takes up one record after a start.
func (j *Journal) replay(pos wal.Position, payload []byte) error {
	r, _, err := decodeRecord(payload)
	if err != nil {
		return err
	}
	j.apply(pos, r)
	return nil
}
