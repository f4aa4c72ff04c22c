package i420

import (
	"bytes"
	"image"
	"math"
	"math/rand/v2"
	"os/exec"
	"strconv"
	"testing"
)

// exact is the arithmetic of BT.709 in floating point, for a mean colour.
func exact(b, g, r float64) (y, cb, cr float64) {
	luma := 0.2126*r + 0.7152*g + 0.0722*b
	return 16 + luma*219/255, 128 + (b-luma)/1.8556*224/255, 128 + (r-luma)/1.5748*224/255
}

// pages are pictures of different kinds: noise, few colours, flat areas.
func pages(width, height int) map[string][]byte {
	random := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 4*width*height)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	extremes := make([]byte, 4*width*height)
	for i := range extremes {
		extremes[i] = byte(random.IntN(2) * 255)
	}
	flat := make([]byte, 4*width*height)
	for i := range flat {
		x, y := i/4%width, i/4/width
		flat[i] = byte((x/40+y/30)*37 + i%4*61)
	}
	return map[string][]byte{"noise": noise, "extremes": extremes, "flat": flat}
}

func TestConvertAgreesWithBT709(t *testing.T) {
	const width, height = 182, 64 // neither a multiple of the step nor of a block
	for name, src := range pages(width, height) {
		t.Run(name, func(t *testing.T) {
			dst := make([]byte, Size(width, height))
			Convert(dst, src, width, height, image.Rect(0, 0, width, height))
			pixel := func(x, y int) (b, g, r float64) {
				p := src[4*(y*width+x):]
				return float64(p[0]), float64(p[1]), float64(p[2])
			}
			check := func(what string, x, y int, got byte, want float64) {
				t.Helper()
				if math.Abs(float64(got)-want) > 0.51 {
					t.Fatalf("%s at %d,%d is %d, want %.2f", what, x, y, got, want)
				}
			}
			for y := range height {
				for x := range width {
					luma, _, _ := exact(pixel(x, y))
					check("luma", x, y, dst[y*width+x], luma)
				}
			}
			for y := 0; y < height; y += 2 {
				for x := 0; x < width; x += 2 {
					var b, g, r float64
					for i := range 4 {
						pb, pg, pr := pixel(x+i%2, y+i/2)
						b, g, r = b+pb/4, g+pg/4, r+pr/4
					}
					_, cb, cr := exact(b, g, r)
					at := width*height + y/2*width/2 + x/2
					check("Cb", x, y, dst[at], cb)
					check("Cr", x, y, dst[at+width*height/4], cr)
				}
			}
		})
	}
}

func TestConvertOnlyWhatChanged(t *testing.T) {
	const width, height = 96, 40
	src := pages(width, height)["noise"]
	whole := make([]byte, Size(width, height))
	Convert(whole, src, width, height, image.Rect(0, 0, width, height))

	for _, r := range []image.Rectangle{
		image.Rect(0, 0, 1, 1),
		image.Rect(3, 5, 4, 6),
		image.Rect(17, 1, 70, 40),
		image.Rect(95, 39, 96, 40),
		image.Rect(-10, -10, 8, 1000),
		image.Rect(50, 50, 60, 60), // outside
		{},
	} {
		part := make([]byte, len(whole))
		Convert(part, src, width, height, r)
		inside := r.Intersect(image.Rect(0, 0, width, height))
		if !inside.Empty() { // it grows to whole chroma samples
			inside = image.Rect(inside.Min.X&^1, inside.Min.Y&^1, (inside.Max.X+1)&^1, (inside.Max.Y+1)&^1)
		}
		for i := range width * height {
			x, y := i%width, i/width
			want := byte(0)
			if image.Pt(x, y).In(inside) {
				want = whole[i]
			}
			if part[i] != want {
				t.Fatalf("%v: luma at %d,%d is %d, want %d", r, x, y, part[i], want)
			}
		}
		for i := width * height; i < len(whole); i++ {
			at := (i - width*height) % (width * height / 4)
			want := byte(0)
			if image.Pt(at%(width/2)*2, at/(width/2)*2).In(inside) {
				want = whole[i]
			}
			if part[i] != want {
				t.Fatalf("%v: chroma byte %d is %d, want %d", r, i, part[i], want)
			}
		}
	}
}

// What everyone else's converter makes of the same picture. Its chroma filter
// is another, so that chroma is compared on cells of two by two pixels.
func TestConvertAgreesWithSwscale(t *testing.T) {
	const width, height = 128, 64
	random := rand.New(rand.NewPCG(3, 4))
	src := make([]byte, 4*width*height)
	for y := 0; y < height; y += 2 {
		for x := 0; x < width; x += 2 {
			c := random.Uint32()
			for i := range 4 {
				p := src[4*((y+i/2)*width+x+i%2):]
				p[0], p[1], p[2], p[3] = byte(c), byte(c>>8), byte(c>>16), 255
			}
		}
	}
	cmd := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error",
		"-f", "rawvideo", "-pix_fmt", "bgra", "-s", strconv.Itoa(width)+"x"+strconv.Itoa(height), "-i", "pipe:0",
		"-vf", "scale=out_color_matrix=bt709:out_range=tv:flags=area+accurate_rnd+full_chroma_inp",
		"-f", "rawvideo", "-pix_fmt", "yuv420p", "pipe:1")
	cmd.Stdin = bytes.NewReader(src)
	want, err := cmd.Output()
	if err != nil {
		t.Fatalf("run ffmpeg: %v", err)
	}
	got := make([]byte, Size(width, height))
	Convert(got, src, width, height, image.Rect(0, 0, width, height))
	if len(got) != len(want) {
		t.Fatalf("swscale made %d bytes, not %d", len(want), len(got))
	}
	for i := range got {
		if d := int(got[i]) - int(want[i]); d < -1 || d > 1 {
			t.Fatalf("byte %d is %d, swscale says %d", i, got[i], want[i])
		}
	}
}

func BenchmarkConvert(b *testing.B) {
	const width, height = 1280, 720
	for name, src := range pages(width, height) {
		b.Run(name, func(b *testing.B) {
			dst := make([]byte, Size(width, height))
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				Convert(dst, src, width, height, image.Rect(0, 0, width, height))
			}
		})
	}
	b.Run("cursor", func(b *testing.B) {
		src := pages(width, height)["flat"]
		dst := make([]byte, Size(width, height))
		for b.Loop() {
			Convert(dst, src, width, height, image.Rect(640, 320, 704, 384))
		}
	})
}
