package visitor_test

import (
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reelay/reelay/fixtures"
	"github.com/reelay/reelay/recorder/visitor"
)

func TestParseJourney(t *testing.T) {
	t.Parallel()
	journey, err := visitor.ParseJourney([]byte(`{
		"title": "Buy", "timeout": 7000, "selectorAttribute": "data-test",
		"steps": [
			{"type": "setViewport", "width": 390, "height": 844, "deviceScaleFactor": 3, "isMobile": true, "hasTouch": true, "isLandscape": false},
			{"type": "navigate", "url": "https://shop.example/", "assertedEvents": [{"type": "navigation", "url": "https://shop.example/", "title": "Shop"}]},
			{"type": "click", "target": "main", "frame": [0, 2], "selectors": [["aria/Buy"], ["#a", "b"], "text/Buy"], "offsetX": 3.5, "offsetY": 4, "button": "secondary", "duration": 250, "timeout": 100.5}
		]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := visitor.Journey{
		Title: "Buy", Timeout: 7 * time.Second,
		Steps: []visitor.Step{
			{Type: visitor.StepSetViewport, Viewport: visitor.Viewport{Width: 390, Height: 844, Scale: 3, Mobile: true, Touch: true}},
			{
				Type: visitor.StepNavigate, URL: "https://shop.example/",
				Asserted: []visitor.Navigation{{URL: "https://shop.example/", Title: "Shop"}},
			},
			{
				Type: visitor.StepClick, Timeout: 100500 * time.Microsecond, Target: "main", Frame: []int{0, 2},
				Selectors: []visitor.Selector{
					{{Kind: visitor.SelectARIA, Value: "Buy"}},
					{{Kind: visitor.SelectCSS, Value: "#a"}, {Kind: visitor.SelectCSS, Value: "b"}},
					{{Kind: visitor.SelectText, Value: "Buy"}},
				},
				Pointer: visitor.Pointer{Button: "secondary", At: &visitor.Offset{X: 3.5, Y: 4}, Hold: 250 * time.Millisecond},
			},
		},
	}
	if diff := cmp.Diff(want, journey); diff != "" {
		t.Errorf("parsed (-want +got):\n%s", diff)
	}
}

func TestParseJourneyRefuses(t *testing.T) {
	t.Parallel()
	step := func(text string) string { return `{"steps": [{"type": "close"}, ` + text + `]}` }
	for _, test := range []struct{ text, want string }{
		{``, "read journey: line 1, column 0"},
		{"{\n  \"steps\": [}\n", "read journey: line 2, column 13"},
		{`{"steps": 3}`, "line 1, column"},
		{`{"steps": []}`, "journey has no steps"},
		{`{"timeout": -1, "steps": [{"type": "close"}]}`, "timeout of -1 ms"},
		{`{"timeout": 1e99, "steps": [{"type": "close"}]}`, "timeout of 1e+99 ms"},
		{step(`{}`), "step 2: type is missing"},
		{step(`7`), "step 2: "},
		{step(`{"type": "fly"}`), "step 2 (fly): step type is unknown"},
		{step(`{"type": "click"}`), "step 2 (click): selectors are missing"},
		{step(`{"type": "click", "selectors": []}`), "selectors are missing"},
		{step(`{"type": "click", "selectors": [[]]}`), "selector is empty"},
		{step(`{"type": "click", "selectors": [" "]}`), "selector is empty"},
		{step(`{"type": "click", "selectors": ["aria/"]}`), "selector is empty"},
		{step(`{"type": "click", "selectors": [{"css": "a"}]}`), "neither a string nor a list"},
		{step(`{"type": "click", "selectors": ["` + strings.Repeat("a", 9000) + `"]}`), "selector of 9000 bytes"},
		{step(`{"type": "click", "selectors": ["a"], "button": "third"}`), `button "third" is unknown`},
		{step(`{"type": "click", "selectors": ["a"], "deviceType": "nose"}`), `device type "nose" is unknown`},
		{step(`{"type": "change", "selectors": ["a"]}`), "value is missing"},
		{step(`{"type": "change", "value": "a"}`), "selectors are missing"},
		{step(`{"type": "navigate"}`), "url is missing"},
		{step(`{"type": "navigate", "url": "x", "assertedEvents": [{"type": "dream"}]}`), `asserted event "dream" is unknown`},
		{step(`{"type": "keyDown", "key": "Hyper"}`), `key "Hyper" is unknown`},
		{step(`{"type": "keyUp"}`), `key "" is unknown`},
		{step(`{"type": "setViewport", "width": 0, "height": 5}`), "viewport of 0x5"},
		{step(`{"type": "setViewport", "width": 100000, "height": 5}`), "viewport of 100000x5"},
		{step(`{"type": "setViewport", "width": 5, "height": 5, "deviceScaleFactor": 99}`), "device scale factor 99"},
		{step(`{"type": "scroll", "y": 1e12}`), "scroll position 0, 1e+12 is absurd"},
		{step(`{"type": "waitForElement", "selectors": ["a"], "operator": "~"}`), `operator "~" is unknown`},
		{step(`{"type": "waitForExpression"}`), "expression is missing"},
		{step(`{"type": "customStep"}`), "name is missing"},
		{step(`{"type": "customStep", "name": "pause", "parameters": 3}`), "read parameters of pause"},
	} {
		_, err := visitor.ParseJourney([]byte(test.text))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%.80s: got %v, want %q in it", test.text, err, test.want)
		}
	}
}

func FuzzParseJourney(f *testing.F) {
	names, err := fs.Glob(fixtures.Journeys(), "*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(fixtures.Journeys(), name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"steps":[{"type":"click","selectors":[["aria/A[role=\"b\"]"]],"offsetX":1e308}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		journey, err := visitor.ParseJourney(data)
		if err != nil {
			return
		}
		if len(journey.Steps) == 0 {
			t.Error("accepted without steps")
		}
		for _, step := range journey.Steps {
			if step.Timeout < 0 || step.Timeout > 10*time.Minute {
				t.Errorf("accepted a timeout of %v", step.Timeout)
			}
			for _, selector := range step.Selectors {
				if selector.String() == "" {
					t.Error("accepted an empty selector")
				}
			}
		}
	})
}
