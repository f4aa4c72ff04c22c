package gif

// rgb is a colour as 0xRRGGBB.
type rgb = uint32

// transparent is the index that leaves a pixel as the frame before drew it.
// Colours start at index 1.
const (
	transparent = 0
	maxColours  = 255
)

// palette is a table of up to 255 colours with two ways to look one up: exact,
// and the nearest.
type palette struct {
	colours []rgb

	// slots is an open hash table of the colours: index<<24 | colour, 0 is free.
	slots [1024]uint32

	// near remembers the nearest index for each cell of 4x4x4 colours; 0 means
	// not looked up yet.
	near [1 << 18]uint8
}

func (p *palette) reset() {
	p.colours = p.colours[:0]
	clear(p.slots[:])
	clear(p.near[:])
}

// add puts a colour that is not there yet at the end and returns its index; the
// palette must not be full.
func (p *palette) add(c rgb) uint8 {
	p.colours = append(p.colours, c)
	index := uint8(len(p.colours))
	at := slotOf(c)
	for p.slots[at] != 0 {
		at = (at + 1) % uint32(len(p.slots))
	}
	p.slots[at] = uint32(index)<<24 | c
	return index
}

// full says that no colour can be added.
func (p *palette) full() bool { return len(p.colours) == maxColours }

// exact is the index of a colour, 0 if it is not in the palette.
func (p *palette) exact(c rgb) uint8 {
	at := slotOf(c)
	for p.slots[at] != 0 {
		if p.slots[at]&0xffffff == c {
			return uint8(p.slots[at] >> 24)
		}
		at = (at + 1) % uint32(len(p.slots))
	}
	return 0
}

func slotOf(c rgb) uint32 { return c * 0x9e3779b1 >> 22 }

// nearest is the index of the colour itself or else of the one closest to the
// middle of its cell, so that the answer does not depend on what was asked
// before.
func (p *palette) nearest(c rgb) uint8 {
	if i := p.exact(c); i != 0 {
		return i
	}
	cell := c>>6&0x3f000 | c>>4&0xfc0 | c>>2&0x3f
	if p.near[cell] == 0 {
		p.near[cell] = p.search(c&0xfcfcfc | 0x020202)
	}
	return p.near[cell]
}

func (p *palette) search(c rgb) uint8 {
	best, index := int32(1<<30), 0
	for i, q := range p.colours {
		if d := distance(c, q); d < best {
			best, index = d, i
		}
	}
	return uint8(index + 1)
}

// distance is the squared difference of two colours, weighted as the eye sees:
// green most, blue least (2:4:1, a cheap stand-in for luma).
func distance(a, b rgb) int32 {
	dr := int32(a>>16&0xff) - int32(b>>16&0xff)
	dg := int32(a>>8&0xff) - int32(b>>8&0xff)
	db := int32(a&0xff) - int32(b&0xff)
	return 2*dr*dr + 4*dg*dg + db*db
}
