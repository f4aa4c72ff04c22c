package renderer

import (
	"context"
	"slices"
)

// retakes holds a leg's shots back until it is certain that Chrome's page was
// alive when they were read: what is read of a page that has just died may be
// blank. It then hands each on once, however often the leg is begun.
type retakes struct {
	reel

	held []shot   // read, and not certain yet
	free [][]byte // borrowed, and free again
	read int      // shots since the leg was begun last
	sent int      // shots of the leg that were handed on
	skip int      // shots to come that were handed on before
}

// begin says that the shots to come are a new leg's.
func (r *retakes) begin() { r.read, r.sent, r.skip = 0, 0, 0 }

// again says that the leg's shots will come from its first on.
func (r *retakes) again() {
	for _, s := range r.held {
		r.free = append(r.free, s.pix)
	}
	r.held, r.read, r.skip = r.held[:0], 0, r.sent
}

func (r *retakes) borrow(ctx context.Context) ([]byte, error) {
	if n := len(r.free); n > 0 {
		pix := r.free[n-1]
		r.free = r.free[:n-1]
		return pix[:0], nil
	}
	return r.reel.borrow(ctx)
}

// refund takes back what was borrowed for a shot that did not come about.
func (r *retakes) refund(pix []byte) { r.free = append(r.free, pix) }

func (r *retakes) put(_ context.Context, s shot) error {
	r.held = append(r.held, s)
	r.read++
	return nil
}

// certain hands on all but the shots that were read after the first n of the leg.
func (r *retakes) certain(ctx context.Context, n int) error {
	for len(r.held) > r.read-n {
		s := r.held[0]
		if r.skip > 0 {
			r.skip--
			r.free = append(r.free, s.pix)
		} else {
			if err := r.reel.put(ctx, s); err != nil {
				return err
			}
			r.sent++
		}
		r.held = slices.Delete(r.held, 0, 1)
	}
	return nil
}
