package recorder

import (
	"bytes"
	"testing"
)

// Whatever comes, a frame that is accepted is one that the journal can take:
// numbers that JavaScript can count, ids that may be names, lines that are the
// message's own.
func FuzzDecodeFrame(f *testing.F) {
	for _, message := range []string{
		`{"t":"hello","level":"standard","clock":1763931780000,"session":"session-000000000001","tab":"tab-0000000000000001","page":"page-000000000000001"}`,
		`{"t":"events","seq":3}` + "\n" + `{"type":3}` + "\n" + `{"type":2}`,
		`{"t":"part","seq":3,"piece":1,"last":true}` + "\n" + `xx`,
		`{"t":"gap","seq":9007199254740991,"count":1,"reason":"overflow"}`,
		`{"t":"bye","seq":1}`, `{"t":"ack"}`, "", "\n", `{"t":"events","seq":18446744073709551615}`,
	} {
		f.Add([]byte(message))
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		frame, err := decodeFrame(message)
		if err != nil {
			return
		}
		if frame.Seq > maxSeq || frame.Seq+frame.Count > maxSeq {
			t.Errorf("sequence numbers %d and %d", frame.Seq, frame.Count)
		}
		switch frame.Kind {
		case kindHello:
			if !validID(frame.Session) || !validID(frame.Tab) || !validID(frame.Page) {
				t.Errorf("ids %q, %q, %q", frame.Session, frame.Tab, frame.Page)
			}
		case kindEvents, kindPart:
			body := bytes.Join(frame.lines, []byte("\n"))
			if len(frame.lines) == 0 || !bytes.HasSuffix(bytes.TrimSuffix(message, []byte("\n")), bytes.TrimSuffix(body, []byte("\n"))) {
				t.Errorf("lines %q of %q", frame.lines, message)
			}
		case kindGap, kindBye:
		case kindReady, kindAck, kindHold, kindStop, kindOver:
			t.Errorf("an answer was accepted: %q", frame.Kind)
		}
	})
}
