package visitor

import (
	"context"
	"fmt"
	"math"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/proto"

	"github.com/reelay/reelay/recorder/visitor/js"
)

// target is an element that can be used, and where.
type target struct {
	match

	box Box   // In the tab's viewport.
	at  point // In the tab's viewport.
}

// measured is what js.Measure returns: boxes in the element's own frame.
type measured struct {
	Bounds, Largest Box
	View            struct{ Width, Height float64 }
	Visible         bool
	Disabled        bool
	Now             int64 // Unix milliseconds by the page's clock.
}

func measure(element *rod.Element) (measured, error) {
	var now measured
	answer, err := element.Eval(js.Measure)
	if err != nil {
		return now, err
	}
	return now, answer.Value.Unmarshal(&now)
}

// reacher gets at a step's element. It may be asked again, after the pointer's
// way there.
type reacher struct {
	finder

	visit     *visit
	tab       *tab
	aim       *Offset // nil: share.
	share     Offset  // Part of the element's size; fixed, so that the pointer does not jitter.
	last      Box
	uncovered bool
}

func (v *visit) reacher(t *tab, step Step, aim *Offset) *reacher {
	return &reacher{
		finder: finder{page: t.page, step: step},
		visit:  v,
		tab:    t,
		aim:    aim,
		share:  Offset{X: between(v.rng, 0.36, 0.64), Y: between(v.rng, 0.38, 0.62)},
	}
}

// reach waits until the element is there, visible, enabled, at rest, in view
// and not covered, scrolling to it if need be.
func (r *reacher) reach(ctx context.Context) (*target, error) {
	var reached *target
	err := until(ctx, r.step.Timeout, func(ctx context.Context) (missing string, err error) {
		found, missing, err := r.first(ctx)
		if found == nil {
			return missing, err
		}
		reached, missing, err = r.settle(ctx, found)
		return missing, err
	})
	return reached, err
}

// settle checks that the element can be used.
func (r *reacher) settle(ctx context.Context, found *match) (reached *target, missing string, err error) {
	switch {
	case !found.Visible:
		return nil, "the element is not visible", nil
	case found.Disabled:
		return nil, "the element is disabled", nil
	case found.Bounds != r.last:
		r.last = found.Bounds
		return nil, "the element keeps moving", nil
	}
	local := place(found.measured, r.share, r.aim)
	if !within(local, found.View.Width, found.View.Height) {
		return nil, "the element is out of view", r.show(ctx, found)
	}
	cover, err := found.element.Eval(js.Cover, local.X, local.Y)
	if err != nil {
		return nil, "the element went away", nil //nolint:nilerr // It is looked for again.
	}
	if name := cover.Value.Str(); name != "" {
		missing = "the element is covered by " + name
		if nearEdge := local.Y < found.View.Height/4 || local.Y > found.View.Height*3/4; nearEdge && !r.uncovered {
			r.uncovered = true // Sticky headers and footers lie there.
			return nil, missing, r.show(ctx, found)
		}
		return nil, missing, nil
	}
	origin, err := found.frame.origin()
	if err != nil {
		return nil, "the frame went away", nil //nolint:nilerr // It is looked for again.
	}
	outer := point{X: local.X + origin.X, Y: local.Y + origin.Y}
	if screen := r.visit.screen; !within(outer, float64(screen.Width), float64(screen.Height)) {
		return nil, "the frame is out of view", r.show(ctx, found)
	}
	return &target{
		match: *found,
		box: Box{
			X: found.Bounds.X + origin.X, Y: found.Bounds.Y + origin.Y,
			Width: found.Bounds.Width, Height: found.Bounds.Height,
		},
		at: outer,
	}, "", nil
}

// place is the point to use, in the element's frame.
func place(now measured, share Offset, aim *Offset) point {
	if aim != nil {
		x := math.Min(math.Max(aim.X, 1), math.Max(now.Bounds.Width-1, 1))
		y := math.Min(math.Max(aim.Y, 1), math.Max(now.Bounds.Height-1, 1))
		return point{X: now.Bounds.X + x, Y: now.Bounds.Y + y}
	}
	return point{X: now.Largest.X + now.Largest.Width*share.X, Y: now.Largest.Y + now.Largest.Height*share.Y}
}

func within(p point, width, height float64) bool {
	return p.X >= 0 && p.Y >= 0 && p.X < width && p.Y < height
}

// show scrolls to the element as a person does, and at once where that has no
// effect: in frames and nested scrollers.
func (r *reacher) show(ctx context.Context, found *match) error {
	// Reading height, clear of sticky headers.
	delta := found.Bounds.Y + found.Bounds.Height/2 - found.View.Height*between(r.visit.rng, 0.42, 0.58)
	if found.frame.owner == nil {
		window := pageScroller(r.page)
		before, err := window.position(ctx, js.Scrolled)
		if err != nil {
			return fatal(&busyError{err})
		}
		if err := r.visit.scrollBy(ctx, r.tab, 0, delta); err != nil {
			return err
		}
		after, err := window.position(ctx, js.Scrolled)
		if err != nil || after != before {
			return nil //nolint:nilerr // A page that went away is found again by the caller.
		}
	}
	err := proto.DOMScrollIntoViewIfNeeded{ObjectID: found.element.Object.ObjectID}.Call(found.element)
	if err != nil {
		return fatal(&busyError{err})
	}
	return nil
}

// note adds the use of an element to the result.
func (v *visit) note(ctx context.Context, number int, step Step, used *target) error {
	action := Action{
		Step: number, Type: step.Type, Selector: used.selector,
		Box: used.box, X: used.at.X, Y: used.at.Y, Time: used.Now,
	}
	tree, err := proto.AccessibilityGetPartialAXTree{ObjectID: used.element.Object.ObjectID}.Call(used.element.Context(ctx))
	if err != nil {
		return fmt.Errorf("read accessible name: %w", err)
	}
	if len(tree.Nodes) > 0 {
		if name := tree.Nodes[0].Name; name != nil {
			action.Name = name.Value.Str()
		}
		if role := tree.Nodes[0].Role; role != nil {
			action.Role = role.Value.Str()
		}
	}
	v.result.Actions = append(v.result.Actions, action)
	return nil
}
