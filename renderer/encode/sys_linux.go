package encode

import (
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// attributes gives a child its own process group, so that whatever it starts
// dies with it, and has it killed when this process dies.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// enlarge lets a pipe hold most of a frame, so that writer and reader seldom
// wait for each other. A refusal costs speed only.
func enlarge(pipe *os.File) {
	if raw, err := pipe.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { _, _ = unix.FcntlInt(fd, unix.F_SETPIPE_SZ, pipeSize) })
	}
}

// cpuTime is the processor time that a process has used so far.
func cpuTime(pid int) (time.Duration, error) {
	// The CPU clock of a process is named by its inverted id
	// (clock_getcpuclockid in glibc): 2 is the scheduler's clock of the group.
	const schedulerClock = 2
	var used unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|schedulerClock), &used); err != nil {
		return 0, err
	}
	return time.Duration(used.Nano()), nil
}
