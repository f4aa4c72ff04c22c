package rrwebtest

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/draw"
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

// PNG is a PNG of one colour as a data URL.
func PNG(width, height int, r, g, b uint8) string {
	return "data:image/png;base64," + PNGBase64(width, height, r, g, b)
}
