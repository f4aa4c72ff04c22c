package session

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"
)

// tape writes a recording of gestures.
type tape struct{ events []string }

func (p *tape) add(at time.Duration, typ int, format string, args ...any) {
	p.events = append(p.events, ev(typ, fmt.Sprintf(format, args...), t0+at.Milliseconds()))
}

func (p *tape) page(at time.Duration, href string) {
	p.add(at, 4, `{"href":%q,"width":1000,"height":600}`, href)
	p.add(at, 2, "%s", fullData)
}

func (p *tape) interact(at time.Duration, typ InteractionType, node int, x, y float64) {
	p.add(at, 3, `{"source":2,"type":%d,"id":%d,"x":%g,"y":%g}`, typ, node, x, y)
}

// click is a whole click with the mouse.
func (p *tape) click(at time.Duration, node int, x, y float64) {
	p.interact(at, MouseDown, node, x, y)
	p.interact(at+60*time.Millisecond, MouseUp, node, x, y)
	p.interact(at+60*time.Millisecond, Click, node, x, y)
}

func (p *tape) input(at time.Duration, node int, text string, checked bool) {
	p.add(at, 3, `{"source":5,"id":%d,"text":%q,"isChecked":%t}`, node, text, checked)
}

func (p *tape) scroll(at time.Duration, node int, y float64) {
	p.add(at, 3, `{"source":3,"id":%d,"x":0,"y":%g}`, node, y)
}

func (p *tape) custom(at time.Duration, tag, payload string) {
	p.add(at, 5, `{"tag":%q,"payload":%s}`, tag, payload)
}

const ms = time.Millisecond

