package visitor

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/proto"

	"github.com/reelay/reelay/recorder/visitor/js"
)

// scroller is a page or an element: it runs a function with that as this.
type scroller func(ctx context.Context, js string, args ...any) (*proto.RuntimeRemoteObject, error)

func pageScroller(page *rod.Page) scroller {
	return func(ctx context.Context, js string, args ...any) (*proto.RuntimeRemoteObject, error) {
		return page.Context(ctx).Eval(js, args...)
	}
}

func elementScroller(element *rod.Element) scroller {
	return func(ctx context.Context, js string, args ...any) (*proto.RuntimeRemoteObject, error) {
		return element.Context(ctx).Eval(js, args...)
	}
}

// position runs a function that returns a scroll position in CSS pixels.
func (s scroller) position(ctx context.Context, js string) (point, error) {
	var at point
	answer, err := s(ctx, js)
	if err != nil {
		return at, err
	}
	return at, answer.Value.Unmarshal(&at)
}

// The scroll position as the page knows it. What was just scrolled without the
// page is not in it; see js.Scrolled.
const (
	pagePosition    = `() => ({ X: scrollX, Y: scrollY })`
	elementPosition = `function () { return { X: this.scrollLeft, Y: this.scrollTop } }`
)

// scroll brings the page, or the step's element, to a scroll position.
func (v *visit) scroll(ctx context.Context, t *tab, number int, step Step) error {
	in, position := pageScroller(t.page), pagePosition
	if len(step.Selectors) > 0 {
		used, err := v.moveTo(ctx, t, step, nil)
		if err != nil {
			return err
		}
		if err := v.note(ctx, number, step, used); err != nil {
			return err
		}
		if v.screen.Touch {
			t.mouse = used.at
		}
		in, position = elementScroller(used.element), elementPosition
	}
	from, err := in.position(ctx, position)
	if err != nil {
		return fmt.Errorf("read scroll position: %w", err)
	}
	if err := v.scrollBy(ctx, t, step.X-from.X, step.Y-from.Y); err != nil {
		return err
	}
	return in.put(ctx, step)
}

// put corrects where a hand has scrolled to: a wheel's way is rounded, and a
// nested scroller may have taken it. What the hand has scrolled may also reach
// the page only now, on top of the correction, which is then made again. A
// page that comes to rest elsewhere twice has its own mind.
func (s scroller) put(ctx context.Context, step Step) error {
	var last *point
	return until(ctx, step.Timeout, func(ctx context.Context) (string, error) {
		answer, err := s(ctx, js.Scroll, step.X, step.Y)
		if err != nil {
			return "", fmt.Errorf("scroll: %w", err)
		}
		var at struct{ Put, Rest point }
		if err := answer.Value.Unmarshal(&at); err != nil {
			return "", fmt.Errorf("read scroll position: %w", err)
		}
		if at.Rest == at.Put || last != nil && at.Rest == *last {
			return "", nil
		}
		last = &at.Rest
		return "the page keeps scrolling", nil
	})
}

// scrollBy scrolls what is under the pointer, first down or up, then sideways.
func (v *visit) scrollBy(ctx context.Context, t *tab, dx, dy float64) error {
	if v.screen.Touch {
		return v.swipe(ctx, t, dx, dy)
	}
	for _, axis := range []struct{ x, y, delta float64 }{{0, 1, dy}, {1, 0, dx}} {
		ticks, tempo, delta := wheelTicks(v.rng, axis.delta), v.tempo(), 0.0
		for i, tick := range ticks {
			late, err := tempo.next(ctx, tick.After)
			if err != nil {
				return err
			}
			delta += tick.Delta
			if delta == 0 || late > sampleEvery && i < len(ticks)-1 {
				continue // What is late goes with the next turn.
			}
			err = proto.InputDispatchMouseEvent{
				Type: proto.InputDispatchMouseEventTypeMouseWheel, X: t.mouse.X, Y: t.mouse.Y,
				DeltaX: axis.x * delta, DeltaY: axis.y * delta,
			}.Call(t.page.Context(ctx))
			if err != nil {
				return fmt.Errorf("turn wheel: %w", err)
			}
			delta = 0
		}
	}
	return v.land(ctx, t)
}

// land returns when the turns of the wheel have reached the compositor, which
// answers for them before it scrolls: it gets input in order, and has the
// pointer's next report after them.
func (v *visit) land(ctx context.Context, t *tab) error {
	err := proto.InputDispatchMouseEvent{
		Type: proto.InputDispatchMouseEventTypeMouseMoved, X: t.mouse.X, Y: t.mouse.Y,
	}.Call(t.page.Context(ctx))
	if err != nil {
		return fmt.Errorf("rest mouse: %w", err)
	}
	return nil
}

// swipe scrolls with a finger, in strokes that fit the screen.
func (v *visit) swipe(ctx context.Context, t *tab, dx, dy float64) error {
	height, width := float64(v.screen.Height), float64(v.screen.Width)
	for _, stroke := range strokes(v.rng, dy, height*0.55) {
		from := point{X: width * between(v.rng, 0.55, 0.75), Y: height * between(v.rng, 0.72, 0.8)}
		if stroke < 0 {
			from.Y = height * between(v.rng, 0.2, 0.28)
		}
		if err := v.drag(ctx, t, from, point{X: from.X + between(v.rng, -8, 8), Y: from.Y - stroke}); err != nil {
			return err
		}
	}
	for _, stroke := range strokes(v.rng, dx, width*0.6) {
		from := point{X: width * 0.82, Y: t.mouse.Y}
		if stroke < 0 {
			from.X = width * 0.18
		}
		if err := v.drag(ctx, t, from, point{X: from.X - stroke, Y: from.Y}); err != nil {
			return err
		}
	}
	return nil
}

// slop is how far a finger may move in a tap, in CSS pixels: Chrome takes a
// shorter stroke for one, and clicks.
const slop = 20

// strokes splits a way into parts of at most limit. What is left of it is too
// short for a finger.
func strokes(rng *rand.Rand, way, limit float64) []float64 {
	var parts []float64
	for math.Abs(way) >= slop {
		part := math.Copysign(math.Min(math.Abs(way), limit*between(rng, 0.7, 1)), way)
		parts = append(parts, part)
		way -= part
	}
	return parts
}

// drag moves one finger over the screen, and lets it rest at the end so that
// the page does not glide on.
func (v *visit) drag(ctx context.Context, t *tab, from, to point) error {
	if err := touch(ctx, t, proto.InputDispatchTouchEventTypeTouchStart, from); err != nil {
		return err
	}
	path := mousePath(v.rng, from, to, 120)
	tempo := v.tempo()
	for i, step := range path {
		late, err := tempo.next(ctx, step.After)
		if err != nil {
			return err
		}
		if late > sampleEvery && i < len(path)-1 {
			continue
		}
		if err := touch(ctx, t, proto.InputDispatchTouchEventTypeTouchMove, step.To); err != nil {
			return err
		}
	}
	// Chrome takes a finger for resting by the clock, whatever the visit's pace.
	if err := pause(ctx, time.Duration(between(v.rng, 60, 110)*float64(time.Millisecond))); err != nil {
		return err
	}
	if err := touch(ctx, t, proto.InputDispatchTouchEventTypeTouchEnd); err != nil {
		return err
	}
	return v.restBetween(ctx, 120, 380)
}
