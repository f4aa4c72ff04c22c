package encode

import (
	"image"
	"math/bits"
)

// blockSize is the side of a block in pixels. Changes are tracked in blocks, so
// that what many frames changed can be held in a few words.
const blockSize = 64

// blocks is a set of blocks of a picture: a word for each row of blocks, a bit
// for each column. 64 columns of 64 pixels are maxSide.
type blocks []uint64

func newBlocks(height int) blocks { return make(blocks, (height+blockSize-1)/blockSize) }

// add puts the blocks in that the rectangle touches; it lies within the picture.
func (b blocks) add(r image.Rectangle) {
	if r.Empty() {
		return
	}
	first, last := r.Min.X/blockSize, (r.Max.X-1)/blockSize
	row := ^uint64(0) << first & (^uint64(0) >> (63 - last))
	for y := r.Min.Y / blockSize; y <= (r.Max.Y-1)/blockSize; y++ {
		b[y] |= row
	}
}

// appendRects appends rectangles that cover the set and nothing else, cut to
// the size of the picture. They do not overlap.
func (b blocks) appendRects(rects []image.Rectangle, size image.Point) []image.Rectangle {
	picture := image.Rectangle{Max: size}
	for y, row := range b {
		for row != 0 {
			first := bits.TrailingZeros64(row)
			n := bits.TrailingZeros64(^(row >> first))
			run := ^uint64(0) >> (64 - n) << first
			row &^= run
			r := image.Rect(first, y, first+n, y+1)
			r = image.Rectangle{r.Min.Mul(blockSize), r.Max.Mul(blockSize)}
			rects = append(rects, r.Intersect(picture))
		}
	}
	return rects
}
