package encode

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// noisy paints what no encoder can make small.
func noisy(p *painter) []image.Rectangle {
	random := rand.New(rand.NewPCG(uint64(p.pix[0]), uint64(p.pix[1])))
	for i := 0; i < len(p.pix); i += 4 {
		v := random.Uint32()
		p.pix[i], p.pix[i+1], p.pix[i+2] = byte(v), byte(v>>8), byte(v>>16)
	}
	return nil
}

func pids(e *Encoder) []int {
	var list []int
	for _, o := range e.outputs {
		if o.attempt != nil && o.attempt.process != nil {
			list = append(list, o.attempt.process.cmd.Process.Pid)
		}
	}
	return list
}

func gone(pid int) bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }

// started starts a job and sends it some frames.
func started(t *testing.T, ctx context.Context, job Job) (*Encoder, *painter) {
	t.Helper()
	e, err := Start(ctx, job, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Abort)
	p := newPainter(job.Width, job.Height)
	for tick := range 5 {
		noisy(p)
		if err := e.Write(Frame{PTS: at(tick), Pix: p.pix}); err != nil {
			t.Fatal(err)
		}
	}
	return e, p
}

// until writes frames until that fails.
func until(e *Encoder, p *painter) error {
	for tick := 5; tick < 100_000; tick++ {
		noisy(p)
		if err := e.Write(Frame{PTS: at(tick), Pix: p.pix}); err != nil {
			return err
		}
	}
	return errors.New("all frames were taken")
}

func TestKilled(t *testing.T) {
	for name, finish := range map[string]bool{"writing": false, "finishing": true} {
		t.Run(name, func(t *testing.T) {
			job := newJob(t, 640, 360, MP4, GIF, WebM, PNG)
			e, p := started(t, t.Context(), job)
			if err := syscall.Kill(pids(e)[0], syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			var err error
			if finish {
				_, err = e.Finish(time.Second)
			} else {
				err = until(e, p)
			}
			if err == nil || !strings.Contains(err.Error(), "signal: killed") {
				t.Errorf("the error is %v", err)
			}
			for _, pid := range pids(e) {
				if !gone(pid) {
					t.Errorf("process %d is left", pid)
				}
			}
			nothingLeft(t, job)
		})
	}
}

func TestStalled(t *testing.T) {
	for name, finish := range map[string]bool{"writing": false, "finishing": true} {
		t.Run(name, func(t *testing.T) {
			job := newJob(t, 640, 360, MP4)
			job.Stall = 700 * time.Millisecond
			e, p := started(t, t.Context(), job)
			if err := syscall.Kill(pids(e)[0], syscall.SIGSTOP); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			var err error
			if finish {
				_, err = e.Finish(time.Second)
			} else {
				err = until(e, p)
			}
			if err == nil || !strings.Contains(err.Error(), "700ms") {
				t.Errorf("the error is %v", err)
			}
			if d := time.Since(start); d < job.Stall {
				t.Errorf("it was given up after %v", d)
			}
			if !gone(pids(e)[0]) {
				t.Error("the process is left")
			}
			nothingLeft(t, job)
		})
	}
}

// A program that stops reading but goes on working is stuck, too; one that
// fails says why.
func TestWrongPrograms(t *testing.T) {
	tests := map[string]struct{ script, want string }{
		"never reads":   {"exec sleep 1000", "it took no input for 300ms"},
		"spins":         {"while :; do :; done", "it took no input for 300ms"},
		"fails":         {"echo first >&2; echo 'Unknown encoder' >&2; exit 3", "exit status 3: first; Unknown encoder"},
		"ends too soon": {"exit 0", "it ended before its input did"},
		"does nothing":  {"exec cat >/dev/null", "probe"},
		"has children":  {"sleep 1000 & exec sleep 1000", "it took no input for 300ms"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			job := newJob(t, 640, 360, MP4)
			job.Stall = 300 * time.Millisecond
			job.Tools.FFmpeg = filepath.Join(t.TempDir(), "ffmpeg")
			if err := os.WriteFile(job.Tools.FFmpeg, []byte("#!/bin/sh\n"+test.script+"\n"), 0o700); err != nil {
				t.Fatal(err)
			}
			var shots []shot
			for tick := range 20 {
				shots = append(shots, shot{at(tick), noisy, false})
			}
			_, err := encode(t.Context(), job, time.Second, shots)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v", err)
			}
			nothingLeft(t, job)
		})
	}
}

