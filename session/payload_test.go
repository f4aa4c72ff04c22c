package session

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// event makes an event as Load returns it.
func event(typ EventType, source Source, data string) Event {
	return Event{Header: Header{Type: typ, Source: source}, Raw: []byte(ev(int(typ), data, t0))}
}

func TestDecode(t *testing.T) {
	for name, test := range map[string]struct {
		event  Event
		decode func(Event) (any, error)
		want   any
	}{
		"meta":                  {event(Meta, NoSource, metaData), generic(DecodeMeta), PageMeta{"https://shop.example/", 800, 600}},
		"meta without anything": {event(Meta, NoSource, `{}`), generic(DecodeMeta), PageMeta{}},
		"absurd meta": {
			event(Meta, NoSource, `{"href":"x","width":-1,"height":1.7976931348623157e+308}`),
			generic(DecodeMeta),
			PageMeta{"x", 0, 1 << 24},
		},
		"mouse move": {
			event(Incremental, MouseMove, `{"source":1,"positions":[{"x":1.5,"y":2,"id":3,"timeOffset":-450.5},{"x":-1e300,"y":1e300,"id":4}]}`),
			generic(DecodeMouse),
			[]MousePosition{{1.5, 2, 3, -450500 * time.Microsecond, false}, {-1 << 24, 1 << 24, 4, 0, false}},
		},
		"touch move": {
			event(Incremental, TouchMove, `{"source":6,"positions":[{"x":1,"y":2,"id":3,"timeOffset":0}]}`),
			generic(DecodeMouse),
			[]MousePosition{{X: 1, Y: 2, ID: 3}},
		},
		"drag without positions": {event(Incremental, Drag, `{"source":12}`), generic(DecodeMouse), []MousePosition{}},
		"click": {
			event(Incremental, MouseInteraction, `{"source":2,"type":2,"id":5,"x":3.25,"y":4,"pointerType":2}`),
			generic(DecodeInteraction),
			Interaction{Click, 5, 3.25, 4, TouchPointer},
		},
		"old focus": {
			event(Incremental, MouseInteraction, `{"source":2,"type":5,"id":5}`),
			generic(DecodeInteraction),
			Interaction{Focus, 5, 0, 0, UnknownPointer},
		},
		"touch cancel": {
			event(Incremental, MouseInteraction, `{"source":2,"type":10,"id":5,"x":1,"y":1}`),
			generic(DecodeInteraction),
			Interaction{TouchCancel, 5, 1, 1, UnknownPointer},
		},
		"scroll": {
			event(Incremental, Scroll, `{"source":3,"id":1,"x":0,"y":1250.4}`),
			generic(DecodeScroll),
			ScrollPosition{1, 0, 1250.4},
		},
		"viewport": {
			event(Incremental, ViewportResize, `{"source":4,"width":414,"height":775.6}`),
			generic(DecodeViewport),
			Viewport{414, 776},
		},
		"input": {
			event(Incremental, Input, `{"source":5,"text":"añb","isChecked":true,"userTriggered":true,"id":9}`),
			generic(DecodeInput),
			InputState{9, "añb", true, true},
		},
		"media": {
			event(Incremental, MediaInteraction, `{"source":7,"type":0,"id":9,"currentTime":2.5,"playbackRate":2,"loop":true}`),
			generic(DecodeMedia),
			MediaState{MediaPlay, 9, 2500 * time.Millisecond, 2, true},
		},
		"old media": {
			event(Incremental, MediaInteraction, `{"source":7,"type":1,"id":9}`),
			generic(DecodeMedia),
			MediaState{MediaPause, 9, 0, 1, false},
		},
		"custom": {
			event(Custom, NoSource, `{"tag":"$pageview","payload":{"href":[1,"x"]}}`),
			generic(DecodeCustom),
			CustomData{"$pageview", jsontext.Value(`{"href":[1,"x"]}`)},
		},
		"custom without payload": {event(Custom, NoSource, `{"tag":"t"}`), generic(DecodeCustom), CustomData{Tag: "t"}},
		"plugin": {
			event(Plugin, NoSource, `{"plugin":"rrweb/console@1","payload":{"level":"log"}}`),
			generic(DecodePlugin),
			PluginData{"rrweb/console@1", jsontext.Value(`{"level":"log"}`)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := test.decode(test.event)
			if err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %+v, %v; want %+v", got, err, test.want)
			}
			other := test.event
			other.Type, other.Source = Incremental, Font
			if _, err := test.decode(other); !errors.Is(err, errOtherEvent) {
				t.Errorf("another event gives %v", err)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, data := range []string{
		`{"source":3,"id":"1","x":0,"y":0}`,
		`{"source":3,"id":1.5,"x":0,"y":0}`,
		`{"source":3,"id":1,"x":"NaN","y":0}`,
		`{"source":3,"id":1e300,"x":0,"y":0}`,
		`[]`,
	} {
		if got, err := DecodeScroll(event(Incremental, Scroll, data)); err == nil {
			t.Errorf("%s gives %+v", data, got)
		}
	}
}

// generic forgets a decoder's type.
func generic[T any](decode func(Event) (T, error)) func(Event) (any, error) {
	return func(e Event) (any, error) { return decode(e) }
}
