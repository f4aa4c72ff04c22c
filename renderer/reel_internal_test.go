package renderer

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"slices"
	"testing"

	"github.com/reelay/reelay/renderer/chrome"
)

// reels makes one of each kind.
func reels(t *testing.T) map[string]reel {
	t.Helper()
	spool, err := newSpoolReel(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return map[string]reel{"live": newLiveReel(), "spool": spool}
}

// TestReel sends shots of all sizes from one goroutine to another.
func TestReel(t *testing.T) {
	for name, r := range reels(t) {
		t.Run(name, func(t *testing.T) {
			const shots = 50
			broken := errors.New("chrome hung")
			go func() {
				for i := range shots {
					pix, err := r.borrow(t.Context())
					if err != nil {
						r.end(err)
						return
					}
					pix = append(pix, pixels(i)...)
					s := shot{tick: i, whole: i%3 > 0, pix: pix, rects: []image.Rectangle{image.Rect(0, 0, i, 1)}, facts: []chrome.Result{{Title: fmt.Sprint(i)}}}
					if err := r.put(t.Context(), s); err != nil {
						r.end(err)
						return
					}
				}
				r.end(broken)
				r.end(nil) // only the first word counts
			}()
			for i := range shots {
				s, ok, err := r.next(t.Context())
				if err != nil || !ok {
					t.Fatalf("shot %d: %v, %v", i, ok, err)
				}
				if s.tick != i || s.whole != (i%3 > 0) || s.rects[0].Max.X != i || s.facts[0].Title != fmt.Sprint(i) {
					t.Errorf("shot %d is %+v", i, s)
				}
				if !slices.Equal(s.pix, pixels(i)) {
					t.Errorf("shot %d has other pixels", i)
				}
				r.giveBack(s)
			}
			if _, ok, err := r.next(t.Context()); ok || !errors.Is(err, broken) {
				t.Errorf("after the last shot: %v, %v", ok, err)
			}
			if err := r.close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// pixels are those of a shot; every fifth has none.
func pixels(i int) []byte {
	if i%5 == 0 {
		return nil
	}
	return slices.Repeat([]byte{byte(i), 2, 3, byte(i * i)}, 1+(i*7919)%20_000)
}

func TestReelEnds(t *testing.T) {
	for name, r := range reels(t) {
		t.Run(name, func(t *testing.T) {
			stopped := errors.New("stopped")
			ctx, stop := context.WithCancelCause(t.Context())
			stop(stopped)
			if _, _, err := r.next(ctx); !errors.Is(err, stopped) {
				t.Errorf("waiting for a shot gives %v", err)
			}
			r.end(nil)
			if _, ok, err := r.next(t.Context()); ok || err != nil {
				t.Errorf("an empty reel gives %v, %v", ok, err)
			}
			if err := r.close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestLiveReelHoldsBack lets no more shots be taken than are wanted.
func TestLiveReelHoldsBack(t *testing.T) {
	r := newLiveReel()
	for i := range stockSize {
		pix, err := r.borrow(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := r.put(t.Context(), shot{tick: i, pix: pix}); err != nil {
			t.Fatal(err)
		}
	}
	stopped := errors.New("stopped")
	ctx, stop := context.WithCancelCause(t.Context())
	stop(stopped)
	if _, err := r.borrow(ctx); !errors.Is(err, stopped) {
		t.Errorf("one buffer too many: %v", err)
	}
	s, _, err := r.next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.giveBack(s)
	if _, err := r.borrow(t.Context()); err != nil {
		t.Errorf("a buffer that was given back can't be used: %v", err)
	}
}

func TestSpoolReelLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	r, err := newSpoolReel(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.put(t.Context(), shot{pix: pixels(1)}); err != nil {
		t.Fatal(err)
	}
	if err := r.close(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if _, err := newSpoolReel(dir + "/none"); err == nil {
		t.Error("a reel was made in a folder that does not exist")
	}
}

// TestPack carries parts of one picture to another.
func TestPack(t *testing.T) {
	from := chrome.Picture{Width: 7, Height: 5, Pix: make([]byte, 4*7*5)}
	to := chrome.Picture{Width: 7, Height: 5, Pix: make([]byte, 4*7*5)}
	for i := range from.Pix {
		from.Pix[i] = byte(i + 1)
	}
	rects := []image.Rectangle{image.Rect(0, 0, 2, 3), image.Rect(3, 1, 7, 2), image.Rect(6, 4, 7, 5)}
	pix := pack(nil, from, rects)
	shot{rects: rects, pix: pix}.unpack(to)
	for y := range 5 {
		for x := range 7 {
			changed := slices.ContainsFunc(rects, func(r image.Rectangle) bool { return image.Pt(x, y).In(r) })
			i := 4 * (y*7 + x)
			want := []byte{0, 0, 0, 0}
			if changed {
				want = from.Pix[i : i+4]
			}
			if !slices.Equal(to.Pix[i:i+4], want) {
				t.Errorf("the pixel at %d, %d is %v, want %v", x, y, to.Pix[i:i+4], want)
			}
		}
	}
}
