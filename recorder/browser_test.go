package recorder_test

import (
	"context"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/launcher"
	"github.com/go-rod/rod/lib/launcher/flags"
	"github.com/go-rod/rod/lib/proto"

	"github.com/reelay/reelay/recorder"
)

// browser starts the Chromium that starts quickest. A flag is "name=value".
func browser(tb testing.TB, more ...string) *rod.Browser {
	tb.Helper()
	return start(tb, []string{"chromium-headless-shell", "chromium"}, more...)
}

// fullBrowser starts the Chromium that people use: the shell has no
// back/forward cache.
func fullBrowser(tb testing.TB) *rod.Browser {
	tb.Helper()
	return start(tb, []string{"chromium"})
}

// start starts the first of the programs that is there. Chromium's sandbox does
// not work as root, where tests run in containers, and the pages are ours.
func start(tb testing.TB, programs []string, more ...string) *rod.Browser {
	tb.Helper()
	var bin string
	for _, p := range programs {
		if found, err := exec.LookPath(p); err == nil && bin == "" {
			bin = found
		}
	}
	if bin == "" {
		tb.Fatal("chromium is needed: apt-get install chromium")
	}
	tb.Log("chromium runs with --no-sandbox")
	l := launcher.New().Context(tb.Context()).Bin(bin).NoSandbox(true).HeadlessNew(true).Leakless(false).
		Set("disable-quic").Set("disable-background-networking").Set("no-first-run").
		UserDataDir(tb.TempDir())
	for _, flag := range more {
		name, value, _ := strings.Cut(flag, "=")
		l.Set(flags.Flag(name), value)
	}
	control, err := l.Launch()
	if err != nil {
		tb.Fatalf("start chromium: %v", err)
	}
	b := rod.New().ControlURL(control).Context(context.WithoutCancel(tb.Context()))
	if err := b.Connect(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := b.Close(); err != nil {
			tb.Error(err)
		}
		l.Cleanup()
	})
	return b
}

func openPage(tb testing.TB, b *rod.Browser, url string) *rod.Page {
	tb.Helper()
	page, err := b.Page(proto.TargetCreateTarget{URL: url})
	if err != nil {
		tb.Fatal(err)
	}
	page = page.Timeout(60 * time.Second)
	if err := page.WaitLoad(); err != nil {
		tb.Fatal(err)
	}
	return page
}

// eventually waits for what the browser does in its own time.
func eventually(tb testing.TB, what string, ok func() bool) {
	tb.Helper()
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline.C:
			tb.Fatalf("%s: not within 30 s", what)
		case <-tick.C:
		}
	}
}

func html(body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, body)
	})
}

// session waits for the only session and returns its id.
func (r *rig) session(t *testing.T) string {
	t.Helper()
	var sessions []recorder.SessionInfo
	eventually(t, "a session begins", func() bool {
		sessions = r.journal.Sessions()
		return len(sessions) > 0
	})
	if len(sessions) != 1 {
		t.Fatalf("%d sessions", len(sessions))
	}
	return sessions[0].ID
}

func TestABrowsersSessionIsRecorded(t *testing.T) {
	r := newRig(t, html(`<!doctype html><html><head><title>Shop</title></head><body>
<h1>Hello</h1><button id=b onclick="document.body.append('clicked ' + 'indeed'); history.pushState({}, '', '/cart');
console.log('from the ' + 'console'); setTimeout(() => { throw new Error('bo' + 'om') })">Buy</button>
<form action="/send?token=abc" onsubmit="return false"><input name=mail id=mail><input type=submit id=go></form>`), rigOptions{})
	page := openPage(t, browser(t), r.URL)
	id := r.session(t)
	has := func(text string) func() bool {
		return func() bool { return contains(r.items(t, id), text) }
	}
	eventually(t, "snapshot", has(`"Hello"`))
	if page.MustHas("script[src*=reelay]") {
		t.Error("the page sees the recorder's script element")
	}
	page.MustElement("#b").MustClick()
	eventually(t, "mutation", has("clicked indeed"))
	eventually(t, "environment", has(`"tag":"reelay.env"`))
	eventually(t, "address", has(`"tag":"reelay.url"`))
	eventually(t, "script error", has(`boom`))
	eventually(t, "console", has(`from the console`))
	page.MustElement("#mail").MustInput("alice@example.com")
	page.MustElement("#go").MustClick()
	eventually(t, "submit", has(`"tag":"reelay.submit"`))
	page.MustNavigate("about:blank")
	eventually(t, "good-bye", func() bool { return r.journal.Sessions()[0].Left })
	if contains(r.items(t, id), "alice") {
		t.Error("what was typed is in the journal")
	}
	for _, item := range r.items(t, id) {
		if item.Lost > 0 {
			t.Errorf("%d events lost: %s", item.Lost, item.Reason)
		}
	}
	if t.Failed() {
		t.Log(r.logs)
	}
}
