package gif

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// clip is a sequence of pictures with their delays.
type clip struct {
	width, height int
	pictures      [][]byte
	delays        []int
}

func newClip(width, height int) *clip { return &clip{width: width, height: height} }

// add appends a picture: a copy of the last one that draw has changed.
func (c *clip) add(delay int, draw func(set func(x, y int, colour uint32))) {
	pix := bytes.Repeat([]byte{0, 0, 0, 255}, c.width*c.height)
	if n := len(c.pictures); n > 0 {
		pix = bytes.Clone(c.pictures[n-1])
	}
	draw(func(x, y int, colour uint32) {
		binary.LittleEndian.PutUint32(pix[4*(y*c.width+x):], colour|0xff000000)
	})
	c.pictures = append(c.pictures, pix)
	c.delays = append(c.delays, delay)
}

func (c *clip) encode(tb testing.TB) []byte {
	tb.Helper()
	file, err := os.Create(filepath.Join(tb.TempDir(), "a.gif"))
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	w, err := NewWriter(file, c.width, c.height)
	if err != nil {
		tb.Fatal(err)
	}
	for i, pix := range c.pictures {
		if err := w.Add(pix, []image.Rectangle{image.Rect(0, 0, c.width, c.height)}, c.delays[i]); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	b, err := os.ReadFile(file.Name())
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// play shows a file with the standard library's decoder: the canvas after each
// frame.
func play(t *testing.T, file []byte) (shown []*image.RGBA, delays []int) {
	t.Helper()
	g, err := gif.DecodeAll(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if g.LoopCount != 0 {
		t.Errorf("loop count is %d, want 0: for ever", g.LoopCount)
	}
	canvas := image.NewRGBA(image.Rect(0, 0, g.Config.Width, g.Config.Height))
	for _, frame := range g.Image {
		draw.Draw(canvas, frame.Rect, frame, frame.Rect.Min, draw.Over)
		shown = append(shown, &image.RGBA{Pix: bytes.Clone(canvas.Pix), Stride: canvas.Stride, Rect: canvas.Rect})
	}
	return shown, g.Delay
}

// difference is the root mean square over all components of a canvas and a
// picture, and the largest single one.
func difference(canvas *image.RGBA, pix []byte) (rms float64, worst int) {
	var sum float64
	for i := 0; i < len(pix); i += 4 {
		for c, v := range [3]byte{pix[i+2], pix[i+1], pix[i]} {
			d := int(canvas.Pix[i+c]) - int(v)
			worst = max(worst, max(d, -d))
			sum += float64(d * d)
		}
	}
	return math.Sqrt(sum / float64(len(pix)/4*3)), worst
}

func TestFewColoursAreExact(t *testing.T) {
	c := newClip(70, 50)
	c.add(5, func(set func(x, y int, colour uint32)) {
		for i := range 70 * 50 {
			set(i%70, i/70, uint32(i/70%40)*0x050301)
		}
	})
	for n := range 6 { // a cursor that brings colours of its own
		c.add(7+n, func(set func(x, y int, colour uint32)) {
			for i := range 25 {
				set(10*n+i%5, 20+i/5, 0x808000+uint32(i+20*n))
			}
		})
	}
	shown, delays := play(t, c.encode(t))
	if len(shown) != len(c.pictures) {
		t.Fatalf("%d frames, want %d", len(shown), len(c.pictures))
	}
	for i, canvas := range shown {
		if _, worst := difference(canvas, c.pictures[i]); worst != 0 {
			t.Errorf("frame %d is off by up to %d", i, worst)
		}
		if delays[i] != c.delays[i] {
			t.Errorf("frame %d lasts %d, want %d", i, delays[i], c.delays[i])
		}
	}
}

// More colours than a palette has, one frame after the other: each frame may
// have its own.
func TestEachFrameHasItsOwnColours(t *testing.T) {
	c := newClip(16, 16)
	for n := range 4 {
		c.add(5, func(set func(x, y int, colour uint32)) {
			for i := range 250 {
				set(i%16, i/16, uint32(n*250+i)*4099)
			}
		})
	}
	shown, _ := play(t, c.encode(t))
	for i, canvas := range shown {
		if _, worst := difference(canvas, c.pictures[i]); worst != 0 {
			t.Errorf("frame %d is off by up to %d", i, worst)
		}
	}
}

func TestManyColoursAreClose(t *testing.T) {
	const background = 0xf7f8fa
	random := rand.New(rand.NewPCG(1, 2))
	c := newClip(300, 200)
	for n := range 3 {
		c.add(5, func(set func(x, y int, colour uint32)) {
			for i := range 300 * 200 {
				x, y := i%300, i/300
				switch {
				case y < 100:
					set(x, y, background)
				case x < 150: // a gradient
					set(x, y, uint32(x+n*30)<<16|uint32(y)<<8|0x80)
				default: // a noisy photograph
					set(x, y, uint32(100+random.IntN(40))<<16|uint32(y+random.IntN(40))<<8|uint32(60+random.IntN(40)))
				}
			}
		})
	}
	shown, _ := play(t, c.encode(t))
	for i, canvas := range shown {
		if rms, worst := difference(canvas, c.pictures[i]); rms > 4 || worst > 40 {
			t.Errorf("frame %d is off by %.1f, in places %d", i, rms, worst)
		}
		if got := canvas.RGBAAt(150, 50); got != (color.RGBA{0xf7, 0xf8, 0xfa, 0xff}) {
			t.Errorf("frame %d: the background became %v", i, got)
		}
	}
}

func TestSamePicturesAreOneFrame(t *testing.T) {
	c := newClip(8, 8)
	still := func(func(x, y int, colour uint32)) {}
	c.add(5, still)
	c.add(5, still)
	c.add(5, func(set func(x, y int, colour uint32)) { set(3, 4, 0xffffff) })
	c.add(5, still)
	_, delays := play(t, c.encode(t))
	if len(delays) != 2 || delays[0] != 10 || delays[1] != 10 {
		t.Errorf("delays are %v, want [10 10]", delays)
	}
}

func TestLongDelaysAreSplit(t *testing.T) {
	c := newClip(8, 8)
	c.add(200_000, func(set func(x, y int, colour uint32)) { set(0, 0, 0x123456) })
	c.add(5, func(set func(x, y int, colour uint32)) { set(3, 4, 0xffffff) })
	file := c.encode(t)
	shown, delays := play(t, file)
	if len(delays) != 5 || delays[0]+delays[1]+delays[2]+delays[3] != 200_000 {
		t.Errorf("delays are %v", delays)
	}
	if _, worst := difference(shown[3], c.pictures[0]); worst != 0 {
		t.Error("the picture changed while it was shown")
	}
	if info, err := Inspect(bytes.NewReader(file)); err != nil || info != (Info{8, 8, 5, 2000_050 * time.Millisecond}) {
		t.Errorf("Inspect says %+v, %v", info, err)
	}
}

// Frames hold what changed: a cursor does not cost a page.
func TestSmallChangesAreSmall(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	c := newClip(640, 480)
	c.add(5, func(set func(x, y int, colour uint32)) {
		for i := range 640 * 480 {
			set(i%640, i/640, uint32(random.IntN(1<<24)))
		}
	})
	first := len(c.encode(t))
	for n := range 20 {
		c.add(5, func(set func(x, y int, colour uint32)) {
			for i := range 100 {
				set(300+n+i%10, 200+i/10, 0xffffff)
			}
		})
	}
	if perFrame := (len(c.encode(t)) - first) / 20; perFrame > 100 {
		t.Errorf("a cursor frame has %d bytes", perFrame)
	}
}

func TestNoFrames(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "a.gif"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	w, err := NewWriter(file, 8, 8)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err == nil {
		t.Error("a GIF without frames was written")
	}
}

func TestInspectNoticesCuts(t *testing.T) {
	c := newClip(20, 20)
	for n := range 3 {
		c.add(5, func(set func(x, y int, colour uint32)) {
			for i := range 400 {
				set(i%20, i/20, uint32(n*400+i)*4099)
			}
		})
	}
	file := c.encode(t)
	if _, err := Inspect(bytes.NewReader(file)); err != nil {
		t.Fatal(err)
	}
	for n := range file {
		if _, err := Inspect(bytes.NewReader(file[:n])); err == nil {
			t.Fatalf("%d of %d bytes pass for a whole file", n, len(file))
		}
	}
	if _, err := Inspect(bytes.NewReader(append(file, 0))); err == nil {
		t.Error("data after the end is not noticed")
	}
}

func FuzzInspect(f *testing.F) {
	c := newClip(4, 4)
	c.add(5, func(set func(x, y int, colour uint32)) { set(1, 1, 0xffffff) })
	f.Add(c.encode(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		info, err := Inspect(bytes.NewReader(b))
		if err == nil && (info.Frames > len(b) || info.Duration < 0) {
			t.Errorf("%d bytes say %+v", len(b), info)
		}
	})
}

// discardSeeker is a file that keeps nothing.
type discardSeeker struct{ io.Writer }

func (discardSeeker) Seek(int64, int) (int64, error) { return 0, nil }

func BenchmarkAdd(b *testing.B) {
	const width, height = 1280, 720
	all := []image.Rectangle{image.Rect(0, 0, width, height)}
	random := rand.New(rand.NewPCG(5, 6))
	page := make([]byte, 4*width*2*height) // text, flat areas and photographs
	for i := range width * 2 * height {
		x, y := i%width, i/width
		colour := uint32(0xf6f7f9)
		switch {
		case x%320 > 40 && y%240 < 100:
			colour = uint32(x%320)<<16 | uint32(y%240)<<8 | uint32(random.IntN(24))
		case y%20 < 12 && (x*7+y*13)%11 < 3:
			colour = 0x1c2330
		}
		binary.LittleEndian.PutUint32(page[4*i:], colour|0xff000000)
	}
	b.Run("scroll", func(b *testing.B) {
		w, err := NewWriter(discardSeeker{io.Discard}, width, height)
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for b.Loop() {
			n = (n + 9) % height
			if err := w.Add(page[4*width*n:][:4*width*height], all, 5); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("cursor", func(b *testing.B) {
		w, err := NewWriter(discardSeeker{io.Discard}, width, height)
		if err != nil {
			b.Fatal(err)
		}
		if err := w.Add(page, all, 5); err != nil {
			b.Fatal(err)
		}
		n := 0
		for b.Loop() {
			n++
			at := 4 * (300*width + 300)
			page[at] = byte(n)
			if err := w.Add(page, []image.Rectangle{image.Rect(256, 256, 384, 320)}, 5); err != nil {
				b.Fatal(err)
			}
		}
	})
}
