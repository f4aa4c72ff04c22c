package encode

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"image"
	"image/color"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func tools(tb testing.TB) Tools {
	tb.Helper()
	found, err := Find()
	if err != nil {
		tb.Fatal(err)
	}
	return found
}

// painter paints a clip.
type painter struct {
	width, height int
	pix           []byte
}

func newPainter(width, height int) *painter {
	return &painter{width, height, make([]byte, 4*width*height)}
}

func (p *painter) fill(r image.Rectangle, c color.RGBA) {
	r = r.Intersect(image.Rect(0, 0, p.width, p.height))
	row := bytes.Repeat([]byte{c.B, c.G, c.R, 0}, r.Dx()) // whoever paints need not care for alpha
	for y := r.Min.Y; y < r.Max.Y; y++ {
		copy(p.pix[4*(y*p.width+r.Min.X):], row)
	}
}

// page paints something like a page scrolled to y: lines of words, buttons and
// pictures full of detail.
func (p *painter) page(scroll int) {
	p.fill(image.Rect(0, 0, p.width, p.height), color.RGBA{0xf6, 0xf7, 0xf9, 0})
	for line := scroll / 20; line <= (scroll+p.height)/20; line++ {
		random := rand.New(rand.NewPCG(uint64(line/8), 7))
		if line/8%2 == 1 && line%8 == 0 {
			for range 150 {
				at := image.Pt(random.IntN(p.width/2), line*20-scroll+random.IntN(120))
				c := color.RGBA{uint8(random.Uint32()), uint8(random.Uint32()), uint8(random.Uint32()), 0}
				p.fill(image.Rectangle{at, at.Add(image.Pt(10+random.IntN(60), 5+random.IntN(40)))}, c)
			}
			continue
		}
		words := rand.New(rand.NewPCG(uint64(line), 8))
		for x := p.width / 2; x < p.width-20; x += 4 {
			if words.IntN(3) > 0 {
				y := line*20 - scroll + words.IntN(6)
				p.fill(image.Rect(x, y, x+2, y+8), color.RGBA{0x1c, 0x23, 0x30, 0})
			}
		}
	}
}

// shot is a frame of a test clip.
type shot struct {
	at     time.Duration
	paint  func(p *painter) []image.Rectangle // returns what changed; nil is everything
	poster bool
}

// encode makes a clip of shots.
func encode(ctx context.Context, job Job, end time.Duration, shots []shot) ([]Result, error) {
	e, err := Start(ctx, job, quiet())
	if err != nil {
		return nil, err
	}
	defer e.Abort()
	p := newPainter(job.Width, job.Height)
	for _, s := range shots {
		dirty := s.paint(p)
		if err := e.Write(Frame{PTS: s.at, Pix: p.pix, Dirty: dirty, Poster: s.poster}); err != nil {
			return nil, err
		}
	}
	return e.Finish(end)
}

// newJob is a job for files named clip.mp4 and so on in a folder of their own.
func newJob(tb testing.TB, width, height int, formats ...Format) Job {
	tb.Helper()
	dir := tb.TempDir()
	job := Job{Tools: tools(tb), Width: width, Height: height, FPS: 30, TempDir: tb.TempDir()}
	for _, f := range formats {
		job.Outputs = append(job.Outputs, Spec{Path: filepath.Join(dir, "clip."+string(f)), Format: f})
	}
	return job
}

// at is the time of a tick at 30 frames a second.
func at(tick int) time.Duration { return time.Duration(tick) * time.Second / 30 }

// run runs a program and returns what it printed.
func run(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	var messages strings.Builder
	cmd.Stderr = &messages
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("run %s %s: %v: %s", name, strings.Join(args, " "), err, messages.String())
	}
	return out
}

// pictures decodes a video or an animation to RGB pictures.
func pictures(t *testing.T, path string, width, height int) [][]byte {
	t.Helper()
	out := run(t, "ffmpeg", "-v", "error", "-i", path, "-fps_mode", "passthrough", "-f", "rawvideo",
		"-vf", "scale=in_color_matrix=bt709:flags=accurate_rnd+full_chroma_int", "-pix_fmt", "rgb24", "pipe:1")
	var list [][]byte
	for size := 3 * width * height; len(out) >= size; out = out[size:] {
		list = append(list, out[:size])
	}
	if len(out) != 0 {
		t.Fatalf("%s: %d bytes left over", path, len(out))
	}
	return list
}

// probed is what ffprobe says about a file.
type probed struct {
	Packets []struct {
		PTS      string `json:"pts_time"`
		Duration string `json:"duration_time"`
		Flags    string `json:"flags"`
	} `json:"packets"`
	Streams  []map[string]any `json:"streams"`
	Chapters []struct {
		Start string            `json:"start_time"`
		End   string            `json:"end_time"`
		Tags  map[string]string `json:"tags"`
	} `json:"chapters"`
	Format struct {
		Duration string            `json:"duration"`
		Tags     map[string]string `json:"tags"`
	} `json:"format"`
}

func ffprobe(t *testing.T, path string) probed {
	t.Helper()
	var p probed
	out := run(t, "ffprobe", "-v", "error", "-select_streams", "v", "-show_packets", "-show_streams",
		"-show_chapters", "-show_format", "-of", "json", path)
	if err := json.Unmarshal(out, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p probed) times(t *testing.T) []time.Duration {
	t.Helper()
	var list []time.Duration
	for _, packet := range p.Packets {
		list = append(list, seconds(t, packet.PTS))
	}
	return list
}

func seconds(t *testing.T, s string) time.Duration {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(v * float64(time.Second))
}

func near(a, b, tolerance time.Duration) bool { return (a - b).Abs() <= tolerance }

// files lists a folder, hidden files too.
func files(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// nothingLeft fails unless the folders of the outputs and the temporary one are
// empty.
func nothingLeft(t *testing.T, job Job) {
	t.Helper()
	folders := map[string]bool{job.TempDir: true}
	for _, o := range job.Outputs {
		if o.Path != "-" {
			folders[filepath.Dir(o.Path)] = true
		}
	}
	for folder := range folders {
		if left := files(t, folder); len(left) > 0 {
			t.Errorf("%v is left", left)
		}
	}
}

func sum(t *testing.T, path string) [sha256.Size]byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(b)
}

// boxes lists the top-level boxes of an MP4 file.
func boxes(t *testing.T, path string) []string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	r := bytes.NewReader(b)
	for {
		var head [8]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return names
		}
		names = append(names, string(head[4:]))
		size := int64(head[0])<<24 | int64(head[1])<<16 | int64(head[2])<<8 | int64(head[3])
		if _, err := r.Seek(size-8, io.SeekCurrent); err != nil {
			t.Fatal(err)
		}
	}
}
