package chrome

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/headlessexperimental"
	"golang.org/x/sys/unix"
)

// frameTimeout is how long a frame may take; a page that lays out for longer
// counts as hung.
const frameTimeout = 15 * time.Second

// clock turns session time into frame times for Chrome, which begin at the
// browser's own monotonic clock and take no steps back.
type clock struct {
	base time.Duration
	last time.Duration
}

func newClock() (*clock, error) {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
		return nil, fmt.Errorf("read monotonic clock: %w", err)
	}
	now := time.Duration(ts.Nano())
	return &clock{base: now, last: now}, nil
}

// ticks is Chrome's frame time, in ms, for the session time at.
func (c *clock) ticks(at time.Duration) float64 {
	c.last = max(c.base+at, c.last+time.Millisecond/10)
	return float64(c.last) / float64(time.Millisecond)
}

// frame makes Chrome draw one frame, and take a PNG of it if asked to. It says
// whether Chrome saw anything change.
func (b *Browser) frame(ctx context.Context, at time.Duration, shot bool) (damage bool, pngData []byte, err error) {
	params := headlessexperimental.BeginFrameParams{FrameTimeTicks: b.clock.ticks(at)}
	if shot {
		params.Screenshot = &headlessexperimental.ScreenshotParams{
			Format: headlessexperimental.ScreenshotParamsFormatPng, OptimizeForSpeed: true,
		}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, frameTimeout, &HungError{What: "drawing a frame", After: frameTimeout})
	defer cancel()
	res, err := cdp.Call(ctx, b.target, headlessexperimental.BeginFrame, params)
	if err != nil {
		return false, nil, fmt.Errorf("draw frame: %w", b.cause(ctx, err))
	}
	return res.HasDamage, res.ScreenshotData, nil
}

// screenshot draws a frame and decodes its PNG into dst.
func (b *Browser) screenshot(ctx context.Context, at time.Duration, dst Picture) error {
	// Chrome may give no picture for the first frames of a page.
	for range 5 {
		_, data, err := b.frame(ctx, at, true)
		if err != nil {
			return err
		}
		if len(data) > 0 {
			return decodePNG(data, dst)
		}
	}
	return fmt.Errorf("draw frame: chrome gives no picture")
}

func decodePNG(data []byte, dst Picture) error {
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("decode screenshot: %w", err)
	}
	if size := img.Bounds().Size(); size != (image.Point{X: dst.Width, Y: dst.Height}) {
		return fmt.Errorf("decode screenshot: it is %v, the window %dx%d", size, dst.Width, dst.Height)
	}
	rgba, ok := img.(*image.RGBA)
	if !ok {
		rgba = image.NewRGBA(img.Bounds())
		draw.Draw(rgba, rgba.Rect, img, image.Point{}, draw.Src)
	}
	for i := 0; i < len(dst.Pix); i += 4 {
		dst.Pix[i], dst.Pix[i+1], dst.Pix[i+2], dst.Pix[i+3] = rgba.Pix[i+2], rgba.Pix[i+1], rgba.Pix[i], 0xff
	}
	return nil
}
