package recorder_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/reelay/reelay/recorder"
	"github.com/reelay/reelay/recorder/redact"
	"github.com/reelay/reelay/recorder/wal"
)

// childDir is the environment variable that makes the test program a recorder
// with its journal in that folder.
const childDir = "REELAY_TEST_CHILD"

// serveChild is a recorder that can be killed, on a disk that is slow and fails.
// It prints its address. While the file "full" is in its folder it has no room.
func serveChild(dir string) {
	fail := func(err error) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	log := slog.New(slog.DiscardHandler)
	secrets := redact.NewSecrets()
	journal, err := recorder.OpenJournal(roughFolder{wal.Folder(dir)}, wal.Options{SegmentSize: 256 << 10}, redact.New(redact.Personal, secrets), time.Now, log)
	if err != nil {
		fail(err)
	}
	rec, err := recorder.New(recorder.Options{
		Target: &url.URL{Scheme: "http", Host: "127.0.0.1:9"}, Level: recorder.Standard, Journal: journal,
		Secrets: secrets, Transport: recorder.NewTransport(), Now: time.Now, Log: log,
	})
	if err != nil {
		fail(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fail(err)
	}
	fmt.Fprintln(os.Stdout, listener.Addr())
	server := &http.Server{Handler: rec, ReadHeaderTimeout: time.Minute}
	fail(server.Serve(listener))
}

// roughFolder is a folder on a disk that now and then takes its time, fails to
// sync, and is full for as long as the file "full" is in it: then a write fails
// half-way.
type roughFolder struct{ wal.Folder }

func (d roughFolder) full() bool {
	_, err := os.Stat(filepath.Join(string(d.Folder), "full"))
	return err == nil
}

func (d roughFolder) Create(name string) (wal.File, error) {
	if d.full() {
		return nil, syscall.ENOSPC
	}
	f, err := d.Folder.Create(name)
	return roughFile{f, d}, err
}

type roughFile struct {
	wal.File

	dir roughFolder
}

func (f roughFile) Write(p []byte) (int, error) {
	if !f.dir.full() {
		return f.File.Write(p)
	}
	n, _ := f.File.Write(p[:len(p)/2])
	return n, syscall.ENOSPC
}

func (f roughFile) Sync() error {
	switch rand.IntN(40) {
	case 0:
		return syscall.EIO
	case 1, 2:
		wait(context.Background(), time.Duration(rand.IntN(20))*time.Millisecond)
	}
	return f.File.Sync()
}

// victim is a recorder in a process of its own.
type victim struct {
	t   *testing.T
	dir string

	mu   sync.Mutex
	addr string
	cmd  *exec.Cmd
}

func (v *victim) start() {
	v.t.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(v.t.Context()), os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+v.dir)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		v.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		v.t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		v.t.Fatalf("recorder did not start: %v", err)
	}
	v.mu.Lock()
	v.addr, v.cmd = strings.TrimSpace(line), cmd
	v.mu.Unlock()
}

func (v *victim) address() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.addr
}

func (v *victim) signal(s syscall.Signal) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if err := v.cmd.Process.Signal(s); err != nil {
		v.t.Error(err)
	}
}

func (v *victim) kill() {
	v.signal(syscall.SIGKILL)
	v.mu.Lock()
	defer v.mu.Unlock()
	_ = v.cmd.Wait() // it was killed
}
