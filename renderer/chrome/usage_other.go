//go:build !linux

package chrome

import "time"

// Usage is what a browser's processes have used.
type Usage struct {
	CPU    time.Duration
	Memory int64
}

// Usage is known on Linux only.
func (b *Browser) Usage() (Usage, error) { return Usage{}, nil }
