package session

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"

	"github.com/go-json-experiment/json/jsontext"
)

// t0 is when the recordings of these tests begin, in Unix milliseconds.
const t0 = 1_700_000_000_000

// ev writes one event.
func ev(typ int, data string, at int64) string {
	return fmt.Sprintf(`{"type":%d,"data":%s,"timestamp":%d}`, typ, data, at)
}

const (
	metaData = `{"href":"https://shop.example/","width":800,"height":600}`
	fullData = `{"node":{"type":0,"childNodes":[{"type":2,"tagName":"html","attributes":{},"childNodes":[],"id":2}],"id":1},"initialOffset":{"left":0,"top":0}}`
)

// move is the data of a mouse move that x tells from others.
func move(x int) string {
	return fmt.Sprintf(`{"source":1,"positions":[{"x":%d,"y":2,"id":2,"timeOffset":0}]}`, x)
}

// visit is a small sound recording of five events.
func visit() []string {
	return []string{
		ev(4, metaData, t0),
		ev(2, fullData, t0+10),
		ev(3, `{"source":0,"texts":[],"attributes":[],"removes":[],"adds":[{"parentId":2,"nextId":null,"node":{"type":3,"textContent":"Grüße 😀","id":3}}]}`, t0+500),
		ev(3, move(7), t0+1000),
		ev(3, `{"source":2,"type":2,"id":2,"x":3.5,"y":4}`, t0+2500),
	}
}

// list joins events to a JSON array.
func list(events ...string) string { return "[" + strings.Join(events, ",") + "]" }

// part makes a part of bytes.
func part[B string | []byte](name string, b B) Part {
	return Part{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(string(b))), nil }}
}

// filePart makes a part of a file.
func filePart(path string) Part {
	return Part{Name: path, Open: func() (io.ReadCloser, error) { return os.Open(path) }}
}

// mustRead reads parts and closes the recording with the test.
func mustRead(tb testing.TB, parts ...Part) *Recording {
	tb.Helper()
	r, err := Read(tb.Context(), tb.TempDir(), parts, slog.New(slog.DiscardHandler))
	if err != nil {
		tb.Fatalf("read: %v", err)
	}
	tb.Cleanup(func() {
		if err := r.Close(); err != nil {
			tb.Error(err)
		}
	})
	return r
}

// unusable reads parts that must be refused and leave nothing behind.
func unusable(t *testing.T, lim limits, parts ...Part) *UnusableError {
	t.Helper()
	dir := t.TempDir()
	_, err := read(t.Context(), dir, parts, slog.New(slog.DiscardHandler), lim)
	var bad *UnusableError
	if !errors.As(err, &bad) {
		t.Fatalf("error is %v, want an UnusableError", err)
	}
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	return bad
}

// raws loads all events.
func raws(tb testing.TB, r *Recording) []string {
	tb.Helper()
	all := make([]string, r.Len())
	for i := range all {
		e, err := r.Load(i)
		if err != nil {
			tb.Fatal(err)
		}
		all[i] = string(e.Raw)
	}
	return all
}

// wantEvents compares a recording's events with JSON texts.
func wantEvents(t *testing.T, r *Recording, want []string) {
	t.Helper()
	if got := raws(t, r); !slices.Equal(got, want) {
		t.Errorf("events are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// wantNotes compares a recording's notes with "kind count" texts.
func wantNotes(t *testing.T, r *Recording, want ...string) {
	t.Helper()
	var got []string
	for _, n := range r.Notes() {
		got = append(got, fmt.Sprintf("%s %d", n.Kind, n.Count))
	}
	if !slices.Equal(got, want) {
		t.Errorf("notes are %q, want %q", got, want)
	}
}

// quote writes text as a JSON string.
func quote[B string | []byte](text B) string {
	q, _ := jsontext.AppendQuote(nil, text)
	return string(q)
}

// asLatin1 spells bytes as characters, as fflate's strFromU8(…, true) does.
func asLatin1(b []byte) string {
	var s strings.Builder
	for _, c := range b {
		s.WriteRune(rune(c))
	}
	return s.String()
}

func gz[B string | []byte](text B) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(text))
	if err = errors.Join(err, w.Close()); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func zl[B string | []byte](text B) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, err := w.Write([]byte(text))
	if err = errors.Join(err, w.Close()); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func zst[B string | []byte](text B) []byte {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		panic(err)
	}
	return w.EncodeAll([]byte(text), nil)
}

// pack is rrweb's packer: zlib of the event with a version mark, as a string.
func pack(event string) string {
	return quote(asLatin1(zl(strings.TrimSuffix(event, "}") + `,"v":"v1"}`)))
}

// packAll packs each event.
func packAll(events []string) []string {
	packed := make([]string, len(events))
	for i, e := range events {
		packed[i] = pack(e)
	}
	return packed
}

// squeeze replaces a member of an event's JSON by its gzip as a string, as
// PostHog does.
func squeeze(event, value string) string {
	return strings.Replace(event, value, quote(asLatin1(gz(value))), 1)
}
