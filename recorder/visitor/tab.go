package visitor

import (
	"context"
	"fmt"
	"strings"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/proto"
)

// tab is one page of the visit, with the pointer over it.
type tab struct {
	page   *rod.Page
	mouse  point
	fence  chan struct{}
	closed bool
}

// fence is emitted by the visitor itself, after everything else.
const fence = "\x00fence"

// binding is the function that a script calls to emit.
const binding = "visitorEmit"

func (v *visit) openMain(listening context.Context) error {
	page, err := v.browser.Page(proto.TargetCreateTarget{URL: "about:blank"})
	if err != nil {
		return fmt.Errorf("open tab: %w", err)
	}
	v.main, err = v.adopt(listening, page)
	return err
}

// adopt prepares a page: screen, injected script, listener.
func (v *visit) adopt(listening context.Context, page *rod.Page) (*tab, error) {
	page = page.Context(listening)
	t := &tab{
		page:  page,
		mouse: point{X: float64(v.screen.Width) * 0.62, Y: float64(v.screen.Height) * 0.55},
		fence: make(chan struct{}, 1),
	}
	if v.options.Proxy != "" {
		// A service worker answers before the proxy sees the request.
		if err := (proto.NetworkSetBypassServiceWorker{Bypass: true}).Call(page); err != nil {
			return nil, fmt.Errorf("bypass service workers: %w", err)
		}
	}
	if v.options.Emit != nil {
		if err := v.listen(t, page); err != nil {
			return nil, err
		}
	}
	if v.options.Script != "" {
		if _, err := page.EvalOnNewDocument(v.options.Script); err != nil {
			return nil, fmt.Errorf("inject script: %w", err)
		}
	}
	v.tabs[page.TargetID] = t
	return t, t.setScreen(page, v.screen)
}

// listen passes on what the page emits, until page's context ends.
func (v *visit) listen(t *tab, page *rod.Page) error {
	wait := page.EachEvent(func(called *proto.RuntimeBindingCalled) {
		switch {
		case called.Name != binding:
		case called.Payload == fence:
			t.fence <- struct{}{}
		default:
			v.emitting.Lock()
			defer v.emitting.Unlock()
			v.options.Emit(called.Payload)
		}
	})
	v.listeners.Go(wait)
	if err := (proto.RuntimeAddBinding{Name: binding}).Call(page); err != nil {
		return fmt.Errorf("bind %s: %w", binding, err)
	}
	return nil
}

// drain returns when all that the page has emitted so far was passed on.
func (t *tab) drain(ctx context.Context) error {
	if _, err := t.page.Context(ctx).Eval(`(mark) => window.visitorEmit?.(mark) ?? null`, fence); err != nil {
		return err
	}
	bound, err := t.page.Context(ctx).Eval(`() => typeof window.visitorEmit === "function"`)
	if err != nil {
		return err
	}
	if !bound.Value.Bool() {
		return nil
	}
	select {
	case <-t.fence:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t *tab) setScreen(page *rod.Page, screen Viewport) error {
	orientation := &proto.EmulationScreenOrientation{Type: proto.EmulationScreenOrientationTypePortraitPrimary}
	if screen.Landscape || !screen.Mobile {
		orientation = &proto.EmulationScreenOrientation{Type: proto.EmulationScreenOrientationTypeLandscapePrimary, Angle: 90}
	}
	err := proto.EmulationSetDeviceMetricsOverride{
		Width: screen.Width, Height: screen.Height, DeviceScaleFactor: screen.Scale,
		Mobile: screen.Mobile, ScreenOrientation: orientation,
	}.Call(page)
	if err != nil {
		return fmt.Errorf("set viewport: %w", err)
	}
	if err := (proto.EmulationSetTouchEmulationEnabled{Enabled: screen.Touch}).Call(page); err != nil {
		return fmt.Errorf("set touch: %w", err)
	}
	return nil
}

// tabFor returns the tab that the step means: the first one, or the one whose
// address is the step's target, waiting for it to open.
func (v *visit) tabFor(ctx, listening context.Context, step Step) (*tab, error) {
	if step.Target == "" || step.Target == "main" {
		if v.main.closed {
			return nil, fmt.Errorf("the tab is closed")
		}
		return v.main, nil
	}
	var found *tab
	err := until(ctx, step.Timeout, func(ctx context.Context) (string, error) {
		missing := fmt.Sprintf("no tab shows %s", step.Target)
		pages, err := v.browser.Pages()
		if err != nil {
			return missing, nil //nolint:nilerr // A tab may vanish while they are listed.
		}
		for _, page := range pages {
			info, err := page.Info()
			if err != nil || strings.TrimSuffix(info.URL, "/") != strings.TrimSuffix(step.Target, "/") {
				continue
			}
			if found = v.tabs[page.TargetID]; found == nil {
				found, err = v.adopt(listening, page)
			}
			return "", err
		}
		return missing, nil
	})
	return found, err
}
