package compose

import "time"

// Scene is everything drawn over one captured picture. It is plain data: the
// timeline makes it, Composer.Draw reads it. Positions are in the pixels of the
// picture area (device pixels, origin at its top left); ages are in clip time,
// so that an effect lasts as long at any speed.
type Scene struct {
	Cursor  *Cursor
	Ripples []Ripple
	Touches []Touch
	Keys    []Key
	Footer  *Footer
	Card    *Card
	Caption string
}

// CursorShape is the pointer's picture.
type CursorShape int

// The pointer's pictures: an arrow, a hand over what can be clicked, a caret
// over text fields.
const (
	Arrow CursorShape = iota
	Hand
	Caret
)

// Cursor is the mouse pointer; X and Y are its hot spot, sub-pixel exact.
type Cursor struct {
	X, Y    float64
	Shape   CursorShape
	Pressed bool
}

// Ripple is the ring that spreads from a click, RippleLife long.
type Ripple struct {
	X, Y  float64
	Age   time.Duration
	Count int // 1 click, 2 double click, 3 and more: a rage click
}

// RippleLife is how long a click's ripple can be seen.
const RippleLife = 600 * time.Millisecond

// Touch is a finger on the screen, or one that was lifted Released ago.
type Touch struct {
	X, Y     float64
	Down     bool
	Released time.Duration // meaningful when Down is false; gone after TouchFade
}

// TouchFade is how long a lifted finger can still be seen.
const TouchFade = 250 * time.Millisecond

// Key is a chip of the key display: typed text ("hello"), a named key ("⏎",
// "⌫") or dots for masked input. Chips stand side by side, oldest first, and
// fade out from KeyLife - 300 ms to KeyLife.
type Key struct {
	Text string
	Age  time.Duration // since its last change
}

// KeyLife is how long a key chip stays after its last change.
const KeyLife = 1500 * time.Millisecond

// Footer is the strip below the picture.
type Footer struct {
	At, Total time.Duration // session time, not clip time
	URL       string
	Speed     float64 // shown when it is not 1
	Idle      bool    // nothing happened for a while
}

// Card tells over a dimmed picture that idle time was left out.
type Card struct {
	Skipped time.Duration
	Age     time.Duration // since the card came up
	Life    time.Duration // how long it stays in all; it fades in and out for 150 ms
}
