package chrome

import (
	"context"
	"fmt"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"

	"github.com/reelay/reelay/session"
)

// emulate makes the next document's style sheets see the visitor's browser:
// its colour scheme, its wish for less motion, its pointer and its scrollbars.
// Where nothing is known, it is a light one with a mouse and without scrollbars.
func (b *Browser) emulate(ctx context.Context, e session.Environment) error {
	if _, err := cdp.Call(ctx, b.target, emulation.SetScrollbarsHidden, emulation.SetScrollbarsHiddenParams{Hidden: e.Scrollbar == 0}); err != nil {
		return fmt.Errorf("hide scrollbars: %w", err)
	}
	if _, err := cdp.Call(ctx, b.target, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: e.Touch || e.NoHover}); err != nil {
		return fmt.Errorf("emulate pointer: %w", err)
	}
	scheme, motion := "light", "no-preference"
	if e.Scheme == "dark" {
		scheme = "dark"
	}
	if e.Still {
		motion = "reduce"
	}
	_, err := cdp.Call(ctx, b.target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme},
		{Name: "prefers-reduced-motion", Value: motion},
	}})
	if err != nil {
		return fmt.Errorf("emulate media: %w", err)
	}
	return nil
}
