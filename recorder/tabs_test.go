package recorder_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-rod/rod"

	"github.com/reelay/reelay/recorder"
	"github.com/reelay/reelay/recorder/wal/waltest"
)

// site has a page for each path, which tells its path.
func paths() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, `<!doctype html><head><title>%[1]s</title></head><body><p>path %[1]s</p>
<script>window.say = (text) => document.body.append(text)</script>`, r.URL.Path)
	})
}

// pageOf finds the stream that holds a text.
func (r *rig) pageOf(t *testing.T, id, text string) recorder.Item {
	t.Helper()
	var found recorder.Item
	eventually(t, text, func() bool {
		for _, item := range r.items(t, id) {
			if strings.Contains(string(item.Event), text) {
				found = item
				return true
			}
		}
		return false
	})
	return found
}

func say(page *rod.Page, text string) { page.MustEval(`(text) => window.say(text)`, text) }

// Pages of a tab share its id; other tabs, a copy of a tab among them, have
// their own. All are of one session.
func TestTabs(t *testing.T) {
	r := newRig(t, paths(), rigOptions{})
	b := browser(t)
	first := openPage(t, b, r.URL+"/one")
	id := r.session(t)
	one := r.pageOf(t, id, "path /one")
	first.MustNavigate(r.URL + "/two").MustWaitLoad()
	two := r.pageOf(t, id, "path /two")
	if one.Page == two.Page || one.Tab != two.Tab {
		t.Errorf("after a navigation: page %s, tab %s; before: page %s, tab %s", two.Page, two.Tab, one.Page, one.Tab)
	}
	// Like a copy of a tab, a window that a page opens begins with the page's
	// storage.
	opened := first.MustWaitOpen()
	first.MustEval(`() => { window.open('/three') }`)
	opened().MustWaitLoad()
	three := r.pageOf(t, id, "path /three")
	openPage(t, b, r.URL+"/four")
	four := r.pageOf(t, id, "path /four")
	if tabs := map[string]bool{two.Tab: true, three.Tab: true, four.Tab: true}; len(tabs) != 3 {
		t.Errorf("three tabs have the ids %v", tabs)
	}
	r.session(t)
}

// A page that comes back from the back/forward cache goes on with its stream,
// from a fresh snapshot, and takes its good-bye back.
func TestBackForwardCache(t *testing.T) {
	r := newRig(t, paths(), rigOptions{})
	page := openPage(t, fullBrowser(t), r.URL+"/one")
	id := r.session(t)
	one := r.pageOf(t, id, "path /one")
	page.MustEval(`() => addEventListener('pageshow', (e) => { if (e.persisted) window.back = true })`)
	page.MustNavigate(r.URL + "/two").MustWaitLoad()
	r.pageOf(t, id, "path /two")
	page.MustNavigateBack()
	eventually(t, "the first page", func() bool {
		back, err := page.Eval(`() => location.pathname + !!window.back`)
		return err == nil && back.Value.Str() == "/onetrue"
	})
	say(page, "here again")
	if again := r.pageOf(t, id, "here again"); again.Page != one.Page {
		t.Errorf("it goes on as %s, it was %s", again.Page, one.Page)
	}
	snapshots := 0
	for _, item := range r.items(t, id) {
		if item.Page == one.Page && strings.HasPrefix(string(item.Event), `{"type":2`) {
			snapshots++
		}
		if item.Lost > 0 {
			t.Errorf("%d events are lost: %s", item.Lost, item.Reason)
		}
	}
	if snapshots != 2 {
		t.Errorf("%d snapshots", snapshots)
	}
}

