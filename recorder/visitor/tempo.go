package visitor

import (
	"context"
	"time"
)

// tempo paces a movement made of many small parts. A part that comes late does
// not delay those after it, so that a slow page does not make a slow hand.
type tempo struct {
	start time.Time
	due   time.Duration
	pace  float64
}

func (v *visit) tempo() *tempo {
	return &tempo{start: time.Now(), pace: v.options.Pace}
}

// next waits until d after the part before was due, and returns by how much
// that moment was missed already.
func (t *tempo) next(ctx context.Context, d time.Duration) (late time.Duration, err error) {
	t.due += time.Duration(float64(d) * t.pace)
	early := t.due - time.Since(t.start)
	if early <= 0 {
		return -early, ctx.Err()
	}
	return 0, pause(ctx, early)
}
