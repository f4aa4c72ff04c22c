package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/reelay/reelay/session"
)

// command runs reelay and returns its exit code and what it said.
func command(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, log bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(""), &out, &log)
	return code, out.String(), log.String()
}

// A session goes from one machine's folder to another's, and stays the same.
func TestSessionsTravel(t *testing.T) {
	t.Parallel()
	from, to := t.TempDir(), t.TempDir()
	address, end := recording(t, site(t).URL, from)
	const id = "session-000000000001"
	post(t, address, `{"t":"hello","level":"standard","session":"`+id+`","tab":"tab-0000000000000001","page":"page-000000000000001"}`+
		"\n\x1e\n"+`{"t":"events","seq":0}`+"\n"+`{"type":4,"data":{"href":"https://shop.test/","width":800,"height":600},"timestamp":1}`)
	if code, _ := end(); code != exitDone {
		t.Fatalf("record: exit code %d", code)
	}
	file := filepath.Join(t.TempDir(), "a.reelay")
	steps := []struct {
		args []string
		want string // in the output
	}{
		{[]string{"sessions", "--data", from}, "session-  "},
		{[]string{"sessions", "list", "--data", from}, "https://shop.test/"},
		{[]string{"sessions", "export", "session-0000", "--data", from, "-o", file}, ""},
		{[]string{"sessions", "import", file, "--data", to}, ".reelay"},
		{[]string{"sessions", "show", id, "--data", to}, `"width": 800`},
	}
	for _, s := range steps {
		if code, stdout, stderr := command(t, s.args...); code != exitDone || !strings.Contains(stdout, s.want) {
			t.Fatalf("%q: exit code %d, %s%s", s.args, code, stdout, stderr)
		}
	}
	_, first, _ := command(t, "sessions", "export", id, "--data", from, "-o", "-")
	_, second, _ := command(t, "sessions", "export", id, "--data", to, "-o", "-")
	if first != second || first == "" {
		t.Error("the session has changed on its way")
	}
	clip := filepath.Join(t.TempDir(), "clip.mp4")
	code, _, stderr := command(t, "render", "session-0000", "--data", from, "-o", clip)
	if code != exitUnusable || !strings.Contains(stderr, ".reelay: none of its 1 events") {
		t.Errorf("render of the session, which has no snapshot: exit code %d, %s", code, stderr)
	}
	if code, _, stderr := command(t, "sessions", "import", file, "--data", to); code != exitUsage || !strings.Contains(stderr, "is there already") {
		t.Errorf("imported again: exit code %d, %s", code, stderr)
	}
	if code, _, stderr := command(t, "sessions", "rm", id, "--data", to); code != exitDone {
		t.Errorf("rm: exit code %d, %s", code, stderr)
	}
	code, stdout, _ := command(t, "--json", "sessions", "--data", to)
	var left []kept
	if err := json.Unmarshal([]byte(stdout), &left); code != exitDone || err != nil || len(left) != 0 {
		t.Errorf("what is left: exit code %d, %s", code, stdout)
	}
}

// A file that is to do harm does not get into the library.
func TestHostileSessionsAreNotImported(t *testing.T) {
	t.Parallel()
	write := func(id, hash, body string) []byte {
		var file bytes.Buffer
		w, err := session.NewBundleWriter(&file)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Asset(hash, strings.NewReader(body)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(session.Manifest{Session: id, Started: time.Unix(0, 0)}); err != nil {
			t.Fatal(err)
		}
		return file.Bytes()
	}
	hash := strings.Repeat("a", 64)
	for name, file := range map[string][]byte{
		"a path as its id": write("../../../../etc/cron.d/x", hash, ""),
		"a changed asset":  write("session-000000000001", hash, "other"),
		"no bundle":        []byte("PK"),
	} {
		data := t.TempDir()
		path := filepath.Join(t.TempDir(), "x.reelay")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		var stderr bytes.Buffer
		code := run(t.Context(), []string{"sessions", "import", path, "--data", data}, strings.NewReader(""), io.Discard, &stderr)
		if left, _ := filepath.Glob(filepath.Join(data, "*", "*")); code != exitUnusable || len(left) > 0 {
			t.Errorf("%s: exit code %d, %s, left %q", name, code, &stderr, left)
		}
	}
}
