package compose

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"path/filepath"
	"slices"
	"testing"
)

// stillGolden is a still on a small page; its positions are in CSS pixels.
type stillGolden struct {
	name          string
	width, height int
	still         Still
	theme         Theme
	fonts         []Font
}

func stillGoldens() []stillGolden {
	button := &Rect{X: 24, Y: 26, Width: 96, Height: 32} // the grounds' button
	detail := "0:31  ·  shop.example/product/?item=moro"
	return []stillGolden{
		{"still-click", 300, 130, Still{Number: 3, Caption: "Click “Add to cart”", Detail: detail, Box: button, Point: &Place{70, 42}, Cursor: Hand, Clicks: 1}, Dark, nil},
		{"still-double", 300, 130, Still{Number: 12, Caption: "Double-click “Add to cart”", Detail: detail, Box: button, Point: &Place{70, 42}, Clicks: 2}, Light, nil},
		{"still-rage", 300, 130, Still{Number: 128, Caption: "Rage-click “Create workspace”: 6 clicks in 1.8 s", Detail: detail, Box: button, Point: &Place{70, 42}, Cursor: Hand, Clicks: 6}, Dark, nil},
		{"still-type", 300, 130, Still{Number: 4, Caption: "Type ••••• into “Password”", Detail: detail, Box: button}, Light, nil},
		{"still-tap", 300, 130, Still{Number: 5, Caption: "Tap “Menu”", Detail: detail, Box: &Rect{X: 262, Y: 8, Width: 30, Height: 30}, Point: &Place{277, 23}, Finger: true, Clicks: 1}, Dark, nil},
		{"still-large", 300, 130, Still{Number: 6, Caption: "Click “Picture”", Box: &Rect{X: -40, Y: -30, Width: 400, Height: 300}, Point: &Place{150, 70}, Clicks: 1}, Dark, nil},
		{"still-lost", 300, 130, Still{Number: 7, Caption: "Click at (150, 70)", Point: &Place{150, 70}, Clicks: 1}, Light, nil},
		{"still-page", 300, 130, Still{Number: 8, Caption: "The page reports an error: “TypeError: Cannot read properties of undefined (reading 'price')”", Detail: detail}, Dark, nil},
		{"still-wide", 700, 130, Still{Number: 9, Caption: "Click “Add to cart”", Detail: detail, Box: button, Point: &Place{70, 42}, Cursor: Hand, Clicks: 1}, Dark, nil},
		{"still-scripts", 390, 130, Still{Number: 10, Caption: "Type “合計は変わりません” into “مرحبا بالعالم” 🎉", Detail: detail, Box: button}, Dark, scripts()},
	}
}

func TestStillGoldens(t *testing.T) {
	for _, g := range stillGoldens() {
		for _, scale := range []float64{1, 2} {
			name := fmt.Sprintf("%s@%gx", g.name, scale)
			t.Run(name, func(t *testing.T) {
				got := paintStill(t, g, scale)
				path := filepath.Join("testdata", name+".png")
				if *update {
					writePNG(t, path, got)
					return
				}
				compareGolden(t, path, got)
			})
		}
	}
}

// paintStill draws the still on every ground, one below the other.
func paintStill(tb testing.TB, g stillGolden, scale float64) *image.RGBA {
	tb.Helper()
	i, err := NewIllustrator(scale, g.theme, g.fonts)
	if err != nil {
		tb.Fatal(err)
	}
	var stills []Picture
	for _, kind := range []string{"light", "dark", "photo"} {
		page := groundPicture(kind, int(float64(g.width)*scale), int(float64(g.height)*scale), scale)
		stills = append(stills, i.Draw(page, zoomed(g.still, scale)))
	}
	sheet := image.NewRGBA(image.Rect(0, 0, stills[0].Width, len(stills)*stills[0].Height))
	for n, s := range stills {
		draw.Draw(sheet, image.Rect(0, n*s.Height, s.Width, (n+1)*s.Height), toImage(s), image.Point{}, draw.Src)
	}
	return sheet
}

// zoomed moves a still from CSS to device pixels.
func zoomed(s Still, scale float64) Still {
	if s.Box != nil {
		s.Box = &Rect{s.Box.X * scale, s.Box.Y * scale, s.Box.Width * scale, s.Box.Height * scale}
	}
	if s.Point != nil {
		s.Point = &Place{s.Point.X * scale, s.Point.Y * scale}
	}
	return s
}

