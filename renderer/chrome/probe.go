package chrome

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
)

// ProbeResult is what a browser can do on this machine.
type ProbeResult struct {
	Version          string // product and version
	Path             string // how pictures are taken: surface or screenshot
	Why              string // why not through the surface
	Sandbox          bool   // Chrome's own sandbox is on
	NetworkNamespace bool   // it has a network without interfaces
}

// Probe starts a browser, has it draw a page of a known colour, and compares
// the picture with it.
func Probe(ctx context.Context, o Options) (ProbeResult, error) {
	b, err := Start(ctx, o)
	if err != nil {
		return ProbeResult{}, err
	}
	defer b.Kill()
	version, err := cdp.Call(ctx, b.target, browser.GetVersion, cdp.Empty{})
	if err != nil {
		return ProbeResult{}, fmt.Errorf("ask for version: %w", err)
	}
	page, err := b.Open(ctx, PageOptions{Width: 320, Height: 200, Deadline: time.Second})
	if err != nil {
		return ProbeResult{}, err
	}
	r := ProbeResult{Version: version.Product, Sandbox: !o.NoSandbox, NetworkNamespace: b.iso.NetworkNamespace}
	r.Path, r.Why = page.Path()
	if err := b.paint(ctx, "#123456"); err != nil {
		return r, err
	}
	if _, err := page.Draw(ctx, time.Second, Result{}); err != nil {
		return r, err
	}
	width, height := b.Size()
	picture := Picture{Width: width, Height: height, Pix: make([]byte, 4*width*height)}
	if err := page.Read(ctx, time.Second, picture); err != nil {
		return r, err
	}
	if bytes.Count(picture.Pix, []byte{0x56, 0x34, 0x12, 0xff}) != width*height {
		return r, fmt.Errorf("draw page: the picture is not what was painted")
	}
	return r, nil
}
