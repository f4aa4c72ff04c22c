package visitor

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func TestMousePath(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 1))
		from := point{X: rng.Float64() * 1280, Y: rng.Float64() * 720}
		to := point{X: rng.Float64() * 1280, Y: rng.Float64() * 720}
		path := mousePath(rng, from, to, 40)
		distance := math.Hypot(to.X-from.X, to.Y-from.Y)
		if last := path[len(path)-1].To; last != to {
			t.Fatalf("seed %d: ends at %v, want %v", seed, last, to)
		}
		var total time.Duration
		way, longest, previous := 0.0, 0.0, from
		for _, step := range path {
			length := math.Hypot(step.To.X-previous.X, step.To.Y-previous.Y)
			way, longest, previous = way+length, math.Max(longest, length), step.To
			total += step.After
		}
		if total > 1500*time.Millisecond || distance > 100 && total < 150*time.Millisecond {
			t.Errorf("seed %d: takes %v for %.0f px", seed, total, distance)
		}
		if distance > 100 && (way <= distance || way > distance*1.35) {
			t.Errorf("seed %d: a way of %.0f for %.0f px is not a gentle curve", seed, way, distance)
		}
		if first := math.Hypot(path[0].To.X-from.X, path[0].To.Y-from.Y); distance > 200 && first > longest/3 {
			t.Errorf("seed %d: starts with %.1f px at once, at most %.1f", seed, first, longest)
		}
	}
}

func TestWheelTicksAddUp(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for _, delta := range []float64{0, 0.4, 1, -1, 119, 350.5, -2000, 12345.25} {
		sum, largest := 0.0, 0.0
		for _, tick := range wheelTicks(rng, delta) {
			sum += tick.Delta
			largest = math.Max(largest, math.Abs(tick.Delta))
		}
		if math.Abs(sum-delta) >= 1 {
			t.Errorf("ticks of %g add up to %g", delta, sum)
		}
		if largest > 130 {
			t.Errorf("a tick of %g jumps by %g", delta, largest)
		}
	}
}

func TestKeyRestIsUneven(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	seen := map[time.Duration]bool{}
	var total time.Duration
	const keys = 2000
	for range keys {
		rest := keyRest(rng, 'a', 'b')
		if rest <= 0 || rest > 420*time.Millisecond {
			t.Fatalf("a rest of %v", rest)
		}
		seen[rest] = true
		total += rest
	}
	if mean := total / keys; mean < 70*time.Millisecond || mean > 130*time.Millisecond {
		t.Errorf("a key comes every %v", mean)
	}
	if len(seen) < keys/2 {
		t.Errorf("only %d different rests of %d", len(seen), keys)
	}
}

func TestSamePage(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		wanted, got string
		want        bool
	}{
		{"", "https://a.example/x", true},
		{"https://a.example", "https://a.example/", true},
		{"https://a.example/x?id=1#a", "https://a.example/x?id=2", true},
		{"https://a.example/x", "https://a.example/y", false},
		{"https://a.example/x", "https://b.example/x", false},
		{"::", "https://b.example/x", false},
	} {
		if got := samePage(test.wanted, test.got); got != test.want {
			t.Errorf("samePage(%q, %q) = %v", test.wanted, test.got, got)
		}
	}
}
