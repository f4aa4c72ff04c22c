package visitor

import (
	"math"
	"math/rand/v2"
	"time"
)

// point is a place in the tab's viewport, in CSS pixels.
type point struct{ X, Y float64 }

// move is a place to be at, after a wait.
type move struct {
	After time.Duration
	To    point
}

// sampleEvery is how often a mouse reports while it moves.
const sampleEvery = 16 * time.Millisecond

// mousePath returns the way of a hand from one place to another: curved, quick
// in the middle and slow towards the end, longer for far and small targets
// (Fitts's law). width is the target's smaller side in CSS pixels.
func mousePath(rng *rand.Rand, from, to point, width float64) []move {
	distance := math.Hypot(to.X-from.X, to.Y-from.Y)
	if distance < 1 {
		return []move{{After: sampleEvery, To: to}}
	}
	difficulty := math.Log2(distance/math.Max(width, 8) + 1)
	seconds := math.Min(1.1, 0.16+0.13*difficulty) * between(rng, 0.88, 1.15)
	steps := max(4, int(math.Round(seconds*float64(time.Second/sampleEvery))))

	// A wrist turns about an elbow: both control points lie to one side.
	bend := distance * between(rng, 0.04, 0.16) * sign(rng)
	normal := point{X: -(to.Y - from.Y) / distance, Y: (to.X - from.X) / distance}
	control := func(along, out float64) point {
		return point{
			X: from.X + (to.X-from.X)*along + normal.X*bend*out,
			Y: from.Y + (to.Y-from.Y)*along + normal.Y*bend*out,
		}
	}
	first, second := control(between(rng, 0.2, 0.35), 1), control(between(rng, 0.65, 0.82), between(rng, 0.5, 0.9))

	path := make([]move, steps)
	for i := range path {
		t := minimumJerk(float64(i+1) / float64(steps))
		path[i] = move{After: sampleEvery, To: bezier(from, first, second, to, t)}
	}
	path[steps-1].To = to
	return path
}

// minimumJerk maps time to way, both 0 to 1, as arms move (Flash and Hogan,
// 1985).
func minimumJerk(t float64) float64 {
	return t * t * t * (10 + t*(6*t-15))
}

func bezier(a, b, c, d point, t float64) point {
	u := 1 - t
	wa, wb, wc, wd := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
	return point{X: wa*a.X + wb*b.X + wc*c.X + wd*d.X, Y: wa*a.Y + wb*b.Y + wc*c.Y + wd*d.Y}
}

// wheelTicks splits a scroll of delta CSS pixels into what fingers on a
// trackpad or wheel send: flicks of some hundred pixels that swell and fade,
// with short rests between them. The deltas add up to delta.
func wheelTicks(rng *rand.Rand, delta float64) []wheelTick {
	var ticks []wheelTick
	left := delta
	for math.Abs(left) >= 1 {
		flick := math.Copysign(between(rng, 260, 460), left)
		if math.Abs(flick) > math.Abs(left)-120 {
			flick = left
		}
		steps := max(6, int(math.Abs(flick)/between(rng, 14, 20)))
		sent := 0.0
		for i := range steps {
			t := float64(i+1) / float64(steps)
			way := math.Round(flick * (1 - math.Pow(1-t, 2.2)))
			if i == steps-1 {
				way = flick
			}
			ticks = append(ticks, wheelTick{After: sampleEvery, Delta: way - sent})
			sent = way
		}
		left -= flick
		if math.Abs(left) >= 1 {
			ticks = append(ticks, wheelTick{After: time.Duration(between(rng, 90, 260)) * time.Millisecond})
		}
	}
	return ticks
}

// wheelTick is a part of a scroll, after a wait.
type wheelTick struct {
	After time.Duration
	Delta float64
}

// keyRest returns the wait before the next key: uneven, and longer where a
// new word begins.
func keyRest(rng *rand.Rand, previous, next rune) time.Duration {
	ms := 88 * math.Exp(0.32*rng.NormFloat64())
	switch {
	case previous == next:
		ms *= 0.8
	case previous == ' ':
		ms += between(rng, 20, 90)
	case next == '@' || next == '.' || next >= '0' && next <= '9':
		ms += between(rng, 10, 70)
	}
	return time.Duration(math.Min(ms, 420) * float64(time.Millisecond))
}

func between(rng *rand.Rand, low, high float64) float64 {
	return low + (high-low)*rng.Float64()
}

func sign(rng *rand.Rand) float64 {
	if rng.IntN(2) == 0 {
		return -1
	}
	return 1
}
