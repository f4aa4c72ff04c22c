package visitor

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/proto"
)

// scrollOf returns the page's scroll position in CSS pixels.
func scrollOf(ctx context.Context, page *rod.Page) (point, error) {
	answer, err := page.Context(ctx).Eval(`() => [scrollX, scrollY]`)
	if err != nil {
		return point{}, err
	}
	xy := answer.Value.Arr()
	return point{X: xy[0].Num(), Y: xy[1].Num()}, nil
}

// scroll brings the page, or the step's element, to a scroll position.
func (v *visit) scroll(ctx context.Context, t *tab, number int, step Step) error {
	if len(step.Selectors) > 0 {
		return v.scrollElement(ctx, t, number, step)
	}
	from, err := scrollOf(ctx, t.page)
	if err != nil {
		return fmt.Errorf("read scroll position: %w", err)
	}
	if err := v.scrollBy(ctx, t, step.X-from.X, step.Y-from.Y); err != nil {
		return err
	}
	// A wheel's way is rounded, and a nested scroller may have taken it.
	_, err = t.page.Context(ctx).Eval(`(x, y) => window.scrollTo({ left: x, top: y, behavior: "instant" })`, step.X, step.Y)
	if err != nil {
		return fmt.Errorf("scroll: %w", err)
	}
	return nil
}

func (v *visit) scrollElement(ctx context.Context, t *tab, number int, step Step) error {
	used, err := v.moveTo(ctx, t, step, nil)
	if err != nil {
		return err
	}
	if err := v.note(ctx, number, step, used); err != nil {
		return err
	}
	answer, err := used.element.Context(ctx).Eval(`function () { return [this.scrollLeft, this.scrollTop] }`)
	if err != nil {
		return fmt.Errorf("read scroll position: %w", err)
	}
	from := answer.Value.Arr()
	if v.screen.Touch {
		t.mouse = used.at
	}
	if err := v.scrollBy(ctx, t, step.X-from[0].Num(), step.Y-from[1].Num()); err != nil {
		return err
	}
	_, err = used.element.Context(ctx).Eval(`function (x, y) { this.scrollTo({ left: x, top: y, behavior: "instant" }) }`, step.X, step.Y)
	if err != nil {
		return fmt.Errorf("scroll element: %w", err)
	}
	return nil
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

// strokes splits a way into parts of at most limit.
func strokes(rng *rand.Rand, way, limit float64) []float64 {
	var parts []float64
	for math.Abs(way) >= 1 {
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
	if err := v.restBetween(ctx, 60, 110); err != nil {
		return err
	}
	if err := touch(ctx, t, proto.InputDispatchTouchEventTypeTouchEnd); err != nil {
		return err
	}
	return v.restBetween(ctx, 120, 380)
}
