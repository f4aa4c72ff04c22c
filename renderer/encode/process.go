package encode

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// process is a program at work on what is written to its standard input.
type process struct {
	name  string
	cmd   *exec.Cmd
	stdin *os.File
	tail  tail
	stall time.Duration

	exited chan struct{} // closed when the program has ended
	err    error         // why, after exited
}

// startProcess starts a program in a process group of its own. The group is
// killed when the context ends.
func startProcess(ctx context.Context, path string, args []string, stall time.Duration) (*process, error) {
	p := &process{name: filepath.Base(path), stall: stall, exited: make(chan struct{})}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make pipe: %w", err)
	}
	enlarge(w)
	p.stdin = w
	p.cmd = command(ctx, path, args)
	p.cmd.Stdin = r
	p.cmd.Stderr = &p.tail
	err = p.cmd.Start()
	if closeErr := r.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", p.name, err), w.Close())
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.exited)
	}()
	return p, nil
}

// pipeSize is the most that an ordinary user may ask for (pipe-max-size).
const pipeSize = 1 << 20

// command is a program that ends with the context, together with all that it
// may have started.
func command(ctx context.Context, path string, args []string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.SysProcAttr = attributes()
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	return cmd
}

// Write feeds the program. It fails when the program has ended or has taken
// nothing for too long; then the program is gone when Write returns.
func (p *process) Write(b []byte) (int, error) {
	written := 0
	for written < len(b) {
		chunk := b[written:min(len(b), written+pipeSize)]
		err := p.stdin.SetWriteDeadline(time.Now().Add(p.stall))
		if err == nil {
			var n int
			n, err = p.stdin.Write(chunk)
			written += n
		}
		if err != nil {
			p.kill()
			if errors.Is(err, os.ErrDeadlineExceeded) {
				return written, p.failure(fmt.Errorf("it took no input for %v", p.stall))
			}
			return written, p.failure(errors.Join(p.err, ignoreBrokenPipe(err)))
		}
	}
	return written, nil
}

// ignoreBrokenPipe drops what only says that the program has ended.
func ignoreBrokenPipe(err error) error {
	if errors.Is(err, syscall.EPIPE) {
		return nil
	}
	return err
}

// finish ends the input and waits for the program to succeed. A program that
// stops using the processor for too long is stuck, and killed.
func (p *process) finish() error {
	if err := p.stdin.Close(); err != nil {
		p.kill()
		return p.failure(err)
	}
	const looks = 15
	look := time.NewTicker(p.stall / looks)
	defer look.Stop()
	var used time.Duration
	for idle := 0; idle < looks; {
		select {
		case <-p.exited:
			if p.err != nil {
				return p.failure(p.err)
			}
			return nil
		case <-look.C:
			now, err := cpuTime(p.cmd.Process.Pid)
			if err != nil || now != used {
				idle, used = 0, now
			} else {
				idle++
			}
		}
	}
	p.kill()
	return p.failure(fmt.Errorf("it did nothing for %v after its input had ended", p.stall))
}

// kill ends the program and waits until it is gone. It may be called at any
// time, more than once.
func (p *process) kill() {
	select {
	case <-p.exited:
	default:
		// The process is not reaped before exited, so that the group is
		// still ours; if it dies at this moment the signal finds nobody.
		_ = p.cmd.Cancel()
		<-p.exited
	}
	_ = p.stdin.Close()
}

// failure is an error with the last words of the program, which has ended.
func (p *process) failure(err error) error {
	if err == nil {
		err = errors.New("it ended before its input did")
	}
	if words := p.tail.String(); words != "" {
		if strings.Contains(words, "No space left on device") {
			err = syscall.ENOSPC
		}
		return fmt.Errorf("run %s: %w: %s", p.name, err, words)
	}
	return fmt.Errorf("run %s: %w", p.name, err)
}

// cpu is the processor time that the program has used, once it has ended.
func (p *process) cpu() time.Duration {
	return p.cmd.ProcessState.UserTime() + p.cmd.ProcessState.SystemTime()
}

// tail keeps the end of what is written to it.
type tail struct {
	mu  sync.Mutex
	end []byte
}

// tailSize is how many bytes of a program's messages an error repeats.
const tailSize = 1000

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.end = append(t.end, b...)
	if cut := len(t.end) - tailSize; cut > 0 {
		t.end = append(t.end[:0], t.end[cut:]...)
	}
	return len(b), nil
}

// String is the messages on one line.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.FieldsFunc(strings.ToValidUTF8(string(t.end), ""), func(r rune) bool { return r == '\n' || r == '\r' })
	return strings.Join(lines, "; ")
}
