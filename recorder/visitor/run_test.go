package visitor_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reelay/reelay/recorder/visitor"
)

func TestFailedStepSaysWhy(t *testing.T) {
	server := serve(t, map[string]string{"/": `
		<button id="off" disabled>Off</button><button id="hidden" hidden>Hidden</button><button id="b">On</button>
		<button id="under">Under</button>
		<div class="veil" style="position: fixed; inset: 0; display: none">Veil</div>
		<button id="restless" style="position: absolute; animation: go 1s linear infinite">Run</button>
		<input id="shy" onfocus="blur()"><select id="s"><option>One</select>
		<style>@keyframes go { from { left: 300px } to { left: 600px } } :root:has(:target) .veil { display: block !important }</style>
		<a id="t"></a>`})
	gone := httptest.NewServer(nil)
	gone.Close()
	places := strings.NewReplacer("SITE", server.URL, "GONE", gone.URL)
	for _, test := range []struct{ name, step, want string }{
		{"missing", `{"type": "click", "selectors": ["#nobody", "aria/Nobody"], "timeout": 700}`, "step 2 of 2 (click, #nobody or aria/Nobody) on SITE/: no element matches after 700ms"},
		{"disabled", `{"type": "click", "selectors": ["#off"], "timeout": 700}`, "the element is disabled after 700ms"},
		{"hidden", `{"type": "hover", "selectors": ["#hidden"], "timeout": 700}`, "the element is not visible after 700ms"},
		{"covered", `{"type": "click", "selectors": ["#under"], "timeout": 700}`, "the element is covered by <div.veil> after 700ms"},
		{"moving", `{"type": "click", "selectors": ["#restless"], "timeout": 700}`, "the element keeps moving after 700ms"},
		{"selector", `{"type": "click", "selectors": ["b[["]}`, "not a valid selector"},
		{"focus", `{"type": "change", "selectors": ["#shy"], "value": "Two", "timeout": 700}`, "the field does not take the focus after 700ms"},
		{"option", `{"type": "change", "selectors": ["#s"], "value": "Two"}`, `the field has no option "Two"`},
		{"count", `{"type": "waitForElement", "selectors": ["button"], "count": 40, "timeout": 700}`, "5 elements match, not >= 40 after 700ms"},
		{"false", `{"type": "waitForExpression", "expression": "1 > 2", "timeout": 700}`, "the expression is not true after 700ms"},
		{"throws", `{"type": "waitForExpression", "expression": "nobody.home", "timeout": 700}`, "nobody is not defined"},
		{"frame", `{"type": "click", "frame": [3], "selectors": ["#b"], "timeout": 700}`, "no frame at [3] after 700ms"},
		{"tab", `{"type": "click", "target": "SITE/popup", "selectors": ["#b"], "timeout": 700}`, "no tab shows SITE/popup after 700ms"},
		{"no navigation", `{"type": "click", "selectors": ["#b"], "timeout": 700, "assertedEvents": [{"type": "navigation", "url": "SITE/next"}]}`, "no navigation to SITE/next followed after 700ms"},
		{"refused", `{"type": "navigate", "url": "GONE/"}`, "on GONE/: open GONE/: navigation failed: net::ERR_CONNECTION_REFUSED"},
	} {
		t.Run(test.name, func(t *testing.T) {
			site := openSite
			if test.name == "covered" {
				site = `{"type": "navigate", "url": "SITE/#t"}`
			}
			_, err := visitor.Run(t.Context(), journeyOf(t, server, site, places.Replace(test.step)), options(&heard{}))
			var failed *visitor.StepError
			if !errors.As(err, &failed) {
				t.Fatalf("got %v, want a StepError", err)
			}
			if want := places.Replace(test.want); !strings.Contains(err.Error(), want) {
				t.Errorf("got %q, want %q in it", err, want)
			}
			if failed.Number != 2 || failed.Of != 2 {
				t.Errorf("number %d of %d", failed.Number, failed.Of)
			}
			picture, err := png.Decode(bytes.NewReader(failed.Screenshot))
			if err != nil {
				t.Fatalf("screenshot: %v", err)
			}
			if size := picture.Bounds().Size(); size.X != 1280 || size.Y != 720 {
				t.Errorf("screenshot of %v", size)
			}
		})
	}
}

func TestScriptRunsFirstAndEmitsInOrder(t *testing.T) {
	server := serve(t, map[string]string{
		"/":     `<script>for (let i = 0; i < 500; i++) say(i)</script><a href="/next">Next</a>`,
		"/next": `<script>say("next")</script>`,
	})
	h := &heard{}
	o := options(h)
	o.Script = `window.visitorEmit("start " + document.readyState + " " + location.pathname)`
	steps := []string{openSite, `{"type": "click", "selectors": ["a"], "assertedEvents": [{"type": "navigation", "url": "SITE/next"}]}`}
	if _, err := visitor.Run(t.Context(), journeyOf(t, server, steps...), o); err != nil {
		t.Fatal(err)
	}
	want := []string{"start loading /"}
	for i := range 500 {
		want = append(want, fmt.Sprint(i))
	}
	want = append(want, "start loading /next", "next")
	if diff := cmp.Diff(strings.Join(want, "\n"), h.String()); diff != "" {
		t.Errorf("emitted (-want +got):\n%s", diff)
	}
}

