// Package i420 converts BGRA pictures to planar YCbCr 4:2:0 in the BT.709
// matrix and limited range, the form in which H.264 and VP9 encoders take them.
// It is pure arithmetic.
package i420

import (
	"encoding/binary"
	"image"
)

// Size is the number of bytes of a picture: a full plane of luma and two
// quarter planes of chroma. Both sides must be even.
func Size(width, height int) int { return width * height * 3 / 2 }

// Coefficients of ITU-R BT.709 for limited range (luma 16–235, chroma 16–240)
// with 16 bits of fraction. The luma row adds up to 219/255 and the chroma rows
// to 0, so that white is 235 and greys have no colour. Those of chroma apply to
// the sum of four pixels, hence two bits more.
const (
	lumaBits = 16
	lumaB    = 4064  // 0.0722 · 219/255
	lumaG    = 40254 // 0.7152 · 219/255
	lumaR    = 11966 // 0.2126 · 219/255
	lumaBias = 16<<lumaBits + 1<<(lumaBits-1)

	chromaBits = 18
	cbG        = 22189 // 0.7152 / 1.8556 · 224/255, subtracted
	cbR        = 6596  // 0.2126 / 1.8556 · 224/255, subtracted
	cbB        = cbG + cbR
	crG        = 26145 // 0.7152 / 1.5748 · 224/255, subtracted
	crB        = 2639  // 0.0722 / 1.5748 · 224/255, subtracted
	crR        = crG + crB
	chromaBias = 128<<chromaBits + 1<<(chromaBits-1)
)

// Two pixels, or Cb and Cr, are computed at once in the halves of a 64-bit word.
// The result of each half is positive and within 32 bits; what a negative
// product borrows on the way is given back by the bias.
const (
	low  = 0x000000ff_000000ff // one component of both pixels
	even = 0x00ff00ff_00ff00ff // blue and red of both pixels
	twin = 1<<32 | 1

	chromaB = 1<<64 + cbB - crB<<32
	chromaG = 1<<64 - cbG - crG<<32
	chromaR = crR<<32 - cbR
)

// Convert writes the part r of the BGRA picture src (stride 4·width) to the
// I420 picture dst of the same size. The rectangle is cut to the picture and
// grown to even coordinates; the rest of dst is left as it is. A chroma sample
// is the mean of its four pixels.
func Convert(dst, src []byte, width, height int, r image.Rectangle) {
	r = r.Intersect(image.Rect(0, 0, width, height))
	if r.Empty() {
		return
	}
	x0, y0 := r.Min.X&^1, r.Min.Y&^1
	x1, y1 := (r.Max.X+1)&^1, (r.Max.Y+1)&^1
	n := x1 - x0

	luma := dst[:width*height]
	cb := dst[width*height:][:width*height/4]
	cr := dst[width*height*5/4:][:width*height/4]
	for y := y0; y < y1; y += 2 {
		at := y*width + x0
		half := y/2*(width/2) + x0/2
		convertRows(
			luma[at:][:n], luma[at+width:][:n],
			cb[half:][:n/2], cr[half:][:n/2],
			src[4*at:][:4*n], src[4*(at+width):][:4*n],
		)
	}
}

// convertRows converts two rows of pixels, sixteen by two at a time. Arrays of
// a fixed size save the bounds checks within a step.
func convertRows(luma0, luma1, cb, cr, src0, src1 []byte) {
	x := 0
	for ; x+8 <= len(cb); x += 8 {
		convertStep(
			(*[16]byte)(luma0[2*x:]), (*[16]byte)(luma1[2*x:]), (*[8]byte)(cb[x:]), (*[8]byte)(cr[x:]),
			(*[64]byte)(src0[8*x:]), (*[64]byte)(src1[8*x:]),
		)
	}
	for ; x < len(cb); x++ {
		p, q := binary.LittleEndian.Uint64(src0[8*x:]), binary.LittleEndian.Uint64(src1[8*x:])
		binary.LittleEndian.PutUint16(luma0[2*x:], lumaOf(p))
		binary.LittleEndian.PutUint16(luma1[2*x:], lumaOf(q))
		cb[x], cr[x] = chromaOf(p, q)
	}
}

func convertStep(luma0, luma1 *[16]byte, cb, cr *[8]byte, src0, src1 *[64]byte) {
	if flat(src0) && *src0 == *src1 { // most of a user interface is
		p := binary.LittleEndian.Uint64(src0[:])
		y := uint64(lumaOf(p)) * 0x0001_0001_0001_0001
		u, v := chromaOf(p, p)
		binary.LittleEndian.PutUint64(luma0[:], y)
		binary.LittleEndian.PutUint64(luma0[8:], y)
		binary.LittleEndian.PutUint64(luma1[:], y)
		binary.LittleEndian.PutUint64(luma1[8:], y)
		binary.LittleEndian.PutUint64(cb[:], uint64(u)*0x01010101_01010101)
		binary.LittleEndian.PutUint64(cr[:], uint64(v)*0x01010101_01010101)
		return
	}
	for i := range 8 {
		p, q := binary.LittleEndian.Uint64(src0[8*i:]), binary.LittleEndian.Uint64(src1[8*i:])
		binary.LittleEndian.PutUint16(luma0[2*i:], lumaOf(p))
		binary.LittleEndian.PutUint16(luma1[2*i:], lumaOf(q))
		cb[i], cr[i] = chromaOf(p, q)
	}
}

// flat says that all pairs of pixels are the same as the first.
func flat(src *[64]byte) bool {
	p := binary.LittleEndian.Uint64(src[:])
	d := p ^ binary.LittleEndian.Uint64(src[8:])
	d |= p ^ binary.LittleEndian.Uint64(src[16:])
	d |= p ^ binary.LittleEndian.Uint64(src[24:])
	d |= p ^ binary.LittleEndian.Uint64(src[32:])
	d |= p ^ binary.LittleEndian.Uint64(src[40:])
	d |= p ^ binary.LittleEndian.Uint64(src[48:])
	d |= p ^ binary.LittleEndian.Uint64(src[56:])
	return d == 0
}

// lumaOf is the luma of two pixels that lie side by side.
func lumaOf(p uint64) uint16 {
	y := p&low*lumaB + p>>8&low*lumaG + p>>16&low*lumaR + lumaBias*twin
	return uint16(y>>lumaBits&0xff | y>>(lumaBits+24)&0xff00)
}

// chromaOf is the chroma of two pairs of pixels, one above the other.
func chromaOf(p, q uint64) (cb, cr byte) {
	br := p&even + q&even
	br += br >> 32
	g := p>>8&low + q>>8&low
	g += g >> 32
	c := br&0xffff*chromaB + g&0xffff*chromaG + br>>16&0xffff*chromaR + chromaBias*twin
	return byte(c >> chromaBits), byte(c >> (32 + chromaBits))
}
