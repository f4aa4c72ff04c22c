package compose

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"
)

var (
	update  = flag.Bool("update", false, "write the goldens")                               //nolint:gochecknoglobals // test flag
	contact = flag.String("contact", "", "write all goldens to this `file` as one picture") //nolint:gochecknoglobals // test flag
)

// golden is one overlay on a small page; its positions are in CSS pixels.
type golden struct {
	name          string
	width, height int
	footer        bool
	scene         Scene
	scales        []float64
	fonts         []Font
}

// goldens lists every overlay at 1x and 2x, variations of it at 1x, and all
// together at 1.5x.
func goldens() []golden {
	both := []float64{1, 2}
	variations := variations()
	for i := range variations {
		variations[i].scales = both[:1]
	}
	list := overlays()
	for i := range list {
		list[i].scales = both
	}
	return append(append(list, variations...), golden{
		name: "everything", width: 480, height: 270, footer: true, scales: []float64{1.5},
		scene: Scene{
			Cursor:  &Cursor{X: 120, Y: 70, Shape: Hand, Pressed: true},
			Ripples: []Ripple{{X: 120, Y: 70, Age: ms(150), Count: 2}},
			Touches: []Touch{{X: 380, Y: 80, Down: true}},
			Keys:    []Key{{Text: "⌘V"}, {Text: "size 42"}, {Text: "⏎"}},
			Caption: "Now we add the shoes to the cart.",
			Footer:  &Footer{At: ms(7000), Total: ms(83000), URL: "https://shop.example.com/cart", Speed: 1.5},
		},
	})
}

func ms(n int) time.Duration { return time.Duration(n) * time.Millisecond }

func clickGolden(name string, count int) golden {
	g := golden{name: name, width: 370, height: 90}
	for i, age := range []int{33, 100, 230, 420} {
		g.scene.Ripples = append(g.scene.Ripples, Ripple{X: float64(50 + 90*i), Y: 46, Age: ms(age), Count: count})
	}
	return g
}

func cursorGolden(name string, shape CursorShape, pressed bool) golden {
	return golden{name: name, width: 64, height: 60, scene: Scene{
		Cursor: &Cursor{X: 26.25, Y: 20.5, Shape: shape, Pressed: pressed},
	}}
}

func keysGolden(name string, width int, keys ...Key) golden {
	return golden{name: name, width: width, height: 84, scene: Scene{Keys: keys}}
}

func footerGolden(name string, width int, f Footer) golden {
	return golden{name: name, width: width, height: 20, footer: true, scene: Scene{Footer: &f}}
}

func cardGolden(name string, skipped, age time.Duration) golden {
	return golden{name: name, width: 400, height: 120, scene: Scene{
		Card: &Card{Skipped: skipped, Age: age, Life: ms(1200)},
	}}
}

func captionGolden(name, text string) golden {
	return golden{name: name, width: 390, height: 150, scene: Scene{Caption: text}}
}

func overlays() []golden {
	return []golden{
		cursorGolden("cursor-arrow", Arrow, false),
		cursorGolden("cursor-hand", Hand, false),
		cursorGolden("cursor-caret", Caret, false),
		clickGolden("click", 1),
		clickGolden("double-click", 2),
		clickGolden("rage-click", 7),
		{name: "touch", width: 170, height: 80, scene: Scene{Touches: []Touch{
			{X: 40, Y: 40, Down: true},
			{X: 120, Y: 40, Released: ms(100)},
		}}},
		keysGolden("keys", 400, Key{Text: "⌘K"}, Key{Text: "shoes"}, Key{Text: "⌫"}, Key{Text: "⏎"}),
		footerGolden("footer", 560, Footer{
			At: 3725 * time.Second, Total: 2 * time.Hour, Speed: 2, Idle: true,
			URL: "https://console.example.com/projects/production/services/frontend/logs?severity=warning&from=now-7d",
		}),
		cardGolden("card", 102*time.Second, ms(500)),
		captionGolden("caption", "The total does not change, although the second pair should be half price."),
	}
}

