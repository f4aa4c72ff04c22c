package recorder_test

import (
	"bufio"
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/input"
	"github.com/go-rod/rod/lib/proto"

	"github.com/reelay/reelay/recorder"
	"github.com/reelay/reelay/recorder/mitm"
)

// appsDir holds the real applications.
const appsDir = "../fixtures/apps"

// app is an application and what a visitor does with it. look is called
// wherever there is something to see.
type app struct {
	name  string
	serve func(t *testing.T) *url.URL
	// forward visits through the forward proxy: the application writes its own
	// address into its pages.
	forward bool
	start   string
	level   recorder.Level // standard by default
	visit   func(p *rod.Page, look func())
	shows   []string // what the recording must have
}

func apps() []app {
	return []app{
		{
			name: "single-page application with hash routing", serve: files, start: "/swagger/",
			visit: func(p *rod.Page, look func()) {
				p.MustElementR(".title", "Greenhouse")
				look()
				p.MustElement("#operations-sensors-reading button.opblock-summary-control").MustClick()
				p.MustWait(`() => location.hash === '#/sensors/reading'`)
				p.MustElementR("button", "Try it out").MustClick()
				p.MustElementR("button", "Execute").MustClick()
				p.MustElementR(".microlight", "21.5")
				p.MustEval(`() => document.querySelectorAll('.request-url, .curl, .headerline, .curl-command').forEach((e) => e.remove())`) // they have the port and the time
				look()
			},
			shows: []string{"Sensors of a greenhouse", "reelay.url", "#/sensors/reading"},
		},
		{
			name: "documentation", serve: files, start: "/docsify/",
			visit: func(p *rod.Page, look func()) {
				p.MustElementR("h2", "What grows in a pot")
				p.MustElement(".sidebar-nav ul")
				p.MustWait(`() => getComputedStyle(document.querySelector('.progress')).opacity === '0'`)
				look()
				p.MustElementR(".sidebar-nav a", "Watering").MustClick()
				p.MustElementR("h1", "Watering")
				look()
				p.MustElement("input[type=search]").MustInput("damp")
				p.MustElementR(".matching-post", "damp")
				look()
			},
			shows: []string{"Nearly everything with short roots", "A finger tells more than a calendar", "#/watering"},
		},
		{
			name: "dashboard", serve: files, start: "/node_modules/startbootstrap-sb-admin-2/index.html",
			visit: func(p *rod.Page, look func()) {
				p.MustWait(`() => window.Chart && Object.keys(Chart.instances).length === 2 && Object.values(Chart.instances).every((c) => !c.animating)`)
				look()
				p.MustElement("#alertsDropdown").MustEval(`() => this.click()`)
				p.MustElement(".dropdown-menu.show")
				look()
				there := p.MustWaitNavigation()
				p.MustElementR("a.nav-link", "Tables").MustEval(`() => this.click()`)
				there()
				p.MustElement("#dataTable_filter input").MustInput("Tokyo")
				p.MustWait(`() => document.querySelectorAll('#dataTable tbody tr').length < 10`)
				look()
			},
			shows: []string{"Earnings Overview", "DataTables Example", "Tokyo"},
		},
		{
			name: "editor in a frame", serve: files, start: "/tinymce/", level: recorder.Open, // what is written in it is masked otherwise
			visit: func(p *rod.Page, look func()) {
				frame := p.MustElement("iframe.tox-edit-area__iframe").MustFrame()
				body := frame.MustElement("body#tinymce")
				p.MustWait(`() => tinymce.activeEditor && tinymce.activeEditor.initialized`)
				look()
				body.MustClick()
				p.Keyboard.MustType(input.End)
				p.MustInsertText(" the tomatoes are ripe.")
				p.MustElement("button[aria-label=Bold], button[title=Bold]").MustClick()
				p.MustInsertText(" Come soon.")
				p.MustWait(`() => tinymce.activeEditor.getContent().includes('<strong> Come soon.</strong>') || tinymce.activeEditor.getContent().includes('<strong>&nbsp;Come soon.</strong>')`)
				look()
			},
			shows: []string{"Dear neighbour", "the tomatoes are ripe", "Come soon"},
		},
		{
			name: "pages from the server with a log-in", serve: signin, forward: true, start: "/",
			visit: func(p *rod.Page, look func()) {
				p.MustElement("#in").MustClick()
				p.MustElement("input[name=login]").MustInput("alice")
				p.MustElement("input[name=password]").MustInput("Canary-Passw0rd")
				p.MustElement("details") // closed: it names the port
				look()
				p.MustElementR("button", "Sign-in").MustClick()
				p.MustElementR("button", "Continue")
				look()
				p.MustElementR("button", "Continue").MustClick()
				p.MustElementR("h1", "Welcome back")
				look()
				p.MustReload()
				p.MustElementR("h1", "Welcome back")
				look()
			},
			shows: []string{"Sign-in", "Continue", "Welcome back", "reelay.submit"},
		},
	}
}

