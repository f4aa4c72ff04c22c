package renderer

import (
	"context"
	"slices"
	"testing"
)

// ticks is a reel that notes the ticks of its shots, and how many buffers are
// out.
type ticks struct {
	reel

	got  []int
	lent int
}

func (r *ticks) borrow(context.Context) ([]byte, error) {
	r.lent++
	return nil, nil
}

func (r *ticks) put(_ context.Context, s shot) error {
	r.lent--
	r.got = append(r.got, s.tick)
	return nil
}

// TestRetakes begins a leg twice, after a failure that makes some of its shots
// doubtful.
func TestRetakes(t *testing.T) {
	reel := &ticks{}
	r := &retakes{reel: reel}
	take := func(tick int) {
		pix, err := r.borrow(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := r.put(t.Context(), shot{tick: tick, pix: pix}); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(certain int, want ...int) {
		t.Helper()
		if err := r.certain(t.Context(), certain); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(reel.got, want) {
			t.Errorf("shots %v were handed on, want %v", reel.got, want)
		}
	}
	r.begin()
	take(1)
	take(2)
	take(3)
	expect(0)
	expect(2, 1, 2)
	r.again()
	take(1)
	take(2)
	expect(2, 1, 2)
	take(3)
	take(4)
	expect(3, 1, 2, 3)
	expect(4, 1, 2, 3, 4)
	r.begin()
	take(5)
	expect(1, 1, 2, 3, 4, 5)
	if out := reel.lent - len(r.free); out != 0 {
		t.Errorf("%d buffers were lost", out)
	}
}
