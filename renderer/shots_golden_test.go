package renderer_test

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"

	"github.com/disintegration/imaging"

	"github.com/reelay/reelay/renderer"
)

var update = flag.Bool("update", false, "write the goldens") //nolint:gochecknoglobals // a flag.

// TestShotsGoldens tells every demo journey at 1x and 2x, and compares the
// words, and a sheet of all stills, with those that were looked at.
func TestShotsGoldens(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("pictures take long to compare under the race detector; make test does it without")
	}
	for _, name := range []string{"article", "dashboard", "shop", "signup", "spa"} {
		for _, scale := range []float64{1, 2} {
			t.Run(fmt.Sprintf("%s@%gx", name, scale), func(t *testing.T) {
				t.Parallel()
				recording, err := os.ReadFile(filepath.Join("..", "fixtures", "sessions", name+".json.gz"))
				if err != nil {
					t.Fatal(err)
				}
				dir, report := shots(t, recording, func(req *renderer.ShotsRequest) { req.Scale = scale })
				compareWords(t, filepath.Join("testdata", name+".md"), filepath.Join(dir, "steps.md"))
				compareSheet(t, filepath.Join("testdata", fmt.Sprintf("%s@%gx.jpg", name, scale)), sheet(t, dir, report))
			})
		}
	}
}

func compareWords(t *testing.T, golden, file string) {
	t.Helper()
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		keep(t, golden, got)
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; it is now\n%s", golden, got)
	}
}

// Measures of a sheet, in pixels.
const (
	sheetColumns = 6
	sheetWidth   = 240 // of a still
	sheetGap     = 8
)

// sheet puts small pictures of all stills onto one.
func sheet(t *testing.T, dir string, report *renderer.ShotsReport) *image.NRGBA {
	t.Helper()
	var stills []*image.NRGBA
	height := 0
	for _, step := range report.Steps {
		small := imaging.Resize(picture(t, filepath.Join(dir, *step.Image)), sheetWidth, 0, imaging.Box)
		stills = append(stills, small)
		height = max(height, small.Rect.Dy())
	}
	rows := (len(stills) + sheetColumns - 1) / sheetColumns
	all := imaging.New(sheetColumns*(sheetWidth+sheetGap), rows*(height+sheetGap), color.White)
	for n, s := range stills {
		all = imaging.Paste(all, s, image.Pt(n%sheetColumns*(sheetWidth+sheetGap), n/sheetColumns*(height+sheetGap)))
	}
	return all
}

// compareSheet compares sheets, both compressed, block by block: what a person
// sees and not how a line of letters was smoothed.
func compareSheet(t *testing.T, golden string, got *image.NRGBA) {
	t.Helper()
	const (
		block = 12 // pixels: smaller than a number's badge
		most  = 12 // of 255, between the means of two blocks
	)
	var packed bytes.Buffer
	if err := jpeg.Encode(&packed, got, &jpeg.Options{Quality: 80}); err != nil {
		t.Fatal(err)
	}
	if *update {
		keep(t, golden, packed.Bytes())
		return
	}
	want, err := imaging.Open(golden)
	if err != nil {
		t.Fatal(err)
	}
	is, err := jpeg.Decode(bytes.NewReader(packed.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if want.Bounds() != is.Bounds() {
		t.Fatalf("the sheet is %v, not %v", got.Bounds(), want.Bounds())
	}
	size := image.Pt(got.Rect.Dx()/block, got.Rect.Dy()/block)
	a, b := imaging.Resize(is, size.X, size.Y, imaging.Box), imaging.Resize(want, size.X, size.Y, imaging.Box)
	differing := 0
	for i := range a.Pix {
		if d := int(a.Pix[i]) - int(b.Pix[i]); d > most || d < -most {
			differing++
		}
	}
	if differing > 0 {
		keep(t, filepath.Join(t.ArtifactDir(), filepath.Base(golden)), packed.Bytes())
		t.Errorf("%d values of the sheet differ from %s; -artifacts keeps the new one", differing, golden)
	}
}

func keep(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