func variations() []golden {
	return []golden{
		cursorGolden("cursor-arrow-pressed", Arrow, true),
		keysGolden("keys-more", 800, Key{Text: "⇥"}, Key{Text: "⇧⌥⌃"}, Key{Text: "␣"}, Key{Text: "⎋"}, Key{Text: "↑↓←→"}, Key{Text: "⌦"}, Key{Text: "⇞⇟"}, Key{Text: "↖↘⇪⇤"}),
		keysGolden("keys-masked", 320, Key{Text: "••••••••"}),
		keysGolden("keys-fading", 320, Key{Text: "first", Age: ms(1320)}, Key{Text: "second", Age: ms(700)}),
		keysGolden("keys-long", 390, Key{Text: "a very long search for something that will not fit on a telephone"}),
		{name: "keys-scripts", width: 400, height: 84, fonts: scripts(), scene: Scene{
			Keys: []Key{{Text: "مرحبا 42"}, {Text: "こんにちは"}, {Text: "🎉 yes"}},
		}},
		footerGolden("footer-phone", 390, Footer{At: 42 * time.Second, Total: 83 * time.Second, URL: "https://m.example.com/articles/how-to-record", Speed: 1.5}),
		footerGolden("footer-empty", 390, Footer{Speed: 1}),
		cardGolden("card-fading", 42*time.Second, ms(70)),
		captionGolden("caption-short", "Now we add the shoes to the cart."),
		captionGolden("caption-cut", "This caption was written by someone who had a great deal to say and did not think of telephones, on which there is no room for it."),
		{name: "caption-scripts", width: 390, height: 150, fonts: scripts(), scene: Scene{
			Caption: "المجموع لا يتغير (42 €) 合計は変わりません",
		}},
	}
}

// paintGolden draws the overlay on every ground, side by side.
func paintGolden(tb testing.TB, g golden, scale float64) *image.RGBA {
	tb.Helper()
	grounds := []string{"light", "dark", "photo"}
	width, height := int(float64(g.width)*scale), int(float64(g.height)*scale)
	c := newComposer(tb, width, height, scale, g.footer, g.fonts...)
	size := c.Canvas().bounds().Size()
	sheet := image.NewRGBA(image.Rect(0, 0, size.X, len(grounds)*size.Y))
	for i, kind := range grounds {
		page := groundPicture(kind, width, height, scale)
		c.Draw(page, []image.Rectangle{page.bounds()}, scaled(g.scene, scale))
		draw.Draw(sheet, image.Rect(0, i*size.Y, size.X, (i+1)*size.Y), toImage(c.Canvas()), image.Point{}, draw.Src)
	}
	return sheet
}

// scaled moves a scene from CSS to device pixels.
func scaled(s Scene, scale float64) Scene {
	if s.Cursor != nil {
		moved := *s.Cursor
		moved.X, moved.Y = moved.X*scale, moved.Y*scale
		s.Cursor = &moved
	}
	s.Ripples = append([]Ripple(nil), s.Ripples...)
	for i := range s.Ripples {
		s.Ripples[i].X, s.Ripples[i].Y = s.Ripples[i].X*scale, s.Ripples[i].Y*scale
	}
	s.Touches = append([]Touch(nil), s.Touches...)
	for i := range s.Touches {
		s.Touches[i].X, s.Touches[i].Y = s.Touches[i].X*scale, s.Touches[i].Y*scale
	}
	return s
}

func TestGoldens(t *testing.T) {
	var tiles []image.Image
	for _, g := range goldens() {
		for _, scale := range g.scales {
			name := fmt.Sprintf("%s@%gx", g.name, scale)
			t.Run(name, func(t *testing.T) {
				got := paintGolden(t, g, scale)
				tiles = append(tiles, got)
				path := filepath.Join("testdata", name+".png")
				if *update {
					writePNG(t, path, got)
					return
				}
				compareGolden(t, path, got)
			})
		}
	}
	if *contact != "" {
		writePNG(t, *contact, contactSheet(tiles))
	}
}

// compareGolden allows a difference of two levels: other processors may fuse
// multiplications and additions.
func compareGolden(t *testing.T, path string, got *image.RGBA) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	want := image.NewRGBA(img.Bounds())
	draw.Draw(want, want.Rect, img, image.Point{}, draw.Src)
	if want.Rect != got.Rect {
		t.Fatalf("size %v, golden %v", got.Rect, want.Rect)
	}
	for i := range want.Pix {
		if d := int(want.Pix[i]) - int(got.Pix[i]); d < -2 || d > 2 {
			at := image.Pt(i%want.Stride/4, i/want.Stride)
			t.Fatalf("pixel %v is %v, golden %v; look at it with -update", at, got.RGBAAt(at.X, at.Y), want.RGBAAt(at.X, at.Y))
		}
	}
}

func writePNG(tb testing.TB, path string, img image.Image) {
	tb.Helper()
	var data bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&data, img); err != nil {
		tb.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, data.Bytes(), 0o600); err != nil {
		tb.Fatal(err)
	}
}

// contactSheet puts tiles in rows of limited width.
func contactSheet(tiles []image.Image) image.Image {
	const width, gap = 2000, 16
	sheet := image.NewRGBA(image.Rect(0, 0, width, 8000))
	x, y, row := gap, gap, 0
	for _, tile := range tiles {
		b := tile.Bounds()
		if x+b.Dx()+gap > width {
			x, y, row = gap, y+row+gap, 0
		}
		draw.Draw(sheet, b.Add(image.Pt(x, y)), tile, image.Point{}, draw.Src)
		x, row = x+b.Dx()+gap, max(row, b.Dy())
	}
	return sheet.SubImage(image.Rect(0, 0, width, y+row+gap))
}
