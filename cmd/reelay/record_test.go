package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/reelay/reelay/session"
)

// recording runs reelay record in front of a site until end is called, which
// returns the exit code and what was written to standard output.
func recording(t *testing.T, site, data string) (address string, end func() (int, string)) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	said, stderr := io.Pipe()
	var stdout bytes.Buffer
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, []string{"record", site, "--listen", "127.0.0.1:0", "--data", data}, strings.NewReader(""), &stdout, stderr)
		_ = stderr.Close()
	}()
	lines := bufio.NewScanner(said)
	for address == "" && lines.Scan() {
		_, rest, _ := strings.Cut(lines.Text(), " at ")
		address, _, _ = strings.Cut(rest, " ")
	}
	if address == "" {
		t.Fatal("reelay record does not say where it listens")
	}
	go func() { _, _ = io.Copy(io.Discard, said) }()
	return address, func() (int, string) {
		cancel()
		return <-code, stdout.String()
	}
}

func post(t *testing.T, address, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/.reelay/events", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Origin", address)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(answer)
}

func TestRecordLeavesABundle(t *testing.T) {
	t.Parallel()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<head></head>")
	}))
	defer site.Close()
	data := t.TempDir()
	address, end := recording(t, site.URL, data)
	const hello = `{"t":"hello","session":"session-000000000001","tab":"tab-0000000000000001","page":"page-000000000000001"}`
	if got := post(t, address, hello+"\n\x1e\n"+`{"t":"events","seq":0}`+"\n"+`{"type":3,"data":{}}`); !strings.Contains(got, `"ack","seq":1`) {
		t.Fatalf("answer %s", got)
	}
	code, stdout := end()
	path := strings.TrimSpace(stdout)
	if code != exitDone || !strings.HasSuffix(path, ".reelay") {
		t.Fatalf("exit code %d, output %q", code, stdout)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	b, err := session.OpenBundle(path, f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	if m := b.Manifest; m.Session != "session-000000000001" || m.Level != "standard" || len(m.Pages) != 1 || m.Pages[0].Events != 1 || time.Since(m.Started) > time.Minute {
		t.Errorf("manifest %+v", m)
	}

	// The next recorder takes nothing up again, and tells who comes late.
	address, end = recording(t, site.URL, data)
	if got := post(t, address, hello); !strings.Contains(got, "over") {
		t.Errorf("answer to a session that has ended: %s", got)
	}
	if code, stdout := end(); code != exitDone || stdout != "" {
		t.Errorf("exit code %d, output %q", code, stdout)
	}
}

func TestOneRecorderForAFolder(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	_, end := recording(t, "http://127.0.0.1:9", data)
	defer end()
	var stderr bytes.Buffer
	code := run(t.Context(), []string{"record", "http://127.0.0.1:9", "--listen", "127.0.0.1:0", "--data", data}, strings.NewReader(""), io.Discard, &stderr)
	if code != exitUsage || !strings.Contains(stderr.String(), "in use by another reelay") {
		t.Errorf("exit code %d: %s", code, &stderr)
	}
}
