package visitor_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/reelay/reelay/recorder/visitor"
)

// TestMain runs the visits with a temp folder of their own, and fails if one
// leaves a goroutine, a process with an open profile or a profile behind.
func TestMain(m *testing.M) {
	temp, err := os.MkdirTemp("", "visitor-test-")
	if err != nil {
		panic(err)
	}
	os.Setenv("TMPDIR", temp) //nolint:errcheck // A valid name cannot be refused.
	code := m.Run()
	if left, _ := filepath.Glob(filepath.Join(temp, "reelay-visitor-*")); len(left) > 0 {
		fmt.Fprintln(os.Stderr, "profiles left behind:", left)
		code = 1
	}
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	if err := os.RemoveAll(temp); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// serve answers with pages by path. The page's script may call say(text).
func serve(t *testing.T, pages map[string]string) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, ok := pages[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, "<!doctype html><title>%s</title><script>const say = (text) => top.visitorEmit?.(String(text))</script>%s", r.URL.Path, page)
	}))
	t.Cleanup(server.Close)
	return server
}

// heard collects what the pages say.
type heard struct {
	mu    sync.Mutex
	lines []string
}

func (h *heard) emit(line string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lines = append(h.lines, line)
}

func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return strings.Join(h.lines, "\n")
}

// options visits in a hurry.
func options(h *heard) visitor.Options {
	return visitor.Options{
		NoSandbox: os.Geteuid() == 0,
		Pace:      0.02,
		Timeout:   20 * time.Second, // Generous: only a failing test waits for it.
		Emit:      h.emit,
	}
}

// journeyOf parses steps, with SITE standing for the server's address.
func journeyOf(t *testing.T, server *httptest.Server, steps ...string) visitor.Journey {
	t.Helper()
	text := `{"title": "test", "steps": [` + strings.Join(steps, ",\n") + `]}`
	journey, err := visitor.ParseJourney([]byte(strings.ReplaceAll(text, "SITE", server.URL)))
	if err != nil {
		t.Fatal(err)
	}
	return journey
}

// visit takes the steps and returns what the pages said.
func visit(t *testing.T, server *httptest.Server, steps ...string) (visitor.Result, string) {
	t.Helper()
	h := &heard{}
	result, err := visitor.Run(t.Context(), journeyOf(t, server, steps...), options(h))
	if err != nil {
		t.Fatalf("%v\nsaid so far:\n%s", err, h)
	}
	return result, h.String()
}

const openSite = `{"type": "navigate", "url": "SITE/"}`