// TestStory tells recordings, each act as "action node count text → to".
func TestStory(t *testing.T) {
	const open = "navigation → https://a.example/"
	for _, test := range []struct {
		name string
		act  func(p *tape)
		want []string
	}{
		{"a click leads to a page", func(p *tape) {
			p.click(1000*ms, 2, 10, 10)
			p.page(1500*ms, "https://a.example/b")
		}, []string{open, "click 2 → https://a.example/b"}},
		{"a page that nobody asked for", func(p *tape) {
			p.click(1000*ms, 2, 10, 10)
			p.page(9000*ms, "https://a.example/b")
		}, []string{open, "click 2", "navigation → https://a.example/b"}},
		{"typing leads nowhere by itself", func(p *tape) {
			p.interact(900*ms, Focus, 7, 0, 0)
			p.input(1000*ms, 7, "a", false)
			p.page(1500*ms, "https://a.example/?q=a")
		}, []string{open, `change 7 "a"`, "navigation → https://a.example/?q=a"}},
		{"the same page again is no step, a reload is", func(p *tape) {
			p.page(1500*ms, "https://a.example/")
			p.add(3000*ms, 0, "{}")
			p.page(3010*ms, "https://a.example/")
		}, []string{open, "navigation → https://a.example/ reload"}},
		{"an address of a single-page application", func(p *tape) {
			p.click(1000*ms, 2, 10, 10)
			p.custom(1200*ms, "reelay.url", `{"href":"https://a.example/list","title":"List"}`)
		}, []string{open, "click 2 → https://a.example/list"}},
		{"a double click", func(p *tape) {
			p.click(1000*ms, 2, 10, 10)
			p.click(1200*ms, 2, 10, 10)
			p.interact(1260*ms, DblClick, 2, 10, 10)
		}, []string{open, "double_click 2"}},
		{"two slow clicks", func(p *tape) {
			p.click(1000*ms, 2, 10, 10)
			p.click(1900*ms, 2, 10, 10)
		}, []string{open, "click 2", "click 2"}},
		{"impatience", func(p *tape) {
			for i := range 5 {
				p.click(time.Duration(1000+250*i)*ms, 2+i%2, 10+float64(3*i), 10)
			}
			p.click(4000*ms, 2, 10, 10)
		}, []string{open, "rage_click 2 ×5", "click 2"}},
		{"a slow click before impatience", func(p *tape) {
			p.click(1000*ms, 2, 10, 10)
			for i := range 3 {
				p.click(time.Duration(1900+200*i)*ms, 2, 10, 10)
			}
		}, []string{open, "click 2", "rage_click 2 ×3"}},
		{"fast clicks at different places", func(p *tape) {
			for i := range 4 {
				p.click(time.Duration(1000+200*i)*ms, 2+i, float64(100*i), 10)
			}
		}, []string{open, "click 2", "click 3", "click 4", "click 5"}},
		{"a field that was clicked and typed into", func(p *tape) {
			p.interact(950*ms, Focus, 7, 0, 0)
			p.click(1000*ms, 7, 10, 10)
			p.input(2000*ms, 7, "h", false)
			p.input(2100*ms, 7, "hi", false)
		}, []string{open, `change 7 "hi"`}},
		{"a double click into a field that is typed into", func(p *tape) {
			p.click(1000*ms, 7, 10, 10)
			p.click(1200*ms, 7, 10, 10)
			p.interact(1260*ms, DblClick, 7, 10, 10)
			p.input(2000*ms, 7, "h", false)
		}, []string{open, `change 7 "h"`}},
		{"a click just before that on a control", func(p *tape) {
			p.click(1000*ms, 2, 10, 10)
			p.click(1600*ms, 7, 15, 10)
			p.input(1661*ms, 7, "on", true)
		}, []string{open, "click 2", `change 7 "on" checked`}},
		{"a list that was opened by mouse and closed by choosing", func(p *tape) {
			p.click(1000*ms, 7, 10, 10)
			p.interact(1010*ms, Focus, 7, 0, 0)
			p.input(3000*ms, 7, "us", false)
			p.interact(3001*ms, Click, 7, 0, 0)
		}, []string{open, `change 7 "us"`}},
		{"a switch that the page sets when it loads", func(p *tape) {
			p.input(1000*ms, 7, "on", false)
			p.input(1100*ms, 8, "", false)
		}, []string{open}},
		{"a field that has the focus from the start", func(p *tape) {
			p.input(1000*ms, 7, "h", false)
			p.input(1100*ms, 7, "hi", false)
		}, []string{open, `change 7 "hi"`}},
		{"an address with a secret", func(p *tape) {
			p.click(1000*ms, 2, 10, 10)
			p.page(1500*ms, "https://a.example/in?user=ines&password=hunter2#token=abc")
		}, []string{open, "click 2 → https://a.example/in?user=ines&password=•••••#token=•••••"}},
		{"a field that a script fills", func(p *tape) {
			p.interact(950*ms, Focus, 7, 0, 0)
			p.input(2000*ms, 7, "h", false)
			p.input(2001*ms, 8, "by script", false)
		}, []string{open, `change 7 "h"`}},
		{"a field that takes its text and is empty again", func(p *tape) {
			p.interact(950*ms, Focus, 7, 0, 0)
			p.input(2000*ms, 7, "one", false)
			p.input(2100*ms, 7, "", false)
			p.input(2200*ms, 7, "two", false)
		}, []string{open, `change 7 "one"`, `change 7 "two"`}},
		{"a label's control", func(p *tape) {
			p.click(1000*ms, 6, 10, 10)
			p.interact(1060*ms, Click, 7, 10, 10)
			p.input(1061*ms, 7, "on", true)
		}, []string{open, `change 7 "on" checked`}},
		{"a tap", func(p *tape) {
			p.interact(1000*ms, TouchStart, 2, 10, 10)
			p.interact(1050*ms, TouchEnd, 2, 10, 10)
			p.interact(1070*ms, MouseDown, 2, 10, 10)
			p.interact(1070*ms, Click, 2, 10, 10)
		}, []string{open, "tap 2"}},
		{"a swipe is no tap", func(p *tape) {
			p.interact(1000*ms, TouchStart, 2, 10, 500)
			p.interact(1300*ms, TouchEnd, 2, 10, 100)
		}, []string{open}},
		{"a menu", func(p *tape) {
			p.interact(1000*ms, MouseDown, 2, 10, 10)
			p.interact(1005*ms, ContextMenu, 2, 10, 10)
		}, []string{open, "right_click 2"}},
		{"a button pressed by key", func(p *tape) {
			p.interact(900*ms, Focus, 2, 0, 0)
			p.interact(1000*ms, Click, 2, 0, 0)
		}, []string{open, "click 2 key"}},
		{"a click by a script", func(p *tape) {
			p.interact(900*ms, Focus, 3, 0, 0)
			p.interact(1000*ms, Click, 2, 0, 0)
		}, []string{open}},
		{"a form sent by a click, and one by key", func(p *tape) {
			p.click(1000*ms, 2, 10, 10)
			p.custom(1100*ms, "reelay.submit", `{"node":9}`)
			p.interact(4000*ms, Focus, 7, 0, 0)
			p.input(4100*ms, 7, "q", false)
			p.custom(4500*ms, "reelay.submit", `{"node":9}`)
			p.page(4600*ms, "https://a.example/found")
		}, []string{open, "click 2 submits", `change 7 "q"`, "submit 9 submits key → https://a.example/found"}},
		{"scrolls", func(p *tape) {
			p.scroll(2000*ms, 1, 100)
			p.scroll(2100*ms, 1, 250) // less than half of what is in view
			p.scroll(5000*ms, 1, 300)
			p.scroll(5100*ms, 1, 700)
			p.click(7000*ms, 2, 10, 10)
			p.scroll(7100*ms, 1, 2000) // the click's effect
		}, []string{open, "scroll 1 down 450", "click 2"}},
		{"a page error", func(p *tape) {
			p.custom(1000*ms, "reelay.error", `{"message":"Uncaught TypeError: x is undefined"}`)
			p.add(1001*ms, 6, `{"plugin":"rrweb/console@1","payload":{"level":"error","payload":["\"Uncaught TypeError: x is undefined\""]}}`)
			p.custom(2000*ms, "reelay.error", `{"message":"Uncaught TypeError: x is undefined"}`)
			p.click(3000*ms, 2, 10, 10)
		}, []string{open, `error 0 ×2 "TypeError: x is undefined"`, "click 2"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := &tape{}
			p.page(0, "https://a.example/")
			test.act(p)
			p.add(20*time.Second, 5, `{"tag":"end","payload":{}}`)
			story, err := ReadStory(mustRead(t, part("tape", list(p.events...))))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, a := range story.Acts {
				got = append(got, tell(a))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("told\n  %s\nnot\n  %s", strings.Join(got, "\n  "), strings.Join(test.want, "\n  "))
			}
		})
	}
}

