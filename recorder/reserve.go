package recorder

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// ErrReserve says that a write would take the room that is kept free.
var ErrReserve = errors.New("disk is as full as it may get")

// Reserve returns a check whether n more bytes may be written below dir: a share
// of its file system, in percent, and at least least bytes, stay free for the
// rest of the machine.
func Reserve(dir string, least, percent uint64) func(n int64) error {
	return func(n int64) error {
		var fs unix.Statfs_t
		if err := unix.Statfs(dir, &fs); err != nil {
			return fmt.Errorf("look at free space: %w", err)
		}
		block := uint64(fs.Bsize) //nolint:gosec // never negative
		keep := max(least, fs.Blocks/100*percent*block)
		if free := fs.Bavail * block; free < keep+uint64(max(n, 0)) {
			return fmt.Errorf("%w: %d MiB are free, %d MiB are kept", ErrReserve, free>>20, keep>>20)
		}
		return nil
	}
}
