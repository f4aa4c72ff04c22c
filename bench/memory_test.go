package bench

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkMemory compares the most memory that the program and its children
// use for a session of an hour with that for a minute, with one Chrome.
func BenchmarkMemory(b *testing.B) {
	program := filepath.Join(b.TempDir(), "reelay")
	build := exec.CommandContext(b.Context(), "go", "build", "-o", program, "../cmd/reelay")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("build reelay: %v\n%s", err, out)
	}
	var minute, hour memory
	for b.Loop() {
		minute = renderWatched(b, program, visit(1))
		hour = renderWatched(b, program, visit(60))
	}
	report(b, map[string]float64{
		"go-MB-minute": mb(minute.program), "go-MB-hour": mb(hour.program), "go-ratio": float64(hour.program) / float64(minute.program),
		"all-MB-minute": mb(minute.all), "all-MB-hour": mb(hour.all), "all-ratio": float64(hour.all) / float64(minute.all),
	})
}

func mb(bytes int64) float64 { return float64(bytes) / 1e6 }

// memory is the most that was used at one time, in bytes.
type memory struct {
	program int64 // resident in the program that was started
	all     int64 // its share and those of its descendants (PSS in proc(5))
}

// lookEach is the time between two looks at the processes.
const lookEach = 200 * time.Millisecond

// renderWatched renders a recording and watches the memory meanwhile.
func renderWatched(b *testing.B, program string, r *recording) memory {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), program, "render", r.file(b), "--idle", "off", "--workers", "1", "-o", filepath.Join(b.TempDir(), "clip.mp4"))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	ticker := time.NewTicker(lookEach)
	defer ticker.Stop()
	var peak memory
	for {
		select {
		case err := <-ended:
			if err != nil {
				b.Fatalf("render: %v\n%s", err, stderr.Bytes())
			}
			return peak
		case <-ticker.C:
			peak.program = max(peak.program, field(cmd.Process.Pid, "status", "VmHWM:"))
			peak.all = max(peak.all, together(cmd.Process.Pid))
		}
	}
}

// together is the memory that a process and its descendants use, in bytes; what
// several of them share counts once.
func together(root int) int64 {
	children := map[int][]int{}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return 0
	}
	for _, entry := range entries {
		if pid, err := strconv.Atoi(entry.Name()); err == nil {
			parent := parent(pid)
			children[parent] = append(children[parent], pid)
		}
	}
	var total int64
	family := []int{root}
	for len(family) > 0 {
		pid := family[0]
		family = append(family[1:], children[pid]...)
		share := field(pid, "smaps_rollup", "Pss:")
		if share == 0 { // a sandboxed process shows its share to root only
			share = field(pid, "status", "VmRSS:")
		}
		total += share
	}
	return total
}

// parent is the process that started pid; 0 if it has ended.
func parent(pid int) int {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// The fields after the program's name, which may hold anything: proc(5).
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	n, err := strconv.Atoi(string(fields[1]))
	if err != nil {
		return 0
	}
	return n
}

// field is a size from a process's file in /proc, in bytes; 0 if it has ended
// or may not be looked at.
func field(pid int, file, name string) int64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
	if err != nil {
		return 0
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for lines.Scan() {
		if value, ok := strings.CutPrefix(lines.Text(), name); ok {
			kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			if err != nil {
				return 0
			}
			return kb << 10
		}
	}
	return 0
}
