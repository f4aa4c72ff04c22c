package session

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

func utf16Of(text string) []uint16 { return utf16.Encode([]rune(text)) }

const day = 24 * 3600 * 1000 // milliseconds

func TestReadRepairs(t *testing.T) {
	v := visit()
	late := ev(3, move(9), t0+700)
	for name, test := range map[string]struct {
		text  string
		want  []string
		notes []string
	}{
		"out of order": {
			text:  list(append(slices.Clone(v), late)...),
			want:  slices.Insert(slices.Clone(v), 3, late),
			notes: []string{"out-of-order 1"},
		},
		"dated by a frame": {
			text: list(append(slices.Clone(v), ev(3, move(2), t0+2600), ev(3, move(1), t0+2520))...),
			want: append(slices.Clone(v), ev(3, move(1), t0+2520), ev(3, move(2), t0+2600)),
		},
		"equal times keep their order": {
			text: list(append(slices.Clone(v), ev(3, move(1), t0+2500), ev(3, move(2), t0+2500))...),
			want: append(slices.Clone(v), ev(3, move(1), t0+2500), ev(3, move(2), t0+2500)),
		},
		"one event in 1970": {
			text:  list(slices.Insert(slices.Clone(v), 3, ev(3, move(1), 12345))...),
			want:  slices.Insert(slices.Clone(v), 3, ev(3, move(1), t0+500)),
			notes: []string{"absurd-time 1"},
		},
		"the first event in 1970": {
			text:  list(append([]string{ev(4, metaData, 0)}, v[1:]...)...),
			want:  append([]string{ev(4, metaData, t0+10)}, v[1:]...),
			notes: []string{"absurd-time 1"},
		},
		"one event next month": {
			text:  list(slices.Insert(slices.Clone(v), 3, ev(3, move(1), t0+30*day))...),
			want:  slices.Insert(slices.Clone(v), 3, ev(3, move(1), t0+500)),
			notes: []string{"absurd-time 1"},
		},
		"every other event in seconds": {
			text: list(v[0], v[1], ev(5, `{"tag":"performanceSpan","payload":{}}`, t0/1000), v[2],
				ev(5, `{"tag":"performanceSpan","payload":{}}`, t0/1000+1), v[3], v[4]),
			want: []string{
				v[0], v[1], ev(5, `{"tag":"performanceSpan","payload":{}}`, t0+10), v[2],
				ev(5, `{"tag":"performanceSpan","payload":{}}`, t0+500), v[3], v[4],
			},
			notes: []string{"absurd-time 2"},
		},
		"a gap": {
			text:  list(append(slices.Clone(v), ev(5, `{"tag":"reelay.gap","payload":{"count":4,"reason":"overflow"}}`, t0+2500))...),
			want:  append(slices.Clone(v), ev(5, `{"tag":"reelay.gap","payload":{"count":4,"reason":"overflow"}}`, t0+2500)),
			notes: []string{"lost 1"},
		},
		"infinite time": {
			text:  list(append(slices.Clone(v), `{"type":3,"timestamp":1e999,"data":`+move(1)+`}`)...),
			want:  append(slices.Clone(v), ev(3, move(1), t0+2500)),
			notes: []string{"absurd-time 1"},
		},
		"a pause of days": {
			text: list(append(slices.Clone(v), ev(3, move(1), t0+6*day))...),
			want: append(slices.Clone(v), ev(3, move(1), t0+6*day)),
		},
		"another load after weeks": {
			text: list(append(slices.Clone(v), ev(4, metaData, t0+20*day), ev(2, fullData, t0+20*day+5))...),
			want: append(slices.Clone(v), ev(4, metaData, t0+20*day), ev(2, fullData, t0+20*day+5)),
		},
		"times as text": {
			text: strings.ReplaceAll(list(v...), `"timestamp":1700000000010`, `"timestamp":"1700000000010"`),
			want: v,
		},
		"times with fractions": {
			text: list(v[0], v[1], strings.Replace(v[3], "1000}", "1000.125}", 1)),
			want: []string{v[0], v[1], strings.Replace(v[3], "1000}", "1000.125}", 1)},
		},
		"cut array": {
			text:  list(v...)[:len(list(v[:4]...))+20],
			want:  v[:4],
			notes: []string{"cut-off 1"},
		},
		"cut lines": {
			text:  strings.Join(v, "\n")[:len(strings.Join(v, "\n"))-9],
			want:  v[:4],
			notes: []string{"cut-off 1"},
		},
		"damaged line": {
			text:  strings.Join(slices.Insert(slices.Clone(v), 3, `{"type":3,"data":{"source":1,#}`), "\n"),
			want:  v,
			notes: []string{"undecodable 1"},
		},
		"lines that begin in the middle": {
			text:  `"y":7},"timestamp":1}` + "\n" + strings.Join(v, "\n"),
			want:  v,
			notes: []string{"undecodable 1"},
		},
		"array with a line that is no JSON": {
			text:  "[\n" + strings.Join(v[:3], ",\n") + ",\n{\"type\":3,\"data\":NaN},\n" + v[3] + "\n" + v[4] + "\n]",
			want:  v,
			notes: []string{"undecodable 2"}, // the line, and the bracket at the end
		},
		"unknown types": {
			text: list(append(slices.Clone(v), ev(9, `{}`, t0+2600), ev(77, `{"a":1}`, t0+2700),
				ev(3, `{"source":42}`, t0+2800))...),
			want:  v,
			notes: []string{"unknown-type 3"},
		},
		"events that lack something": {
			text: list(append(slices.Clone(v), `{"type":3,"data":`+move(1)+`}`, ev(3, `{}`, t0+2600),
				ev(3, `null`, t0+2600), ev(5, `"x"`, t0+2600), `{"type":3,"timestamp":1700000002600}`, ev(2, `{"node":null}`, t0+2600))...),
			want:  v,
			notes: []string{"undecodable 6"},
		},
		"duplicate names": {
			text:  list(append(slices.Clone(v), ev(3, `{"source":2,"type":2,"source":3,"id":1}`, t0+2600))...),
			want:  v,
			notes: []string{"undecodable 1"},
		},
		"duplicate names around the data": {
			text: list(append(slices.Clone(v), `{"type":4,"data":{"a":1},"timestamp":1,"data":`+move(1)+`,"type":3,"timestamp":1700000002600}`)...),
			want: append(slices.Clone(v), ev(3, move(1), t0+2600)),
		},
		"numbers that parsers read apart": {
			text: list(v[0], v[1], ev(3, `{"source":3,"id":1.0,"x":1e999,"y":-0.0000001E+7,"z":12345678901234567890}`, t0+20)),
			want: []string{v[0], v[1], ev(3, `{"source":3,"id":1,"x":1.7976931348623157e+308,"y":-1,"z":12345678901234567000}`, t0+20)},
		},
		"lone surrogates and bad UTF-8": {
			text: list(v[0], v[1], ev(5, `{"tag":"a\ud83db","payload":"`+"\xff\xc3"+`\udc00\u0041"}`, t0+20)),
			want: []string{v[0], v[1], ev(5, `{"tag":"a�b","payload":"���A"}`, t0+20)},
		},
		"packed event that is damaged": {
			text:  list(append(slices.Clone(v), pack(ev(3, move(1), t0+2600))[:30]+`"`)...),
			want:  v,
			notes: []string{"undecodable 1"},
		},
		"compressed field that is damaged": {
			text:  list(append(slices.Clone(v), ev(3, `{"source":0,"adds":"\u001f\u008b\b\u0000"}`, t0+2600))...),
			want:  v,
			notes: []string{"undecodable 1"},
		},
		"text that only looks packed": {
			text: list(v[0], v[1], ev(3, `{"source":5,"text":"x^2 + 1","isChecked":false,"id":2}`, t0+20),
				ev(3, `{"source":5,"text":"[{\"type\":3}]","isChecked":false,"id":2}`, t0+30)),
			want: []string{
				v[0], v[1], ev(3, `{"source":5,"text":"x^2 + 1","isChecked":false,"id":2}`, t0+20),
				ev(3, `{"source":5,"text":"[{\"type\":3}]","isChecked":false,"id":2}`, t0+30),
			},
		},
		"events before the snapshot": {
			text: list(ev(0, `{}`, t0), ev(4, metaData, t0+1), ev(1, `{}`, t0+2), ev(4, metaData, t0+3), ev(3, move(1), t0+4),
				ev(2, fullData, t0+5), ev(3, move(2), t0+6)),
			want:  []string{ev(4, metaData, t0+3), ev(2, fullData, t0+5), ev(3, move(2), t0+6)},
			notes: []string{"before-snapshot 4"},
		},
		"what loading records before the snapshot": {
			text: list(ev(3, move(1), t0), ev(5, `{"payload":{},"tag":"a"}`, t0+1), ev(0, `{}`, t0+2), ev(1, `{}`, t0+3), ev(4, metaData, t0+4),
				ev(2, fullData, t0+5)),
			want: []string{
				ev(5, `{"payload":{},"tag":"a"}`, t0+1), ev(0, `{}`, t0+2), ev(1, `{}`, t0+3), ev(4, metaData, t0+4), ev(2, fullData, t0+5),
			},
			notes: []string{"before-snapshot 1"},
		},
		"a window without a snapshot": {
			text:  `{"snapshots":{"a":` + list(v...) + `,"b":` + list(ev(3, move(1), t0+3), ev(3, move(2), t0+4)) + `}}`,
			want:  v,
			notes: []string{"before-snapshot 2"},
		},
		"no meta, size in the load event": {
			text: list(ev(0, `{"href":"http://a.example/"}`, t0), ev(1, `{"width":1600,"height":711}`, t0+1), ev(2, fullData, t0+5)),
			want: []string{
				ev(0, `{"href":"http://a.example/"}`, t0), ev(1, `{"width":1600,"height":711}`, t0+1),
				ev(4, `{"href":"http://a.example/","width":1600,"height":711}`, t0+5), ev(2, fullData, t0+5),
			},
			notes: []string{"added-meta 1"},
		},
		"no meta, absurd size": {
			text:  list(ev(1, `{"width":1e300,"height":1}`, t0+1), ev(2, fullData, t0+5)),
			want:  []string{ev(1, `{"width":1e+300,"height":1}`, t0+1), ev(4, `{"href":"","width":4096,"height":64}`, t0+5), ev(2, fullData, t0+5)},
			notes: []string{"added-meta 1"},
		},
		"no meta, no size": {
			text:  list(ev(1, `{"width":"wide"}`, t0), ev(2, fullData, t0+5)),
			want:  []string{ev(1, `{"width":"wide"}`, t0), ev(4, `{"href":"","width":1280,"height":720}`, t0+5), ev(2, fullData, t0+5)},
			notes: []string{"added-meta 1"},
		},
		"meta only of the second page": {
			text:  list(ev(2, fullData, t0+5), ev(4, metaData, t0+60), ev(2, fullData, t0+61)),
			want:  []string{ev(4, `{"href":"","width":800,"height":600}`, t0+5), ev(2, fullData, t0+5), ev(4, metaData, t0+60), ev(2, fullData, t0+61)},
			notes: []string{"added-meta 1"},
		},
		"load events without data": {
			text: list(append(slices.Clone(v), `{"type":0,"timestamp":1700000002600}`, ev(1, `null`, t0+2700))...),
			want: append(slices.Clone(v), ev(0, `{}`, t0+2600), ev(1, `{}`, t0+2700)),
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := mustRead(t, part("a.json", test.text))
			wantEvents(t, r, test.want)
			wantNotes(t, r, test.notes...)
		})
	}
}

