package visitor_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/reelay/reelay/recorder/visitor"
)

func TestSelectorForms(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ json, text string }{
		{`"#buy"`, `#buy`},
		{`["#buy"]`, `#buy`},
		{`["shop-cart", "aria/Buy"]`, `shop-cart >> aria/Buy`},
		{`["aria/Buy now[role=\"button\"]"]`, `aria/Buy now[role="button"]`},
		{`["aria/[role=\"main\"]"]`, `aria/[role="main"]`},
		{`["aria/[name=\"A\"][role='link']"]`, `aria/A[role="link"]`},
		{`["text/Sign  in"]`, `text/Sign  in`},
		{`["xpath///*[@id=\"x\"]"]`, `xpath///*[@id="x"]`},
		{`["pierce/.more"]`, `pierce/.more`},
	} {
		var selector visitor.Selector
		if err := json.Unmarshal([]byte(test.json), &selector); err != nil {
			t.Errorf("%s: %v", test.json, err)
			continue
		}
		if selector.String() != test.text {
			t.Errorf("%s reads as %s, want %s", test.json, selector, test.text)
		}
		back, err := json.Marshal(selector)
		if err != nil {
			t.Fatal(err)
		}
		var again visitor.Selector
		if err := json.Unmarshal(back, &again); err != nil || again.String() != selector.String() {
			t.Errorf("%s came back as %s, %v", selector, again, err)
		}
	}
}

func TestSelectorKindsInChrome(t *testing.T) {
	server := serve(t, map[string]string{"/": `
		<style>.away { display: none } body { margin: 40px } button, a { margin: 6px }</style>
		<button class="away css">Hidden twin</button>
		<button class="css" name="css">One</button>
		<button name="aria" aria-label="Put into the bag"><svg width="20" height="20"></svg></button>
		<a href="#" name="role">Save</a><button name="role">Save</button>
		<label for="mail">Your mail</label><input id="mail" name="label">
		<button name="text"><b>Read</b> <i>the  terms</i></button>
		<p><button name="xpath" data-x="1">Path</button></p>
		<shop-box></shop-box>
		<script>
			class Box extends HTMLElement {
				constructor() {
					super();
					this.attachShadow({ mode: "open" }).innerHTML =
						'<button name="pierce" class="deep">Deep</button><inner-box></inner-box>';
				}
			}
			class Inner extends HTMLElement {
				constructor() {
					super();
					this.attachShadow({ mode: "open" }).innerHTML = '<button name="chain" class="low">Lower</button><button name="shadow-text">Lowest words</button>';
				}
			}
			customElements.define("inner-box", Inner);
			customElements.define("shop-box", Box);
			addEventListener("click", (e) => {
				const hit = e.composedPath().find((n) => n.getAttribute?.("name"));
				if (e.target.localName !== "label") say(hit?.getAttribute("name") + " " + hit?.localName);
			});
		</script>`})
	cases := []struct{ selectors, want string }{
		{`["button.css"]`, "css button"},
		{`["aria/Put into the bag"]`, "aria button"},
		{`["aria/Save[role=\"button\"]"]`, "role button"},
		{`["aria/Save[role=\"link\"]"]`, "role a"},
		{`["aria/Your mail"]`, "label input"},
		{`["text/Read the terms"]`, "text button"},
		{`["xpath///button[@data-x='1']"]`, "xpath button"},
		{`["pierce/.deep"]`, "pierce button"},
		{`[["shop-box", "inner-box", ".low"]]`, "chain button"},
		{`[["shop-box", "aria/Lower"]]`, "chain button"},
		{`["text/Lowest words"]`, "shadow-text button"},
		{`["#never", "aria/Nobody", "pierce/.deep"]`, "pierce button"},
	}
	steps, want := []string{openSite}, []string{}
	for _, test := range cases {
		steps = append(steps, fmt.Sprintf(`{"type": "click", "selectors": %s}`, test.selectors))
		want = append(want, test.want)
	}
	result, said := visit(t, server, steps...)
	wants(t, said, want...)
	if used := result.Actions[len(result.Actions)-1].Selector.String(); used != "pierce/.deep" {
		t.Errorf("the fall-back that matched is noted as %s", used)
	}
}

func TestFrames(t *testing.T) {
	foreign := serve(t, map[string]string{"/": `<body style="margin: 0"><button style="margin: 60px" onclick="parent.postMessage('foreign', '*')">Go</button>`})
	server := serve(t, map[string]string{
		"/": `<style>iframe { margin: 70px; border: 9px solid; padding: 5px }</style>
			<p style="height: 900px">Far up</p>
			<iframe src="/outer" width="500" height="300"></iframe>
			<iframe src="` + strings.Replace(foreign.URL, "127.0.0.1", "localhost", 1) + `"></iframe>
			<script>addEventListener("message", (e) => { say(e.data); answered = true })</script>`,
		"/outer": `<input onchange="say(value)"><iframe src="/none" width="10" height="10"></iframe><iframe src="/inner"></iframe>`,
		"/inner": `<style>body { height: 900px }</style><button style="margin-top: 500px" onclick="say('inner')">Go</button><input onchange="say(value)">`,
		"/none":  ``,
	})
	_, said := visit(
		t, server, openSite,
		`{"type": "change", "frame": [0], "selectors": ["input"], "value": "far down"}`,
		`{"type": "click", "frame": [0, 1], "selectors": ["aria/Go"]}`,
		`{"type": "change", "frame": [0, 1], "selectors": ["input"], "value": "typed"}`,
		`{"type": "click", "frame": [0, 1], "selectors": ["button"]}`,
		`{"type": "click", "frame": [1], "selectors": ["text/Go"]}`,
		`{"type": "waitForExpression", "expression": "window.answered"}`,
	)
	wants(t, said, "far down", "inner", "typed", "inner", "foreign")
}