// files serves the applications that are nothing but files.
func files(t *testing.T) *url.URL {
	t.Helper()
	if _, err := os.Stat(filepath.Join(appsDir, "node_modules")); err != nil {
		t.Fatal("the applications are needed: npm --prefix fixtures/apps ci")
	}
	server := httptest.NewServer(http.FileServer(http.Dir(appsDir)))
	t.Cleanup(server.Close)
	return address(t, server.URL)
}

// signin runs the identity provider.
func signin(t *testing.T) *url.URL {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "node", "signin.mjs")
	cmd.Dir = appsDir
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("run node: %v", err)
	}
	t.Cleanup(func() { _ = cmd.Wait() }) // killed when the test's context ends
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("signin.mjs said nothing; npm --prefix fixtures/apps ci: %v", err)
	}
	return address(t, strings.TrimSpace(line))
}

func address(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// impression is what a visitor saw at one moment.
type impression struct {
	path    string
	text    string
	picture []byte
}

// experience is a whole visit.
type experience struct {
	seen   []impression
	errors []string
}

// A visitor sees the same, pixel by pixel, with and without the recorder, and the
// recording has it.
func TestRealApplications(t *testing.T) {
	for _, a := range apps() {
		t.Run(a.name, func(t *testing.T) {
			site := a.serve(t)
			r := newRigAt(t, site, nil, rigOptions{forward: a.forward, level: a.level})
			bare := experienceOf(t, a, site.String(), "")
			var recorded experience
			if a.forward {
				proxy := forwardProxy(t, r, site.Hostname())
				recorded = experienceOf(t, a, site.String(), proxy)
			} else {
				recorded = experienceOf(t, a, r.URL, "")
			}
			compare(t, bare, recorded)
			id := r.session(t)
			for _, text := range a.shows {
				eventually(t, text, func() bool { return contains(r.items(t, id), text) })
			}
			for _, item := range r.items(t, id) {
				if item.Lost > 0 {
					t.Errorf("%d events are lost: %s", item.Lost, item.Reason)
				}
			}
			if strings.Contains(r.logs.String(), "level=WARN") {
				t.Errorf("log %s", r.logs)
			}
		})
	}
}

// forwardProxy puts the recorder behind a forward proxy and returns the
// latter's address.
func forwardProxy(t *testing.T, r *rig, hosts ...string) string {
	t.Helper()
	authority, err := mitm.CreateAuthority(t.TempDir(), hosts, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	proxy := mitm.New(mitm.Options{Authority: authority, Hosts: hosts, Handler: r.recorder, Log: slog.New(slog.DiscardHandler)})
	server := httptest.NewServer(proxy)
	t.Cleanup(func() { server.Close(); proxy.Close() })
	return server.Listener.Addr().String()
}

// experienceOf makes a visit at base, maybe through a proxy.
func experienceOf(t *testing.T, a app, base, proxy string) experience {
	t.Helper()
	// A part that is drawn again on its own has other edges.
	flags := []string{"disable-partial-raster"}
	if proxy != "" {
		flags = append(flags, "proxy-server="+proxy, "proxy-bypass-list=<-loopback>")
	}
	b := browser(t, flags...)
	page := b.MustPage("about:blank").Timeout(time.Minute)
	page.MustSetViewport(1280, 800, 1, false)
	// A caret that blinks makes any picture a matter of luck.
	page.MustEvalOnNewDocument(`addEventListener('DOMContentLoaded', () => {
		const style = new CSSStyleSheet();
		style.replaceSync('* { caret-color: transparent !important; animation-duration: 0s !important; transition-duration: 0s !important }');
		document.adoptedStyleSheets.push(style);
	})`)
	var e experience
	stop := page.EachEvent(func(ev *proto.RuntimeExceptionThrown) {
		e.errors = append(e.errors, strings.ReplaceAll(ev.ExceptionDetails.Text, base, ""))
	}, func(ev *proto.LogEntryAdded) {
		if ev.Entry.Level == proto.LogLogEntryLevelError {
			e.errors = append(e.errors, netError.ReplaceAllString(strings.ReplaceAll(ev.Entry.Text+" "+ev.Entry.URL, base, ""), "net error"))
		}
	})
	done := make(chan struct{})
	go func() { defer close(done); stop() }()
	look := func() {
		page.MustEval(`() => document.fonts.ready.then(() => {})`)
		where := page.MustEval(`() => location.pathname + location.hash`).Str()
		if strings.HasPrefix(where, "/interaction/") {
			where = "/interaction/" // then a number of its own
		}
		e.seen = append(e.seen, impression{
			path:    where,
			text:    strings.ReplaceAll(page.MustEval(`() => document.body.innerText`).Str(), base, ""),
			picture: settled(t, page),
		})
	}
	page.MustNavigate(base + a.start).MustWaitLoad()
	if err := rod.Try(func() { a.visit(page, look) }); err != nil {
		now := page.CancelTimeout()
		t.Fatalf("%v, at %s:\n%s", err, now.MustInfo().URL, now.MustElement("body").MustText())
	}
	page.MustNavigate("about:blank") // so that its last events are sent
	page.MustClose()
	<-done
	return e
}

// netError has another name for the same failure behind a proxy.
var netError = regexp.MustCompile(`net::ERR_\w+`)

// settled waits until a page looks the same five times, and returns how.
func settled(t *testing.T, page *rod.Page) []byte {
	t.Helper()
	var last []byte
	same := 0
	eventually(t, "page is still", func() bool {
		page.MustEval(`() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))`)
		picture := page.MustScreenshot()
		same++
		if !bytes.Equal(picture, last) {
			same = 0
		}
		last = picture
		return same == 5
	})
	return last
}

func compare(t *testing.T, bare, recorded experience) {
	t.Helper()
	if len(bare.seen) != len(recorded.seen) {
		t.Fatalf("%d moments, with the recorder %d", len(bare.seen), len(recorded.seen))
	}
	for i, want := range bare.seen {
		got := recorded.seen[i]
		if got.path != want.path || got.text != want.text {
			t.Errorf("moment %d: at %s, want %s; text\n%s\nwant\n%s", i, got.path, want.path, got.text, want.text)
		}
		if !bytes.Equal(got.picture, want.picture) {
			dir := t.ArtifactDir() // kept with go test -artifacts
			for name, picture := range map[string][]byte{"bare": want.picture, "recorded": got.picture} {
				_ = os.WriteFile(filepath.Join(dir, name+"-"+filepath.Base(got.path)+".png"), picture, 0o600)
			}
			t.Errorf("moment %d, at %s, looks different: see %s", i, got.path, dir)
		}
	}
	slices.Sort(recorded.errors) // they come as the network gives up
	slices.Sort(bare.errors)
	if got, want := strings.Join(recorded.errors, "\n"), strings.Join(bare.errors, "\n"); got != want {
		t.Errorf("the browser complains of\n%s\nwithout the recorder of\n%s", got, want)
	}
}
