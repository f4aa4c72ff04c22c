package session

import (
	"strings"
	"testing"
	"time"
)

// TestSteps words acts on elements.
func TestSteps(t *testing.T) {
	button := Element{Found: true, Name: "Add to cart", Role: "button", Selectors: [][]string{{"aria/Add to cart"}, {"#add"}}}
	field := Element{Found: true, Name: "E-mail", Role: "textbox", Type: "email", Control: TextControl}
	click := Act{Action: ActionClick, Pointed: true, X: 3, Y: 4, Count: 1}
	named := func(el Element, name string) Element { el.Name = name; return el }
	for _, test := range []struct {
		act   Act
		el    Element
		want  string
		label string
	}{
		{click, button, "Click “Add to cart”", "Add to cart"},
		{click, named(button, "  two\n lines "), "Click “two lines”", "two lines"},
		{click, named(button, "Material and making +"), "Click “Material and making”", "Material and making +"},
		{click, named(button, "+"), "Click “+”", "+"},
		{click, named(button, "************"), "Click “•••••”", "•••••"},
		{click, named(button, strings.Repeat("long name ", 20)), "Click “long name long name long name long name long name long…”", strings.TrimSpace(strings.Repeat("long name ", 20))},
		{click, named(button, "\u202eevil"), "Click “evil”", "evil"},
		{click, Element{Found: true, Role: "img", Selectors: [][]string{{".hero img"}}}, "Click the picture (.hero img)", "picture (.hero img)"},
		{click, Element{Point: &Point{X: 3, Y: 4}}, "Click at (3, 4)", ""},
		{Act{Action: ActionTap}, button, "Tap “Add to cart”", "Add to cart"},
		{Act{Action: ActionClick, Keyboard: true}, button, "Press “Add to cart” with the keyboard", "Add to cart"},
		{Act{Action: ActionRightClick}, button, "Right-click “Add to cart”", "Add to cart"},
		{Act{Action: ActionDoubleClick}, button, "Double-click “Add to cart”", "Add to cart"},
		{Act{Action: ActionRageClick, Count: 6, End: 1800 * time.Millisecond}, button, "Rage-click “Add to cart”: 6 clicks in 1.8 s", "Add to cart"},
		{Act{Action: ActionRageClick, Count: 6}, named(button, "One more"), "Click “One more” 6 times", "One more"},
		{Act{Action: ActionRageClick, Count: 3}, field, "Click “E-mail” 3 times", "E-mail"},
		{Act{Action: ActionChange, Text: "a@b.example"}, field, "Type “a@b.example” into “E-mail”", "E-mail"},
		{Act{Action: ActionChange, Text: "*****"}, field, "Type ••••• into “E-mail”", "E-mail"},
		{Act{Action: ActionChange}, field, "Clear “E-mail”", "E-mail"},
		{Act{Action: ActionChange, Text: "low"}, Element{Found: true, Name: "Sort by", Control: SelectControl, Option: "Price, low first"}, "Choose “Price, low first” in “Sort by”", "Sort by"},
		{Act{Action: ActionChange, Text: "•••••"}, Element{Found: true, Name: "Country", Control: SelectControl}, "Choose an option in “Country”", "Country"},
		{Act{Action: ActionChange, Text: "on", Checked: true}, Element{Found: true, Name: "I agree", Control: CheckboxControl}, "Check “I agree”", "I agree"},
		{Act{Action: ActionChange, Text: "on"}, Element{Found: true, Name: "I agree", Control: CheckboxControl}, "Uncheck “I agree”", "I agree"},
		{Act{Action: ActionChange, Text: "l", Checked: true}, Element{Found: true, Name: "Large", Control: RadioControl}, "Choose “Large”", "Large"},
		{Act{Action: ActionChange, Text: "35"}, Element{Found: true, Name: "Volume", Control: ValueControl}, "Set “Volume” to “35”", "Volume"},
		{Act{Action: ActionChange, Text: `C:\fakepath\cv.pdf`}, Element{Found: true, Name: "CV", Control: FileControl}, "Choose a file for “CV”", "CV"},
		{Act{Action: ActionSubmit}, Element{Found: true, Role: "form"}, "Submit the form", "form"},
		{Act{Action: ActionScroll, DY: 900}, Element{Found: true, Name: "Ratings"}, "Scroll down to “Ratings”", "Ratings"},
		{Act{Action: ActionScroll, DX: -900}, Element{}, "Scroll left by 900 px", ""},
		{Act{Action: ActionNavigate, To: "https://a.example/b?c=d", First: true}, Element{}, "Open a.example/b?c=d", ""},
		{Act{Action: ActionNavigate, To: "https://a.example/b"}, Element{Title: "Basket"}, "Go to “Basket”", ""},
		{Act{Action: ActionNavigate, To: "https://a.example/b", Reload: true}, Element{Title: "Basket"}, "Reload “Basket”", ""},
		{Act{Action: ActionError, Text: "TypeError: x"}, Element{}, "The page reports an error: “TypeError: x”", ""},
		{click, named(button, "عربة التسوق"), "Click “عربة التسوق”", "عربة التسوق"},
	} {
		s := NewStep(1, test.act, test.el)
		if s.Caption != test.want || s.Label != test.label {
			t.Errorf("%s on %q: %q, labelled %q; not %q, labelled %q", test.act.Action, test.el.Name, s.Caption, s.Label, test.want, test.label)
		}
	}
}

