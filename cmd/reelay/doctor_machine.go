package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// programDeadline is how long a program may take to say its version. A cold
// font cache is the slowest of them, at a few seconds.
const programDeadline = 20 * time.Second

// A render keeps its frames' scratch files and Chrome's profile in the temp
// folder, and takes some 800 MB with one worker.
const (
	diskWanted   = 1 << 30
	diskNeeded   = 100 << 20
	memoryWanted = 1 << 30
)

func checkTempFolder(context.Context) []finding {
	dir := os.TempDir()
	const remedy = "free some space, or point TMPDIR to another disk"
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return []finding{{"temp folder", stateFail, fmt.Sprintf("%s: %v", dir, err), "point TMPDIR to a folder that exists"}}
	}
	probe, err := os.CreateTemp(dir, "reelay-doctor-*")
	if err != nil {
		return []finding{{"temp folder", stateFail, err.Error(), "point TMPDIR to a folder that can be written"}}
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return []finding{{"temp folder", stateFail, err.Error(), remedy}}
	}
	free := fs.Bavail * uint64(fs.Bsize) //nolint:gosec // A block size is positive.
	f := finding{Check: "temp folder", State: stateOK, Detail: fmt.Sprintf("%s, %.1f GB free", dir, float64(free)/1e9)}
	switch {
	case free < diskNeeded:
		f.State, f.Remedy = stateFail, remedy
	case free < diskWanted:
		f.State, f.Remedy = stateWarn, remedy
	}
	return []finding{f}
}

func checkMachine(context.Context) []finding {
	cores := runtime.GOMAXPROCS(0) // respects a container's quota
	f := finding{Check: "machine", State: stateOK}
	available, err := availableMemory()
	if err != nil {
		f.State, f.Detail = stateWarn, fmt.Sprintf("%d cores; %v", cores, err)
		f.Remedy = "reelay renders on Linux; use the Docker image on other systems"
		return []finding{f}
	}
	f.Detail = fmt.Sprintf("%d cores, %.1f GB of memory available", cores, float64(available)/1e9)
	if available < memoryWanted {
		f.State, f.Remedy = stateWarn, "a render wants 1 GB; close something, or raise the container's limit"
	}
	return []finding{f}
}

// availableMemory is what the kernel or, if it is less, the container leaves
// to new programs, in bytes.
func availableMemory() (int64, error) {
	kernel, err := memAvailable()
	if err != nil {
		return 0, err
	}
	if left, limited := cgroupMemory(); limited {
		return min(kernel, left), nil
	}
	return kernel, nil
}

// cgroupMemory is what is left under the container's limit, if cgroup v2 sets
// one; without a limit, memory.max says "max".
func cgroupMemory() (left int64, limited bool) {
	limit, errLimit := readNumber("/sys/fs/cgroup/memory.max")
	used, errUsed := readNumber("/sys/fs/cgroup/memory.current")
	return limit - used, errLimit == nil && errUsed == nil
}

// memAvailable reads the line "MemAvailable:   23456789 kB" of /proc/meminfo.
func memAvailable() (int64, error) {
	file, err := os.Open("/proc/meminfo")
	if err != nil {
		return 0, fmt.Errorf("read memory: %w", err)
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if fields := strings.Fields(lines.Text()); len(fields) > 1 && fields[0] == "MemAvailable:" {
			kB, err := strconv.ParseInt(fields[1], 10, 64)
			return kB * 1024, err
		}
	}
	return 0, errors.Join(errors.New("read memory: no MemAvailable"), lines.Err())
}

func readNumber(path string) (int64, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
}
