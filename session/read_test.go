package session

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestReadWrappers reads one visit in every wrapping that products use.
func TestReadWrappers(t *testing.T) {
	events := visit()
	plain := list(events...)
	lines := strings.Join(events, "\n") + "\n"
	tagged := strings.ReplaceAll(lines, "}\n{", "}]\n[\"w1\",{")
	tagged = "[\"w1\"," + strings.TrimSuffix(tagged, "\n") + "]\n"
	cv := slices.Clone(events)
	cv[1] = squeeze(cv[1], fullData)
	cv[2] = squeeze(cv[2], `[{"parentId":2,"nextId":null,"node":{"type":3,"textContent":"Grüße 😀","id":3}}]`)

	for name, text := range map[string]string{
		"array":                      plain,
		"array with blanks":          "\ufeff \r\n" + strings.ReplaceAll(plain, ",", " ,\n\t"),
		"events":                     `{"events":` + plain + `}`,
		"data":                       `{"version":1,"data":` + plain + `}`,
		"data.events":                `{"data":{"events":` + plain + `}}`,
		"data.snapshots":             `{"version":"2023-04-28","data":{"id":"x","person":{"name":"[Jo]"},"snapshots":` + plain + `}}`,
		"result":                     `{"result":` + plain + `,"next":null}`,
		"result.snapshots":           `{"result":{"snapshots":` + plain + `}}`,
		"list of lists":              list(list(events[:2]...), list(events[2:]...)),
		"event members":              list(each(events, `{"event":%s,"id":7}`)...),
		"data members":               list(each(events, `{"data":%s,"session":"s"}`)...),
		"data members of a message":  list(each(events, `{"type":1,"data":%s}`)...),
		"rows of a database":         list(each(quoteAll(events), `{"id":1,"event":%s}`)...),
		"one object a line":          lines,
		"wrapped lines":              strings.Join(each(events, `{"window_id":"w1","data":[%s]}`), "\n"),
		"tagged lines":               tagged,
		"packed each":                list(packAll(events)...),
		"packed each, as lines":      strings.Join(packAll(events), "\n"),
		"packed whole":               quote(asLatin1(zl(plain))),
		"packed whole, not quoted":   asLatin1(zl(plain)),
		"packed in a wrapper":        `{"events":` + list(packAll(events)...) + `}`,
		"compressed fields":          list(cv...),
		"string":                     quote(plain),
		"string of a string":         quote(quote(plain)),
		"strings each":               list(quoteAll(events)...),
		"string in a wrapper":        `{"events":` + quote(plain) + `}`,
		"string in data":             `{"data":` + quote(plain) + `}`,
		"base64 of gzip":             base64.StdEncoding.EncodeToString(gz(plain)),
		"base64 of gzip in a string": `{"snapshot_data":` + quote(base64.StdEncoding.EncodeToString(gz(plain))) + `}`,
		"base64 of zlib in a string": `{"snapshot_data":` + quote(base64.StdEncoding.EncodeToString(zl(plain))) + `}`,
		"segment":                    "{\"segment_id\":0}\n" + plain,
		"compressed segment":         "{\"segment_id\":0}\n" + string(zl(plain)),
		"compressed segments": "{\"segment_id\":0}\n" + string(zl(list(events[:3]...))) +
			"{\"segment_id\":1}\n" + string(zl(list(events[3:]...))),
		"gzip of a string of gzip": string(gz(quote(asLatin1(gz(plain))))),
	} {
		for compression, bytes := range map[string][]byte{
			"plain": []byte(text),
			"gzip":  gz(text),
			"zlib":  zl(text),
			"zstd":  zst(text),
			"twice": zst(gz(text)),
			"split": append(gz(text[:len(text)/2]), gz(text[len(text)/2:])...),
		} {
			t.Run(name+"/"+compression, func(t *testing.T) {
				r := mustRead(t, part("a.json", bytes))
				wantEvents(t, r, events)
				wantNotes(t, r)
				if r.Duration() != 2500*time.Millisecond || r.Start().UnixMilli() != t0 {
					t.Errorf("start is %v, duration %v", r.Start(), r.Duration())
				}
			})
		}
	}
}

// each formats every event.
func each(events []string, format string) []string {
	out := make([]string, len(events))
	for i, e := range events {
		out[i] = fmt.Sprintf(format, e)
	}
	return out
}

func quoteAll(events []string) []string {
	out := make([]string, len(events))
	for i, e := range events {
		out[i] = quote(e)
	}
	return out
}

// TestReadLongStrings reads strings that are longer than what is looked at to
// tell how they end.
func TestReadLongStrings(t *testing.T) {
	events := visit()
	for i := range 5000 {
		events = append(events, ev(3, fmt.Sprintf(`{"source":5,"text":"Ünï\n\"%x\" 😀","isChecked":false,"id":2}`, sha256.Sum256([]byte{byte(i), byte(i >> 8)})), t0+3000+int64(i)))
	}
	plain := list(events...)
	for name, text := range map[string]string{
		"string":           quote(plain),
		"escaped string":   `"` + escapeAll(plain) + `"`,
		"packed whole":     quote(asLatin1(zl(plain))),
		"packed, twice":    quote(quote(asLatin1(zl(plain)))),
		"packed, no quote": asLatin1(gz(plain)),
		"lines": quote(list(events[:2000]...)) + "\n" +
			quote(list(events[2000:4000]...)) + "\n" + quote(asLatin1(zl(list(events[4000:]...)))),
	} {
		t.Run(name, func(t *testing.T) {
			if len(text) <= peekSize {
				t.Fatalf("text of %d bytes is too short for this test", len(text))
			}
			r := mustRead(t, part("a.json", text))
			wantEvents(t, r, events)
			wantNotes(t, r)
		})
	}
}

