package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/reelay/reelay/session"
)

// recording runs reelay record in front of a site until end is called, which
// returns the exit code and what was written to standard output.
func recording(t *testing.T, site, data string, flags ...string) (address string, end func() (int, string)) {
	t.Helper()
	return recordingTo(t, io.Discard, site, data, flags...)
}

// recordingTo is recording with its log written to logs.
func recordingTo(t *testing.T, logs io.Writer, site, data string, flags ...string) (address string, end func() (int, string)) {
	t.Helper()
	args := append([]string{"record", "--listen", "127.0.0.1:0", "--data", data}, flags...)
	if site != "" {
		args = append(args, site)
	}
	ctx, cancel := context.WithCancel(t.Context())
	said, stderr := io.Pipe()
	var stdout bytes.Buffer
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, args, strings.NewReader(""), &stdout, stderr)
		_ = stderr.Close()
	}()
	lines := bufio.NewScanner(io.TeeReader(said, logs))
	for address == "" && lines.Scan() {
		_, rest, _ := strings.Cut(lines.Text(), " at ")
		address, _, _ = strings.Cut(rest, " ")
	}
	if address == "" {
		t.Fatal("reelay record does not say where it listens")
	}
	go func() { _, _ = io.Copy(logs, said) }()
	return address, func() (int, string) {
		cancel()
		return <-code, stdout.String()
	}
}

// trusting is a client that trusts the user's certificate authority and may go
// through a proxy.
func trusting(t *testing.T, proxy string) *http.Client {
	t.Helper()
	path, err := certificatePath()
	if err != nil {
		t.Fatal(err)
	}
	pem, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: x509.NewCertPool()}, ForceAttemptHTTP2: true}
	transport.TLSClientConfig.RootCAs.AppendCertsFromPEM(pem)
	if proxy != "" {
		transport.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: proxy})
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// visit loads a page as a browser does and returns it and its protocol.
func visit(t *testing.T, client *http.Client, address string) (page, proto string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Dest", "document")
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body), resp.Proto
}

func site(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<head></head>the page")
	}))
	t.Cleanup(s.Close)
	return s
}

// The first use makes the authority, and later ones take it up.
func TestRecordAsAForwardProxy(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	allowed, other := site(t), site(t)
	data := t.TempDir()
	for _, flags := range [][]string{{"--forward", "--allow", "127.0.0.1"}, {"--forward"}} {
		address, end := recording(t, "", data, flags...)
		client := trusting(t, address)
		if page, _ := visit(t, client, allowed.URL); !strings.Contains(page, "/.reelay/") {
			t.Errorf("%v: got %s", flags, page)
		}
		elsewhere := strings.Replace(other.URL, "127.0.0.1", "localhost", 1)
		if page, _ := visit(t, client, elsewhere); page != "<head></head>the page" {
			t.Errorf("%v: another host: %s", flags, page)
		}
		if code, _ := end(); code != exitDone {
			t.Errorf("exit code %d", code)
		}
	}
}

func TestRecordWithTLS(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	address, end := recording(t, site(t).URL+"/start", t.TempDir(), "--tls")
	if !strings.HasSuffix(address, "/start") {
		t.Errorf("address %s", address)
	}
	if page, proto := visit(t, trusting(t, ""), address); proto != "HTTP/2.0" || !strings.Contains(page, "/.reelay/") {
		t.Errorf("%s by %s", page, proto)
	}
	if code, _ := end(); code != exitDone {
		t.Errorf("exit code %d", code)
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
	site := site(t)
	data := t.TempDir()
	address, end := recording(t, site.URL, data)
	const hello = `{"t":"hello","level":"standard","session":"session-000000000001","tab":"tab-0000000000000001","page":"page-000000000000001"}`
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

// A staging site often signs its certificate itself.
func TestRecordASiteThatNobodyVouchesFor(t *testing.T) {
	t.Parallel()
	site := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<head></head>the page")
	}))
	t.Cleanup(site.Close)
	for _, tt := range []struct {
		flags []string
		want  string
	}{
		{nil, "reelay record --insecure"},
		{[]string{"--insecure"}, "the page"},
	} {
		address, end := recording(t, site.URL, t.TempDir(), tt.flags...)
		if page, _ := visit(t, http.DefaultClient, address); !strings.Contains(page, tt.want) {
			t.Errorf("%v: got %s", tt.flags, page)
		}
		end()
	}
}
