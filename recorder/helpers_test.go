package recorder_test

import (
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/reelay/reelay/recorder"
	"github.com/reelay/reelay/recorder/redact"
	"github.com/reelay/reelay/recorder/wal"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		serveChild(dir)
		return
	}
	goleak.VerifyTestMain(m)
}

// rig is a recorder in front of a site, as a command would put it together.
type rig struct {
	*httptest.Server

	recorder   *recorder.Recorder
	journal    *recorder.Journal
	archive    *recorder.Archive
	logs       *logBuffer
	unrecorded chan recorder.Unrecorded
}

// rigOptions are what tests vary.
type rigOptions struct {
	level recorder.Level
	dir   wal.Dir
	wal   wal.Options
	tls   bool
	// listen, if set, makes the address that the recorder is reached at.
	listen func() (net.Listener, error)
	// forward takes the site from each request, as behind a forward proxy.
	forward bool
	// elsewhere reaches the hosts that are not recorded.
	elsewhere http.RoundTripper
	// now is the recorder's clock; nil is the machine's.
	now func() time.Time
}

func newRig(t *testing.T, origin http.Handler, opts rigOptions) *rig {
	t.Helper()
	site := httptest.NewServer(origin)
	t.Cleanup(site.Close)
	return newRigFor(t, site, opts)
}

func newRigFor(t *testing.T, site *httptest.Server, opts rigOptions) *rig {
	t.Helper()
	target, err := url.Parse(site.URL)
	if err != nil {
		t.Fatal(err)
	}
	if site.Certificate() == nil {
		return newRigAt(t, target, nil, opts)
	}
	client, ok := site.Client().Transport.(*http.Transport)
	if !ok {
		t.Fatal("the test server's client has another transport")
	}
	trust := client.TLSClientConfig.Clone()
	trust.NextProtos = nil
	return newRigAt(t, target, trust, opts)
}

// newRigAt puts a recorder in front of target; trust may be nil.
func newRigAt(t *testing.T, target *url.URL, trust *tls.Config, opts rigOptions) *rig {
	t.Helper()
	if opts.level == "" {
		opts.level = recorder.Standard
	}
	if opts.dir == nil {
		opts.dir = wal.Folder(t.TempDir())
	}
	if opts.now == nil {
		opts.now = time.Now
	}
	logs := &logBuffer{}
	log := slog.New(slog.NewTextHandler(logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	secrets := redact.NewSecrets()
	scope := redact.Personal
	if opts.level == recorder.Open {
		scope = redact.Credentials
	}
	redactor := redact.New(scope, secrets)
	journal, err := recorder.OpenJournal(opts.dir, opts.wal, redactor, opts.now, log)
	if err != nil {
		t.Fatal(err)
	}
	archive, err := recorder.OpenArchive(t.TempDir(), redactor, nil, opts.now, log)
	if err != nil {
		t.Fatal(err)
	}
	transport := recorder.NewTransport()
	transport.TLSClientConfig = trust
	if opts.forward {
		target = nil
	}
	unrecorded := make(chan recorder.Unrecorded, 100)
	rec, err := recorder.New(recorder.Options{
		Target: target, Level: opts.level, Journal: journal, Archive: archive, Secrets: secrets,
		Transport: transport, Elsewhere: opts.elsewhere, Now: opts.now, Log: log,
		Unrecorded: func(u recorder.Unrecorded) { unrecorded <- u },
	})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{Server: httptest.NewUnstartedServer(rec), recorder: rec, journal: journal, archive: archive, logs: logs, unrecorded: unrecorded}
	if opts.listen != nil {
		_ = r.Listener.Close()
		if r.Listener, err = opts.listen(); err != nil {
			t.Fatal(err)
		}
	}
	if opts.tls {
		r.EnableHTTP2 = true
		r.StartTLS()
	} else {
		r.Start()
	}
	t.Cleanup(func() {
		rec.Close()
		r.Close()
		transport.CloseIdleConnections()
		if err := archive.Close(); err != nil {
			t.Error(err)
		}
		journal.Close()
	})
	return r
}

// logBuffer gathers log lines of several goroutines.
type logBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// items reads a session and fails on errors and on a wrong order.
func (r *rig) items(t *testing.T, session string) []recorder.Item {
	t.Helper()
	var out []recorder.Item
	next := map[string]uint64{}
	for item, err := range r.journal.Items(session) {
		if err != nil {
			t.Fatalf("read session: %v", err)
		}
		if item.Seq != next[item.Page] {
			t.Fatalf("page %s: event %d follows %d", item.Page, item.Seq, next[item.Page])
		}
		next[item.Page] += max(item.Lost, 1)
		out = append(out, item)
	}
	return out
}

func contains(items []recorder.Item, text string) bool {
	for _, item := range items {
		if strings.Contains(string(item.Event), text) {
			return true
		}
	}
	return false
}

// testTime is a modification time that a file may have.
func testTime() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }
