package session

import (
	"bufio"
	"bytes"
	stdjson "encoding/json"
	"errors"
	"io"
	"log/slog"
	"math"
	"slices"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// FuzzRead feeds any bytes to Read, as they are and inside of what products
// put around events. Whatever it accepts must be a recording that its users
// can rely on, and that reads the same when read again.
func FuzzRead(f *testing.F) {
	v := visit()
	for _, text := range []string{
		list(v...),
		`{"data":{"snapshots":` + list(v...) + `}}`,
		v[0] + "\n" + v[1] + "\n#\n" + v[3],
		`{"window_id":"a","data":` + list(v...) + `}`,
		list(packAll(v)...),
		list(squeeze(v[1], fullData), v[3]),
		quote(list(v...)),
		"{\"segment_id\":0}\n" + string(zl(list(v...))),
		string(gz(list(v...))),
		string(zst(list(v...))),
		list(ev(2, fullData, -5), ev(3, move(1), math.MaxInt64), ev(3, move(1), 7)),
	} {
		f.Add([]byte(text), byte(0))
		f.Add([]byte(text[:len(text)/2]), byte(0))
	}
	for how := range byte(wraps) {
		f.Add([]byte(fullData), how)
		f.Add([]byte(v[3]), how)
	}
	lim := defaultLimits()
	lim.decoded, lim.value, lim.events, lim.windows = 1<<20, 1<<18, 5000, 8
	dir, log := f.TempDir(), slog.New(slog.DiscardHandler)
	f.Fuzz(func(t *testing.T, data []byte, how byte) {
		r, err := read(t.Context(), dir, []Part{part("a", wrap(data, how))}, log, lim)
		if err != nil {
			var bad *UnusableError
			if !errors.As(err, &bad) || bad.Reason == "" || bad.Hint == "" {
				t.Fatalf("error is %#v", err)
			}
			return
		}
		all := checkRecording(t, r)
		if err := r.Close(); err != nil {
			t.Error(err)
		}

		if len(r.Streams()) > 1 || len(r.Notes()) > 0 {
			return // windows have no place in the events
		}
		again, err := read(t.Context(), dir, []Part{part("a", list(all...))}, log, lim)
		if err != nil {
			t.Fatal(err)
		}
		if got := raws(t, again); !slices.Equal(got, all) {
			t.Errorf("events read again are\n%q\nthey were\n%q", got, all)
		}
		if err := again.Close(); err != nil {
			t.Error(err)
		}
	})
}

// wraps is the number of ways in which wrap puts data into a recording.
const wraps = 10

func wrap(data []byte, how byte) string {
	v, text := visit(), string(data)
	switch how % wraps {
	case 1:
		return list(v[0], v[1], text)
	case 2:
		return list(v[0], v[1], ev(3, text, t0+20))
	case 3:
		return list(v[0], ev(2, text, t0+10), v[2])
	case 4:
		return list(v[0], v[1], quote(asLatin1(zl(text))))
	case 5:
		return list(v[0], v[1], quote(text))
	case 6:
		return list(v[0], v[1], ev(3, `{"source":0,"adds":`+quote(asLatin1(gz(text)))+`}`, t0+20))
	case 7:
		return quote(text) + quote(list(v...))
	case 8:
		return `{"window_id":"w",` + text + `,"data":{"snapshots":` + list(v...) + `}}`
	case 9:
		return v[0] + "\n" + v[1] + "\n" + text + "\n" + v[3]
	default:
		return text
	}
}

// checkRecording checks what a Recording promises, and returns its events.
func checkRecording(t *testing.T, r *Recording) []string {
	t.Helper()
	started := map[int]bool{}
	metas := map[int]bool{}
	last := r.Header(0).Time
	if last != 0 {
		t.Errorf("the first event is at %v", last)
	}
	all := raws(t, r)
	for i, raw := range all {
		h := r.Header(i)
		if h.Time < last {
			t.Errorf("event %d is at %v, after one at %v", i, h.Time, last)
		}
		last = h.Time
		switch {
		case h.Type == Meta:
			metas[h.Stream] = true
		case h.Type == FullSnapshot && metas[h.Stream]:
			started[h.Stream] = true
		case h.Type == Incremental && !started[h.Stream]:
			t.Errorf("stream %d changes before its snapshot: %s", h.Stream, raw)
		}
		if h.Stream < 0 || h.Stream >= len(r.Streams()) {
			t.Errorf("event %d is of stream %d", i, h.Stream)
		}
		if !jsontext.Value(raw).IsValid() { // strict: UTF-8, no duplicate names
			t.Errorf("event %d is not strict JSON: %q", i, raw)
		}
		checkAgreement(t, r, i, raw)
	}
	if last != r.Duration() {
		t.Errorf("duration is %v, the last event at %v", r.Duration(), last)
	}
	if len(started) != len(r.Streams()) {
		t.Errorf("%d streams of %d have a snapshot", len(started), len(r.Streams()))
	}
	return all
}

// checkAgreement checks that another JSON parser reads the header from the text.
func checkAgreement(t *testing.T, r *Recording, i int, raw string) {
	t.Helper()
	var e struct {
		Type      EventType
		Timestamp float64
		Data      map[string]any
	}
	if err := stdjson.Unmarshal([]byte(raw), &e); err != nil {
		t.Errorf("event %d: %v", i, err)
		return
	}
	h := r.Header(i)
	source := NoSource
	if s, ok := e.Data["source"].(float64); ok && h.Type == Incremental {
		source = Source(s)
	}
	at := float64(r.Start().Add(h.Time).UnixMicro()) / 1000
	if e.Type != h.Type || source != h.Source || e.Timestamp != at {
		t.Errorf("header is %+v, start %v, the event %s", h, r.Start(), raw)
	}
}

// FuzzQuotedReader compares the reader of long strings with jsontext.
func FuzzQuotedReader(f *testing.F) {
	for _, text := range []string{`""`, `"a\n\u00e9\ud83d\ude00é"`, `"\ud83d\ud83d\ude00"`, `"\"\\\/"`} {
		f.Add([]byte(text), 3)
	}
	f.Fuzz(func(t *testing.T, text []byte, size int) {
		v := jsontext.Value(text)
		if !v.IsValid(jsontext.AllowInvalidUTF8(true)) || v.Kind() != '"' || text[0] != '"' || text[len(text)-1] != '"' {
			return
		}
		if !bytes.Equal(text, bytes.ToValidUTF8(text, []byte("?"))) {
			return // passed on as it is, to be repaired later
		}
		got, err := readInSteps(&quotedReader{r: bufio.NewReaderSize(bytes.NewReader(text), 16)}, size)
		if want := unquote(text); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s reads %q, %v; want %q", text, got, err, want)
		}
	})
}

