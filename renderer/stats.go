package renderer

import (
	"sync/atomic"
	"time"
)

// stats counts what a render does; its fields may be used from any goroutine.
type stats struct {
	clock  func() time.Time
	ownCPU time.Duration // this process's, when the render began

	captured, composed atomic.Int64
	surface, shots     atomic.Int64 // Chromes by how their pictures were taken
	denied             atomic.Value // string: why one could not read its surface
	restarts           atomic.Int64
	isolated           atomic.Bool
	cpu                atomic.Int64 // of the Chromes, in ns

	// Wall time by stage. Stages run side by side, so they add up to more than
	// the render took.
	reading, start, lead, apply, draw, read, compose, encode atomic.Int64
}

// time starts to measure a stage; the returned function ends it.
func (s *stats) time(stage *atomic.Int64) func() {
	from := s.clock()
	return func() { stage.Add(int64(s.clock().Sub(from))) }
}

// path notes how a Chrome's pictures were taken.
func (s *stats) path(path, why string) {
	if path == "surface" {
		s.surface.Add(1)
		return
	}
	s.shots.Add(1)
	s.denied.Store(why)
}
