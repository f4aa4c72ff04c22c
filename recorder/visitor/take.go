package visitor

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/go-rod/rod/lib/proto"
)

// take does one step, and waits for the navigations that must follow it.
func (v *visit) take(ctx context.Context, t *tab, number int, step Step) error {
	follow := v.follow(ctx, t, step)
	defer follow.stop()
	if err := v.act(ctx, t, number, step); err != nil {
		return err
	}
	return follow.wait(ctx)
}

// act does one step.
func (v *visit) act(ctx context.Context, t *tab, number int, step Step) error {
	if err := v.think(ctx, number, step); err != nil {
		return err
	}
	switch step.Type {
	case StepSetViewport:
		v.screen = step.Viewport
		return t.setScreen(t.page.Context(ctx), step.Viewport)
	case StepNavigate:
		return v.navigate(ctx, t, step)
	case StepClick, StepDoubleClick, StepHover:
		return v.point(ctx, t, number, step)
	case StepChange:
		return v.change(ctx, t, number, step)
	case StepKeyDown, StepKeyUp:
		return v.key(ctx, t, step)
	case StepScroll:
		return v.scroll(ctx, t, number, step)
	case StepWaitForElement:
		return v.waitForElement(ctx, t, step)
	case StepWaitForExpression:
		return v.waitForExpression(ctx, t, step)
	case StepEmulateNetworkConditions:
		return emulateNetwork(ctx, t, step.Network)
	case StepClose:
		return v.close(ctx, t)
	case StepCustom:
		return v.custom(ctx, number, step.Custom)
	default:
		return fmt.Errorf("step type %q is unknown", step.Type)
	}
}

// think waits as a person does before a step, but hardly before the same step
// again: impatience needs no thought.
func (v *visit) think(ctx context.Context, number int, step Step) error {
	again := v.last.Type == step.Type && reflect.DeepEqual(v.last.Selectors, step.Selectors)
	v.last = step
	switch {
	case number == 1 || !humanStep(step.Type):
		return nil
	case again:
		return v.restBetween(ctx, 20, 70)
	default:
		return v.restBetween(ctx, 140, 360)
	}
}

// humanStep tells the steps that a person pauses before.
func humanStep(kind StepType) bool {
	return slices.Contains([]StepType{StepClick, StepDoubleClick, StepHover, StepChange, StepKeyDown, StepScroll}, kind)
}

// navigate opens the address and waits for the document, then for the rest of
// the page as long as the step may take.
func (v *visit) navigate(ctx context.Context, t *tab, step Step) error {
	limited, cancel := context.WithTimeout(ctx, step.Timeout)
	defer cancel()
	if err := t.page.Context(limited).Navigate(step.URL); err != nil {
		if limited.Err() != nil && ctx.Err() == nil {
			return &lateError{what: step.URL + " did not answer", after: step.Timeout}
		}
		return fmt.Errorf("open %s: %w", step.URL, err)
	}
	return v.loaded(ctx, t, step.Timeout)
}

// loaded waits for the document, which is needed, and for its images and the
// like, which are not.
func (v *visit) loaded(ctx context.Context, t *tab, timeout time.Duration) error {
	document := false
	err := until(ctx, timeout, func(ctx context.Context) (string, error) {
		state, err := t.page.Context(ctx).Eval(`() => document.readyState`)
		if err != nil {
			return "the document is missing", nil //nolint:nilerr // It may be on its way.
		}
		document = document || state.Value.Str() != "loading"
		if state.Value.Str() != "complete" {
			return "the page still loads", nil
		}
		return "", nil
	})
	if err != nil && ctx.Err() == nil && document {
		v.log.WarnContext(ctx, "page did not load to its end in time", "timeout", timeout)
		return nil
	}
	return err
}

// close shuts the tab; a later step may only use another one.
func (v *visit) close(ctx context.Context, t *tab) error {
	if err := t.drain(ctx); err != nil {
		return fmt.Errorf("wait for emitted events: %w", err)
	}
	t.closed = true
	delete(v.tabs, t.page.TargetID)
	if err := t.page.Context(ctx).Close(); err != nil {
		return fmt.Errorf("close tab: %w", err)
	}
	return nil
}

func (v *visit) custom(ctx context.Context, number int, custom Custom) error {
	if custom.Name == customPause {
		return v.rest(ctx, custom.Pause)
	}
	v.log.WarnContext(ctx, "skipping unknown custom step", "number", number, "name", custom.Name)
	v.result.Skipped = append(v.result.Skipped, number)
	return nil
}

func emulateNetwork(ctx context.Context, t *tab, network Conditions) error {
	page := t.page.Context(ctx)
	if err := (proto.NetworkEnable{}).Call(page); err != nil {
		return fmt.Errorf("emulate network: %w", err)
	}
	err := proto.NetworkEmulateNetworkConditions{
		Offline:            network.Download == 0 && network.Upload == 0 && network.Latency == 0,
		Latency:            float64(network.Latency) / float64(time.Millisecond),
		DownloadThroughput: network.Download,
		UploadThroughput:   network.Upload,
	}.Call(page)
	if err != nil {
		return fmt.Errorf("emulate network: %w", err)
	}
	return nil
}
