package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A first interrupt, or a request to end, ends a render within 2 s, with all its
// processes, and leaves no file.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	for _, sent := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(sent.String(), func(t *testing.T) {
			t.Parallel()
			interrupt(t, sent)
		})
	}
}

func interrupt(t *testing.T, sent os.Signal) {
	t.Helper()
	reelay, err := exec.LookPath("reelay")
	if err != nil {
		t.Fatalf("find the command under test: %v", err)
	}
	dir, tmp := t.TempDir(), t.TempDir()
	source := filepath.Join(dir, "session.json")
	if err := os.WriteFile(source, busySession(10*time.Minute), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), reelay, "render", source, "-o", filepath.Join(dir, "clip.mp4"))
	cmd.Env = append(os.Environ(), "TMPDIR="+tmp)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var (
		said        strings.Builder
		interrupted time.Time
	)
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		fmt.Fprintln(&said, lines.Text())
		if strings.HasPrefix(lines.Text(), "reelay: render ") && interrupted.IsZero() {
			interrupted = time.Now() // Chrome and ffmpeg are at work.
			if err := cmd.Process.Signal(sent); err != nil {
				t.Fatal(err)
			}
		}
	}
	err = cmd.Wait()
	took := time.Since(interrupted)

	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitFailed {
		t.Errorf("ended with %v, want exit code %d", err, exitFailed)
	}
	if took > 2*time.Second {
		t.Errorf("took %v to end", took)
	}
	if !strings.HasSuffix(said.String(), "reelay: error: interrupted\n") {
		t.Errorf("said:\n%s", said.String())
	}
	if files := names(t, dir); len(files) != 1 {
		t.Errorf("beside the recording: %v", files)
	}
	if files := names(t, tmp); len(files) > 0 {
		t.Errorf("in the temp folder: %v", files)
	}
	if pids := processesWith(t, "TMPDIR="+tmp); len(pids) > 0 {
		t.Errorf("still running: %v", pids)
	}
}

// busySession is a recording of a page that changes thirty times a second.
func busySession(length time.Duration) []byte {
	var b bytes.Buffer
	b.WriteString(`[{"type":4,"data":{"href":"http://shop.test/","width":320,"height":240},"timestamp":1000},
{"type":2,"data":{"node":{"type":0,"id":1,"childNodes":[
{"type":2,"tagName":"html","attributes":{},"id":2,"childNodes":[
{"type":2,"tagName":"body","attributes":{},"childNodes":[],"id":3}]}]},
"initialOffset":{"left":0,"top":0}},"timestamp":1000}`)
	for at := time.Duration(0); at < length; at += time.Second / 30 {
		fmt.Fprintf(&b, `,
{"type":3,"data":{"source":0,"texts":[],"removes":[],"adds":[],"attributes":[
{"id":3,"attributes":{"style":"background:rgb(0,0,%d)"}}]},"timestamp":%d}`, at.Milliseconds()%256, 1000+at.Milliseconds())
	}
	b.WriteString("]")
	return b.Bytes()
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// processesWith lists the processes that have the variable in their environment.
func processesWith(t *testing.T, variable string) []string {
	t.Helper()
	environments, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil || len(environments) == 0 {
		t.Fatalf("list processes: %v", err)
	}
	var pids []string
	for _, path := range environments {
		// Processes come and go, and some are not ours to read.
		if environment, err := os.ReadFile(path); err == nil && bytes.Contains(environment, []byte(variable+"\x00")) {
			pids = append(pids, filepath.Base(filepath.Dir(path)))
		}
	}
	return pids
}
