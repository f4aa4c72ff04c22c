package chrome

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// surface is the memory of Chrome's GPU process that holds the picture it last
// composed in software: rows of BGRA, without padding. Reading it costs a
// tenth of a screenshot.
type surface struct {
	pid  int
	addr uintptr
	size int
}

// read copies the surface into dst, which is as large as the surface.
func (s surface) read(dst []byte) error {
	if err := readMemory(s.pid, s.addr, dst[:s.size]); err != nil {
		return fmt.Errorf("read surface: %w", err)
	}
	return nil
}

func readMemory(pid int, addr uintptr, dst []byte) error {
	local := []unix.Iovec{{Base: &dst[0], Len: uint64(len(dst))}}
	remote := []unix.RemoteIovec{{Base: addr, Len: len(dst)}}
	n, err := unix.ProcessVMReadv(pid, local, remote, 0)
	if err != nil {
		return err
	}
	if n != len(dst) {
		return fmt.Errorf("short read: %d of %d bytes", n, len(dst))
	}
	return nil
}

// findSurfaces returns the places in the process's memory that hold size bytes
// of the one colour (BGRA).
func findSurfaces(pid, size int, colour uint32) ([]surface, error) {
	regions, err := writableRegions(pid, size)
	if err != nil {
		return nil, err
	}
	var found []surface
	var denied error
	for _, r := range regions {
		at, err := scan(pid, r, size, colour)
		if errors.Is(err, unix.EPERM) {
			denied = err
		}
		for _, addr := range at {
			found = append(found, surface{pid: pid, addr: addr, size: size})
		}
	}
	if len(found) == 0 && denied != nil {
		return nil, fmt.Errorf("read memory of the GPU process: %w", denied)
	}
	return found, nil
}

type region struct{ start, end uintptr }

// writableRegions lists the process's writable mappings of at least size bytes.
func writableRegions(pid, size int) ([]region, error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return nil, fmt.Errorf("open memory map: %w", err)
	}
	defer f.Close() //nolint:errcheck // nothing was written.
	var regions []region
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 2 || !strings.HasPrefix(fields[1], "rw") {
			continue
		}
		from, to, _ := strings.Cut(fields[0], "-")
		start, err1 := strconv.ParseUint(from, 16, 64)
		end, err2 := strconv.ParseUint(to, 16, 64)
		if err1 != nil || err2 != nil || end-start < uint64(size) {
			continue
		}
		regions = append(regions, region{uintptr(start), uintptr(end)})
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read memory map: %w", err)
	}
	return regions, nil
}

// probeStep is how far apart scan looks for the colour before it looks closely.
// It is far smaller than any surface, so none can hide between two looks.
const probeStep = 64 << 10

// scan returns where runs of size bytes of the colour begin in the region.
func scan(pid int, r region, size int, colour uint32) ([]uintptr, error) {
	var want [4]byte
	binary.LittleEndian.PutUint32(want[:], colour)
	var found []uintptr
	var word [4]byte
	for addr := r.start; addr+4 <= r.end; addr += probeStep {
		if err := readMemory(pid, addr, word[:]); err != nil {
			return found, err
		}
		if word != want {
			continue
		}
		start, end, err := run(pid, r, addr, want)
		if err != nil {
			return found, err
		}
		if end-start >= uintptr(size) {
			found = append(found, start)
		}
		if end > addr {
			addr = max(addr, end-probeStep)
		}
	}
	return found, nil
}

// run returns the bounds of the run of the pixel want around addr.
func run(pid int, r region, addr uintptr, want [4]byte) (start, end uintptr, err error) {
	pattern := bytes.Repeat(want[:], probeStep/4)
	chunk := make([]byte, probeStep)
	start, end = addr, addr
	for start > r.start {
		n := min(probeStep, start-r.start)
		if err := readMemory(pid, start-n, chunk[:n]); err != nil {
			return 0, 0, err
		}
		same := suffix(chunk[:n], pattern[:n])
		start -= uintptr(same)
		if same < int(n) {
			break
		}
	}
	for end < r.end {
		n := min(probeStep, r.end-end)
		if err := readMemory(pid, end, chunk[:n]); err != nil {
			return 0, 0, err
		}
		same := prefix(chunk[:n], pattern[:n])
		end += uintptr(same)
		if same < int(n) {
			break
		}
	}
	return start, end, nil
}

// prefix is the length of the common beginning of a and b, in whole pixels.
func prefix(a, b []byte) int {
	n := 0
	for n+4 <= len(a) && [4]byte(a[n:n+4]) == [4]byte(b[n:n+4]) {
		n += 4
	}
	return n
}

// suffix is the length of the common ending of a and b, in whole pixels.
func suffix(a, b []byte) int {
	n := 0
	for n+4 <= len(a) && [4]byte(a[len(a)-n-4:len(a)-n]) == [4]byte(b[len(b)-n-4:len(b)-n]) {
		n += 4
	}
	return n
}

// gpuProcess returns the GPU process of the browser whose process group is pgid.
func gpuProcess(pgid int) (int, error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return 0, fmt.Errorf("list processes: %w", err)
	}
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if group, err := unix.Getpgid(pid); err != nil || group != pgid {
			continue
		}
		cmdline, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if err == nil && bytes.Contains(cmdline, []byte("--type=gpu-process")) {
			return pid, nil
		}
	}
	return 0, errors.New("no GPU process in the browser's process group")
}