// tell puts an act into a line.
func tell(a Act) string {
	s := string(a.Action)
	if a.Action != ActionNavigate {
		s += fmt.Sprintf(" %d", a.Node)
	}
	if a.Count > 1 {
		s += fmt.Sprintf(" ×%d", a.Count)
	}
	if a.Text != "" {
		s += fmt.Sprintf(" %q", a.Text)
	}
	for name, is := range map[string]bool{" checked": a.Checked, " submits": a.Submits, " key": a.Keyboard && !a.Submits, " submits key": a.Keyboard && a.Submits} {
		if is && (name != " submits" || !a.Keyboard) {
			s += name
		}
	}
	if a.DY > 0 {
		s += fmt.Sprintf(" down %g", a.DY)
	}
	if a.To != "" {
		s += " → " + a.To
	}
	if a.Reload {
		s += " reload"
	}
	return s
}

// TestStoryShowsTheMoment checks which events make the page of each act.
func TestStoryShowsTheMoment(t *testing.T) {
	p := &tape{}
	p.page(0, "https://a.example/")                         // events 0 and 1
	p.add(500*ms, 3, `{"source":2,"type":6,"id":2}`)        // 2
	p.interact(1000*ms, MouseDown, 2, 5, 5)                 // 3
	p.add(1010*ms, 3, `{"source":8,"styleId":1,"adds":[]}`) // 4: the effect of pressing
	p.interact(1100*ms, Click, 2, 5, 5)                     // 5
	p.interact(3000*ms, Focus, 7, 0, 0)                     // 6
	p.input(3100*ms, 7, "a", false)                         // 7
	p.add(3110*ms, 3, `{"source":8,"styleId":1,"adds":[]}`) // 8
	p.input(3200*ms, 7, "ab", false)                        // 9
	p.add(3210*ms, 3, `{"source":8,"styleId":1,"adds":[]}`) // 10: the effect of typing
	story, err := ReadStory(mustRead(t, part("tape", list(p.events...))))
	if err != nil {
		t.Fatal(err)
	}
	if len(story.Acts) != 3 {
		t.Fatalf("%d acts, not 3", len(story.Acts))
	}
	if a := story.Acts[0]; a.After != 2 || a.End < 0 {
		t.Errorf("the page is shown after event %d, not 2", a.After)
	}
	if a := story.Acts[1]; a.Event != 3 || a.At != time.Second {
		t.Errorf("the click is shown before event %d at %v, not before the press", a.Event, a.At)
	}
	if a := story.Acts[2]; a.After != 10 || a.End != 3200*ms {
		t.Errorf("the text is shown after event %d at %v, not with its last letter", a.After, a.End)
	}
}

