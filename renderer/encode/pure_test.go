package encode

import (
	"flag"
	"fmt"
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files") //nolint:gochecknoglobals // a flag

func TestArgs(t *testing.T) {
	full := image.Pt(1280, 720)
	tests := map[string]struct {
		format  Format
		setting setting
	}{
		"mp4":        {MP4, setting{1280, 720, 30, 25, false}},
		"mp4-fitted": {MP4, setting{960, 540, 15, 31, true}},
		"mp4-4k":     {MP4, setting{3840, 2160, 60, 25, false}},
		"webm":       {WebM, setting{1280, 720, 30, 28, false}},
		"webp":       {WebP, setting{1280, 720, 20, 75, false}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := strings.Join(args(test.format, test.setting, full, "/out/.clip.part"), "\n") + "\n"
			golden := filepath.Join("testdata", "args", name+".txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("arguments are\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestBlocksCoverWhatWasAdded(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 12))
	for range 200 {
		size := image.Pt(1+random.IntN(maxSide), 1+random.IntN(1000))
		picture := image.Rectangle{Max: size}
		b := newBlocks(size.Y)
		var added []image.Rectangle
		for range random.IntN(4) {
			r := image.Rect(random.IntN(size.X+1), random.IntN(size.Y+1), random.IntN(size.X+1), random.IntN(size.Y+1))
			b.add(r)
			added = append(added, r)
		}
		rects := b.appendRects(nil, size)
		for i, r := range rects {
			if r.Empty() || !r.In(picture) {
				t.Fatalf("%v: %v does not lie in the picture", size, r)
			}
			for _, other := range rects[:i] {
				if r.Overlaps(other) {
					t.Fatalf("%v and %v overlap", r, other)
				}
			}
		}
		// Every block that is touched is covered, and no other.
		for y := 0; y < size.Y; y += blockSize {
			for x := 0; x < size.X; x += blockSize {
				block := image.Rect(x, y, x+blockSize, y+blockSize).Intersect(picture)
				if touched, covered := overlapsAny(block, added), overlapsAny(block, rects); touched != covered {
					t.Fatalf("%v: block %v: touched %v, covered %v", size, block, touched, covered)
				}
			}
		}
	}
}

func overlapsAny(r image.Rectangle, list []image.Rectangle) bool {
	return slices.ContainsFunc(list, r.Overlaps)
}

// Times of a grid come back as the ticks they are, for any rate and for hours.
func TestTicks(t *testing.T) {
	for fps := 1; fps <= maxFPS; fps++ {
		for _, tick := range []int{0, 1, 2, 3, fps - 1, fps, 1000, 24 * 3600 * fps} {
			exact := time.Duration(float64(tick) / float64(fps) * float64(time.Second))
			for _, off := range []time.Duration{-time.Microsecond, 0, time.Microsecond} {
				if got := ticks(exact+off, fps); got != tick {
					t.Fatalf("%d fps: %v is tick %d, want %d", fps, exact+off, got, tick)
				}
			}
			if d := moment(tick, fps) - exact; d.Abs() > 20*time.Microsecond {
				t.Fatalf("%d fps: tick %d is at %v, want %v", fps, tick, moment(tick, fps), exact)
			}
		}
	}
}

func TestCleanTitle(t *testing.T) {
	for in, want := range map[string]string{
		"Plain":                  "Plain",
		" two\n lines\t\x00 ":    "two lines",
		"bad \xff byte":          "bad \uFFFD byte",
		"":                       "",
		strings.Repeat("ü", 500): strings.Repeat("ü", maxTitle-1) + "…",
	} {
		if got := cleanTitle(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func TestChaptersHaveEnds(t *testing.T) {
	second := time.Second
	tests := map[string]struct {
		chapters []Chapter
		duration time.Duration
		want     string
	}{
		"none":           {nil, 9 * second, "[]"},
		"until the end":  {[]Chapter{{0, "a"}, {3 * second, "b"}}, 9 * second, "[{0s 3s a} {3s 9s b}]"},
		"unknown end":    {[]Chapter{{0, "a"}, {3 * second, "b"}}, 0, "[{0s 3s a} {3s 3.001s b}]"},
		"after the end":  {[]Chapter{{0, "a"}, {9 * second, "b"}}, 9 * second, "[{0s 9s a}]"},
		"far too late":   {[]Chapter{{0, "a"}, {99 * second, "b"}, {999 * second, "c"}}, 9 * second, "[{0s 9s a}]"},
		"at the same":    {[]Chapter{{0, "a"}, {0, "b"}}, 9 * second, "[{0s 9s b}]"},
		"before, absurd": {[]Chapter{{-second, "a"}, {0, "b"}}, 9 * second, "[{0s 9s b}]"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			job := &Job{Chapters: test.chapters, Duration: test.duration}
			if got := fmt.Sprint(job.chapters()); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