// escapeAll writes every UTF-16 unit as an escape.
func escapeAll(text string) string {
	var s strings.Builder
	for _, c := range utf16Of(text) {
		fmt.Fprintf(&s, `\u%04X`, c)
	}
	return s.String()
}

func TestReadParts(t *testing.T) {
	events := visit()
	r := mustRead(t,
		part("0", "{\"segment_id\":0}\n"+string(zl(list(events[:2]...)))),
		part("1", gz(list(events[2:4]...))),
		part("2", events[4]))
	wantEvents(t, r, events)
	wantNotes(t, r)
}

func TestReadStreams(t *testing.T) {
	a := []string{ev(4, metaData, t0), ev(2, fullData, t0+1), ev(3, move(1), t0+8)}
	b := []string{ev(4, metaData, t0+2), ev(2, fullData, t0+3), ev(3, move(2), t0+9)}
	with := func(events []string, id string) []string {
		out := make([]string, len(events))
		for i, e := range events {
			out[i] = strings.TrimSuffix(e, "}") + id + "}"
		}
		return out
	}
	for name, text := range map[string]string{
		"window ids in events": list(append(with(b, `,"windowId":"b"`), with(a, `,"windowId":"a"`)...)...),
		"window id first":      `{"window_id":"b","data":` + list(b...) + "}\n" + `{"window_id":"a","data":` + list(a...) + `}`,
		"window id last":       `{"data":` + list(b...) + `,"window_id":"b"}` + "\n" + `{"data":` + list(a...) + `,"window_id":"a"}`,
		"lists by window":      `{"snapshot_data_by_window_id":{"b":` + list(b...) + `,"a":` + list(a...) + `}}`,
		"snapshots by window":  `{"result":{"snapshots":{"b":` + list(b...) + `,"a":` + list(a...) + `}}}`,
		"pairs":                strings.Join(append(each(b, `["b",%s]`), each(a, `["a",%s]`)...), "\n"),
		"captured": `{"event":"$snapshot","properties":{"$snapshot_items":` + list(b...) + `,"$window_id":"b"}}` +
			`{"event":"$snapshot","properties":{"$window_id":"a","$snapshot_items":` + list(a...) + `}}`,
	} {
		t.Run(name, func(t *testing.T) {
			r := mustRead(t, part("a.json", text))
			wantEvents(t, r, []string{a[0], a[1], b[0], b[1], a[2], b[2]})
			var streams []int
			for i := range r.Len() {
				streams = append(streams, r.Header(i).Stream)
			}
			if want := []int{0, 0, 1, 1, 0, 1}; !slices.Equal(streams, want) {
				t.Errorf("streams are %v, want %v", streams, want)
			}
			if want := []StreamInfo{{0, "a"}, {1, "b"}}; !slices.Equal(r.Streams(), want) {
				t.Errorf("streams are %v, want %v", r.Streams(), want)
			}
		})
	}
}

// TestReadNumberedStreams: windows may be numbered, and one may have several tabs.
func TestReadNumberedStreams(t *testing.T) {
	for ids, want := range map[[2]string][]StreamInfo{
		{`"windowId":1`, `"windowId":2`}:                       {{0, "1"}, {1, "2"}},
		{`"tabId":17,"windowId":1`, `"windowId":1,"tabId":18`}: {{0, "17"}, {1, "18"}},
		{`"tab_id":"x"`, `"tab_id":"y"`}:                       {{0, "x"}, {1, "y"}},
	} {
		var lines []string
		for i, id := range ids {
			lines = append(lines, fmt.Sprintf(`{%s,"events":%s}`, id, list(ev(4, metaData, t0+int64(i)), ev(2, fullData, t0+int64(i)+5))))
		}
		r := mustRead(t, part("a.json", strings.Join(lines, "\n")))
		if got := r.Streams(); !slices.Equal(got, want) {
			t.Errorf("by %v the streams are %v, not %v", ids, got, want)
		}
	}
}

func TestHeader(t *testing.T) {
	r := mustRead(t, part("a.json", list(visit()...)))
	want := []Header{
		{Time: 0, Type: Meta, Source: NoSource},
		{Time: 10 * time.Millisecond, Type: FullSnapshot, Source: NoSource},
		{Time: 500 * time.Millisecond, Type: Incremental, Source: Mutation},
		{Time: time.Second, Type: Incremental, Source: MouseMove},
		{Time: 2500 * time.Millisecond, Type: Incremental, Source: MouseInteraction},
	}
	for i, h := range want {
		if got := r.Header(i); got != h {
			t.Errorf("header %d is %+v, want %+v", i, got, h)
		}
	}
}
