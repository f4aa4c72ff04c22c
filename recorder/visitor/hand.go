package visitor

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/go-rod/rod/lib/proto"
)

// maxChases is how often the pointer follows an element that moves.
const maxChases = 8

// A button stays down that long, in milliseconds.
const pressLow, pressHigh = 62, 115

// point does a step with the mouse or a finger: click, doubleClick, hover.
func (v *visit) point(ctx context.Context, t *tab, number int, step Step) error {
	used, err := v.moveTo(ctx, t, step, step.Pointer.At)
	if err != nil {
		return err
	}
	if err := v.note(ctx, number, step, used); err != nil {
		return err
	}
	hold := step.Pointer.Hold
	switch {
	case step.Type == StepHover:
		return nil
	case step.Pointer.Touch || v.screen.Touch:
		times := 1
		if step.Type == StepDoubleClick {
			times = 2
		}
		return v.tap(ctx, t, used.at, times, hold)
	case step.Type == StepDoubleClick:
		if err := v.press(ctx, t, step.Pointer.Button, 1, hold); err != nil {
			return err
		}
		if err := v.restBetween(ctx, 60, 120); err != nil {
			return err
		}
		return v.press(ctx, t, step.Pointer.Button, 2, hold)
	default:
		return v.press(ctx, t, step.Pointer.Button, 1, hold)
	}
}

// moveTo reaches the step's element and puts the pointer on it. The element is
// reached again after the way there, for it may have moved meanwhile.
func (v *visit) moveTo(ctx context.Context, t *tab, step Step, aim *Offset) (*target, error) {
	reacher := v.reacher(t, step, aim)
	used, err := reacher.reach(ctx)
	if err != nil || v.screen.Touch || step.Pointer.Touch {
		return used, err
	}
	for tries := 0; used.at != t.mouse; tries++ {
		if tries == maxChases {
			return nil, errors.New("the element keeps moving away from the pointer")
		}
		if err := v.moveMouse(ctx, t, used.at, math.Min(used.box.Width, used.box.Height)); err != nil {
			return nil, err
		}
		if used, err = reacher.reach(ctx); err != nil {
			return nil, err
		}
	}
	return used, v.restBetween(ctx, 50, 140)
}

// moveMouse moves along a curve to a place of the given size.
func (v *visit) moveMouse(ctx context.Context, t *tab, to point, width float64) error {
	path := mousePath(v.rng, t.mouse, to, width)
	tempo := v.tempo()
	for i, step := range path {
		late, err := tempo.next(ctx, step.After)
		if err != nil {
			return err
		}
		if late > sampleEvery && i < len(path)-1 {
			continue // The hand is further on already.
		}
		err = proto.InputDispatchMouseEvent{
			Type: proto.InputDispatchMouseEventTypeMouseMoved, X: step.To.X, Y: step.To.Y,
		}.Call(t.page.Context(ctx))
		if err != nil {
			return fmt.Errorf("move mouse: %w", err)
		}
		t.mouse = step.To
	}
	return nil
}

// press holds a button down where the mouse is. count is 2 for the second
// press of a double click.
func (v *visit) press(ctx context.Context, t *tab, name string, count int, hold time.Duration) error {
	button, _ := buttonNamed(name)
	event := proto.InputDispatchMouseEvent{
		Type: proto.InputDispatchMouseEventTypeMousePressed, X: t.mouse.X, Y: t.mouse.Y,
		Button: button, ClickCount: count,
	}
	if err := event.Call(t.page.Context(ctx)); err != nil {
		return fmt.Errorf("press mouse: %w", err)
	}
	if err := v.hold(ctx, hold); err != nil {
		return err
	}
	event.Type = proto.InputDispatchMouseEventTypeMouseReleased
	if err := event.Call(t.page.Context(ctx)); err != nil {
		return fmt.Errorf("release mouse: %w", err)
	}
	return nil
}

// hold waits as long as the journey says, else as long as a click takes.
func (v *visit) hold(ctx context.Context, hold time.Duration) error {
	if hold > 0 {
		return v.rest(ctx, hold)
	}
	return v.restBetween(ctx, pressLow, pressHigh)
}

// tap touches a place with one finger.
func (v *visit) tap(ctx context.Context, t *tab, at point, times int, hold time.Duration) error {
	for i := range times {
		if i > 0 {
			if err := v.restBetween(ctx, 80, 140); err != nil {
				return err
			}
		}
		if err := touch(ctx, t, proto.InputDispatchTouchEventTypeTouchStart, at); err != nil {
			return err
		}
		if err := v.hold(ctx, hold); err != nil {
			return err
		}
		if err := touch(ctx, t, proto.InputDispatchTouchEventTypeTouchEnd); err != nil {
			return err
		}
	}
	return nil
}

func touch(ctx context.Context, t *tab, kind proto.InputDispatchTouchEventType, at ...point) error {
	event := proto.InputDispatchTouchEvent{Type: kind, TouchPoints: []*proto.InputTouchPoint{}}
	for _, p := range at {
		event.TouchPoints = append(event.TouchPoints, &proto.InputTouchPoint{X: p.X, Y: p.Y})
	}
	if err := event.Call(t.page.Context(ctx)); err != nil {
		return fmt.Errorf("touch: %w", err)
	}
	return nil
}