// FuzzStory mutates recordings. Whatever is told must have been there: acts are
// in order, name events and nodes of the recording, and their words are one
// clean line.
func FuzzStory(f *testing.F) {
	p := &tape{}
	p.page(0, "https://a.example/")
	p.click(1000*ms, 2, 10, 10)
	p.interact(2000*ms, Focus, 7, 0, 0)
	p.input(2100*ms, 7, "hello", false)
	p.scroll(4000*ms, 1, 700)
	p.custom(5000*ms, "reelay.error", `{"message":"boom"}`)
	p.custom(5500*ms, "reelay.submit", `{"node":2}`)
	p.page(6000*ms, "https://a.example/b")
	for i := range 4 {
		p.click(time.Duration(7000+200*i)*ms, 2, 10, 10)
	}
	f.Add([]byte(list(p.events...)), "Add to cart", "#a", false)
	f.Add([]byte(strings.Join(p.events, "\n")), "\u202eevil\x00\n", "aria/x", true)
	lim := defaultLimits()
	lim.decoded, lim.value, lim.events, lim.windows = 1<<20, 1<<18, 5000, 8
	dir, log := f.TempDir(), slog.New(slog.DiscardHandler)
	f.Fuzz(func(t *testing.T, data []byte, name, selector string, secret bool) {
		r, err := read(t.Context(), dir, []Part{part("a", data)}, log, lim)
		if err != nil {
			return
		}
		defer r.Close()
		story, err := ReadStory(r)
		if err != nil {
			t.Fatal(err)
		}
		nodes := targets(t, r)
		steps := StepList{Lines: story.Lines, Environment: story.Environment}
		event := 0
		for i, a := range story.Acts {
			if a.Event < event || a.After <= a.Event || a.After > r.Len() || a.At < 0 || a.End < a.At || a.End > r.Duration() {
				t.Fatalf("act %d of %d: event %d to %d at %v to %v, of %d in %v, after event %d", i, len(story.Acts), a.Event, a.After, a.At, a.End, r.Len(), r.Duration(), event)
			}
			event = a.Event
			if a.Targeted() && !nodes[[2]int{a.Stream, a.Node}] {
				t.Fatalf("act %d is on node %d, on which nothing was recorded", i, a.Node)
			}
			el := Element{Found: true, Name: name, Role: "button", Selectors: [][]string{{selector}}, Secret: secret, Control: TextControl}
			s := NewStep(i+1, a, el)
			for _, text := range []string{s.Caption, s.Label, s.Value} {
				if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == '\u202e' || r == 0x7f }) {
					t.Fatalf("step %d has control characters: %q", i+1, text)
				}
			}
			if secret && a.Text != "" && s.Action == ActionType && s.Value != "" {
				t.Fatalf("step %d tells the secret %q", i+1, s.Value)
			}
			steps.Steps = append(steps.Steps, s)
		}
		var md, journey strings.Builder
		if err := steps.WriteMarkdown(&md); err != nil {
			t.Fatal(err)
		}
		if err := steps.WriteRecorder(&journey, name); err != nil {
			t.Fatal(err)
		}
		if !json.Valid([]byte(journey.String())) {
			t.Fatalf("journey is not JSON: %s", journey.String())
		}
		for _, most := range []int{0, 1, 3} {
			if n := len((Choice{Most: most}).Choose(story.Acts)); most > 0 && n > most {
				t.Fatalf("%d chosen, not %d", n, most)
			}
		}
	})
}

// targets lists the nodes, by stream, that gestures were recorded on.
func targets(t *testing.T, r *Recording) map[[2]int]bool {
	t.Helper()
	nodes := map[[2]int]bool{}
	for i := range r.Len() {
		e, err := r.Load(i)
		if err != nil {
			t.Fatal(err)
		}
		if d, err := DecodeInteraction(e); err == nil {
			nodes[[2]int{e.Stream, d.ID}] = true
		}
		if d, err := DecodeInput(e); err == nil {
			nodes[[2]int{e.Stream, d.ID}] = true
		}
		if d, err := DecodeCustom(e); err == nil {
			var p struct{ Node int }
			if json.Unmarshal(d.Payload, &p) == nil {
				nodes[[2]int{e.Stream, p.Node}] = true
			}
		}
	}
	return nodes
}
