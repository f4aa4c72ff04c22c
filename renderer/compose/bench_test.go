package compose

import (
	"image"
	"testing"
	"time"
)

// At 720p. Each scene differs from the one before, as in a clip.
func BenchmarkDraw(b *testing.B) {
	footer := func(i int) *Footer {
		return &Footer{At: time.Duration(i) * time.Second, Total: time.Hour, URL: "https://shop.example.com/cart", Speed: 2}
	}
	cursor := func(i int) *Cursor { return &Cursor{X: float64(200 + i*7%800), Y: float64(150 + i*5%400)} }
	ripples := func(i int) []Ripple {
		return []Ripple{{X: 400, Y: 300, Age: time.Duration(i*33) * time.Millisecond % RippleLife, Count: 2}}
	}
	var whole, button []image.Rectangle
	whole = append(whole, image.Rect(0, 0, 1280, 720))
	button = append(button, image.Rect(300, 200, 420, 240))

	for _, bench := range []struct {
		name    string
		scene   func(i int) Scene
		changed []image.Rectangle
	}{
		{"nothing", func(int) Scene { return Scene{} }, nil},
		{"cursor", func(i int) Scene { return Scene{Cursor: cursor(i)} }, nil},
		{"ripple", func(i int) Scene { return Scene{Ripples: ripples(i)} }, nil},
		{"footer", func(i int) Scene { return Scene{Footer: footer(i)} }, nil},
		{"button", func(int) Scene { return Scene{} }, button},
		{"page", func(int) Scene { return Scene{} }, whole},
		{"card", func(i int) Scene {
			return Scene{Card: &Card{Skipped: time.Minute, Age: time.Duration(i%150) * time.Millisecond, Life: time.Second}}
		}, nil},
		{"all", func(i int) Scene {
			return Scene{
				Cursor: cursor(i), Ripples: ripples(i), Footer: footer(i),
				Keys:    []Key{{Text: "shoes", Age: time.Duration(i*33) * time.Millisecond % KeyLife}, {Text: "⏎"}},
				Caption: "Now we add the shoes to the cart.",
			}
		}, button},
	} {
		b.Run(bench.name, func(b *testing.B) {
			c, err := New(1280, 720, 1, Options{Footer: true})
			if err != nil {
				b.Fatal(err)
			}
			pages := []Picture{groundPicture("light", 1280, 720, 1), groundPicture("dark", 1280, 720, 1)}
			c.Draw(pages[0], nil, bench.scene(0))
			scenes := make([]Scene, 600)
			for i := range scenes {
				scenes[i] = bench.scene(i)
			}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				i++
				page := pages[0]
				if bench.changed != nil {
					page = pages[i&1]
				}
				c.Draw(page, bench.changed, scenes[i%len(scenes)])
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := New(1280, 720, 1, Options{Footer: true}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNewWithFallbackFonts(b *testing.B) {
	for b.Loop() {
		newComposer(b, 1280, 720, 1, true, scripts()...)
	}
}
