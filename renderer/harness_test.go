package renderer_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"log/slog"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/reelay/reelay/renderer"
	"github.com/reelay/reelay/renderer/chrome"
	"github.com/reelay/reelay/renderer/encode"
	"github.com/reelay/reelay/session"
)

// TestMain fails if a test leaves a goroutine, a browser, ffmpeg or a folder.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "renderer-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	// Chrome runs as another user where the tests run as root.
	err = os.Chmod(dir, 0o711)
	if err == nil {
		err = os.Setenv("TMPDIR", dir)
	}
	code := m.Run()
	if err == nil {
		err = leftovers(dir)
	}
	if leak := goleak.Find(); err == nil {
		err = leak
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "after the tests:", err)
		code = 1
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// leftovers says what tests left in the temporary folder, and which processes
// still use it.
func leftovers(dir string) error {
	left, err := filepath.Glob(filepath.Join(dir, "reelay-*"))
	if err != nil {
		return err
	}
	if len(left) > 0 {
		return fmt.Errorf("left behind: %v", left)
	}
	if pids := processes(dir); len(pids) > 0 {
		return fmt.Errorf("still running: %v", pids)
	}
	return nil
}

// processes are those that have text in their command line.
func processes(text string) []int {
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		return nil
	}
	var pids []int
	for _, path := range lines {
		line, err := os.ReadFile(path)
		pid, convErr := strconv.Atoi(strings.Split(path, "/")[2])
		if err == nil && convErr == nil && pid != os.Getpid() && bytes.Contains(line, []byte(text)) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// pool returns a pool of real Chromes with what is installed.
func pool(tb testing.TB, chromes int) *renderer.Pool {
	tb.Helper()
	path, err := chrome.Find(os.Getenv("REELAY_CHROME"))
	if err != nil {
		tb.Fatal(err)
	}
	tools, err := encode.Find()
	if err != nil {
		tb.Fatal(err)
	}
	return renderer.NewPool(renderer.Config{
		Chromes: chromes, Chrome: path, Tools: tools, Now: time.Now,
		Log: slog.New(slog.NewTextHandler(tb.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
}

// browsers bounds how many Chromes the tests run side by side.
var browsers = make(chan struct{}, max(2, runtime.NumCPU())) //nolint:gochecknoglobals // one for all tests.

// request asks for a clip of a recording without overlays, in real time.
func request(tb testing.TB, recording []byte, path string) renderer.Request {
	tb.Helper()
	return renderer.Request{
		Sources: []session.Part{{Name: tb.Name(), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(recording)), nil }}},
		Outputs: []renderer.Output{{Path: path, Format: strings.TrimPrefix(filepath.Ext(path), ".")}},
		Speed:   1, FPS: 30, Scale: 1, Workers: 1,
	}
}

// clip is a rendered video.
type clip struct {
	path          string
	report        *renderer.Report
	fps           int
	width, height int
}

// render makes an MP4.
func render(t *testing.T, recording []byte, change ...func(*renderer.Request)) *clip {
	t.Helper()
	req := request(t, recording, filepath.Join(t.TempDir(), "clip.mp4"))
	for _, f := range change {
		f(&req)
	}
	browsers <- struct{}{}
	defer func() { <-browsers }()
	report, err := pool(t, req.Workers).Render(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	return open(t, req.Outputs[0].Path, report, req.FPS)
}

// open looks at a video.
func open(tb testing.TB, path string, report *renderer.Report, fps int) *clip {
	tb.Helper()
	c := &clip{path: path, report: report, fps: fps}
	size := output(tb, "ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "stream=width,height", "-of", "csv=p=0", path)
	if _, err := fmt.Sscanf(string(size), "%d,%d", &c.width, &c.height); err != nil {
		tb.Fatalf("size of %s: %q: %v", path, size, err)
	}
	return c
}

func output(tb testing.TB, name string, args ...string) []byte {
	tb.Helper()
	var stderr bytes.Buffer
	cmd := exec.CommandContext(tb.Context(), name, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		tb.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, stderr.Bytes())
	}
	return out
}

// frame is the picture of a clip at a time.
type frame struct {
	width, height int
	pix           []byte // RGB
}

// frames decodes what the clip shows at the given times, as a player would.
func (c *clip) frames(tb testing.TB, times []time.Duration) map[time.Duration]frame {
	tb.Helper()
	var numbers []int
	number := func(at time.Duration) int { return int(math.Floor(at.Seconds()*float64(c.fps) + 0.02)) }
	var wanted []string
	for _, at := range times {
		if n := number(at); !slices.Contains(numbers, n) {
			numbers = append(numbers, n)
			wanted = append(wanted, fmt.Sprintf("eq(n,%d)", n))
		}
	}
	slices.Sort(numbers)
	filter := fmt.Sprintf("fps=%d,select='%s'", c.fps, strings.Join(wanted, "+"))
	pix := output(tb, "ffmpeg", "-v", "error", "-i", c.path, "-vf", filter, "-vsync", "0", "-f", "rawvideo", "-pix_fmt", "rgb24", "-")
	size := 3 * c.width * c.height
	if len(pix) != size*len(numbers) {
		tb.Fatalf("the clip shows %d of the %d frames at %v", len(pix)/size, len(numbers), times)
	}
	shown := map[time.Duration]frame{}
	for _, at := range times {
		i := slices.Index(numbers, number(at))
		shown[at] = frame{c.width, c.height, pix[i*size : (i+1)*size]}
	}
	return shown
}

// at is a pixel as #rrggbb.
func (f frame) at(x, y int) string {
	i := 3 * (y*f.width + x)
	return fmt.Sprintf("#%02x%02x%02x", f.pix[i], f.pix[i+1], f.pix[i+2])
}

// duration is how long a video lasts, in seconds.
func duration(tb testing.TB, path string) float64 {
	tb.Helper()
	out := output(tb, "ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path)
	d, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// tolerance is how far a level may be off after H.264 at the default quality.
const tolerance = 8

func near(got, want string) bool {
	for i := 1; i < len(want); i += 2 {
		a, errA := strconv.ParseInt(got[i:i+2], 16, 32)
		b, errB := strconv.ParseInt(want[i:i+2], 16, 32)
		if errA != nil || errB != nil || a-b > tolerance || b-a > tolerance {
			return false
		}
	}
	return true
}

// keep writes the frame where the test's artifacts go, for a person to look at.
func (f frame) keep(t *testing.T, name string) {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, f.width, f.height))
	for i := range f.width * f.height {
		copy(img.Pix[4*i:], f.pix[3*i:3*i+3])
		img.Pix[4*i+3] = 0xff
	}
	file, err := os.Create(filepath.Join(t.ArtifactDir(), name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := png.Encode(file, img); err != nil {
		t.Fatal(err)
	}
}