// FuzzLatin1Reader checks that any bytes survive as characters.
func FuzzLatin1Reader(f *testing.F) {
	f.Add([]byte("\x00a\x80\xff\xc3\x9c"), 2)
	f.Fuzz(func(t *testing.T, data []byte, size int) {
		got, err := readInSteps(&latin1Reader{bufio.NewReaderSize(bytes.NewReader([]byte(asLatin1(data))), 16)}, size)
		if err != nil || !bytes.Equal(got, data) {
			t.Errorf("%q reads %q, %v", data, got, err)
		}
		_, err = readInSteps(&latin1Reader{bufio.NewReaderSize(bytes.NewReader(data), 16)}, size)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, errNotLatin1) {
			t.Errorf("%q gives %v", data, err)
		}
	})
}

// readInSteps reads all, a few bytes at a time.
func readInSteps(r io.Reader, size int) ([]byte, error) {
	var all []byte
	p := make([]byte, 1+(size&0xff))
	for {
		n, err := r.Read(p)
		all = append(all, p[:n]...)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
	}
}

// FuzzDecode feeds any canonical data to every decoder: numbers stay bounded.
func FuzzDecode(f *testing.F) {
	for _, data := range []string{
		metaData, move(3), `{"type":2,"id":1,"x":1e300,"y":-3.5,"pointerType":1}`, `{"text":"x","isChecked":true,"id":4}`,
		`{"type":0,"id":1,"currentTime":1e300,"playbackRate":-1e300}`, `{"tag":"t","payload":[1]}`, `{"x":null,"y":true}`,
	} {
		f.Add([]byte(data))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		data, err := appendCanonical(nil, data)
		if err != nil {
			return
		}
		inc := func(s Source) Event { return event(Incremental, s, string(data)) }
		page, _ := DecodeMeta(event(Meta, NoSource, string(data)))
		view, _ := DecodeViewport(inc(ViewportResize))
		scroll, _ := DecodeScroll(inc(Scroll))
		click, _ := DecodeInteraction(inc(MouseInteraction))
		media, _ := DecodeMedia(inc(MediaInteraction))
		numbers := []float64{
			float64(page.Width), float64(page.Height), float64(view.Width), float64(view.Height),
			scroll.X, scroll.Y, click.X, click.Y, media.Rate, media.CurrentTime.Seconds(),
		}
		positions, _ := DecodeMouse(inc(MouseMove))
		for _, p := range positions {
			numbers = append(numbers, p.X, p.Y, p.TimeOffset.Seconds())
		}
		for _, n := range numbers {
			if !(math.Abs(n) <= 1<<24) {
				t.Errorf("%s decodes to %v", data, n)
			}
		}
		custom, err := DecodeCustom(event(Custom, NoSource, string(data)))
		if err == nil && custom.Payload != nil && !custom.Payload.IsValid() {
			t.Errorf("payload is %s", custom.Payload)
		}
		_, _ = DecodeInput(inc(Input))
		_, _ = DecodePlugin(event(Plugin, NoSource, string(data)))
	})
}

// FuzzSettleTimes checks that any timestamps end within two years, and that
// each change is counted.
func FuzzSettleTimes(f *testing.F) {
	f.Add([]byte("\x00\x01\x02"), int64(day), int64(t0))
	f.Add([]byte("\x00\x80\x02\xff"), int64(1)<<50, int64(-1)<<51)
	f.Fuzz(func(t *testing.T, steps []byte, scale, start int64) {
		index := make([]entry, 0, len(steps))
		for _, s := range steps {
			index = append(index, entry{micros: toMicros(float64(start) + float64(int8(s))*float64(scale)), typ: s % 5})
		}
		before := slices.Clone(index)
		clamped := settleTimes(index)
		changed := 0
		low, high := int64(math.MaxInt64), int64(math.MinInt64)
		for i, e := range index {
			low, high = min(low, e.micros), max(high, e.micros)
			if e.micros != before[i].micros {
				changed++
			}
		}
		if changed > clamped {
			t.Errorf("%d times changed, %d are said to", changed, clamped)
		}
		if len(index) > 0 && high-low > 2*longestSession {
			t.Errorf("times go from %d to %d", low, high)
		}
	})
}
