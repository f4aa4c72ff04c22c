package chrome

import (
	"slices"
	"testing"
)

// TestAlike tells smoothing that came out a bit otherwise from another picture.
func TestAlike(t *testing.T) {
	const width, height = 100, 80
	a := Picture{Width: width, Height: height, Pix: slices.Repeat([]byte{10, 120, 230, 255}, width*height)}
	for _, c := range []struct {
		name          string
		pixels, apart int
		want          bool
	}{
		{"the same", 0, 0, true},
		{"a few pixels differ in the last bits", 4, 12, true},
		{"a pixel differs by more", 1, 13, false},
		{"many pixels differ in the last bit", 5, 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := a
			b.Pix = slices.Clone(a.Pix)
			for i := range c.pixels {
				b.Pix[4*17*i+1] += byte(c.apart)
			}
			if a.alike(b) != c.want || b.alike(a) != c.want {
				t.Errorf("alike is not %v", c.want)
			}
		})
	}
}
