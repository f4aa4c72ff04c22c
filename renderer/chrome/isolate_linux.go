package chrome

import (
	"os"
	"syscall"
)

// isolation is how the operating system confines a browser process.
type isolation struct {
	// NetworkNamespace: the process lives in a network without interfaces.
	NetworkNamespace bool
	// Unprivileged: a root caller runs it as nobody.
	Unprivileged bool
}

// attributes returns the process attributes of a browser: its own process
// group, killed when we die, and as confined as iso says.
func (iso isolation) attributes() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if iso.Unprivileged {
		attr.Credential = &syscall.Credential{Uid: Nobody, Gid: Nobody}
	}
	if iso.NetworkNamespace {
		attr.Cloneflags = syscall.CLONE_NEWNET
		if os.Geteuid() != 0 {
			// An ordinary user may make a network only inside a user
			// namespace of its own; it keeps its own ids there.
			attr.Cloneflags |= syscall.CLONE_NEWUSER
			attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Geteuid(), HostID: os.Geteuid(), Size: 1}}
			attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getegid(), HostID: os.Getegid(), Size: 1}}
		}
	}
	return attr
}

// isolations are the confinements to try for a browser, strictest first.
func isolations(noSandbox bool) []isolation {
	unprivileged := os.Geteuid() == 0 && !noSandbox
	return []isolation{
		{NetworkNamespace: true, Unprivileged: unprivileged},
		{Unprivileged: unprivileged},
	}
}
