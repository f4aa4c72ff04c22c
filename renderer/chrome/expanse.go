package chrome

import (
	"context"
	"fmt"
	"strconv"

	"github.com/chromedp/cdproto/runtime"
	"github.com/go-json-experiment/json"
)

// Expanse is a document that is being shown from top to bottom.
type Expanse struct {
	Width  float64 `json:"width"` // of the document, in CSS pixels
	Height float64 `json:"height"`
	View   float64 `json:"view"` // height of the viewport
	// DX and DY lead from the target's place in the viewport to that in the
	// document.
	DX float64 `json:"dx"`
	DY float64 `json:"dy"`

	page *Page
}

// Expand prepares the deed's stream to be shown as a whole: what does not
// scroll with the document shows once. most bounds the height, in CSS pixels.
// Collapse must end it.
func (p *Page) Expand(ctx context.Context, d Deed, most float64) (*Expanse, error) {
	deed, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("encode deed: %w", err)
	}
	e := &Expanse{page: p}
	args := []*runtime.CallArgument{
		{Value: strconv.AppendInt(nil, int64(d.Stream), 10)}, {Value: deed}, {Value: strconv.AppendFloat(nil, most, 'f', -1, 64)},
	}
	if err := p.brief(ctx, "function(stream, deed, most) { return this.expand(stream, deed, most) }", args, e); err != nil {
		return nil, fmt.Errorf("expand page: %w", err)
	}
	return e, nil
}

// Show scrolls the document to y CSS pixels, or as far as it goes, and returns
// where that is.
func (e *Expanse) Show(ctx context.Context, y float64) (float64, error) {
	var at float64
	args := []*runtime.CallArgument{{Value: strconv.AppendFloat(nil, y, 'f', -1, 64)}}
	if err := e.page.brief(ctx, "function(y) { return this.expose(y) }", args, &at); err != nil {
		return 0, fmt.Errorf("scroll page: %w", err)
	}
	return at, nil
}

// Collapse puts the page back to what it was.
func (e *Expanse) Collapse(ctx context.Context) error {
	if err := e.page.brief(ctx, "function() { this.collapse() }", nil, nil); err != nil {
		return fmt.Errorf("collapse page: %w", err)
	}
	return nil
}

// brief makes a call that a page answers at once, unless it hangs.
func (p *Page) brief(ctx context.Context, function string, args []*runtime.CallArgument, result any) error {
	ctx, cancel := context.WithTimeoutCause(ctx, stepTimeout, &HungError{What: "measuring the page", After: stepTimeout})
	defer cancel()
	if err := p.call(ctx, function, args, result); err != nil {
		return p.browser.cause(ctx, err)
	}
	return nil
}
