package timeline

import (
	"strings"
	"testing"
	"time"

	"github.com/reelay/reelay/session"
)

func TestStrokes(t *testing.T) {
	type stroke struct {
		text   string
		masked bool
	}
	type input struct {
		after time.Duration // since the last one
		node  int
		text  string
	}
	const soon, late = 200 * ms, 2 * time.Second
	for name, test := range map[string]struct {
		inputs []input
		want   []stroke
	}{
		"a word": {
			[]input{{soon, 1, "h"}, {soon, 1, "he"}, {soon, 1, "hey"}},
			[]stroke{{"h", false}, {"he", false}, {"hey", false}},
		},
		"a pause begins anew": {
			[]input{{soon, 1, "h"}, {soon, 1, "hi"}, {late, 1, "hi "}, {soon, 1, "hi y"}},
			[]stroke{{"h", false}, {"hi", false}, {" ", false}, {" y", false}},
		},
		"another field begins anew": {
			[]input{{soon, 1, "a"}, {soon, 2, "b"}, {soon, 1, "ac"}},
			[]stroke{{"a", false}, {"b", false}, {"c", false}},
		},
		"backspace": {
			[]input{{soon, 1, "a"}, {soon, 1, "ab"}, {soon, 1, "a"}, {soon, 1, ""}, {soon, 1, "c"}},
			[]stroke{{"a", false}, {"ab", false}, {Backspace, false}, {Backspace, false}, {"c", false}},
		},
		"in the middle": {
			[]input{{soon, 1, "abc"}, {late, 1, "abXc"}, {soon, 1, "abXYc"}},
			[]stroke{{"abc", false}, {"X", false}, {"XY", false}},
		},
		"over a selection": {[]input{{soon, 1, "hello"}, {late, 1, "help"}}, []stroke{{"hello", false}, {"p", false}}},
		"pasted":           {[]input{{soon, 1, "see "}, {late, 1, "see https://a.example/"}}, []stroke{{"see ", false}, {"https://a.example/", false}}},
		"masked":           {[]input{{soon, 1, "*"}, {soon, 1, "**"}, {soon, 1, "***"}, {soon, 1, "**"}}, []stroke{{"*", true}, {"**", true}, {"***", true}, {Backspace, true}}},
		"with dots":        {[]input{{soon, 1, "••"}}, []stroke{{"••", true}}},
		"unmasked":         {[]input{{soon, 1, "**"}, {soon, 1, "**a"}}, []stroke{{"**", true}, {"a", false}}},
		"no change":        {[]input{{soon, 1, ""}, {soon, 1, "a"}, {soon, 1, "a"}}, []stroke{{"a", false}}},
		"doubled letters":  {[]input{{soon, 1, "a"}, {soon, 1, "aa"}, {soon, 1, "aaa"}, {soon, 1, "aa"}}, []stroke{{"a", false}, {"aa", false}, {"aaa", false}, {Backspace, false}}},
		"other scripts":    {[]input{{soon, 1, "ü"}, {soon, 1, "ü😀"}, {soon, 1, "ü😀語"}, {soon, 1, "ü😀"}}, []stroke{{"ü", false}, {"ü😀", false}, {"ü😀語", false}, {Backspace, false}}},
		"a long text":      {[]input{{soon, 1, strings.Repeat("é", 200) + "end"}}, []stroke{{strings.Repeat("é", longestRun-3) + "end", false}}},
	} {
		t.Run(name, func(t *testing.T) {
			var events []session.Event
			at := 2 * time.Second
			for _, in := range test.inputs {
				at += in.after
				events = append(events, typed(at, in.node, in.text))
			}
			tl := build(t, visit(append(events, end(time.Minute))...), plain())
			strokes := tl.Strokes(-1, tl.Session)
			if len(strokes) != len(test.want) {
				t.Fatalf("got %v, want %v", strokes, test.want)
			}
			for i, s := range strokes {
				if s.Text != test.want[i].text || s.Masked != test.want[i].masked {
					t.Errorf("stroke %d shows %q (masked: %v), want %v", i+1, s.Text, s.Masked, test.want[i])
				}
			}
		})
	}
}

// TestStrokesAfterSnapshot: recorders take a full snapshot now and then, also
// amid a word.
func TestStrokesAfterSnapshot(t *testing.T) {
	tl := build(t, visit(typed(time.Second, 1, "h"), typed(1200*ms, 1, "he"), fullAt(1300*ms, ""), typed(1400*ms, 1, "hel"), end(time.Minute)), plain())
	strokes := tl.Strokes(1300*ms, tl.Session)
	if len(strokes) != 1 || strokes[0].Text != "hel" {
		t.Errorf("after the snapshot %v", strokes)
	}
	if n := len(tl.Strokes(time.Second, 1200*ms)); n != 1 {
		t.Errorf("%d strokes after 1 s up to 1.2 s", n)
	}
}
