package visitor_test

import (
	"strings"
	"testing"
	"time"

	"github.com/reelay/reelay/recorder/visitor"
)

// wants fails unless said consists of these lines.
func wants(t *testing.T, said string, lines ...string) {
	t.Helper()
	if want := strings.Join(lines, "\n"); said != want {
		t.Errorf("the page said\n%s\nwant\n%s", said, want)
	}
}

func TestPointerSteps(t *testing.T) {
	server := serve(t, map[string]string{"/": `
		<button id="b">Buy</button>
		<script>
			for (const type of ["click", "dblclick", "contextmenu", "auxclick"])
				b.addEventListener(type, (e) => say(type + " " + e.button + " " + e.isTrusted));
			let hovers = 0;
			b.addEventListener("mouseenter", () => say("enter"));
		</script>`})
	result, said := visit(
		t, server, openSite,
		`{"type": "hover", "selectors": ["#b"]}`,
		`{"type": "click", "selectors": ["#b"]}`,
		`{"type": "doubleClick", "selectors": ["#b"]}`,
		`{"type": "click", "selectors": ["#b"], "button": "secondary"}`,
		`{"type": "click", "selectors": ["#b"], "button": "auxiliary"}`,
	)
	wants(
		t, said, "enter", "click 0 true", "click 0 true", "click 0 true", "dblclick 0 true",
		"contextmenu 2 true", "auxclick 2 true", "auxclick 1 true",
	)
	if len(result.Actions) != 5 {
		t.Fatalf("%d actions noted, want 5", len(result.Actions))
	}
	action := result.Actions[1]
	if action.Name != "Buy" || action.Role != "button" || action.Step != 3 || action.Type != visitor.StepClick {
		t.Errorf("noted %+v", action)
	}
	if action.X < action.Box.X || action.X > action.Box.X+action.Box.Width || action.Time == 0 {
		t.Errorf("point or time is wrong: %+v", action)
	}
}

func TestClickMeetsTheOffset(t *testing.T) {
	server := serve(t, map[string]string{"/": `
		<div id="map" style="position: absolute; left: 50px; top: 80px; width: 300px; height: 200px"></div>
		<script>document.getElementById("map").addEventListener("click", (e) => say(e.offsetX + "," + e.offsetY))</script>`})
	_, said := visit(t, server, openSite, `{"type": "click", "selectors": ["#map"], "offsetX": 211, "offsetY": 17}`)
	wants(t, said, "211,17")
}

func TestChangeSteps(t *testing.T) {
	server := serve(t, map[string]string{"/": `
		<input id="name" value=""><input id="mail" value="old@example.org"><textarea id="note">Dear </textarea>
		<input id="day" type="date"><input id="volume" type="range" max="10"><input id="tint" type="color">
		<select id="size"><option value="s">Small<option value="l">Large</select>
		<p id="free" contenteditable style="width: 200px; height: 20px"></p>
		<script>
			let keys = 0;
			addEventListener("keydown", () => keys++);
			document.getElementById("name").addEventListener("change", () => say("keys " + keys));
			addEventListener("change", (e) => say(e.target.id + "=" + e.target.value));
			free.addEventListener("blur", () => say("free=" + free.innerText));
		</script>`})
	_, said := visit(
		t, server, openSite,
		`{"type": "change", "selectors": ["#name"], "value": "Inês 漢 A&b"}`,
		`{"type": "change", "selectors": ["#mail"], "value": "new@example.org"}`,
		`{"type": "change", "selectors": ["#note"], "value": "Dear Ada,\nhello"}`,
		`{"type": "change", "selectors": ["#day"], "value": "2026-04-29"}`,
		`{"type": "change", "selectors": ["#volume"], "value": "7"}`,
		`{"type": "change", "selectors": ["#tint"], "value": "#2c49c9"}`,
		`{"type": "change", "selectors": ["#size"], "value": "Large"}`,
		`{"type": "change", "selectors": ["#free"], "value": "typed"}`,
		`{"type": "click", "selectors": ["#name"]}`,
	)
	wants(
		t, said, "keys 8", "name=Inês 漢 A&b", "mail=new@example.org", "note=Dear Ada,\nhello",
		"day=2026-04-29", "volume=7", "tint=#2c49c9", "size=l", "free=typed",
	)
}

