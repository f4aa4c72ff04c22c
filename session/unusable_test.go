package session

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"strings"
	"testing"
	"testing/iotest"
)

func TestReadRefuses(t *testing.T) {
	v := visit()
	deep := strings.Repeat(`{"type":2,"tagName":"b","attributes":{},"id":1,"childNodes":[`, 600) + strings.Repeat(`]}`, 600)
	wide := `{"type":0,"id":1,"childNodes":[` + strings.Repeat(`{"type":3,"textContent":"","id":2},`, 50) + `{"type":3,"textContent":"","id":2}]}`
	small := func(set func(*limits)) limits {
		lim := defaultLimits()
		set(&lim)
		return lim
	}
	for name, test := range map[string]struct {
		lim    func(*limits)
		parts  []Part
		source string
		place  string
		reason string
	}{
		"no parts":       {reason: "it is empty"},
		"empty":          {parts: []Part{part("a", "")}, source: "a", reason: "it is empty"},
		"blank":          {parts: []Part{part("a", " \n ")}, source: "a", reason: "it holds no rrweb events"},
		"no recording":   {parts: []Part{part("a", `{"name":"x","version":[1,2,3]}`)}, source: "a", reason: "it holds no rrweb events"},
		"a web page":     {parts: []Part{part("a", "<!doctype html>\n<p>x")}, source: "a", place: "byte 0", reason: "it holds no rrweb events"},
		"a picture":      {parts: []Part{part("a", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")}, source: "a", place: "byte 0", reason: "it holds no rrweb events"},
		"a DOM node":     {parts: []Part{part("a", wide)}, source: "a", reason: "it holds no rrweb events"},
		"no snapshot":    {parts: []Part{part("a", list(v[0], v[3], v[4]))}, source: "a", reason: "none of its 3 events is a full snapshot"},
		"second half":    {parts: []Part{part("a", list(v[3])), part("b", list(v[4]))}, source: "a and 1 more", reason: "none of its 2 events is a full snapshot"},
		"cut early":      {parts: []Part{part("a", list(v...)[:150])}, source: "a", place: "byte 127", reason: "it is cut off before its first full snapshot"},
		"cut at once":    {parts: []Part{part("a", list(v...)[:20])}, source: "a", place: "byte 19", reason: "it is cut off or damaged before its first event"},
		"cut gzip":       {parts: []Part{part("a", gz(list(v...))[:9])}, source: "a", place: "byte 0", reason: "it is cut off or damaged before its first event"},
		"damaged zlib":   {parts: []Part{part("a", "\x78\x9c\xff\xff\xff")}, source: "a", place: "byte 0 after decompression", reason: "it is cut off or damaged before its first event"},
		"too deep":       {parts: []Part{part("a", list(v[0], ev(2, `{"node":`+deep+`}`, t0)))}, source: "a", reason: "an event is nested 1201 levels deep"},
		"far too deep":   {parts: []Part{part("a", list(v[0], ev(2, `{"node":`+strings.Repeat("[", 20_000), t0)))}, source: "a", reason: "an event is nested too deep"},
		"deep in a text": {parts: []Part{part("a", list(quote(ev(2, `{"node":`+strings.Repeat("[", 20_000), t0))))}, source: "a", reason: "it holds no rrweb events"},
		"deep in a pack": {parts: []Part{part("a", list(quote(asLatin1(zl(strings.Repeat("[", 20_000))))))}, source: "a", place: "byte 189", reason: "an event is nested too deep"},
		"many nodes": {
			lim: func(l *limits) { l.nodes = 50 }, parts: []Part{part("a", list(ev(2, `{"node":`+wide+`}`, t0)))},
			source: "a", place: "byte 1871", reason: "an event brings 52 DOM nodes",
		},
		"large event": {
			lim: func(l *limits) { l.value = 4000 }, parts: []Part{part("a", list(append(v, ev(5, `{"tag":"`+strings.Repeat("x", 5000)+`"}`, t0))...))},
			source: "a", place: "byte 697", reason: "one event is larger than 4000 bytes",
		},
		"large by many members": {
			lim: func(l *limits) { l.value = 4000 }, parts: []Part{part("a", list(append(v, ev(5, `{"tag":"x"`+strings.Repeat(`,"x":1`, 800)+`}`, t0))...))},
			source: "a", reason: "one event is larger than 4000 bytes",
		},
		"large when unpacked": {
			lim: func(l *limits) { l.value = 4000 }, parts: []Part{part("a", list(append(v, pack(ev(5, `{"tag":"`+strings.Repeat("x", 5000)+`"}`, t0)))...))},
			source: "a", reason: "one event is larger than 4000 bytes",
		},
		"many events": {
			lim: func(l *limits) { l.events = 4 }, parts: []Part{part("a", list(v...))},
			source: "a", place: "byte 673", reason: "there are more than 4 events",
		},
		"many windows": {
			lim: func(l *limits) { l.windows = 2 }, parts: []Part{part("a", `{"snapshots":{"a":`+list(v...)+`,"b":`+list(v...)+`,"c":`+list(v...)+`}}`)},
			source: "a", reason: "there are more than 2 windows",
		},
		"bomb": {
			lim: func(l *limits) { l.decoded = 1 << 20 }, parts: []Part{part("a", gz(list(append(v, strings.Repeat(" ", 2<<20))...)))},
			source: "a", reason: "it inflates to more than 1048576 bytes",
		},
		"bomb in a string": {
			lim: func(l *limits) { l.decoded = 1 << 20 }, parts: []Part{part("a", list(append(v, quote(asLatin1(zl(strings.Repeat(" ", 2<<20)))))...))},
			source: "a", reason: "it inflates to more than 1048576 bytes",
		},
		"bombs in parts": {
			lim: func(l *limits) { l.decoded = 1000 }, parts: []Part{part("a", list(v...)), part("b", list(v...))},
			source: "b", reason: "it inflates to more than 1000 bytes",
		},
		"many layers": {
			parts:  []Part{part("a", layers(list(v...), 9))},
			source: "a", place: "byte 0 after decompression", reason: "it is compressed too many times over",
		},
	} {
		t.Run(name, func(t *testing.T) {
			lim := defaultLimits()
			if test.lim != nil {
				lim = small(test.lim)
			}
			bad := unusable(t, lim, test.parts...)
			if bad.Source != test.source || bad.Reason != test.reason || test.place != "" && bad.Place != test.place {
				t.Errorf("got %+v", bad)
			}
			if bad.Hint == "" {
				t.Error("there is no hint")
			}
			if !strings.Contains(bad.Error(), bad.Reason) {
				t.Errorf("the error says only %q", bad.Error())
			}
		})
	}
}

func layers(text string, n int) []byte {
	b := []byte(text)
	for range n {
		b = gz(b)
	}
	return b
}

// TestReadFailures checks that failures of the machine are not blamed on the
// recording, and leave nothing behind.
func TestReadFailures(t *testing.T) {
	broken := errors.New("wire cut")
	text := list(visit()...)
	opening := func(r io.Reader) Part {
		return Part{Name: "a", Open: func() (io.ReadCloser, error) { return io.NopCloser(r), nil }}
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, test := range map[string]struct {
		ctx  context.Context //nolint:containedctx // a table of calls
		part Part
		want error
	}{
		"open":       {t.Context(), Part{Name: "a", Open: func() (io.ReadCloser, error) { return nil, broken }}, broken},
		"at once":    {t.Context(), opening(iotest.ErrReader(broken)), broken},
		"later":      {t.Context(), opening(io.MultiReader(strings.NewReader(text[:600]), iotest.ErrReader(broken))), broken},
		"short read": {t.Context(), opening(io.MultiReader(strings.NewReader(text[:600]), iotest.ErrReader(io.ErrUnexpectedEOF))), io.ErrUnexpectedEOF},
		"in gzip":    {t.Context(), opening(io.MultiReader(bytes.NewReader(gz(text)[:200]), iotest.ErrReader(broken))), broken},
		"in zstd":    {t.Context(), opening(io.MultiReader(bytes.NewReader(zst(text)[:200]), iotest.ErrReader(broken))), broken},
		"in a line":  {t.Context(), opening(io.MultiReader(strings.NewReader("{#"), iotest.ErrReader(broken))), broken},
		"close":      {t.Context(), Part{Name: "a", Open: func() (io.ReadCloser, error) { return badCloser{strings.NewReader(text), broken}, nil }}, broken},
		"cancelled":  {cancelled, part("a", text), context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			_, err := Read(test.ctx, dir, []Part{test.part}, slog.New(slog.DiscardHandler))
			var bad *UnusableError
			if !errors.Is(err, test.want) || errors.As(err, &bad) {
				t.Errorf("error is %v, want %v", err, test.want)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

type badCloser struct {
	io.Reader
	err error
}

func (c badCloser) Close() error { return c.err }

func TestReadWithoutFolder(t *testing.T) {
	_, err := Read(t.Context(), t.TempDir()+"/none", []Part{part("a", list(visit()...))}, slog.New(slog.DiscardHandler))
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error is %v", err)
	}
}