// TestReadCutCompression cuts compressed recordings in the middle: what comes
// out before the cut is kept.
func TestReadCutCompression(t *testing.T) {
	events := visit()
	for i := range 20_000 {
		events = append(events, ev(3, move(i*7919%4001), t0+3000+int64(i)))
	}
	for name, compressed := range map[string][]byte{
		"gzip": gz(list(events...)),
		"zlib": zl(list(events...)),
		"zstd": zst(list(events...)),
	} {
		t.Run(name, func(t *testing.T) {
			r := mustRead(t, part("a.gz", compressed[:len(compressed)/2]), part("b.json", ev(3, move(1), t0+100_000)))
			wantNotes(t, r, "cut-off 1")
			if r.Len() < len(events)/4 || r.Len() >= len(events) {
				t.Errorf("%d events of %d are left", r.Len(), len(events))
			}
			all := raws(t, r)
			if last := len(all) - 1; !slices.Equal(all[:last], events[:last]) || all[last] != ev(3, move(1), t0+100_000) {
				t.Error("the events before the cut and those of the next part are not all there")
			}
		})
	}
}

func TestNotePlaces(t *testing.T) {
	v := visit()
	bad := `{"type":3,"data":{}}`
	for name, test := range map[string]struct{ text, want string }{
		"plain":   {list(append(slices.Clone(v), bad)...), fmt.Sprintf("byte %d", len(list(append(slices.Clone(v), bad)...))-1)},
		"line":    {strings.Join(v, "\n") + "\n\nx\n", fmt.Sprintf("byte %d", len(strings.Join(v, "\n"))+2)},
		"in gzip": {string(gz(strings.Join(v, "\n") + "\nx\n")), fmt.Sprintf("byte %d after decompression", len(strings.Join(v, "\n"))+1)},
	} {
		t.Run(name, func(t *testing.T) {
			notes := mustRead(t, part("a.json", test.text)).Notes()
			if len(notes) != 1 || notes[0].Source != "a.json" || notes[0].Place != test.want {
				t.Errorf("notes are %v, want one at %s", notes, test.want)
			}
			if s := notes[0].String(); s != "1 unreadable event left out (first in a.json, "+test.want+")" {
				t.Errorf("the note says %q", s)
			}
		})
	}
}

func TestLongGapsStay(t *testing.T) {
	load := func(at int64) []string {
		return []string{ev(4, metaData, at), ev(2, fullData, at+50), ev(3, move(1), at+60)}
	}
	var events []string
	for i := range int64(4) {
		events = append(events, load(t0+i*10*day)...)
	}
	r := mustRead(t, part("a.json", list(events...)))
	wantEvents(t, r, events)
	if want := 30*24*time.Hour + 60*time.Millisecond; r.Duration() != want {
		t.Errorf("duration is %v, want %v", r.Duration(), want)
	}
}
