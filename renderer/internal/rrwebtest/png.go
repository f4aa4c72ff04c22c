package rrwebtest

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/png"
)

// PNGBase64 is a PNG of one colour, in base64.
func PNGBase64(width, height int, r, g, b uint8) string {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(img, img.Rect, image.NewUniform(color.RGBA{r, g, b, 0xff}), image.Point{}, draw.Src)
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		panic(err) // a buffer takes everything
	}
	return base64.StdEncoding.EncodeToString(out.Bytes())
}

// GIF is an animated GIF, as a data URL, that shows each colour for half a
// second, for ever.
func GIF(width, height int, colours ...color.RGBA) string {
	var moving gif.GIF
	for _, c := range colours {
		img := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{c})
		moving.Image = append(moving.Image, img)
		moving.Delay = append(moving.Delay, 50)
	}
	var out bytes.Buffer
	if err := gif.EncodeAll(&out, &moving); err != nil {
		panic(err) // a buffer takes everything
	}
	return "data:image/gif;base64," + base64.StdEncoding.EncodeToString(out.Bytes())
}

// PNG is a PNG of one colour as a data URL.
func PNG(width, height int, r, g, b uint8) string {
	return "data:image/png;base64," + PNGBase64(width, height, r, g, b)
}
