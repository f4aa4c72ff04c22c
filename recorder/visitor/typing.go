package visitor

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/go-rod/rod/lib/input"

	"github.com/reelay/reelay/recorder/visitor/js"
)

// change gives a field its value: typed where one types, chosen or set where
// one does not.
func (v *visit) change(ctx context.Context, t *tab, number int, step Step) error {
	used, err := v.moveTo(ctx, t, step, nil)
	if err != nil {
		return err
	}
	used.element = used.element.Context(ctx)
	if err := v.note(ctx, number, step, used); err != nil {
		return err
	}
	field, err := readField(used)
	if err != nil {
		return err
	}
	if field.Kind == "set" || field.Kind == "select" {
		return choose(used, step.Value)
	}
	if !field.Focused {
		if err := v.focus(ctx, t, used, step.Timeout); err != nil {
			return err
		}
	}
	rest, continues := strings.CutPrefix(step.Value, field.Value)
	if field.Value != "" && !continues {
		if err := v.clear(ctx, t); err != nil {
			return err
		}
		rest = step.Value
	}
	return v.typeText(ctx, t, rest)
}

func choose(used *target, value string) error {
	done, err := used.element.Eval(js.Set, value)
	if err != nil {
		return fmt.Errorf("set field: %w", err)
	}
	if !done.Value.Bool() {
		return fmt.Errorf("the field has no option %q", value)
	}
	return nil
}

// field says how an element takes a value.
type field struct {
	Kind    string // "type", "write" (contenteditable), "select" or "set".
	Value   string
	Focused bool
}

func readField(used *target) (field, error) {
	var now field
	answer, err := used.element.Eval(js.Field)
	if err != nil {
		return now, fmt.Errorf("read field: %w", err)
	}
	return now, answer.Value.Unmarshal(&now)
}

// focus clicks into the field, and waits until it takes the keys.
func (v *visit) focus(ctx context.Context, t *tab, used *target, timeout time.Duration) error {
	var err error
	if v.screen.Touch {
		err = v.tap(ctx, t, used.at, 1, 0)
	} else {
		err = v.press(ctx, t, "primary", 1, 0)
	}
	if err != nil {
		return err
	}
	return until(ctx, timeout, func(context.Context) (string, error) {
		now, err := readField(used)
		if err != nil || !now.Focused {
			return "the field does not take the focus", fatal(err)
		}
		return "", nil
	})
}

// clear empties the focused field with the keyboard.
func (v *visit) clear(ctx context.Context, t *tab) error {
	if _, err := t.page.Context(ctx).Eval(`() => document.execCommand("selectAll")`); err != nil {
		return fmt.Errorf("select text: %w", err)
	}
	if err := v.restBetween(ctx, 80, 160); err != nil {
		return err
	}
	return v.stroke(ctx, t, input.Backspace)
}

// typeText types into whatever has the focus.
func (v *visit) typeText(ctx context.Context, t *tab, text string) error {
	previous, tempo := ' ', v.tempo()
	for _, r := range text {
		if _, err := tempo.next(ctx, keyRest(v.rng, previous, r)); err != nil {
			return err
		}
		if err := v.typeRune(ctx, t, r); err != nil {
			return fmt.Errorf("type: %w", err)
		}
		previous = r
	}
	return nil
}

func (v *visit) typeRune(ctx context.Context, t *tab, r rune) error {
	switch {
	case r == '\n':
		return v.stroke(ctx, t, input.Enter)
	case r >= ' ' && r <= '~':
		return v.stroke(ctx, t, input.Key(r))
	default:
		// What is not on a US keyboard arrives as from an input method.
		return t.page.Context(ctx).InsertText(string(r))
	}
}

// stroke presses and releases a key.
func (v *visit) stroke(ctx context.Context, t *tab, key input.Key) error {
	keyboard := t.page.Context(ctx).Keyboard
	if err := keyboard.Press(key); err != nil {
		return err
	}
	if err := v.restBetween(ctx, 12, 34); err != nil {
		return err
	}
	return keyboard.Release(key)
}

// key does keyDown and keyUp. Modifiers that are down count for other keys.
func (v *visit) key(ctx context.Context, t *tab, step Step) error {
	key, _ := keyNamed(step.Key)
	keyboard := t.page.Context(ctx).Keyboard
	if step.Type == StepKeyDown {
		if err := keyboard.Press(key); err != nil {
			return fmt.Errorf("press key: %w", err)
		}
		return nil
	}
	if err := v.restBetween(ctx, 40, 90); err != nil {
		return err
	}
	if err := keyboard.Release(key); err != nil {
		return fmt.Errorf("release key: %w", err)
	}
	return nil
}
