package chrome

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/css"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/inspector"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// startTimeout is how long a browser may take to answer its first command.
const startTimeout = 20 * time.Second

// Options describe one browser.
type Options struct {
	Path        string  // the headless shell, from Find
	Scale       float64 // device pixels per CSS pixel
	Dir         string  // where the browser makes its own folder
	NoSandbox   bool    // switch Chrome's sandbox off; only by the user's word
	Screenshots bool    // never read the surface, take screenshots
	Log         *slog.Logger
}

// Browser is one headless Chrome process with one page. It is not safe for
// concurrent use, but for Kill.
type Browser struct {
	opts   Options
	iso    isolation
	ctx    context.Context //nolint:containedctx // chromedp keeps a browser in its context.
	cancel context.CancelFunc
	wait   func()
	target *chromedp.Target
	pid    int
	dir    string
	clock  *clock

	width, height int // of the window, in CSS pixels
}

// Start launches a browser, as confined as the system allows. It ends when ctx
// does, with all its processes.
func Start(ctx context.Context, o Options) (*Browser, error) {
	var errs []error
	for _, iso := range isolations(o.NoSandbox) {
		b, err := start(ctx, o, iso)
		if err == nil {
			return b, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if hung := (*HungError)(nil); errors.As(err, &hung) {
			return nil, &StartError{Path: o.Path, Sandbox: !o.NoSandbox, Err: err} // less confined, it would hang as well
		}
		o.Log.Debug("chrome did not start", "network_namespace", iso.NetworkNamespace, "error", err)
		errs = append(errs, err)
	}
	return nil, &StartError{Path: o.Path, Sandbox: !o.NoSandbox, Err: errors.Join(errs...)}
}

// StartError says that Chrome is there but does not run.
type StartError struct {
	Path    string
	Sandbox bool
	Err     error
}

func (e *StartError) Error() string { return fmt.Sprintf("start %s: %v", e.Path, e.Err) }

func (e *StartError) Unwrap() error { return e.Err }

// Hint is the remedy.
func (e *StartError) Hint() string {
	if e.Sandbox {
		return "reelay doctor tells more; where the system denies Chrome its sandbox (some containers do), --no-sandbox renders without it"
	}
	return "reelay doctor tells more"
}

//nolint:contextcheck // chromedp keeps a browser in a context of its own, derived from ctx.
func start(ctx context.Context, o Options, iso isolation) (_ *Browser, err error) {
	dir, err := makeFolder(o.Dir, iso.Unprivileged)
	if err != nil {
		return nil, err
	}
	b := &Browser{opts: o, iso: iso, dir: dir}
	defer func() {
		if err != nil {
			b.Kill()
		}
	}()

	actx, cancelAllocator := chromedp.NewExecAllocator(ctx, allocatorOptions(o, iso, dir)...)
	// Errors of the protocol reach us as results; chromedp's own prints go to the log.
	quiet := chromedp.WithErrorf(func(format string, args ...any) {
		o.Log.Debug("chromedp", "message", fmt.Sprintf(format, args...))
	})
	b.ctx, b.cancel = chromedp.NewContext(actx, quiet, chromedp.WithLogf(func(string, ...any) {}))
	b.wait = cancelAllocator

	sctx, cancel := context.WithTimeout(b.ctx, startTimeout)
	defer cancel()
	stop := context.AfterFunc(sctx, func() {
		if errors.Is(sctx.Err(), context.DeadlineExceeded) {
			b.cancel()
		}
	})
	defer stop()
	b.target, err = chromedp.Run(b.ctx, func(_ context.Context, t *chromedp.Target) (*chromedp.Target, error) { return t, nil })
	if errors.Is(sctx.Err(), context.DeadlineExceeded) {
		return nil, &HungError{What: "starting", After: startTimeout}
	}
	if err != nil {
		return nil, fmt.Errorf("connect to chrome: %w", err)
	}
	b.pid = chromedp.FromContext(b.ctx).Browser.Process().Pid
	b.watch()
	return b, b.quieten()
}

// watch ends the browser when its page crashes: calls would wait for it until
// their deadlines.
func (b *Browser) watch() {
	crashes := chromedp.Events(b.ctx, inspector.TargetCrashed)
	go func() {
		for _, err := range crashes {
			if err == nil {
				b.opts.Log.Debug("the page crashed")
				b.cancel()
			}
			return
		}
	}()
}

// quieten switches off the protocol domains that chromedp turns on: they make
// Chrome report, and so pay for, every change of the page's DOM and styles.
func (b *Browser) quieten() error {
	for _, method := range []string{css.Disable.Method, dom.Disable.Method, cdplog.Disable.Method, network.Disable.Method, runtime.Disable.Method} {
		if err := b.target.Call(b.ctx, method, cdp.Empty{}, nil); err != nil {
			return fmt.Errorf("call %s: %w", method, err)
		}
	}
	return nil
}

func allocatorOptions(o Options, iso isolation, dir string) []chromedp.ExecAllocatorOption {
	opts := []chromedp.ExecAllocatorOption{chromedp.ExecPath(o.Path)}
	for _, f := range flags(o, filepath.Join(dir, "profile")) {
		if f.value == "" {
			opts = append(opts, chromedp.Flag(f.name, true))
		} else {
			opts = append(opts, chromedp.Flag(f.name, f.value))
		}
	}
	if !o.NoSandbox {
		opts = append(opts, chromedp.Flag("no-sandbox", false)) // chromedp would add it for root
	}
	return append(opts, chromedp.NoInheritEnv, chromedp.ModifyCmdFunc(func(cmd *exec.Cmd) {
		cmd.SysProcAttr = iso.attributes()
		cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
		cmd.WaitDelay = time.Second
		cmd.Env = environment(os.Environ(), dir)
	}))
}

// environment is what a browser needs of ours: nothing but where programs,
// fonts and temporary files are.
func environment(ours []string, dir string) []string {
	env := []string{"HOME=" + dir, "TMPDIR=" + dir, "XDG_CONFIG_HOME=" + dir, "XDG_CACHE_HOME=" + dir}
	for _, kv := range ours {
		name, _, _ := strings.Cut(kv, "=")
		switch name {
		case "PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH":
			env = append(env, kv)
		}
	}
	return env
}

// Isolated says whether the browser has a network without interfaces.
func (b *Browser) Isolated() bool { return b.iso.NetworkNamespace }

// Kill ends the browser with all its processes and removes its folder. It may
// be called at any time, and twice.
func (b *Browser) Kill() {
	if b.pid != 0 {
		_ = syscall.Kill(-b.pid, syscall.SIGKILL) // gone already is fine
	}
	if b.cancel != nil {
		b.cancel()
		b.wait()
	}
	_ = os.RemoveAll(b.dir)
}
