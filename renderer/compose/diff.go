package compose

import (
	"bytes"
	"image"
)

// bandGap is how many equal rows separate two changes into two rectangles.
const bandGap = 16

// settle copies what differs within r from the freshly composed picture to the
// canvas and appends the boxes of the differences to dirty: one box per band of
// rows, each as tight as its pixels.
func settle(dirty []image.Rectangle, canvas, fresh Picture, r image.Rectangle) []image.Rectangle {
	var band image.Rectangle
	for y := r.Min.Y; y < r.Max.Y; y++ {
		from, to := canvas.offset(r.Min.X, y), canvas.offset(r.Max.X, y)
		was, is := canvas.Pix[from:to], fresh.Pix[from:to]
		left, right := differing(was, is)
		if left == right {
			continue
		}
		copy(was[left:right], is[left:right])
		line := image.Rect(r.Min.X+left/4, y, r.Min.X+right/4, y+1)
		if !band.Empty() && y-band.Max.Y >= bandGap {
			dirty = append(dirty, band)
			band = image.Rectangle{}
		}
		band = band.Union(line)
	}
	if !band.Empty() {
		dirty = append(dirty, band)
	}
	return dirty
}

// differing returns the byte range, in whole pixels, outside which a and b are
// equal; 0, 0 when they are equal throughout.
func differing(a, b []byte) (left, right int) {
	if bytes.Equal(a, b) {
		return 0, 0
	}
	const chunk = 64
	right = len(a)
	for left+chunk <= right && bytes.Equal(a[left:left+chunk], b[left:left+chunk]) {
		left += chunk
	}
	for a[left] == b[left] {
		left++
	}
	left &^= 3
	for right-chunk >= left && bytes.Equal(a[right-chunk:right], b[right-chunk:right]) {
		right -= chunk
	}
	for a[right-1] == b[right-1] {
		right--
	}
	return left, (right + 3) &^ 3
}