// TestBadgeCoversNothing puts targets and places everywhere, also half out of
// the picture, and expects the badge beside both where there is room.
func TestBadgeCoversNothing(t *testing.T) {
	canvas := groundPicture("photo", 390, 600, 1)
	for x := -20.0; x < 400; x += 17 {
		for y := -20.0; y < 620; y += 23 {
			target := box{x0: x, y0: y, x1: x + 90, y1: y + 36}
			at := Place{min(max(x+45, 1), 389), min(max(y+18, 1), 599)}
			spot := berth{canvas: canvas, page: canvas.bounds(), target: &target, at: &at, tied: true, unit: 1}.choose()
			if spot.X < badgeRadius || spot.X > 390-badgeRadius || spot.Y < badgeRadius || spot.Y > 600-badgeRadius {
				t.Fatalf("the badge of a target at (%g, %g) is out of the picture, at %v", x, y, spot)
			}
			if boxDistance(&target, spot.X, spot.Y) < badgeRadius {
				t.Fatalf("the badge of a target at (%g, %g) is on it, at %v", x, y, spot)
			}
		}
	}
}

// TestBadgeHidesLittle puts text on all sides of a target but one, and expects
// the badge on the plain ground there.
func TestBadgeHidesLittle(t *testing.T) {
	target, at := box{x0: 150, y0: 150, x1: 250, y1: 180}, Place{200, 165}
	for _, test := range []struct {
		name  string
		plain image.Rectangle
	}{
		{"above", image.Rect(100, 60, 300, 150)},
		{"left", image.Rect(60, 100, 150, 240)},
		{"right", image.Rect(250, 100, 340, 240)},
		{"below", image.Rect(100, 180, 300, 270)},
	} {
		canvas := Picture{Width: 400, Height: 330, Pix: bytes.Repeat([]byte{0xff}, 4*400*330)}
		for y := range canvas.Height {
			for x := range canvas.Width {
				if written := (x+y)%5 < 2; written && !image.Pt(x, y).In(test.plain) {
					copy(canvas.Pix[canvas.offset(x, y):], []byte{60, 60, 60})
				}
			}
		}
		for _, tied := range []bool{true, false} {
			spot := berth{canvas: canvas, page: canvas.bounds(), target: &target, at: &at, tied: tied, unit: 1}.choose()
			if !image.Pt(int(spot.X), int(spot.Y)).In(test.plain) {
				t.Errorf("plain ground is %s, and the badge at %v (tied: %t)", test.name, spot, tied)
			}
		}
	}
}

// TestDrawLeavesThePage checks that the caption lies below the picture, and that
// a still without marks leaves it as it is.
func TestDrawLeavesThePage(t *testing.T) {
	i, err := NewIllustrator(1, Dark, nil)
	if err != nil {
		t.Fatal(err)
	}
	page := groundPicture("photo", 200, 90, 1)
	drawn := i.Draw(page, Still{Caption: "The page", Box: &Rect{X: 500, Y: 500, Width: 10, Height: 10}, Point: &Place{-3, 4}})
	if !slices.Equal(drawn.Pix[:len(page.Pix)], page.Pix) {
		t.Error("the page has changed")
	}
	if drawn.Width != 200 || drawn.Height < 90+stripLead {
		t.Errorf("the still is %d × %d", drawn.Width, drawn.Height)
	}
}

func TestPlanBoard(t *testing.T) {
	for n := 1; n <= 30; n++ {
		for _, size := range []image.Point{{1280, 720}, {414, 832}, {3840, 2160}, {64, 4096}} {
			p := PlanBoard(n, size.X, size.Y)
			if p.Columns*p.Rows < min(n, MostTiles) || p.Width < 1 || p.Height < 1 {
				t.Fatalf("%d of %v: %+v", n, size, p)
			}
			x, y, top := p.cells()
			if right := boardMargin + (p.Columns-1)*x + p.Width; right > BoardWidth-boardMargin {
				t.Errorf("%d of %v reach to %d", n, size, right)
			}
			if bottom := top + (p.Rows-1)*y + p.Height + boardCaption; bottom > BoardHeight {
				t.Errorf("%d of %v reach down to %d", n, size, bottom)
			}
		}
	}
}

func TestLacks(t *testing.T) {
	i, err := NewIllustrator(1, Dark, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(i.Lacks("Add 合計 to 合 cart ⏎")); got != "合計" {
		t.Errorf("fonts are missing for %q", got)
	}
	for _, f := range scripts() {
		if err := i.AddFont(f); err != nil {
			t.Fatal(err)
		}
	}
	if got := i.Lacks("合計"); len(got) > 0 {
		t.Errorf("with fonts, they are missing for %q", string(got))
	}
}
