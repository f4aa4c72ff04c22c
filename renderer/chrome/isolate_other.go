//go:build !linux

package chrome

import "syscall"

type isolation struct{ NetworkNamespace, Unprivileged bool }

func (isolation) attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func isolations(bool) []isolation { return []isolation{{}} }
