package visitor

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-rod/rod"

	"github.com/reelay/reelay/recorder/visitor/js"
)

// waitForElement waits until as many elements as expected are as expected. A
// selector with a match decides; the others are its fall-backs.
func (v *visit) waitForElement(ctx context.Context, t *tab, step Step) error {
	return until(ctx, step.Timeout, func(ctx context.Context) (string, error) {
		count, err := countMatching(ctx, t, step)
		if err != nil {
			return err.Error(), fatal(err)
		}
		if !step.Expect.holds(count) {
			return fmt.Sprintf("%d elements match, not %s %d", count, step.Expect.Operator, step.Expect.Count), nil
		}
		return "", nil
	})
}

func (e Expect) holds(count int) bool {
	switch e.Operator {
	case "==":
		return count == e.Count
	case "<=":
		return count <= e.Count
	default:
		return count >= e.Count
	}
}

func countMatching(ctx context.Context, t *tab, step Step) (int, error) {
	in, err := frameOf(t.page.Context(ctx), step.Frame)
	if err != nil {
		return 0, err
	}
	for _, selector := range step.Selectors {
		elements, err := query(in.page, selector)
		if err != nil {
			return 0, err
		}
		count := 0
		for _, element := range elements {
			holds, err := element.Eval(js.Matches, step.Expect.Visible, step.Expect.Properties, step.Expect.Attributes)
			if err != nil {
				return 0, &busyError{err}
			}
			if holds.Value.Bool() {
				count++
			}
		}
		if count > 0 {
			return count, nil
		}
	}
	return 0, nil
}

// waitForExpression waits until the expression, awaited if it is a promise, is
// truthy. One that throws has not come true yet.
func (v *visit) waitForExpression(ctx context.Context, t *tab, step Step) error {
	// As source and not through eval, which a page's policy may forbid.
	code := rod.Eval("async () => Boolean(await (" + step.Code + "\n))").ByPromise()
	return until(ctx, step.Timeout, func(ctx context.Context) (string, error) {
		in, err := frameOf(t.page.Context(ctx), step.Frame)
		if err != nil {
			return err.Error(), fatal(err)
		}
		answer, err := in.page.Evaluate(code)
		var thrown *rod.EvalError
		switch {
		case errors.As(err, &thrown):
			return "the expression threw " + thrown.Error(), nil
		case err != nil:
			return "the page did not answer", nil //nolint:nilerr // It may be on its way to another.
		case !answer.Value.Bool():
			return "the expression is not true", nil
		}
		return "", nil
	})
}
