package chrome

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// Usage is what a browser's processes have used.
type Usage struct {
	CPU    time.Duration // user and system
	Memory int64         // bytes of their own, what they share left out
}

// clockTick is the unit of CPU times in /proc, the same on every Linux.
const clockTick = 10 * time.Millisecond

// Usage adds up the browser's processes.
func (b *Browser) Usage() (Usage, error) {
	var total Usage
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return total, fmt.Errorf("list processes: %w", err)
	}
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if group, err := unix.Getpgid(pid); err == nil && group == b.pid {
			total.add(pid)
		}
	}
	return total, nil
}

// add adds a process; one that has just ended adds nothing.
func (u *Usage) add(pid int) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return
	}
	// The fields after the program's name, which may hold anything: proc(5).
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) > 12 {
		u.CPU += time.Duration(number(fields[11])+number(fields[12])) * clockTick
	}
	memory, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return
	}
	if pages := bytes.Fields(memory); len(pages) > 2 {
		u.Memory += (number(pages[1]) - number(pages[2])) * int64(os.Getpagesize())
	}
}

func number(field []byte) int64 {
	n, err := strconv.ParseInt(string(field), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
