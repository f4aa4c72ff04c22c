package renderer

import (
	"context"
	"time"

	"github.com/reelay/reelay/renderer/chrome"
	"github.com/reelay/reelay/session"
)

// studio is a camera and the Chrome before it. Chrome starts with the first shot
// after the studio was made or closed.
type studio struct {
	crew    *crew
	lease   *lease
	browser *chrome.Browser
	camera  *camera
	out     *retakes
}

// resourceDeadline is how long a picture waits for style sheets, fonts and images.
// All are at hand, so that only what Chrome never loads takes as long; on a busy
// machine, a shorter wait would make pictures depend on luck.
const resourceDeadline = 10 * time.Second

// shoot takes the shots of a span.
func (s *studio) shoot(ctx context.Context, part span) error {
	if s.camera == nil {
		if err := s.open(ctx); err != nil {
			return err
		}
	}
	return s.camera.shoot(ctx, part)
}

func (s *studio) open(ctx context.Context) (err error) {
	c := s.crew
	if s.lease == nil {
		if s.lease, err = c.pool.acquire(ctx, c.dir, c.req.Scale); err != nil {
			return err
		}
	}
	defer c.stats.time(&c.stats.start)()
	if s.browser, err = s.lease.ready(); err != nil {
		return err
	}
	environment, err := session.ReadEnvironment(c.rec)
	if err != nil {
		return err
	}
	page, err := s.browser.Open(ctx, chrome.PageOptions{
		Width: int(c.layout.window.Width), Height: int(c.layout.window.Height),
		Start: c.rec.Start(), Redact: c.req.Redact, Deadline: resourceDeadline, Assets: c.req.Assets,
		Environment: environment,
	})
	if err != nil {
		return err
	}
	c.stats.isolated.Store(s.browser.Isolated())
	s.camera = newCamera(c.rec, c.tl, c.layout, page, s.out, c.stats)
	return nil
}

// largest is how much memory of its own, in bytes, a Chrome may use before a
// fresh one takes over.
const largest = 1 << 30

func (s *studio) large() bool {
	usage, err := s.browser.Usage()
	return err == nil && usage.Memory > largest
}

// close ends the Chrome. It may be called twice.
func (s *studio) close() {
	if s.camera != nil {
		s.crew.stats.path(s.camera.page.Path())
		if usage, err := s.browser.Usage(); err == nil {
			s.crew.stats.cpu.Add(int64(usage.CPU))
		}
	}
	if s.lease != nil {
		s.lease.release()
	}
	s.camera, s.browser, s.lease = nil, nil, nil
}
