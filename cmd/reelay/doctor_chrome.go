package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"slices"

	"github.com/reelay/reelay/renderer"
	"github.com/reelay/reelay/renderer/chrome"
)

// checkChrome looks for the headless shell, has it draw a page, and tells how
// fast the pictures come out of it and how well it is confined.
func checkChrome(ctx context.Context, flags chromeFlags, log *slog.Logger) []finding {
	path, err := chrome.Find(flags.Chrome)
	if err != nil {
		return []finding{failure("chrome", err)}
	}
	dir, err := os.MkdirTemp("", renderer.FolderPrefix)
	if err != nil {
		return []finding{failure("chrome", err)}
	}
	defer func() { _ = os.RemoveAll(dir) }()
	probe, err := chrome.Probe(ctx, chrome.Options{Path: path, Scale: 1, Dir: dir, NoSandbox: flags.NoSandbox, Log: log})
	var start *chrome.StartError
	switch {
	case errors.As(err, &start):
		return []finding{{
			"chrome", stateFail, err.Error(),
			"give Chrome its sandbox (apt-get install chromium-sandbox; in Docker: --security-opt seccomp=docker/seccomp.json), or choose to go without: --no-sandbox",
		}}
	case err != nil:
		return []finding{failure("chrome", err)}
	}
	return []finding{
		{Check: "chrome", State: stateOK, Detail: probe.Version + " at " + path + " draws a page"},
		captureFinding(probe),
		sandboxFinding(probe),
		networkFinding(probe),
	}
}

func captureFinding(probe chrome.ProbeResult) finding {
	if probe.Why == "" {
		return finding{Check: "capture", State: stateOK, Detail: "reads Chrome's " + probe.Path + ", the fast way"}
	}
	return finding{
		"capture", stateWarn, probe.Path + ", which is slower: " + probe.Why,
		"let reelay read the memory of its own children (kernel.yama.ptrace_scope at most 1; in a container, seccomp must allow process_vm_readv)",
	}
}

func sandboxFinding(probe chrome.ProbeResult) finding {
	if probe.Sandbox {
		return finding{Check: "sandbox", State: stateOK, Detail: "on"}
	}
	return finding{"sandbox", stateWarn, "off, by --no-sandbox", "leave --no-sandbox out where the system allows user namespaces"}
}

func networkFinding(probe chrome.ProbeResult) finding {
	if probe.NetworkNamespace {
		return finding{Check: "network", State: stateOK, Detail: "Chrome has no interfaces"}
	}
	if onlyLoopback() {
		return finding{Check: "network", State: stateOK, Detail: "nobody here has interfaces"}
	}
	return finding{
		"network", stateWarn, "Chrome is told to stay off the network, but the kernel doesn't enforce it",
		"allow user namespaces, or run in a container with --network none",
	}
}

// onlyLoopback reports whether the whole machine, or container, is cut off.
func onlyLoopback() bool {
	interfaces, err := net.Interfaces()
	return err == nil && !slices.ContainsFunc(interfaces, func(i net.Interface) bool {
		return i.Flags&net.FlagLoopback == 0
	})
}

// failure is the finding of an error that may carry its own remedy.
func failure(check string, err error) finding {
	_, hint := explain(err)
	return finding{check, stateFail, err.Error(), hint}
}
