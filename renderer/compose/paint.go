package compose

import (
	"encoding/binary"
	"image"
)

// paint draws the part of o that lies within clip.
func paint(dst Picture, o *op, clip image.Rectangle) {
	clip = clip.Intersect(o.bounds)
	if clip.Empty() {
		return
	}
	switch {
	case o.sprite != nil:
		paintSprite(dst, o, clip)
	case o.mask != nil:
		paintMask(dst, o, clip)
	default:
		paintBox(dst, o, clip)
	}
}

func paintMask(dst Picture, o *op, clip image.Rectangle) {
	source, opacity := o.colour.bgra(), o.colour.alpha()
	stride := o.mask.rect.Dx()
	origin := o.mask.rect.Min.Add(o.at)
	for y := clip.Min.Y; y < clip.Max.Y; y++ {
		row := dst.Pix[dst.offset(clip.Min.X, y):dst.offset(clip.Max.X, y)]
		cover := o.mask.pix[(y-origin.Y)*stride+clip.Min.X-origin.X:]
		for x := 0; len(row) >= 4; x, row = x+1, row[4:] {
			if a := uint32(cover[x]); a != 0 {
				blend(row, source, div255(a*opacity))
			}
		}
	}
}

func paintSprite(dst Picture, o *op, clip image.Rectangle) {
	opacity := o.colour.alpha()
	stride := 4 * o.sprite.rect.Dx()
	origin := o.sprite.rect.Min.Add(o.at)
	for y := clip.Min.Y; y < clip.Max.Y; y++ {
		row := dst.Pix[dst.offset(clip.Min.X, y):dst.offset(clip.Max.X, y)]
		source := o.sprite.pix[(y-origin.Y)*stride+4*(clip.Min.X-origin.X):]
		for ; len(row) >= 4; row, source = row[4:], source[4:] {
			over(row, binary.LittleEndian.Uint32(source), opacity)
		}
	}
}

// lanes holds every second byte of a pixel (or of two), each with eight bits of
// headroom, so that one multiplication scales two (or four) channels.
const (
	lanes  = 0x00ff00ff
	halves = 0x00800080
)

// blend mixes an opaque source pixel into row[0:4] with weight a (0 to 255).
func blend(row []byte, source, a uint32) {
	if a == 255 {
		binary.LittleEndian.PutUint32(row, source)
		return
	}
	under := binary.LittleEndian.Uint32(row)
	even := laneDiv255((under&lanes)*(255-a) + (source&lanes)*a)
	odd := laneDiv255((under>>8&lanes)*(255-a) + (source>>8&lanes)*a)
	binary.LittleEndian.PutUint32(row, even|odd<<8)
}

// over lays a premultiplied pixel on row[0:4].
func over(row []byte, source, opacity uint32) {
	if opacity != 255 {
		source = laneDiv255((source&lanes)*opacity) | laneDiv255((source>>8&lanes)*opacity)<<8
	}
	a := source >> 24
	if a == 0 {
		return
	}
	under := binary.LittleEndian.Uint32(row)
	even := laneDiv255((under & lanes) * (255 - a))
	odd := laneDiv255((under >> 8 & lanes) * (255 - a))
	binary.LittleEndian.PutUint32(row, source+(even|odd<<8))
}

// blendSpan mixes one source pixel into a whole row with one weight.
func blendSpan(row []byte, source, a uint32) {
	const (
		wideLanes  = lanes<<32 | lanes
		wideHalves = halves<<32 | halves
	)
	pair := uint64(source)<<32 | uint64(source)
	even, odd := (pair&wideLanes)*uint64(a), (pair>>8&wideLanes)*uint64(a)
	rest := uint64(255 - a)
	for ; len(row) >= 8; row = row[8:] {
		under := binary.LittleEndian.Uint64(row)
		e := (under&wideLanes)*rest + even + wideHalves
		o := (under>>8&wideLanes)*rest + odd + wideHalves
		e = (e + e>>8&wideLanes) >> 8 & wideLanes
		o = (o + o>>8&wideLanes) >> 8 & wideLanes
		binary.LittleEndian.PutUint64(row, e|o<<8)
	}
	if len(row) >= 4 {
		blend(row, source, a)
	}
}

// laneDiv255 divides both lanes by 255, rounded to the nearest.
func laneDiv255(v uint32) uint32 {
	v += halves
	return (v + v>>8&lanes) >> 8 & lanes
}

// div255 divides by 255, rounded to the nearest.
func div255(v uint32) uint32 {
	v += 128
	return (v + v>>8) >> 8
}
