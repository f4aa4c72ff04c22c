package visitor

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/launcher"
)

// closing is how long Chrome may take to leave by itself.
const closing = 2 * time.Second

// FolderPrefix begins the names of profile folders.
const FolderPrefix = "reelay-visitor-"

// startChrome starts a fresh Chrome with a profile of its own; stop ends it
// and removes the profile.
func startChrome(ctx context.Context, options Options, log *slog.Logger) (browser *rod.Browser, stop func(), err error) {
	program, err := findChrome(options.Chrome)
	if err != nil {
		return nil, nil, err
	}
	profile, err := os.MkdirTemp("", FolderPrefix)
	if err != nil {
		return nil, nil, fmt.Errorf("make profile folder: %w", err)
	}
	chrome := launcher.New().
		Context(ctx).
		Bin(program).
		UserDataDir(profile).
		Leakless(false). // It runs a helper program of its own from the temp folder.
		HeadlessNew(true).
		NoSandbox(options.NoSandbox)
	if options.NoSandbox {
		log.WarnContext(ctx, "visiting without Chrome's sandbox")
	}
	if options.Proxy != "" {
		chrome.Proxy(options.Proxy).Set("proxy-bypass-list", "<-loopback>")
	}
	if len(options.Resolve) > 0 {
		chrome.Set("host-resolver-rules", resolverRules(options.Resolve))
	}
	if options.AnyCertificate {
		chrome.Set("ignore-certificate-errors")
	}
	address, err := chrome.Launch()
	if err != nil {
		os.RemoveAll(profile) //nolint:errcheck,gosec // The launch error is the one to tell.
		return nil, nil, fmt.Errorf("start %s: %w", program, err)
	}
	// The browser outlives ctx by the moment that it needs to leave.
	browser = rod.New().Context(context.WithoutCancel(ctx)).ControlURL(address).NoDefaultDevice()
	stop = func() {
		leaving, cancel := context.WithTimeout(context.WithoutCancel(ctx), closing)
		defer cancel()
		if err := end(leaving, browser, chrome, profile); err != nil {
			log.WarnContext(ctx, "profile folder stays", "error", err)
		}
	}
	if err := browser.Connect(); err != nil {
		chrome.Kill()
		chrome.Cleanup()
		return nil, nil, fmt.Errorf("connect to Chrome: %w", err)
	}
	return browser, stop, nil
}

// end asks Chrome to leave, kills it when ctx is over, and removes its profile.
func end(ctx context.Context, browser *rod.Browser, chrome *launcher.Launcher, profile string) error {
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		chrome.Cleanup() // Returns when the process has ended.
	}()
	if err := browser.Context(ctx).Close(); err != nil {
		chrome.Kill()
	}
	select {
	case <-gone:
	case <-ctx.Done():
		chrome.Kill()
		<-gone
	}
	// A helper of Chrome may have written once more while Cleanup removed.
	return os.RemoveAll(profile)
}

func findChrome(program string) (string, error) {
	names := []string{"chromium", "google-chrome", "google-chrome-stable", "chromium-browser", "chrome"}
	if program != "" {
		names = []string{program}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w: looked for %s", ErrNoChrome, strings.Join(names, ", "))
}

func resolverRules(resolve map[string]string) string {
	rules := make([]string, 0, len(resolve))
	for _, host := range slices.Sorted(maps.Keys(resolve)) {
		rules = append(rules, "MAP "+host+" "+resolve[host])
	}
	return strings.Join(rules, ",")
}
