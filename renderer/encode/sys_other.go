//go:build !linux

package encode

import (
	"errors"
	"os"
	"syscall"
	"time"
)

func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func enlarge(*os.File) {}

func cpuTime(int) (time.Duration, error) { return 0, errors.ErrUnsupported }
