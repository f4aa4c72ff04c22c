package renderer

import (
	"context"
	"sync"
)

// reel carries shots, in order, from the Chrome that takes them to the one who
// composes them.
type reel interface {
	// borrow returns an empty buffer for the next shot's pixels.
	borrow(ctx context.Context) ([]byte, error)
	// put hands a shot over, with its borrowed buffer.
	put(ctx context.Context, s shot) error
	// end says that no shot will follow; err is why, if there should have been.
	end(err error)

	// next returns the next shot; false at the end.
	next(ctx context.Context) (shot, bool, error)
	// giveBack ends the use of the last shot's pixels.
	giveBack(s shot)

	// close frees what the reel holds, when both ends are done.
	close() error
}

// liveReel passes shots from hand to hand, for the span whose turn it is. Its
// stock of buffers is fixed: who takes shots waits when all are on their way.
type liveReel struct {
	shots chan shot
	stock chan []byte
	once  sync.Once
	err   error
}

// stockSize is how many shots are on their way at most: enough for two to be
// held back and for a slow frame to pass without holding Chrome up.
const stockSize = 6

func newLiveReel() *liveReel {
	r := &liveReel{shots: make(chan shot, stockSize), stock: make(chan []byte, stockSize)}
	for range stockSize {
		r.stock <- nil
	}
	return r
}

func (r *liveReel) borrow(ctx context.Context) ([]byte, error) {
	select {
	case pix := <-r.stock:
		return pix[:0], nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (r *liveReel) put(ctx context.Context, s shot) error {
	select {
	case r.shots <- s:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (r *liveReel) end(err error) {
	r.once.Do(func() {
		r.err = err
		close(r.shots)
	})
}

func (r *liveReel) next(ctx context.Context) (shot, bool, error) {
	select {
	case s, ok := <-r.shots:
		if !ok {
			return shot{}, false, r.err
		}
		return s, true, nil
	case <-ctx.Done():
		return shot{}, false, context.Cause(ctx)
	}
}

func (r *liveReel) giveBack(s shot) { r.stock <- s.pix }

func (r *liveReel) close() error { return nil }