// visitOf is a short visit that ends with an error.
func visitOf() *StepList {
	at := func(seconds int) time.Duration { return time.Duration(seconds) * time.Second }
	view := Viewport{Width: 1280, Height: 720}
	name := "step-02.png"
	l := &StepList{Environment: Environment{
		Start: time.Date(2026, 11, 23, 22, 15, 0, 0, time.UTC), Viewport: view, Language: "pt-PT",
		UserAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
	}, Lines: []Line{{At: at(9), Kind: RequestLine, Text: "500 POST /pay"}}}
	for i, a := range []struct {
		act Act
		el  Element
	}{
		{Act{Action: ActionNavigate, To: "https://a.example/", URL: "https://a.example/", First: true}, Element{Title: "Shop_*"}},
		{
			Act{Action: ActionClick, At: at(2), Count: 1, To: "https://a.example/pay", Pointed: true},
			Element{
				Found: true, Name: "Pay", Role: "button", Selectors: [][]string{{`aria/Pay[role="button"]`}, {"pay-box", "#pay"}},
				Box: &Box{X: 10, Y: 20, Width: 100, Height: 40}, Point: &Point{X: 40, Y: 30},
			},
		},
		{Act{Action: ActionChange, At: at(4), Text: "•••••"}, Element{Found: true, Name: "E-mail", Type: "email", Control: TextControl, Selectors: [][]string{{"#mail"}}}},
		{Act{Action: ActionChange, At: at(5), Text: "*****"}, Element{Found: true, Name: "Card number", Control: TextControl, Selectors: [][]string{{"#card"}}, Frame: []int{0}}},
		{Act{Action: ActionSubmit, At: at(6), Node: 9}, Element{Found: true, Role: "form"}},
		{Act{Action: ActionError, At: at(7), Text: "TypeError: total is null"}, Element{}},
	} {
		l.Steps = append(l.Steps, NewStep(i+1, a.act, a.el))
	}
	l.Steps[1].Image = &name
	return l
}

func TestMarkdown(t *testing.T) {
	var got strings.Builder
	if err := visitOf().WriteMarkdown(&got); err != nil {
		t.Fatal(err)
	}
	const want = `## Steps to reproduce

Recorded on 23 November 2026 at 22:15 UTC · Chrome 156 on Linux · 1280 × 720 · pt-PT

1. Open “Shop\_\*” at a.example/.
2. Click “Pay”, which leads to a.example/pay. ([picture](step-02.png))
3. Type ••••• into “E-mail”.
4. Type ••••• into “Card number”.
5. Submit the form.
6. The page reports an error: “TypeError: total is null”.
7. **What went wrong:** The page reports “TypeError: total is null” at 0:07 (step 6).

### Failed requests

- 0:09, request: ` + "`500 POST /pay`" + `
`
	if got.String() != want {
		t.Errorf("steps.md is\n%s\nnot\n%s", got.String(), want)
	}
}

func TestRecorder(t *testing.T) {
	var got strings.Builder
	if err := visitOf().WriteRecorder(&got, "Pay"); err != nil {
		t.Fatal(err)
	}
	flat := strings.NewReplacer("\n", "", "  ", "", `": `, `":`).Replace(got.String())
	const want = `{"title":"Pay","steps":[` +
		`{"type":"setViewport","width":1280,"height":720,"deviceScaleFactor":1,"isMobile":false,"hasTouch":false,"isLandscape":false},` +
		`{"type":"navigate","url":"https://a.example/","assertedEvents":[{"type":"navigation","url":"https://a.example/","title":""}]},` +
		`{"type":"click","target":"main","selectors":[["aria/Pay[role=\"button\"]"],["pay-box","#pay"]],"offsetX":30,"offsetY":10,"assertedEvents":[{"type":"navigation","url":"https://a.example/pay","title":""}]},` +
		`{"type":"change","target":"main","selectors":[["#mail"]],"value":"placeholder@example.com"},` +
		`{"type":"change","target":"main","frame":[0],"selectors":[["#card"]],"value":"<Card number>"},` +
		`{"type":"keyDown","target":"main","key":"Enter"},{"type":"keyUp","target":"main","key":"Enter"}]}`
	if strings.ReplaceAll(flat, ", ", ",") != want {
		t.Errorf("the journey is\n%s\nnot\n%s", flat, want)
	}
}

func TestChoose(t *testing.T) {
	acts := []Act{
		{Action: ActionNavigate, First: true},
		{Action: ActionScroll, At: 1 * time.Second, End: 2 * time.Second},
		{Action: ActionClick, At: 3 * time.Second, End: 3 * time.Second},
		{Action: ActionChange, At: 4 * time.Second, End: 6 * time.Second},
		{Action: ActionClick, At: 7 * time.Second, End: 7 * time.Second},
		{Action: ActionError, At: 8 * time.Second, End: 8 * time.Second},
	}
	for _, test := range []struct {
		choice Choice
		want   string
	}{
		{Choice{}, "navigation scroll click change click error"},
		{Choice{Only: []Kind{Clicks, Errors}}, "click click error"},
		{Choice{From: 5 * time.Second, To: 7 * time.Second}, "change click"},
		{Choice{Most: 3}, "navigation change error"},
		{Choice{Most: 1}, "error"},
	} {
		var got []string
		for _, a := range test.choice.Choose(acts) {
			got = append(got, string(a.Action))
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%+v chooses %q, not %q", test.choice, got, test.want)
		}
	}
}
