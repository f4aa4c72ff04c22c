package renderer_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/reelay/reelay/renderer"
	"github.com/reelay/reelay/renderer/internal/rrwebtest"
	"github.com/reelay/reelay/session"
)

// busy is a recording in which something moves all the time.
func busy(t *testing.T, length time.Duration) []byte {
	t.Helper()
	r := rrwebtest.New(t)
	r.Page(0, "https://a.example/", 640, 400, `<style>body{margin:0}div{width:40px;height:40px;background:#d00000;animation:k 3s linear infinite}@keyframes k{to{transform:translateX(600px) rotate(1turn)}}</style><div id="a"></div><p id="p">0</p>`)
	for at := 100 * ms; at < length; at += 100 * ms {
		r.Move(at, "a", int(at/ms)%600, 100)
	}
	r.End(length)
	return r.JSON()
}

// during runs act once, when a render is half done.
func during(act func()) func(*renderer.Request) {
	var once sync.Once
	return func(req *renderer.Request) {
		req.Progress = func(p renderer.Progress) {
			if p.Stage == "render" && p.Done > p.Total/2 {
				once.Do(act)
			}
		}
	}
}

// chromes are the processes of the browsers that the tests run: the browser
// process for kind "", else those of the --type.
func chromes(kind string) []int {
	browsers := processes("--user-data-dir=" + os.TempDir() + "/reelay-chrome-")
	var pids []int
	for _, pid := range processes("--type=" + kind) {
		group, err := unix.Getpgid(pid)
		if err == nil && slices.Contains(browsers, group) {
			pids = append(pids, pid)
		}
	}
	if kind != "" {
		return pids
	}
	return slices.DeleteFunc(browsers, func(pid int) bool { return slices.Contains(pids, pid) })
}

// encoders are the ffmpegs that these tests run.
func encoders() []int {
	ours := processes(os.TempDir())
	return slices.DeleteFunc(processes("ffmpeg"), func(pid int) bool { return !slices.Contains(ours, pid) })
}

func signal(t *testing.T, pids []int, sig syscall.Signal) {
	t.Helper()
	if len(pids) == 0 {
		t.Error("no process to signal")
	}
	for _, pid := range pids {
		if err := syscall.Kill(pid, sig); err != nil {
			t.Errorf("signal %d: %v", pid, err)
		}
	}
}

// TestChromeFails breaks Chrome in the middle of a render, in every way, and
// expects the same bytes as without.
func TestChromeFails(t *testing.T) {
	recording := busy(t, 4*time.Second)
	whole, err := os.ReadFile(render(t, recording).path)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, kind string
		signal     syscall.Signal
	}{
		{"browser killed", "", syscall.SIGKILL},
		{"GPU process killed", "gpu-process", syscall.SIGKILL},
		{"page killed", "renderer", syscall.SIGKILL},
		{"page hangs", "renderer", syscall.SIGSTOP},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := render(t, recording, during(func() { signal(t, chromes(c.kind), c.signal) }))
			data, err := os.ReadFile(got.path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(data, whole) {
				t.Error("the clip differs from one without a failure")
			}
			if got.report.Retries == 0 && c.kind != "gpu-process" {
				t.Error("the report tells of no retry")
			}
		})
	}
}

// TestChromeFailsForGood kills every Chrome as soon as it is there.
func TestChromeFailsForGood(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stop := make(chan struct{})
	killed := make(chan struct{})
	go func() {
		defer close(killed)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				for _, pid := range chromes("") {
					_ = syscall.Kill(pid, syscall.SIGKILL)
				}
			}
		}
	}()
	req := request(t, busy(t, 4*time.Second), filepath.Join(t.TempDir(), "clip.mp4"))
	_, err := pool(t, 1).Render(ctx, req)
	close(stop)
	<-killed
	if err == nil || !strings.Contains(err.Error(), "chrome") {
		t.Errorf("error %v does not name Chrome", err)
	}
	nothingIn(t, filepath.Dir(req.Outputs[0].Path))
}

// TestFFmpegFails kills ffmpeg in the middle of a render.
func TestFFmpegFails(t *testing.T) {
	req := request(t, busy(t, 4*time.Second), filepath.Join(t.TempDir(), "clip.mp4"))
	during(func() { signal(t, encoders(), syscall.SIGKILL) })(&req)
	_, err := pool(t, 1).Render(t.Context(), req)
	if err == nil || !strings.Contains(err.Error(), "ffmpeg") {
		t.Errorf("error %v does not name ffmpeg", err)
	}
	nothingIn(t, filepath.Dir(req.Outputs[0].Path))
}

// TestCancel expects a cancelled render to be gone within two seconds.
func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var at time.Time
	req := request(t, busy(t, 20*time.Second), filepath.Join(t.TempDir(), "clip.mp4"))
	req.Workers = 2
	during(func() { at = time.Now(); cancel() })(&req)
	_, err := pool(t, 2).Render(ctx, req)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	if took := time.Since(at); at.IsZero() || took > 2*time.Second {
		t.Errorf("it took %v to end", took)
	}
	if left := chromes(""); len(left) > 0 {
		t.Errorf("browsers %v still run", left)
	}
	nothingIn(t, filepath.Dir(req.Outputs[0].Path))
}

// TestDiskFull renders onto a file system without room.
func TestDiskFull(t *testing.T) {
	dir := tinyDisk(t)
	req := request(t, busy(t, 10*time.Second), filepath.Join(dir, "clip.mp4"))
	_, err := pool(t, 1).Render(t.Context(), req)
	if err == nil || !strings.Contains(strings.ToLower(err.Error()), "no space") {
		t.Errorf("error %v does not tell of the full disk", err)
	}
	nothingIn(t, dir)
}

// TestUnusable expects recordings that show nothing to be refused as such.
func TestUnusable(t *testing.T) {
	t.Parallel()
	noSnapshot := rrwebtest.New(t)
	noSnapshot.End(time.Second)
	for name, recording := range map[string][]byte{
		"empty":       {},
		"not JSON":    []byte("hello"),
		"not rrweb":   []byte(`{"a":[1,2,3]}`),
		"no snapshot": noSnapshot.JSON(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req := request(t, recording, filepath.Join(t.TempDir(), "clip.mp4"))
			_, err := pool(t, 1).Render(t.Context(), req)
			var unusable *session.UnusableError
			if !errors.As(err, &unusable) {
				t.Fatalf("error is %v", err)
			}
			if unusable.Source == "" || unusable.Reason == "" || unusable.Hint == "" {
				t.Errorf("error lacks a part: %+v", unusable)
			}
			nothingIn(t, filepath.Dir(req.Outputs[0].Path))
		})
	}
}

func nothingIn(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != "lost+found" {
			t.Errorf("%s was left behind", e.Name())
		}
	}
}
