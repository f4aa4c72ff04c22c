package compose

import "math"

// clamp01 limits t to 0…1; NaN becomes 0.
func clamp01(t float64) float64 {
	if t >= 1 {
		return 1
	}
	if t > 0 {
		return t
	}
	return 0
}

// span maps t from lo…hi to 0…1, clamped.
func span(t, lo, hi float64) float64 {
	return clamp01((t - lo) / (hi - lo))
}

func lerp(a, b, t float64) float64 {
	return a + (b-a)*t
}

// easeOut starts fast and settles gently (quartic).
func easeOut(t float64) float64 {
	u := 1 - t
	return 1 - u*u*u*u
}

// easeInOut starts and ends gently (smoothstep).
func easeInOut(t float64) float64 {
	return t * t * (3 - 2*t)
}

// easePop overshoots its end by a tenth before it settles, as a button that is
// let go.
func easePop(t float64) float64 {
	const back = 1.70158
	u := t - 1
	return 1 + (back+1)*u*u*u + back*u*u
}

// finite tells whether v is a number that a picture can have, so that absurd
// positions in a recording are dropped instead of overflowing an int.
func finite(v float64) bool {
	return math.Abs(v) < 1<<20
}