func TestCancelled(t *testing.T) {
	for name, abort := range map[string]bool{"context": false, "abort": true} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			job := newJob(t, 320, 180, MP4, WebM, GIF, WebP, PNG)
			job.Outputs[0].Fit = 1 << 30 // has a recording as well
			e, p := started(t, ctx, job)
			// The encoder is cancelled while it waits for ffmpeg, which is the
			// hardest moment.
			for _, pid := range pids(e) {
				if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
					t.Fatal(err)
				}
			}
			writing := make(chan error)
			go func() { writing <- until(e, p) }()
			start := time.Now()
			if abort {
				e.Abort()
			} else {
				cancel()
			}
			err := <-writing
			if !abort && !errors.Is(err, context.Canceled) {
				t.Errorf("the error is %v", err)
			}
			e.Abort() // returns when all is clean
			if d := time.Since(start); d > 2*time.Second {
				t.Errorf("it took %v", d)
			}
			for _, pid := range pids(e) {
				if !gone(pid) {
					t.Errorf("process %d is left", pid)
				}
			}
			nothingLeft(t, job)
			if _, err := e.Finish(time.Second); err == nil {
				t.Error("a cancelled clip was finished")
			}
		})
	}
}

// The context's end cleans up even if nobody calls the encoder again.
func TestCancelledAndForgotten(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	job := newJob(t, 640, 360, MP4)
	e, _ := started(t, ctx, job)
	cancel()
	over := func() bool {
		e.mu.Lock()
		defer e.mu.Unlock()
		return e.over
	}
	look, deadline := time.NewTicker(time.Millisecond), time.After(2*time.Second)
	defer look.Stop()
	for !over() {
		select {
		case <-look.C:
		case <-deadline:
			t.Fatal("nobody cleaned up")
		}
	}
	nothingLeft(t, job)
}

// limited makes ffmpeg run with a limit on the size of its files.
func limited(t *testing.T, job *Job, blocks int) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ffmpeg")
	script := fmt.Sprintf("#!/bin/sh\ntrap '' XFSZ\nulimit -f %d\nexec %s \"$@\"\n", blocks, job.Tools.FFmpeg)
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	job.Tools.FFmpeg = path
}

func TestFileTooLarge(t *testing.T) {
	for _, format := range []Format{MP4, WebM, WebP} {
		t.Run(string(format), func(t *testing.T) {
			job := newJob(t, 320, 180, format)
			limited(t, &job, 64)
			var shots []shot
			for tick := range 60 {
				shots = append(shots, shot{at(tick), noisy, false})
			}
			if _, err := encode(t.Context(), job, at(60), shots); err == nil {
				t.Error("no error")
			}
			nothingLeft(t, job)
		})
	}
}

// fullDisk is an empty file system of that many bytes.
func fullDisk(t *testing.T, size int) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", size)); err != nil {
		t.Skipf("mounting a small file system is not permitted here (%v); TestFileTooLarge covers ffmpeg", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return dir
}

// The disk is full at the first byte, in the middle, and at the very end, when
// ffmpeg moves the index to the front of a file that just fitted.
func TestDiskFull(t *testing.T) {
	var shots []shot
	for tick := range 40 {
		shots = append(shots, shot{at(tick), noisy, false})
	}
	for _, format := range []Format{MP4, WebM, GIF, WebP, PNG} {
		t.Run(string(format), func(t *testing.T) {
			job := newJob(t, 320, 180, format)
			results, err := encode(t.Context(), job, at(40), shots)
			if err != nil {
				t.Fatal(err)
			}
			whole := int(results[0].Bytes)
			for _, size := range []int{4096, whole / 2, whole - 4096} {
				disk := fullDisk(t, size)
				job := newJob(t, 320, 180, format)
				job.Outputs[0].Path = filepath.Join(disk, "clip")
				if err := os.WriteFile(job.Outputs[0].Path, []byte("old"), 0o600); err != nil {
					t.Fatal(err)
				}
				if _, err := encode(t.Context(), job, at(40), shots); !errors.Is(err, syscall.ENOSPC) {
					t.Errorf("%d of %d bytes: the error is %v", size, whole, err)
				}
				if left := files(t, disk); !slices.Equal(left, []string{"clip"}) {
					t.Errorf("%d of %d bytes: %v is left", size, whole, left)
				}
				if b, err := os.ReadFile(job.Outputs[0].Path); err != nil || string(b) != "old" {
					t.Errorf("%d of %d bytes: the old file is gone", size, whole)
				}
			}
		})
	}
	t.Run("recording", func(t *testing.T) {
		job := newJob(t, 320, 180, MP4)
		job.Outputs[0].Fit = 1 << 30
		job.TempDir = fullDisk(t, 1<<20)
		_, err := encode(t.Context(), job, at(40), shots)
		if !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("the error is %v", err)
		}
		nothingLeft(t, job)
	})
}

// brokenWriter is a reader that went away.
type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, syscall.EPIPE }

func TestStandardOutputBroken(t *testing.T) {
	job := newJob(t, 160, 90, GIF)
	job.Outputs = append(job.Outputs, Spec{Path: "-", Format: MP4})
	job.Stdout = brokenWriter{}
	if _, err := encode(t.Context(), job, at(10), []shot{square(0)}); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("the error is %v", err)
	}
	nothingLeft(t, job)
}

func TestMissingTools(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := Find()
	var missing *MissingError
	if !errors.As(err, &missing) || !strings.Contains(missing.Hint(), "install ffmpeg") {
		t.Errorf("the error is %v", err)
	}
}
