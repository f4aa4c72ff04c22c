package encode

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"testing"
)

func patches() []color.RGBA {
	var list []color.RGBA
	for _, r := range []uint8{0, 128, 255} {
		for _, g := range []uint8{0, 128, 255} {
			for _, b := range []uint8{0, 128, 255} {
				list = append(list, color.RGBA{r, g, b, 255})
			}
		}
	}
	return append(list, color.RGBA{0x22, 0x42, 0xd6, 255}, color.RGBA{0xf6, 0xf7, 0xf9, 255}, color.RGBA{1, 2, 3, 255})
}

const patchSide = 32

func patchAt(i int) image.Rectangle {
	at := image.Pt(i%6*patchSide, i/6*patchSide)
	return image.Rectangle{at, at.Add(image.Pt(patchSide, patchSide))}
}

func TestColoursSurvive(t *testing.T) {
	const width, height = 6 * patchSide, 5 * patchSide
	tolerance := map[Format]int{MP4: 2, WebM: 3, GIF: 0, PNG: 0}
	job := newJob(t, width, height, MP4, WebM, GIF, PNG)
	_, err := encode(t.Context(), job, at(6), []shot{
		{0, func(*painter) []image.Rectangle { return nil }, false},
		{at(3), func(p *painter) []image.Rectangle {
			for i, c := range patches() {
				p.fill(patchAt(i), c)
			}
			return nil
		}, true},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range job.Outputs {
		t.Run(string(o.Format), func(t *testing.T) {
			all := pictures(t, o.Path, width, height)
			last := all[len(all)-1]
			for i, want := range patches() {
				middle := patchAt(i).Min.Add(image.Pt(patchSide/2, patchSide/2))
				got := last[3*(middle.Y*width+middle.X):]
				for c, v := range [3]uint8{want.R, want.G, want.B} {
					if d := int(got[c]) - int(v); d > tolerance[o.Format] || -d > tolerance[o.Format] {
						t.Errorf("%v became %v", want, got[:3])
						break
					}
				}
			}
		})
	}
}

func TestPicturesInOrder(t *testing.T) {
	const width, height = 128, 64
	job := newJob(t, width, height, MP4, WebM, GIF)
	colour := func(i int) color.RGBA { return color.RGBA{uint8(i * 20), uint8(255 - i*20), uint8(i * 9), 255} }
	var shots []shot
	for i := range 12 {
		shots = append(shots, shot{at(3 * i), func(p *painter) []image.Rectangle {
			r := image.Rect(0, 0, width, height)
			p.fill(r, colour(i))
			return []image.Rectangle{r}
		}, false})
	}
	if _, err := encode(t.Context(), job, at(36), shots); err != nil {
		t.Fatal(err)
	}
	for _, o := range job.Outputs {
		all := pictures(t, o.Path, width, height)
		if len(all) < 12 {
			t.Fatalf("%s has %d pictures", o.Format, len(all))
		}
		for i := range 12 {
			got, want := all[i][3*(32*width+64):], colour(i)
			for c, v := range [3]uint8{want.R, want.G, want.B} {
				if d := int(got[c]) - int(v); d > 3 || d < -3 {
					t.Errorf("%s: picture %d is %v, want %v", o.Format, i, got[:3], want)
					break
				}
			}
		}
	}
}

func TestDirtyRectanglesAddUp(t *testing.T) {
	const width, height = 320, 192
	job := newJob(t, width, height, GIF, MP4)
	var want []byte
	shots := []shot{{0, func(p *painter) []image.Rectangle { p.page(0); return nil }, false}}
	for i := 1; i < 40; i++ {
		shots = append(shots, shot{at(2 * i), func(p *painter) []image.Rectangle {
			r := image.Rect(7*i, 4*i, 7*i+30, 4*i+20).Intersect(image.Rect(0, 0, width, height))
			p.fill(r, color.RGBA{uint8(6 * i), 90, 200, 255})
			want = bytes.Clone(p.pix)
			return []image.Rectangle{r}
		}, false})
	}
	if _, err := encode(t.Context(), job, at(80), shots); err != nil {
		t.Fatal(err)
	}
	for i, tolerance := range []float64{1, 12} {
		all := pictures(t, job.Outputs[i].Path, width, height)
		last := all[len(all)-1]
		sum := 0
		for p := range width * height {
			for c := range 3 {
				d := int(last[3*p+c]) - int(want[4*p+2-c])
				sum += d * d
			}
		}
		if mse := float64(sum) / (3 * width * height); mse > tolerance*tolerance {
			t.Errorf("%s: the last picture is off by a mean square of %.1f", job.Outputs[i].Format, mse)
		}
	}
}

func TestPosterIsExact(t *testing.T) {
	for name, marked := range map[string]int{"marked": 2, "first": -1} {
		t.Run(name, func(t *testing.T) {
			const width, height = 64, 48
			job := newJob(t, width, height, PNG)
			var want []byte
			var shots []shot
			for i := range 4 {
				shots = append(shots, shot{at(i), func(p *painter) []image.Rectangle {
					p.page(20 * i)
					if i == max(marked, 0) {
						want = bytes.Clone(p.pix)
					}
					return nil
				}, i == marked})
			}
			if _, err := encode(t.Context(), job, at(4), shots); err != nil {
				t.Fatal(err)
			}
			file, err := os.Open(job.Outputs[0].Path)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			m, err := png.Decode(file)
			if err != nil {
				t.Fatal(err)
			}
			for i := range width * height {
				got := color.RGBAModel.Convert(m.At(i%width, i/width))
				if got != (color.RGBA{want[4*i+2], want[4*i+1], want[4*i], 255}) {
					t.Fatalf("pixel %d is %v", i, got)
				}
			}
		})
	}
}
