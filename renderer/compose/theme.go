package compose

// rgba is a colour with straight alpha, 0xRRGGBBAA.
type rgba uint32

// The palette. Everything that lies on the page has to be legible on white, on
// black and on photographs, so each mark carries its own contrast: dark glass
// with a light rim, light fills with a dark outline, accents with a white halo.
const (
	white   rgba = 0xffffffff
	black   rgba = 0x000000ff
	ink     rgba = 0x15171cff // strip, outlines
	glass   rgba = 0x15171cd9 // chips, captions
	slate   rgba = 0x191c22f5 // card
	rim     rgba = 0xffffff2b // the light edge of dark glass
	bright  rgba = 0xf3f5f8ff
	muted   rgba = 0x9aa1adff
	smoke   rgba = 0x8b96a8ff // fingers
	faint   rgba = 0x343841ff // progress track, separators
	accent  rgba = 0x2f7cffff // clicks, progress
	warm    rgba = 0xff4530ff // rage clicks
	dimming rgba = 0x0a0c1094 // what the card puts over the page
)

// fade returns c with its alpha multiplied by opacity (0 to 1).
func (c rgba) fade(opacity float64) rgba {
	alpha := float64(c&0xff) * clamp01(opacity)
	return c&^0xff | rgba(alpha+0.5)
}

// bgra returns the colour's pixel, blue in the lowest byte, with alpha 255.
func (c rgba) bgra() uint32 {
	return uint32(c)>>8 | 0xff000000
}

// alpha returns the colour's opacity, 0 to 255.
func (c rgba) alpha() uint32 {
	return uint32(c) & 0xff
}

// font weights of the built-in typeface.
type weight uint8

const (
	regular weight = iota
	medium
)

// Text sizes in CSS pixels.
const (
	footerSize  = 12.5
	badgeSize   = 11.5
	keySize     = 16
	cardSize    = 17
	captionSize = 19
)