func TestKeySteps(t *testing.T) {
	server := serve(t, map[string]string{"/": `
		<script>
			for (const type of ["keydown", "keyup"])
				addEventListener(type, (e) => say(type + " " + e.key + " " + e.code + (e.shiftKey ? " shift" : "")));
		</script>`})
	_, said := visit(
		t, server, openSite,
		`{"type": "keyDown", "key": "Shift"}`, `{"type": "keyDown", "key": "Tab"}`,
		`{"type": "keyUp", "key": "Tab"}`, `{"type": "keyUp", "key": "Shift"}`,
		`{"type": "keyDown", "key": "ArrowDown"}`, `{"type": "keyUp", "key": "ArrowDown"}`,
		`{"type": "keyDown", "key": "k"}`, `{"type": "keyUp", "key": "k"}`,
	)
	wants(
		t, said, "keydown Shift ShiftLeft shift", "keydown Tab Tab shift", "keyup Tab Tab shift", "keyup Shift ShiftLeft",
		"keydown ArrowDown ArrowDown", "keyup ArrowDown ArrowDown", "keydown k KeyK", "keyup k KeyK",
	)
}

func TestScrollSteps(t *testing.T) {
	server := serve(t, map[string]string{"/": `
		<style>body { height: 6000px; width: 4000px; margin: 0 } #box { width: 300px; height: 200px; overflow: auto; margin: 40px }</style>
		<div id="box"><div style="height: 3000px"></div></div>
`})
	_, said := visit(
		t, server, openSite,
		`{"type": "scroll", "selectors": ["#box"], "x": 0, "y": 650}`,
		`{"type": "waitForExpression", "expression": "say('box ' + box.scrollTop) || true"}`,
		`{"type": "scroll", "x": 200, "y": 2345}`,
		`{"type": "waitForExpression", "expression": "say([scrollX, scrollY]) || true"}`,
		`{"type": "scroll", "x": 0, "y": 99999}`,
		`{"type": "waitForExpression", "expression": "say([scrollX, scrollY === document.documentElement.scrollHeight - document.documentElement.clientHeight]) || true"}`,
	)
	wants(t, said, "box 650", "200,2345", "0,true")
}

func TestPersonTakesTime(t *testing.T) {
	server := serve(t, map[string]string{"/": `
		<style>body { height: 6000px }</style><input id="f">
		<script>
			const count = { scroll: 0, wheel: 0, mousemove: 0, keydown: 0 };
			for (const type of Object.keys(count)) addEventListener(type, () => count[type]++, { passive: true });
		</script>`})
	h := &heard{}
	o := options(h)
	o.Pace = 1
	start := time.Now()
	_, err := visitor.Run(t.Context(), journeyOf(
		t, server, openSite,
		`{"type": "change", "selectors": ["#f"], "value": "slowly"}`,
		`{"type": "scroll", "x": 0, "y": 900}`,
		`{"type": "waitForExpression", "expression": "say([count.keydown, count.mousemove > 8, count.wheel > 8, count.scroll > 4]) || true"}`,
	), o)
	if err != nil {
		t.Fatal(err)
	}
	wants(t, h.String(), "6,true,true,true")
	if took := time.Since(start); took < 1500*time.Millisecond {
		t.Errorf("moved, typed and scrolled in %v", took)
	}
}

func TestTouchVisit(t *testing.T) {
	server := serve(t, map[string]string{"/": `
		<meta name="viewport" content="width=device-width">
		<style>body { height: 5000px }</style><button id="b">Tap</button>
		<script>
			say([innerWidth, innerHeight, devicePixelRatio, matchMedia("(pointer: coarse)").matches]);
			b.addEventListener("touchstart", () => say("touchstart"));
			b.addEventListener("click", (e) => say("click " + e.pointerType));
			addEventListener("touchmove", () => say("swipe"), { once: true });
		</script>`})
	_, said := visit(
		t, server,
		`{"type": "setViewport", "width": 390, "height": 844, "deviceScaleFactor": 2, "isMobile": true, "hasTouch": true}`,
		openSite,
		`{"type": "click", "deviceType": "touch", "selectors": ["#b"]}`,
		`{"type": "scroll", "x": 0, "y": 1500}`,
		`{"type": "waitForExpression", "expression": "say(scrollY) || true"}`,
	)
	wants(t, said, "390,844,2,true", "touchstart", "click touch", "swipe", "1500")
}

