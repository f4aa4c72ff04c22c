package chrome

import (
	"context"
	"fmt"
	"time"
)

// Draw makes Chrome draw the page, at the session time at, that the last Step
// left behind with the result r, and says whether Read would give another
// picture than the last time.
//
// Videos reach Chrome's compositor by a way of their own, whenever they come: a
// page that shows one for the first time is held back until its way is open, and
// another picture of it is in the frame after the next.
func (p *Page) Draw(ctx context.Context, at time.Duration, r Result) (bool, error) {
	if r.Joined {
		if err := p.join(ctx, at); err != nil {
			return false, fmt.Errorf("show video: %w", err)
		}
	}
	changed, err := p.Capture.Draw(ctx, at)
	if err != nil || !r.Video {
		return changed, err
	}
	if err := p.Alive(ctx); err != nil {
		return false, err
	}
	late, err := p.Capture.Draw(ctx, at)
	return changed || late, err
}

// mostFrames is how many frames a new video may hold the page back.
const mostFrames = 50

// join draws frames until one shows the page as it is now: a mark in its corner
// tells.
func (p *Page) join(ctx context.Context, at time.Duration) error {
	width, height := p.browser.Size()
	picture := Picture{Width: width, Height: height, Pix: make([]byte, 4*width*height)}
	mark := proofs[0]
	for _, css := range []string{"position:fixed;left:0;top:0;width:4px;height:4px;z-index:2147483647;background:" + mark.css, ""} {
		if err := p.browser.style(ctx, css); err != nil {
			return err
		}
		for range mostFrames {
			if _, err := p.Capture.Draw(ctx, at); err != nil {
				return err
			}
			pixel, err := p.pixel(ctx, at, picture)
			if err != nil {
				return err
			}
			if (pixel == mark.bgra) == (css != "") {
				break
			}
			if err := p.Alive(ctx); err != nil {
				return err
			}
		}
	}
	p.pending = true
	return nil
}
