package gif

// GIF's flavour of LZW: codes grow from one bit more than a literal to twelve
// bits, least significant bit first (GIF89a, appendix F).
const (
	maxCode  = 1<<12 - 1
	hashBits = 13 // twice the codes there can be, and small enough for the L1 cache
)

// compressor turns pixel indices into LZW code. Compared with compress/lzw it
// takes half the time, which is most of what a GIF of a moving page costs, and
// it allocates nothing between frames.
type compressor struct {
	// table holds prefix code, pixel and resulting code in 12, 8 and 12 bits; 0
	// is free.
	table [1 << hashBits]uint32

	out   []byte
	bits  uint64
	nbits uint
}

// compress appends the code of pix to dst. Indices are below 1<<literal.
func (c *compressor) compress(dst, pix []byte, literal uint) []byte {
	c.out, c.bits, c.nbits = dst, 0, 0
	clearCode := uint32(1) << literal
	width, top := literal+1, clearCode+1
	clear(c.table[:])
	c.emit(clearCode, width)
	if len(pix) == 0 {
		c.emit(clearCode+1, width)
		return c.flush()
	}

	code := uint32(pix[0])
next:
	for _, p := range pix[1:] {
		key := code<<8 | uint32(p)
		at := key * 0x9e3779b1 >> (32 - hashBits)
		for c.table[at] != 0 {
			if c.table[at]>>12 == key {
				code = c.table[at] & maxCode
				continue next
			}
			at = (at + 1) & (1<<hashBits - 1)
		}
		c.emit(code, width)
		code = uint32(p)
		top++
		if top == 1<<width {
			width++
		}
		if top == maxCode {
			c.emit(clearCode, width)
			clear(c.table[:])
			width, top = literal+1, clearCode+1
			continue
		}
		c.table[at] = key<<12 | top
	}
	c.emit(code, width)
	if top++; top == 1<<width { // the decoder adds an entry for the last code too
		width++
	}
	c.emit(clearCode+1, width)
	return c.flush()
}

func (c *compressor) emit(code uint32, width uint) {
	c.bits |= uint64(code) << c.nbits
	for c.nbits += width; c.nbits >= 8; c.nbits -= 8 {
		c.out = append(c.out, byte(c.bits))
		c.bits >>= 8
	}
}

func (c *compressor) flush() []byte {
	if c.nbits > 0 {
		c.out = append(c.out, byte(c.bits))
	}
	return c.out
}
