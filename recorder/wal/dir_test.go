package wal

import (
	"errors"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// A segment's Sync asks the kernel: of a pipe it says that it can't be synced.
func TestSyncReachesTheKernel(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	defer func() { _ = w.Close() }()
	if err := (osFile{w}).Sync(); !errors.Is(err, unix.EINVAL) {
		t.Errorf("sync of a pipe: %v", err)
	}
}