// A visitor who comes back to a session that was handed on is recorded in
// another.
func TestASessionThatWasHandedOnIsFollowedByAnother(t *testing.T) {
	r := newRig(t, paths(), rigOptions{})
	page := openPage(t, browser(t), r.URL+"/one")
	id := r.session(t)
	r.pageOf(t, id, "path /one")
	page.MustNavigate("about:blank")
	eventually(t, "good-bye", func() bool { return r.journal.Sessions()[0].Left })
	r.journal.Seal(id)
	if err := r.journal.Finish(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	page.MustNavigate(r.URL + "/two").MustWaitLoad()
	next := r.session(t)
	r.pageOf(t, next, "path /two")
	// So is a page that was open all the time.
	r.journal.Seal(next)
	if err := r.journal.Finish(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	say(page, "still here")
	r.pageOf(t, r.session(t), "still here")
}

// outage is a recorder that can be stopped and started at one address.
type outage struct {
	*rig

	t    *testing.T
	site *httptest.Server
	opts rigOptions
}

func newOutage(t *testing.T, opts rigOptions) *outage {
	t.Helper()
	site := httptest.NewServer(paths())
	t.Cleanup(site.Close)
	return &outage{newRigFor(t, site, opts), t, site, opts}
}

func (o *outage) stop() {
	o.recorder.Close()
	o.CloseClientConnections()
	o.Close()
	o.journal.Close()
}

func (o *outage) start() {
	o.t.Helper()
	addr := o.Listener.Addr().String()
	o.opts.listen = func() (net.Listener, error) { return (&net.ListenConfig{}).Listen(o.t.Context(), "tcp", addr) }
	o.rig = newRigFor(o.t, o.site, o.opts)
}

// The recorder ends in the middle of a session and comes back: nothing is lost.
func TestARecorderThatComesBack(t *testing.T) {
	o := newOutage(t, rigOptions{dir: waltest.NewDisk()})
	page := openPage(t, browser(t), o.URL+"/one")
	id := o.session(t)
	o.pageOf(t, id, "path /one")
	o.stop()
	say(page, "said meanwhile")
	o.start()
	o.pageOf(t, id, "said meanwhile")
	say(page, "said afterwards")
	o.pageOf(t, id, "said afterwards")
	for _, item := range o.items(t, id) {
		if item.Lost > 0 {
			t.Errorf("%d events are lost: %s", item.Lost, item.Reason)
		}
	}
}

// A page that goes away while the recorder is away leaves its events to the
// next page.
func TestEventsOfAPageThatIsGone(t *testing.T) {
	o := newOutage(t, rigOptions{dir: waltest.NewDisk()})
	b := browser(t)
	page := openPage(t, b, o.URL+"/one")
	id := o.session(t)
	one := o.pageOf(t, id, "path /one")
	o.stop()
	say(page, "famous last words "+strings.Repeat("x", 100_000))
	page.MustNavigate("about:blank")
	o.start()
	page.MustNavigate(o.URL + "/two").MustWaitLoad()
	last := o.pageOf(t, id, "famous last words")
	if last.Page != one.Page {
		t.Errorf("they came as of page %s, not %s", last.Page, one.Page)
	}
	page.MustNavigate("about:blank")
	eventually(t, "good-bye of both pages", func() bool { return o.journal.Sessions()[0].Left })
}

// A disk that stands still fills the page's buffer: what it drops is a gap, and
// a fresh snapshot makes good for it.
func TestADiskThatStandsStill(t *testing.T) {
	disk := waltest.NewDisk()
	r := newRig(t, paths(), rigOptions{dir: disk})
	page := openPage(t, browser(t), r.URL+"/one")
	id := r.session(t)
	r.pageOf(t, id, "path /one")
	hold := make(chan struct{})
	disk.Set(func(d *waltest.Disk) { d.Hold = hold })
	page.MustEval(`async () => {
		for (let n = 0; n < 60; n++) {
			const p = document.createElement('p');
			p.textContent = n + ' ' + 'much text '.repeat(1 << 16);
			document.body.append(p);
			await new Promise((done) => setTimeout(done));
			p.remove();
		}
		say('the end');
	}`)
	disk.Set(func(d *waltest.Disk) { d.Hold = nil })
	close(hold)
	r.pageOf(t, id, "the end")
	var lost uint64
	snapshot := false
	eventually(t, "fresh snapshot", func() bool {
		lost, snapshot = 0, false
		for _, item := range r.items(t, id) {
			if item.Lost > 0 {
				lost += item.Lost
				snapshot = false
			}
			snapshot = snapshot || lost > 0 && strings.HasPrefix(string(item.Event), `{"type":2`)
		}
		return snapshot
	})
	t.Logf("%d events are lost and said to be", lost)
}

// The connection breaks again and again while a large snapshot is on its way:
// it arrives, once.
func TestConnectionsThatBreakInASnapshot(t *testing.T) {
	body := strings.Repeat("<p>"+strings.Repeat("some words of a long page ", 200)+"</p>\n", 4000)
	r := newRig(t, html("<!doctype html><head></head><body>"+body+"<p>the very end</p>"), rigOptions{})
	breaks := 0
	done := make(chan struct{})
	stop := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(150 * time.Millisecond)
		defer tick.Stop()
		for breaks < 6 {
			select {
			case <-stop:
				return
			case <-tick.C:
				breaks += r.recorder.Disconnect()
			}
		}
	}()
	openPage(t, browser(t), r.URL)
	id := r.session(t)
	r.pageOf(t, id, "the very end")
	close(stop)
	<-done
	snapshots := 0
	for _, item := range r.items(t, id) {
		if strings.HasPrefix(string(item.Event), `{"type":2`) {
			snapshots++
		}
		if item.Lost > 0 {
			t.Errorf("%d events are lost: %s", item.Lost, item.Reason)
		}
	}
	t.Logf("%d connections were broken", breaks)
	if snapshots != 1 || breaks == 0 {
		t.Errorf("%d snapshots, %d connections were broken", snapshots, breaks)
	}
}

// Addresses change without anything else, and forms are sent.
func TestAddressesThatChangeAlone(t *testing.T) {
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<head></head><body>page")
	}), rigOptions{})
	page := openPage(t, browser(t), r.URL)
	id := r.session(t)
	eventually(t, "snapshot", func() bool { return contains(r.items(t, id), `"type":2`) })
	page.MustEval(`() => history.pushState({}, '', '/quiet')`)
	eventually(t, "address", func() bool {
		return contains(r.items(t, id), `"tag":"reelay.url","payload":{"href":"`+r.URL+`/quiet"`)
	})
}