func TestWaitSteps(t *testing.T) {
	server := serve(t, map[string]string{"/": `
		<ul id="list"></ul>
		<script>
			const grow = setInterval(() => {
				const item = list.appendChild(document.createElement("li"));
				item.textContent = "item";
				item.title = "t" + list.children.length;
				item.dataset.n = list.children.length;
				if (list.children.length === 4) { clearInterval(grow); say("grown"); item.hidden = true }
			}, 60);
		</script>`})
	_, said := visit(
		t, server, openSite,
		`{"type": "waitForElement", "selectors": ["#list li"], "count": 2}`,
		`{"type": "waitForElement", "selectors": ["#nothing", "#list li"], "operator": "==", "count": 3, "visible": true}`,
		`{"type": "waitForElement", "selectors": ["li"], "visible": false, "properties": {"title": "t4"}, "attributes": {"data-n": "4"}}`,
		`{"type": "waitForElement", "selectors": [".gone"], "operator": "==", "count": 0}`,
		`{"type": "waitForExpression", "expression": "new Promise((done) => setTimeout(() => done(say('waited') || true), 80)) // with a comment"}`,
		`{"type": "customStep", "name": "pause", "parameters": {"duration": 500}}`,
	)
	wants(t, said, "grown", "waited")
}

func TestNavigationSteps(t *testing.T) {
	server := serve(t, map[string]string{
		"/":     `<a href="/next?id=7#part">Next</a>`,
		"/next": `<script>say("next")</script><button onclick="history.pushState(null, '', '/pushed')">Push</button>`,
	})
	result, said := visit(
		t, server, openSite,
		`{"type": "click", "selectors": ["a"], "assertedEvents": [{"type": "navigation", "url": "SITE/next?id=1"}]}`,
		`{"type": "click", "selectors": ["button"], "assertedEvents": [{"type": "navigation", "url": "SITE/pushed"}]}`,
	)
	wants(t, said, "next")
	if result.URL != server.URL+"/pushed" || result.Title != "/next" || result.Steps != 3 {
		t.Errorf("ended as %+v", result)
	}
}

func TestNetworkStepAndUnknownCustomStep(t *testing.T) {
	server := serve(t, map[string]string{"/": ``, "/late": `late`})
	result, said := visit(
		t, server, openSite,
		`{"type": "emulateNetworkConditions", "download": 50000, "upload": 50000, "latency": 400}`,
		`{"type": "waitForExpression", "expression": "(async () => { const start = performance.now(); await fetch('/late'); say(performance.now() - start >= 400); return true })()"}`,
		`{"type": "emulateNetworkConditions", "download": 0, "upload": 0, "latency": 0}`,
		`{"type": "waitForExpression", "expression": "fetch('/late').then(() => false, () => say('offline') || true)"}`,
		`{"type": "customStep", "name": "dance", "parameters": {}}`,
	)
	wants(t, said, "true", "offline")
	if len(result.Skipped) != 1 || result.Skipped[0] != 6 {
		t.Errorf("skipped %v, want [6]", result.Skipped)
	}
}

func TestOtherTabAndClose(t *testing.T) {
	server := serve(t, map[string]string{
		"/":      `<a href="/popup" target="_blank">Open</a>`,
		"/popup": `<button onclick="document.title = 'pressed'">Press</button>`,
	})
	result, _ := visit(
		t, server, openSite,
		`{"type": "click", "selectors": ["a"]}`,
		`{"type": "click", "target": "SITE/popup", "selectors": ["button"]}`,
		`{"type": "waitForExpression", "target": "SITE/popup", "expression": "document.title === 'pressed'"}`,
		`{"type": "close", "target": "SITE/popup"}`,
		`{"type": "hover", "target": "main", "selectors": ["a"]}`,
		`{"type": "close"}`,
	)
	if result.Steps != 7 {
		t.Errorf("%d steps done, want 7", result.Steps)
	}
}
