package chrome

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// Capture reads what the page looks like at the session time at into dst, a
// picture of the window's size. It says false, and leaves dst alone, when Chrome
// is certain that nothing was drawn since the last capture.
//
// The picture comes from the software surface, or from a screenshot where the
// surface can't be read; both give the same pixels, but for the last bits of
// smoothing (Picture.alike).
type Capture struct {
	browser *Browser
	surface *surface
	why     string // why there is no surface
	count   int    // captures through the surface
	finds   int    // searches for the surface
	pending bool   // the next picture is new, whatever Chrome says of damage
}

// Path names how pictures are taken: "surface" or "screenshot"; and, for the
// latter, why.
func (c *Capture) Path() (path, why string) {
	if c.surface != nil {
		return "surface", ""
	}
	return "screenshot", c.why
}

// newCapture makes the browser's only Capture. It looks for the surface at once.
func (b *Browser) newCapture(ctx context.Context) (*Capture, error) {
	c := &Capture{browser: b, pending: true}
	if b.opts.Screenshots {
		c.why = "asked for"
		return c, b.warmUp(ctx)
	}
	return c, c.find(ctx)
}

// Size is the size of a picture in device pixels.
func (b *Browser) Size() (width, height int) {
	return int(float64(b.width)*b.opts.Scale + 0.5), int(float64(b.height)*b.opts.Scale + 0.5)
}

// proofs are the colours that the window is painted in to find the surface, as
// CSS and as BGRA words. No two share a byte, and no allocator writes them.
var proofs = [3]struct { //nolint:gochecknoglobals // constant table.
	css  string
	bgra uint32
}{{"#1f9d55", 0xff1f9d55}, {"#c2410c", 0xffc2410c}, {"#5b3df5", 0xff5b3df5}}

// find looks for the surface by painting the window. Not finding it is no
// error: screenshots then take its place.
func (c *Capture) find(ctx context.Context) error {
	c.surface = nil
	c.finds++
	candidates, err := c.candidates(ctx)
	if err != nil {
		return err
	}
	if len(candidates) > 0 {
		c.surface = &candidates[0]
		c.count = 0
	}
	if err := c.browser.paint(ctx, ""); err != nil {
		return err
	}
	return c.browser.warmUp(ctx)
}

// candidates are the places that hold all proof colours in turn.
func (c *Capture) candidates(ctx context.Context) ([]surface, error) {
	b := c.browser
	width, height := b.Size()
	var kept []surface
	pix := make([]byte, 4*width*height)
	for i, proof := range proofs {
		if err := b.paint(ctx, proof.css); err != nil {
			return nil, err
		}
		if err := b.warmUp(ctx); err != nil {
			return nil, err
		}
		if i > 0 {
			kept = filled(kept, pix, proof.bgra)
			continue
		}
		kept = c.search(len(pix), proof.bgra)
	}
	return kept, nil
}

// search looks through the GPU process for size bytes of the colour, and notes
// why there are none.
func (c *Capture) search(size int, bgra uint32) []surface {
	gpu, err := gpuProcess(c.browser.pid)
	if err != nil {
		c.why = err.Error()
		return nil
	}
	found, err := findSurfaces(gpu, size, bgra)
	switch {
	case err != nil:
		c.why = err.Error()
	case len(found) == 0:
		c.why = "no memory of the GPU process holds the picture"
	}
	return found
}

// filled returns the surfaces that hold nothing but the colour.
func filled(surfaces []surface, pix []byte, bgra uint32) []surface {
	var kept []surface
	want := []byte{byte(bgra), byte(bgra >> 8), byte(bgra >> 16), byte(bgra >> 24)}
	for _, s := range surfaces {
		if s.read(pix) == nil && bytes.Count(pix, want) == len(pix)/4 {
			kept = append(kept, s)
		}
	}
	return kept
}

// warmUp draws the frames that Chrome needs before a change is on the surface
// for certain.
func (b *Browser) warmUp(ctx context.Context) error {
	for range 3 {
		if _, _, err := b.frame(ctx, 0, false); err != nil {
			return err
		}
	}
	return nil
}

// proofEvery is how many captures pass between two comparisons of the surface
// with a screenshot; the first comes with the first capture.
const proofEvery = 250

// Prove makes the next Read compare the surface with a screenshot. Screenshots
// leave traces in the last bits, so that pictures repeat only where proofs do.
func (c *Capture) Prove() { c.count = 0 }

// Draw makes Chrome draw the session time at, and says whether Read would give
// another picture than the last time.
func (c *Capture) Draw(ctx context.Context, at time.Duration) (bool, error) {
	damage, _, err := c.browser.frame(ctx, at, false)
	if err != nil {
		return false, err
	}
	changed := damage || c.pending
	c.pending = false
	return changed, nil
}

// pixel is the colour of the picture's first pixel, as it is drawn now.
func (c *Capture) pixel(ctx context.Context, at time.Duration, picture Picture) (uint32, error) {
	if c.surface == nil {
		if err := c.browser.screenshot(ctx, at, picture); err != nil {
			return 0, err
		}
	} else if err := c.surface.read(picture.Pix); err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint32(picture.Pix), nil
}

// Passive says whether the next Read leaves Chrome alone, so that the page may
// be changed, though not drawn, meanwhile.
func (c *Capture) Passive() bool { return c.surface != nil && c.count%proofEvery != 0 }

// Read copies the drawn picture into dst.
func (c *Capture) Read(ctx context.Context, at time.Duration, dst Picture) error {
	if c.surface == nil {
		return c.browser.screenshot(ctx, at, dst)
	}
	passive := c.Passive()
	c.count++
	err := c.surface.read(dst.Pix)
	switch {
	case passive && err != nil:
		// The page may have moved on, so no screenshot can stand in.
		return &CrashError{Err: err}
	case passive:
		return nil
	case err != nil:
		return c.lose(ctx, at, dst, err)
	}
	shot := Picture{Width: dst.Width, Height: dst.Height, Pix: make([]byte, len(dst.Pix))}
	if err := c.browser.screenshot(ctx, at, shot); err != nil {
		return err
	}
	if !shot.alike(dst) {
		return c.lose(ctx, at, dst, errors.New("it differs from a screenshot"))
	}
	return nil
}

// maxFinds is how often the surface is looked for before screenshots stay.
const maxFinds = 3

// lose gives the surface up for the given cause, looks for it anew, and takes a
// screenshot for now.
func (c *Capture) lose(ctx context.Context, at time.Duration, dst Picture, cause error) error {
	c.surface = nil
	c.why = fmt.Sprintf("surface lost: %v", cause)
	if c.finds < maxFinds {
		if err := c.find(ctx); err != nil {
			return err
		}
	}
	if c.surface == nil {
		c.browser.opts.Log.Warn("reading screenshots, which takes longer", "why", c.why)
	} else {
		c.browser.opts.Log.Debug("found Chrome's surface again", "lost", cause)
	}
	return c.browser.screenshot(ctx, at, dst)
}
