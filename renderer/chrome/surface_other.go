//go:build !linux

package chrome

import "errors"

type surface struct{}

var errNoSurface = errors.New("reading Chrome's surface needs Linux")

func (surface) read([]byte) error { return errNoSurface }

func findSurfaces(int, int, uint32) ([]surface, error) { return nil, errNoSurface }

func gpuProcess(int) (int, error) { return 0, errNoSurface }