func TestSameSeedSameVisit(t *testing.T) {
	server := serve(t, map[string]string{"/": `
		<button style="margin: 200px; width: 300px; height: 80px">Big</button><input>
		<script>addEventListener("click", (e) => say([e.clientX, e.clientY]))</script>`})
	steps := []string{openSite, `{"type": "click", "selectors": ["button"]}`, `{"type": "change", "selectors": ["input"], "value": "hello"}`}
	clicks := func(seed uint64) string {
		h := &heard{}
		o := options(h)
		o.Seed = seed
		if _, err := visitor.Run(t.Context(), journeyOf(t, server, steps...), o); err != nil {
			t.Fatal(err)
		}
		return h.String()
	}
	first, again, other := clicks(7), clicks(7), clicks(8)
	if first != again {
		t.Errorf("seed 7 clicked at %s, then at %s", first, again)
	}
	if first == other {
		t.Errorf("seeds 7 and 8 both clicked at %s", first)
	}
}

func TestBaseAndResolve(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "<title>%s</title><a href=/next>Next</a>", r.Host)
	}))
	t.Cleanup(server.Close)
	journey, err := visitor.ParseJourney([]byte(`{"steps": [
		{"type": "navigate", "url": "https://shop.example/"},
		{"type": "click", "selectors": ["a"], "assertedEvents": [{"type": "navigation", "url": "https://shop.example/next"}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, base, host string }{
		{"resolved", "", "shop.example"},
		{"rebased", "https://other.example:8443", "other.example:8443"},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := options(&heard{})
			o.AnyCertificate = true
			o.Base = test.base
			address := server.Listener.Addr().String()
			o.Resolve = map[string]string{"shop.example:443": address, "other.example:8443": address}
			result, err := visitor.Run(t.Context(), journey, o)
			if err != nil {
				t.Fatal(err)
			}
			if result.Title != test.host || result.URL != "https://"+test.host+"/next" {
				t.Errorf("ended on %s, titled %s", result.URL, result.Title)
			}
		})
	}
}

func TestProxySeesLoopback(t *testing.T) {
	h := &heard{}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/page" { // Chrome has errands of its own.
			h.emit(r.URL.String())
		}
		fmt.Fprint(w, "<title>proxied</title>")
	}))
	t.Cleanup(proxy.Close)
	o := options(&heard{})
	o.Proxy = proxy.URL
	journey, err := visitor.ParseJourney([]byte(`{"steps": [{"type": "navigate", "url": "http://127.0.0.1:59999/page"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	result, err := visitor.Run(t.Context(), journey, o)
	if err != nil {
		t.Fatal(err)
	}
	wants(t, h.String(), "http://127.0.0.1:59999/page")
	if result.Title != "proxied" {
		t.Errorf("the page is %s", result.Title)
	}
}

func TestCancelledVisitEndsAtOnce(t *testing.T) {
	server := serve(t, map[string]string{"/": `<script>say("here")</script>`})
	ctx, cancel := context.WithCancel(t.Context())
	h := &heard{}
	o := options(h)
	o.Emit = func(string) { cancel() }
	steps := []string{openSite, `{"type": "waitForExpression", "expression": "false", "timeout": 60000}`}
	start := time.Now()
	_, err := visitor.Run(ctx, journeyOf(t, server, steps...), o)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestDeadChromeEndsTheVisit(t *testing.T) {
	server := serve(t, map[string]string{"/": `<script>say("here")</script>`})
	chrome, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	wrapper := filepath.Join(folder, "chrome")
	script := "#!/bin/sh\necho $$ > " + folder + "/pid\nexec " + chrome + ` "$@"` + "\n"
	if err := os.WriteFile(wrapper, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	o := options(&heard{})
	o.Chrome = wrapper
	o.Emit = func(string) {
		text, err := os.ReadFile(filepath.Join(folder, "pid"))
		if err != nil {
			t.Error(err)
			return
		}
		pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
		if err != nil {
			t.Error(err)
			return
		}
		if err := syscall.Kill(-pid, syscall.SIGKILL); err != nil {
			t.Error(err)
		}
	}
	steps := []string{openSite, `{"type": "waitForExpression", "expression": "false", "timeout": 2000}`}
	_, err = visitor.Run(t.Context(), journeyOf(t, server, steps...), o)
	if !errors.Is(err, visitor.ErrChromeGone) {
		t.Errorf("got %v, want ErrChromeGone", err)
	}
}

func TestMissingChromeAndSandboxAreSaid(t *testing.T) {
	_, err := visitor.Run(t.Context(), visitor.Journey{}, visitor.Options{Chrome: "no-such-chrome"})
	if !errors.Is(err, visitor.ErrNoChrome) || !strings.Contains(err.Error(), "no-such-chrome") {
		t.Errorf("got %v", err)
	}
	var log bytes.Buffer
	o := options(&heard{})
	o.NoSandbox = true
	o.Log = slog.New(slog.NewTextHandler(&log, nil))
	if _, err := visitor.Run(t.Context(), visitor.Journey{}, o); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "level=WARN") || !strings.Contains(log.String(), "sandbox") {
		t.Errorf("log is %q", log.String())
	}
}
