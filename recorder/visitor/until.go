package visitor

import (
	"context"
	"errors"
	"time"
)

// pollEvery is how often a page is asked again.
const pollEvery = 40 * time.Millisecond

// until calls check until it names nothing as missing. After timeout the
// error says what was missing last. An error of check ends the wait.
func until(ctx context.Context, timeout time.Duration, check func(context.Context) (missing string, err error)) error {
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	last := "the page did not answer"
	for {
		missing, err := check(limited)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, context.DeadlineExceeded):
			return &lateError{what: last, after: timeout}
		case err != nil:
			return err
		case missing == "":
			return nil
		}
		if limited.Err() == nil { // What is missing when time is up may be the answer.
			last = missing
		}
		if pause(limited, pollEvery) != nil && ctx.Err() == nil {
			return &lateError{what: last, after: timeout}
		}
	}
}
