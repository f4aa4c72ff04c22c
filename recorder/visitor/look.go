package visitor

import (
	"context"
	"fmt"

	"github.com/go-rod/rod/lib/proto"
)

// look shows the page after a step to who asked for it.
func (v *visit) look(ctx context.Context, t *tab, number int) error {
	if v.options.Look == nil || t.closed {
		return nil
	}
	from, err := t.clock(ctx)
	if err != nil {
		return err
	}
	shot, err := proto.PageCaptureScreenshot{Format: proto.PageCaptureScreenshotFormatPng}.Call(t.page.Context(ctx))
	if err != nil {
		return fmt.Errorf("look at the page: %w", err)
	}
	to, err := t.clock(ctx)
	if err != nil {
		return err
	}
	v.options.Look(Look{Step: number, Picture: shot.Data, From: from, To: to})
	return nil
}

// clock is the page's time in Unix milliseconds.
func (t *tab) clock(ctx context.Context) (int64, error) {
	now, err := t.page.Context(ctx).Eval(`() => Date.now()`)
	if err != nil {
		return 0, fmt.Errorf("ask the page's clock: %w", err)
	}
	return int64(now.Value.Num()), nil
}
